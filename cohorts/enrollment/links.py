"""Signed link to the page where a person sees their status and answers an offer."""

from mentorship.core.links import SignedLink

# Holds the id of the enrollment. The page shows no answers.
PLACE = SignedLink("cohorts:place-detail", "cohorts.place")


def place_link(enrollment_id: int) -> str:
    """The absolute address at which a person sees their status and answers an offer."""
    return PLACE.url(enrollment_id)


def read_place(token: str) -> int:
    """The id of the enrollment. Raises LinkError."""
    pk: int = PLACE.read_one(token)
    return pk

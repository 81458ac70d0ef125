"""Signed link to the page where a person sees their status, answers an offer or leaves."""

from mentorship.core.accounts.models import User
from mentorship.core.links import LinkError, SignedLink

# Holds the ids of the enrollment and of the person it was made for. Links of earlier versions name no person. The page
# shows no answers.
PLACE = SignedLink(
    "cohorts:place-detail", "cohorts.place", (int, int), optional=1, does="See your place, or give it up"
)


def place_link(enrollment_id: int, person_id: int) -> str:
    """The absolute address at which one person of an enrollment sees its status and acts on it."""
    return PLACE.url(enrollment_id, person_id)


def read_place(token: str) -> tuple[int, int | None]:
    """The ids of the enrollment and the person; None in a link that names nobody. Raises LinkError."""
    pk, *person = PLACE.read(token)
    return pk, person[0] if person else None


def refuse_if_older(link: SignedLink, token: str, person: User) -> None:
    """Raise LinkError if a link was mailed before a coordinator corrected the person's address."""
    if person.links_from and link.was_signed_before(token, person.links_from):
        raise LinkError

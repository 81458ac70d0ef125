"""Signed link to the page about one's name and address."""

from mentorship.core.links import SignedLink

# Holds the ids of the enrollment and of the person.
SHARING = SignedLink("cohorts:sharing-edit", "cohorts.sharing", (int, int), does="Say who may have your email address")

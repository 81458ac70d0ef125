"""Signed link to the page where one person says by which name others know them, and who may have their address."""

from mentorship.core.links import SignedLink

# Holds the ids of the enrollment and of the person.
SHARING = SignedLink("cohorts:sharing-edit", "cohorts.sharing", (int, int), does="Say who may have your email address")

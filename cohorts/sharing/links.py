"""Signed link to the page about one's name and address."""

from cohorts.enrollment.links import member
from mentorship.core.links import SignedLink

# Holds the ids of the enrollment and of the person.
SHARING = SignedLink(
    "cohorts:sharing-edit", "cohorts.sharing", (int, int), whose=member, does="Say who may have your email address"
)

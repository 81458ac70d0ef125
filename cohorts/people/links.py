"""Signed links with which people say whether two accounts are theirs."""

from datetime import timedelta

from mentorship.core.links import SignedLink

AGREE_WITHIN = timedelta(days=30)
# Holds the id of a merge; mailed to the person who was kept.
MERGE_AGREE = SignedLink("cohorts:merge-agree", "cohorts.people.merge-agree", max_age=AGREE_WITHIN)
# Holds the ids of the programme, of whom to keep, of the other, to whom it is mailed, and of who asks.
MERGE_ALLOW = SignedLink(
    "cohorts:merge-allow", "cohorts.people.merge-allow", (int, int, int, int), max_age=AGREE_WITHIN
)

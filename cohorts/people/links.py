"""Signed links by which people say whether two accounts are theirs."""

from datetime import timedelta

from mentorship.core.links import SignedLink

AGREE_WITHIN = timedelta(days=30)
# Holds the id of a merge; mailed to the kept person.
MERGE_AGREE = SignedLink("cohorts:merge-agree", "cohorts.people.merge-agree", max_age=AGREE_WITHIN)
# Holds the ids of the programme, the person to keep, the other person, who gets the mail, and the person asking.
MERGE_ALLOW = SignedLink(
    "cohorts:merge-allow", "cohorts.people.merge-allow", (int, int, int, int), max_age=AGREE_WITHIN
)

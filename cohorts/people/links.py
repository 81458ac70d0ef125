"""Signed links by which people say whether two accounts are theirs."""

from datetime import timedelta

from mentorship.core.accounts.models import PersonMerge, User
from mentorship.core.links import SignedLink

AGREE_WITHIN = timedelta(days=30)
# Holds the id of a merge; mailed to the kept person.
MERGE_AGREE = SignedLink(
    "cohorts:merge-agree",
    "cohorts.people.merge-agree",
    max_age=AGREE_WITHIN,
    whose=lambda merge_id: User.objects.filter(pk__in=PersonMerge.objects.filter(pk=merge_id).values("kept")),
    does="Say whether another account was yours, too",
)
# Holds the ids of the programme, the person to keep, the other person, who gets the mail, and the person asking.
MERGE_ALLOW = SignedLink(
    "cohorts:merge-allow",
    "cohorts.people.merge-allow",
    (int, int, int, int),
    max_age=AGREE_WITHIN,
    whose=lambda _programme_id, _keep_id, other_id, _by_id: User.objects.filter(pk=other_id),
    does="Say whether two accounts are yours",
)

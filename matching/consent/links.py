"""Signed links by which one side of a proposed pair answers without signing in; they hold the id of the AskedSide."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from matching.models import AskedSide
from mentorship.core.accounts.models import User
from mentorship.core.links import SignedLink


def _side(side_id: int) -> QuerySet[User]:
    """The person of the side that is asked."""
    sides = AskedSide.objects.filter(pk=side_id)
    theirs = Q(side="mentee", pair__mentee__user=OuterRef("pk")) | Q(side="mentor", pair__mentor__user=OuterRef("pk"))
    return User.objects.filter(Exists(sides.filter(theirs)))


ANSWER_LINK = SignedLink("matching:question-answer", "matching.asked", whose=_side, does="Say yes or no to a match")

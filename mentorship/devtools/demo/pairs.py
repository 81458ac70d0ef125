"""Goals and notes of the pair in the demo whose people can sign in."""

from datetime import datetime, timedelta

from matching.models import Match, PairGoal, PairNote
from matching.pairs import services as pairs_services

GOALS = (
    ("Publish the data with a licence and a description", True),
    ("One newcomer sends a first change", True),
    ("Give a talk about it in our own department", False),
)
NOTES = (
    (
        1,
        "Introduced ourselves. We meet every second Tuesday, half an hour, and write in between.\n\nUntil next time: "
        "a list of who would use this.",
    ),
    (15, "Went through the list. Three people are real, the others are hopes. We start with those three."),
    (43, "The first newcomer came, and left at the installation. Next: a page that takes ten minutes."),
)


def write_down(match: Match, introduced: datetime) -> None:
    """Goals and notes of a live match, as of the weeks after its intro."""
    mentee, mentor = match.mentee.user, match.mentor.user
    for number, (text, reached) in enumerate(GOALS):
        goal = pairs_services.propose_goal(match=match, text=text, by=mentee if number % 2 else mentor)
        agreed = introduced + timedelta(days=8 + number)
        pairs_services.agree_goal(match=match, goal_id=goal.pk, by=mentor if number % 2 else mentee)
        if reached:
            pairs_services.mark_goal(match=match, goal_id=goal.pk, done=True, by=mentee)
        PairGoal.objects.filter(pk=goal.pk).update(
            created_at=agreed - timedelta(days=1),
            agreed_at=agreed,
            done_at=agreed + timedelta(weeks=9 + number) if reached else None,
        )
    for days, text in NOTES:
        moment = introduced + timedelta(days=days)
        note = pairs_services.create_note(
            match=match, text=text, met_on=moment.date(), by=mentor if days == 15 else mentee
        )
        PairNote.objects.filter(pk=note.pk).update(created_at=moment, changed_at=moment)

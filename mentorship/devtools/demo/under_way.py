"""A pair of the demo under way: whoever signs in as one of the two has a match, a meeting, a check-in and a call."""

from datetime import datetime, time, timedelta

from django.utils import timezone

from checkins.models import CheckIn
from checkins.waves.sweep import sweep_checkins
from cohorts.enrollment.upsert import EnrollmentInput, save_enrollment
from cohorts.models import Cohort
from matching.engine.services import run_now
from matching.intro.services import confirm_run
from matching.models import Match
from matching.pairs.meetings import set_meeting
from mentorship.core.accounts.models import User
from mentorship.core.outbox.models import OutboxMessage
from mentorship.devtools.demo.pairs import write_down
from training.booking.services import book_seat
from training.models import Training
from training.sessions.services import create_session

DOMAIN = "demo.example.org"
TOPICS = ["Reproducibility", "Python", "Teaching"]
# A little longer ago than the first check-in is due.
SINCE = timedelta(days=95)


def begin_again(before: Match, cohort: Cohort) -> Match:
    """Let a pair of an earlier programme meet again in `cohort`, which runs and has nobody waiting for a match."""
    by = User.objects.get(email=f"fellows@{DOMAIN}")
    _sign_up(before, cohort)
    (match,) = confirm_run(run=run_now(cohort=cohort, by=by)[0], by=by)
    introduced = timezone.now() - SINCE
    OutboxMessage.objects.filter(status="queued").update(
        status="sent", sent_at=introduced, due_at=introduced, created_at=introduced, attempts=1
    )
    write_down(Match.objects.with_people().get(pk=match.pk), introduced)
    sweep_checkins(introduced + timedelta(days=1))
    sweep_checkins(CheckIn.objects.filter(wave__cohort=cohort).latest("due_at").due_at)
    noon = datetime.combine(timezone.localdate() + timedelta(days=6), time(12), cohort.tz)
    place = f"https://{DOMAIN}/call/pair"
    set_meeting(match=match, by=match.mentor.user, fields={"starts_at": noon, "minutes": 45, "place": place})
    call = create_session(
        cohort=cohort,
        training="Fellows call",
        kind=Training.Kind.CALL,
        starts_at=noon + timedelta(days=3, hours=3),
        minutes=60,
        seats=40,
        host="Mirjam Tal",
        joining_link=f"https://{DOMAIN}/call/fellows",
        by=by,
    )
    for enrollment in (match.mentee, match.mentor):
        book_seat(session=call, enrollment=enrollment, by=None)
    return match


def _sign_up(before: Match, cohort: Cohort) -> None:
    project = {
        "title": "Notebooks that the whole lab can run",
        "description": "Our analyses run on my laptop only. I want the others to run them, and to change them.",
        "goals": "One notebook that somebody else has run from start to end.",
    }
    for role, earlier, own in (("mentor", before.mentor, {}), ("mentee", before.mentee, project)):
        save_enrollment(
            cohort=cohort,
            role=role,
            by=None,
            status="accepted",
            given=EnrollmentInput(
                email=earlier.user.email,
                full_name=earlier.user.full_name,
                topics=TOPICS,
                values={
                    "country": earlier.country,
                    "time_zone": earlier.time_zone,
                    "availability": earlier.availability,
                    "languages": earlier.languages,
                    "shares_address": True,
                    **own,
                },
            ),
        )

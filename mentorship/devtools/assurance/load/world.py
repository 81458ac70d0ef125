"""The data that the load works on, and the check of it afterwards. Runs inside the installation."""

import json
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.contrib.auth.hashers import make_password
from django.urls import reverse
from django.utils import timezone

from checkins.models import CheckIn, CheckInWave, Survey, SurveyQuestion
from checkins.waves.links import ANSWER, checkin_link
from cohorts.models import Enrollment
from matching.models import Match, MatchProposal, MatchRun
from mentorship.core.accounts.models import User
from mentorship.core.outbox.models import OutboxMessage
from mentorship.devtools.testing import factories as typed_factories
from mentorship.devtools.testing.cast import make_cast

factories: Any = typed_factories  # a factory returns a row, which its types don't say
PASSWORD = "a-long-enough-passphrase"
PAIRS_OF_A_RUN = 3


def make(*, runs: int, checkins: int) -> dict[str, Any]:
    """A programme with an open cohort, one that is asked, and one to confirm for each run. Returns where it all is."""
    cast = make_cast()
    User.objects.update(password=make_password(PASSWORD))
    opened = factories.CohortFactory(programme=cast.programme, slug="load-open")
    return {
        "password": PASSWORD,
        "coordinator": cast.coordinator.email,
        "mentee": cast.mentee.email,
        "cohort": cast.cohort.slug,
        "open": opened.slug,
        "checkins": _ask(cast, checkins),
        "runs": [_run(cast.programme, number) for number in range(runs)],
    }


def _ask(cast: Any, number: int) -> list[str]:
    survey = Survey.objects.create(programme=cast.programme, name="How is it?")
    SurveyQuestion.objects.create(survey=survey, key="good", kind="yes_no", text="Good?")
    SurveyQuestion.objects.create(survey=survey, key="words", kind="long", text="In your own words", required=False)
    wave = CheckInWave.objects.create(cohort=cast.cohort, survey=survey, name="Three months", offset=90)
    now, links = timezone.now(), []
    for _ in range(number):
        match = factories.MatchFactory(mentee=factories.EnrollmentFactory(cohort=cast.cohort))
        checkin = CheckIn.objects.create(
            wave=wave,
            match=match,
            enrollment=match.mentee,
            user=match.mentee.user,
            side="mentee",
            status="sent",
            due_at=now,
            closes_at=now + timedelta(days=30),
        )
        links.append(checkin_link(checkin))
    return links


def _run(programme: Any, number: int) -> str:
    """A run that waits to be confirmed, in a cohort of its own; the address of its preview."""
    cohort = factories.CohortFactory(programme=programme, slug=f"load-{number}", status="matching")
    run = MatchRun.objects.create(cohort=cohort, number=1, status=MatchRun.Status.READY, matched=PAIRS_OF_A_RUN)
    for _ in range(PAIRS_OF_A_RUN):
        mentee = factories.EnrollmentFactory(cohort=cohort)
        mentor = factories.EnrollmentFactory(cohort=cohort, role="mentor", title="")
        MatchProposal.objects.create(
            run=run, mentee=mentee, mentor=mentor, score=0.5, factors=[], why="Both know soil."
        )
    return reverse("matching:run-preview", args=[cohort.slug, run.number])


def left() -> dict[str, int]:
    """How many messages wait to leave now."""
    waiting = OutboxMessage.objects.filter(status__in=("queued", "sending"), due_at__lte=timezone.now())
    return {"left": waiting.count()}


def check(folder: Path) -> dict[str, Any]:
    """Count acknowledged requests, list those that were lost, and check that intros reached people exactly once."""
    acknowledged = [json.loads(line) for line in (folder / "acknowledged.jsonl").read_text().splitlines()]
    arrived = [json.loads(line) for line in (folder / "mails.jsonl").read_text().splitlines()]
    found = {name: {one["what"] for one in acknowledged if one["kind"] == name} for name in ACKNOWLEDGED}
    return {
        "acknowledged": {name: len(keys) for name, keys in found.items()},
        "lost": {name: sorted(keys - ACKNOWLEDGED[name](keys)) for name, keys in found.items()},
        **_mails(Counter(mail["id"] for mail in arrived)),
    }


def _signed_up(addresses: set[str]) -> set[str]:
    asked = OutboxMessage.objects.filter(key__startswith="signup-confirm").values_list("to", flat=True)
    return addresses & {address for to in asked for address in to}


def _confirmed(addresses: set[str]) -> set[str]:
    return set(Enrollment.objects.filter(user__email__in=addresses).values_list("user__email", flat=True))


def _answered(links: set[str]) -> set[str]:
    ids = {link: ANSWER.read_one(link.rstrip("/").rpartition("/")[2]) for link in links}
    there = set(CheckIn.objects.filter(status="answered", answers__isnull=False).values_list("pk", flat=True))
    return {link for link, pk in ids.items() if pk in there}


def _introduced(previews: set[str]) -> set[str]:
    counts = Counter(Match.objects.filter(intro__isnull=False).values_list("mentee__cohort__slug", flat=True))
    return {preview for preview in previews if counts[preview.split("/")[2]] == PAIRS_OF_A_RUN}


ACKNOWLEDGED = {
    "signed up": _signed_up,
    "confirmed": _confirmed,
    "answered": _answered,
    "matches confirmed": _introduced,
}


def _mails(arrived: Counter[str]) -> dict[str, Any]:
    """Every message of the outbox beside the mails that arrived. Each intro is of a match of its own."""
    rows = list(OutboxMessage.objects.exclude(key__startswith="test:"))
    flagged = {row.message_id for row in rows if row.maybe_duplicate}
    known = {row.message_id for row in rows}
    intros = Match.objects.filter(run__isnull=False).values_list("intro_id", flat=True)
    lost = [
        f"{row.key}, sent at {row.sent_at}, attempts {row.attempts}: {row.last_error}"
        for row in rows
        if row.status == "sent" and not arrived[row.message_id]
    ]
    return {
        "intros": len(intros),
        "matches_with_a_shared_intro": len(intros) - len(set(intros)),
        "by_status": dict(Counter(row.status for row in rows)),
        "sent_but_not_arrived": len(lost),
        "lost_mails": lost,
        "arrived_but_unknown": len(set(arrived) - known),
        "twice": sum(number > 1 for number in arrived.values()),
        "twice_without_a_flag": sum(number > 1 and pk not in flagged for pk, number in arrived.items()),
        "flagged": len(flagged),
    }

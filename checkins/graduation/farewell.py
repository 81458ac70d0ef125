"""A pair finishes: both sides say goodbye, and whoever meets the criteria graduates with a certificate."""

from collections.abc import Iterator
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from checkins.graduation.evidence import goodbyes_of_both
from checkins.graduation.progress import GraduationProgress, graduation_progress
from checkins.graduation.services import graduate, issue_certificates
from checkins.models import PairFarewell
from cohorts.enrollment.audience import to_people_of
from cohorts.models import Enrollment
from matching.models import Match
from matching.pairs.extensions import Milestone, PairFinish
from mentorship.core.accounts.models import User
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.errors import ServiceError
from mentorship.core.links import absolute_url
from mentorship.core.outbox.send_mail import send_mail

STILL_THERE = (*Enrollment.OPEN, Enrollment.Status.COMPLETED)


def may_say_goodbye(match: Match, user: User) -> bool:
    """Whether a person speaks for a side of the match: its mentor, and the lead of a team."""
    return match.status in Match.UNDER_WAY and user.pk in (match.mentor.user_id, match.mentee.user_id)


def milestones_of(match: Match, user: User, progress: list[GraduationProgress]) -> list[Milestone]:
    """The criteria for one person of a pair: a mentee reads their own, the mentor those of all mentees."""
    own = [one for one in progress if one.user == user] or progress
    found = []
    for index, standing in enumerate(own[0].standings if own else []):
        met = [one.standings[index].met for one in own]
        number = standing.number
        if number is not None and not all(met):
            detail = f"{min(one.standings[index].number or 0 for one in own)} of {standing.criterion.number}"
        elif len(own) > 1 and not all(met) and any(met):
            detail = f"{sum(met)} of {len(own)} people"
        else:
            detail = ""
        found.append(Milestone(standing.criterion.name, all(met), detail))
    return found


def finish_of(match: Match, user: User) -> Iterator[PairFinish]:
    """The criteria of a pair, and where they say goodbye; nothing where its cohort has none."""
    milestones = milestones_of(match, user, graduation_progress(match.mentee.cohort, enrollment=match.mentee))
    if milestones:
        yield PairFinish(milestones, absolute_url("checkins:pair-farewell", match.pk))


@transaction.atomic
def say_goodbye(*, match: Match, by: User, goal: str, thanks: str, now: datetime | None = None) -> PairFarewell:
    """Say goodbye for one's side, and email it to the others; the last one to do so closes the pair.

    Idempotent: a second goodbye of the same person changes nothing. Raises ServiceError for whoever speaks for no side.
    """
    mentee = Enrollment.objects.select_for_update(of=("self",)).get(pk=match.mentee_id)
    match = Match.objects.with_people().get(pk=match.pk)
    if there := PairFarewell.objects.filter(mentee=mentee, by=by).first():
        return there
    if not may_say_goodbye(match, by):
        raise ServiceError("Only the lead of your team can say goodbye, and only while the match is under way.")
    said = PairFarewell.objects.create(mentee=mentee, by=by, goal=goal, thanks=thanks.strip())
    cohort = match.mentee.cohort
    record(verb=Verb.SAID_GOODBYE, target=match, workspace_id=cohort.workspace_id, by=by)
    closed = close_pair(match=match, by=by, now=now)
    _tell_others(match, said, closed=closed)
    return said


@transaction.atomic
def take_goodbye_back(*, match: Match, by: User) -> None:
    """Withdraw one's goodbye while the pair is under way. What was emailed stays emailed."""
    Enrollment.objects.select_for_update(of=("self",)).get(pk=match.mentee_id)
    if Match.objects.under_way().filter(pk=match.pk).exists():
        gone, _ = PairFarewell.objects.filter(mentee=match.mentee_id, by=by).delete()
        if gone:
            cohort = match.mentee.cohort
            record(verb=Verb.TOOK_A_GOODBYE_BACK, target=match, workspace_id=cohort.workspace_id, by=by)


@transaction.atomic
def close_pair(*, match: Match, by: User, now: datetime | None = None) -> bool:
    """Graduate everybody of a pair, with a certificate, if both sides said goodbye and all criteria are met.

    Returns whether the pair is closed by now.
    """
    now = now or timezone.now()
    cohort, mentee = match.mentee.cohort, match.mentee
    progress = graduation_progress(cohort, now=now, enrollment=mentee)
    if not goodbyes_of_both(cohort, mentee) or not all(one.ready or one.graduation for one in progress):
        return False
    for one in progress:
        if one.graduation is None:
            graduate(enrollment=one.enrollment, user=one.user, by=by, now=now)
    issue_certificates(cohort=cohort, by=by, now=now, only=mentee)
    return True


def _tell_others(match: Match, said: PairFarewell, *, closed: bool) -> None:
    """Email the goodbye to the other side, each with their own page."""
    cohort = match.mentee.cohort
    if said.by_id == match.mentee.user_id:
        pairs = Match.objects.occupying_place().filter(mentee=match.mentee).with_people()
        readers = [(pair.mentor.user, pair.mentor, pair) for pair in pairs]
    else:
        readers = [(person, match.mentee, match) for person in match.mentee.people]
    for person, enrollment, pair in readers:
        send_mail(
            "checkins/farewell",
            {
                "person": person,
                "cohort": cohort,
                "programme": cohort.programme,
                "who": said.by,
                "farewell": said,
                "closed": closed,
                "link": absolute_url("checkins:pair-farewell", pair.pk),
            },
            sender=cohort.sender,
            key=f"farewell:{said.pk}:{person.pk}",
            why=f"{said.by} said goodbye to their match.",
            to=[person],
            audience=to_people_of(enrollment, STILL_THERE),
            private=True,
        )

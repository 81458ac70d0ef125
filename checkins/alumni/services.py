"""Consent to stay in touch, roles for a return, and breaks."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from checkins.alumni.links import stay_link
from checkins.models import AlumniConsent, AlumniRequest, HelperBreak
from cohorts.bulk_actions.services import BulkKind
from cohorts.invitations.links import Invitation, invite_link
from cohorts.invitations.services import ReturningPerson, ReturnReason
from cohorts.mailings.links import opt_out_link
from cohorts.mailings.services import set_opt_out
from cohorts.models import Cohort, Enrollment, OptOut, Programme
from mentorship.core.accounts.models import User
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.errors import ServiceError
from mentorship.core.outbox.models import OutboxMessage
from mentorship.core.outbox.send_mail import send_mail
from mentorship.core.outbox.services import call_off
from mentorship.core.querysets import found_by_any


def alumni_of(programme: Programme) -> Any:
    """People who agreed to hear from the programme and have not opted out of mailings."""
    people = User.objects.filter(
        is_active=True, alumni_consents__programme=programme, alumni_consents__left_at=None
    ).exclude(pk__in=OptOut.objects.filter(workspace=programme.workspace_id).values("user"))
    return people.order_by("pk")


def past_participants(programme: Programme) -> Any:
    """People who took part in a finished round, or completed theirs: all roles, including team members."""
    part = Enrollment.objects.filter(cohort__programme=programme).filter(
        Q(status="completed") | Q(status="accepted", cohort__status__in=Cohort.OVER)
    )
    return found_by_any(User.objects.all(), Q(enrollments__in=part), Q(team_memberships__enrollment__in=part))


@transaction.atomic
def save_consent(*, programme: Programme, user: User, stays: bool, roles: Sequence[str] = ()) -> AlumniConsent:
    """Save whether a person wants news from the programme, and the roles in which they would return.

    Agreeing undoes an earlier opt-out from mailings. Raises ServiceError for people who were in no finished round.
    """
    if not past_participants(programme).filter(pk=user.pk).exists():
        raise ServiceError("This is for people who were part of a round.")
    consent, new = AlumniConsent.objects.select_for_update(of=("self",)).get_or_create(programme=programme, user=user)
    was_in, before = not new and consent.left_at is None, (consent.roles, consent.left_at, consent.agreed_at)
    consent.roles = [role for role in AlumniConsent.RETURNS_AS if role in roles] if stays else []
    now = timezone.now()
    if stays and not was_in:
        consent.agreed_at = now
    consent.left_at = None if stays else consent.left_at or now
    if changed := before != (consent.roles, consent.left_at, consent.agreed_at):
        consent.save()
    if stays and OptOut.objects.filter(workspace=programme.workspace_id, user=user).exists():
        set_opt_out(workspace=programme.workspace, user=user, out=False)
    if not stays:
        digests = OutboxMessage.objects.filter(key__startswith=f"digest:{programme.pk}:", key__endswith=f":{user.pk}")
        call_off(digests.filter(status="queued").values_list("key", flat=True))
    if new or stays != was_in:
        verb = Verb.STAYS_IN_TOUCH if stays else Verb.HEARS_NO_LONGER
        record(verb=verb, target=user, workspace_id=programme.workspace_id, by=user)
    elif changed:
        record(verb=Verb.WOULD_COME_BACK, target=user, workspace_id=programme.workspace_id, by=user)
    return consent


@transaction.atomic
def take_break(*, programme: Programme, user: User, until: date | None = None) -> HelperBreak:
    """Start a break: the person is not invited until a day, or until they end it. A second call sets a new day."""
    rest, _ = HelperBreak.objects.update_or_create(programme=programme, user=user, defaults={"until": until})
    day = until.isoformat() if until else ""
    record(verb=Verb.TAKES_A_BREAK, target=user, workspace_id=programme.workspace_id, by=user, until=day)
    return rest


@transaction.atomic
def end_break(*, programme: Programme, user: User) -> None:
    """End a person's break."""
    if HelperBreak.objects.filter(programme=programme, user=user).delete()[0]:
        record(verb=Verb.IS_BACK_FROM_A_BREAK, target=user, workspace_id=programme.workspace_id, by=user)


def people_on_break(programme_id: int, today: date | None = None) -> set[int]:
    """The ids of people who are on a break on a day, today by default."""
    today = today or timezone.localdate()
    resting = HelperBreak.objects.filter(Q(until=None) | Q(until__gt=today), programme=programme_id)
    return set(resting.values_list("user", flat=True))


def people_on_break_from(cohort: Cohort) -> set[int]:
    """The ids of people who are on a break today in the cohort's time zone."""
    return people_on_break(cohort.programme_id, timezone.localdate(timezone=cohort.tz))


def willing_to_return(cohort: Cohort) -> Iterable[ReturningPerson]:
    """Alumni who would return, and in which roles, for the page that invites people back. Two queries."""
    consents = AlumniConsent.objects.filter(programme=cohort.programme_id, left_at=None, user__is_active=True)
    wanted = {c.user_id: c for c in consents.exclude(roles=[]).select_related("user")}
    part = (
        Enrollment.objects.filter(cohort__programme=cohort.programme_id)
        .occupying_place()
        .filter(Q(user__in=wanted) | Q(members__user__in=wanted))
    )
    last: dict[int, Enrollment] = {}
    for one in part.exclude(cohort=cohort).with_people().order_by("cohort__starts_on", "pk").distinct():
        for person in one.people:
            last[person.pk] = one
    return [
        ReturningPerson(c.user, list(c.roles), ReturnReason.STAYS_IN_TOUCH, last[pk])
        for pk, c in wanted.items()
        if pk in last
    ]


@dataclass(frozen=True)
class OpenRound:
    """A round that a person could join: its roles, each with its label and the role of the sign-up form."""

    cohort: Cohort
    roles: list[tuple[str, str, str]]


def next_rounds(programme: Programme, user: User, roles: Sequence[str], now: datetime | None = None) -> list[OpenRound]:
    """The rounds with open sign-up that the person has not joined."""
    return rounds_for(open_rounds(programme, now), user, roles)


def invitation_to_round(programme: Programme, user: User, cohort_slug: str, role: str) -> str:
    """The link to the sign-up form of an open round, filled in with the person's last answers.

    Raises ServiceError if that round is not open to them in that role.
    """
    for one in next_rounds(programme, user, list(AlumniConsent.FORM_OF)):
        for offered, _words, form_role in one.roles:
            if (one.cohort.slug, offered) == (cohort_slug, role):
                return invite_link(Invitation(one.cohort.pk, form_role, user.email))
    raise ServiceError("Its sign-up is not open any more.")


def open_rounds(programme: Programme, now: datetime | None = None) -> list[tuple[Cohort, set[int]]]:
    """Every round with open sign-up, and the ids of the people in it. One query for each round."""
    rounds = programme.cohorts.filter(status="enrolling").select_related("programme")
    return [(c, set(c.enrollments.values_list("user", flat=True))) for c in rounds if c.accepts_signups(now)]


def rounds_for(rounds: Iterable[tuple[Cohort, set[int]]], user: User, roles: Sequence[str]) -> list[OpenRound]:
    """Rounds among these that a person could join in one of the roles. No query."""
    offered = [role for role in AlumniConsent.FORM_OF if role in roles]
    return [
        OpenRound(c, [(role, c.programme.label_of(role), AlumniConsent.FORM_OF[role]) for role in offered])
        for c, here in rounds
        if offered and user.pk not in here
    ]


@transaction.atomic
def ask_for_consent(*, cohort: Cohort, by: User, only: Collection[int] | None = None) -> int:
    """Ask each person of a round, or `only` these users, once whether they stay in touch with the programme.

    Returns the number of mails.
    """
    programme = cohort.programme
    Programme.objects.select_for_update(of=("self",)).get(pk=programme.pk)
    waiting = not_yet_asked(cohort)
    people = list(waiting if only is None else waiting.filter(pk__in=only))
    AlumniRequest.objects.bulk_create(AlumniRequest(programme=programme, user=person) for person in people)
    sender = cohort.sender
    for person in people:
        stop = opt_out_link(programme.workspace_id, person.pk)
        link = stay_link(programme.pk, person.pk)
        send_mail(
            "checkins/stay",
            {"person": person, "cohort": cohort, "programme": programme, "link": link, "stop": stop},
            sender=sender,
            key=f"alumni-ask:{programme.pk}:{person.pk}",
            kind="alumni",
            why=f"{by} asked the people of {cohort} whether they stay in touch.",
            to=[person],
            unsubscribe_url=stop,
        )
    record(verb=Verb.ASKED_TO_STAY_IN_TOUCH, target=cohort, workspace_id=cohort.workspace_id, by=by, number=len(people))
    return len(people)


def not_yet_asked(cohort: Cohort) -> QuerySet[User]:
    """People of this round who have not answered and were not asked before."""
    programme = cohort.programme
    part = cohort.enrollments.filter(Q(status="completed") | Q(status="accepted", cohort__status__in=Cohort.OVER))
    out = OptOut.objects.filter(workspace=programme.workspace_id).values("user")
    said = programme.alumni_consents.values("user")
    asked = programme.alumni_requests.values("user")
    people = found_by_any(
        User.objects.filter(is_active=True), Q(enrollments__in=part), Q(team_memberships__enrollment__in=part)
    )
    return people.exclude(pk__in=out).exclude(pk__in=said).exclude(pk__in=asked).order_by("pk")


ALUMNI_QUESTIONS = BulkKind(
    "Asking people to stay in touch",
    lambda action, ids, by: ask_for_consent(cohort=action.cohort, by=by, only=ids),
    lambda action: f"{action.number} people are asked whether they stay in touch.",
)

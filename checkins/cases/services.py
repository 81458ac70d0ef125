"""Open, assign and close cases; keep conduct concerns to those named to read them."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from checkins.models import Case, CaseNote, CheckIn, ConductReader, SurveyQuestion
from checkins.querysets import CaseQuerySet
from cohorts.models import Cohort
from matching.models import Match
from mentorship.core.accounts.models import User, WorkspaceRole
from mentorship.core.audit.models import ReadEntry
from mentorship.core.audit.services import record, record_readings
from mentorship.core.audit.verbs import Verb
from mentorship.core.errors import ServiceError
from mentorship.core.outbox.delivery.still_for import StillFor
from mentorship.core.outbox.models import OutboxMessage
from mentorship.core.outbox.send_mail import send_mail

CONDUCT_RULE = "reader of concerns"  # who says whom its mails are still for


@transaction.atomic
def open_case(
    *,
    cohort: Cohort,
    kind: str,
    by: User | None,
    about: User | None = None,
    match: Match | None = None,
    checkin: CheckIn | None = None,
    summary: str = "",
    now: datetime | None = None,
    **fields: Any,
) -> Case:
    """Open a case; owner, date and next step are suggested unless `fields` names them.

    A check-in has at most one case of a kind: asked for again, it is returned, and reopened if it was done.
    """
    now = now or timezone.now()
    days, step = FIRST_STEPS[kind]
    values = {
        "owner": _suggested_owner(cohort, kind, match),
        "due_on": now.astimezone(cohort.tz).date() + timedelta(days=days),
        "next_step": step,
        **{name: value for name, value in fields.items() if value},
    }
    there = None
    if checkin is not None and kind != Case.Kind.CONDUCT:
        there = Case.objects.select_for_update(of=("self",)).filter(checkin=checkin, kind=kind).first()
    if there is None:
        case = Case.objects.create(
            cohort=cohort, kind=kind, about=about, match=match, checkin=checkin, summary=summary, **values
        )
        record(verb=Verb.OPENED, target=case, workspace_id=cohort.workspace_id, by=by)
        return case
    if there.status == Case.Status.DONE:
        there.status, there.done_at, there.due_on = Case.Status.OPEN, None, values["due_on"]
        there.save(update_fields=["status", "done_at", "due_on"])
        record(verb=Verb.OPENED_AGAIN, target=there, workspace_id=cohort.workspace_id, by=by)
    return there


def open_flagged_cases(
    *, checkin: CheckIn, said: Sequence[tuple[SurveyQuestion, list[str]]], now: datetime
) -> list[Case]:
    """Open cases for answers that ask for one, and note on open cases if an answer no longer does."""
    wanted: dict[str, str] = {}
    for question, values in said:
        for value in values:
            if kind := question.flags.get(value):
                wanted[kind] = f"“{question.text}” – {question.in_words(value)}"
    for case in checkin.cases.exclude(kind__in=[*wanted, Case.Kind.CONDUCT]).exclude(status="done"):
        if not case.notes.filter(kind=CaseNote.Kind.NO_LONGER_ASKED).exists():
            words = "They answered since: it is not asked for any more."
            CaseNote.objects.create(case=case, kind=CaseNote.Kind.NO_LONGER_ASKED, text=words)
    return [
        open_case(
            cohort=checkin.wave.cohort,
            kind=kind,
            by=None,
            about=checkin.user,
            match=checkin.match,
            checkin=checkin,
            summary=words,
            now=now,
        )
        for kind, words in wanted.items()
    ]


@transaction.atomic
def raise_concern(*, checkin: CheckIn, text: str) -> Case:
    """Raise a conduct concern. Only named readers see it; they get a mail that quotes nothing of it.

    The same words again are the same concern while its case is open.
    """
    cohort = checkin.wave.cohort
    CheckIn.objects.select_for_update(of=("self",)).get(pk=checkin.pk)
    if there := Case.objects.open().filter(kind=Case.Kind.CONDUCT, checkin=checkin, summary=text).first():
        return there
    case = open_case(
        cohort=cohort,
        kind=Case.Kind.CONDUCT,
        by=None,
        about=checkin.user,
        match=checkin.match,
        checkin=checkin,
        summary=text,
    )
    _mail_concern(case, cohort)
    return case


def _mail_concern(case: Case, cohort: Cohort) -> None:
    """Tell the readers; without readers the owners, only that somebody has to be named."""
    readers = conduct_readers(cohort.workspace_id, case.match)
    owners = User.objects.filter(workspace_roles__workspace=cohort.workspace_id, workspace_roles__role="owner")
    page = case.get_absolute_url() if readers else reverse("checkins:conduct-reader-list", args=[cohort.slug])
    context = {
        "cohort": cohort,
        "programme": cohort.programme,
        "nobody": not readers,
        "link": settings.SITE_URL + page,
    }
    sender = cohort.sender
    for person in readers or owners.order_by("pk"):
        send_mail(
            "checkins/concern",
            context,
            sender=sender,
            key=f"concern:{case.pk}:{person.pk}",
            kind="case",
            why="A conduct concern was raised; its words are not in any email.",
            to=[person],
            audience={"rule": CONDUCT_RULE, "workspace": cohort.workspace_id},
            reply_to=[],
        )


def conduct_readers(workspace_id: int, match: Match | None) -> list[User]:
    """The named readers of a concern about a pair, without the pair itself."""
    readers = User.objects.filter(conduct_readings__workspace=workspace_id, is_active=True).order_by("pk")
    return [person for person in readers if person.pk not in _user_ids_of_pair(match)]


def still_readers(messages: Sequence[OutboxMessage]) -> Mapping[UUID, StillFor]:
    """The named readers of concerns, and the owners, who are told if nobody is named. Two queries."""
    workspaces = {message.audience["workspace"] for message in messages}
    readers = ConductReader.objects.filter(workspace__in=workspaces).values_list("workspace_id", "user_id")
    owners = WorkspaceRole.objects.filter(workspace__in=workspaces, role=WorkspaceRole.Role.OWNER)
    people: dict[int, set[int]] = {}
    for workspace_id, user_id in [*readers, *owners.values_list("workspace_id", "user_id")]:
        people.setdefault(workspace_id, set()).add(user_id)
    return {
        message.pk: StillFor(people.get(message.audience["workspace"], set()), "no longer reads concerns")
        for message in messages
    }


@transaction.atomic
def save_case(*, case: Case, by: User, note: str = "") -> Case:
    """Save changes from a form, with a note. Raises ServiceError for an owner who can't see it."""
    before = Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
    if case.owner and case.owner not in possible_owners(case):
        raise ServiceError(f"{case.owner} can't see this case.")
    if case.status == Case.Status.DONE and before.status != Case.Status.DONE:
        case.done_at = timezone.now()
    elif case.status != Case.Status.DONE:
        case.done_at = None
    changes = [
        words
        for name, words in (
            ("owner_id", f"given to {case.owner}" if case.owner else "owner removed"),
            ("status", f"made {case.get_status_display()}"),
            ("due_on", f"due {case.due_on:%d %b %Y}"),
            ("next_step", "next step changed"),
            ("outcome", "outcome changed"),
        )
        if getattr(before, name) != getattr(case, name)
    ]
    if note:
        CaseNote.objects.create(case=case, by=by, text=note)
        changes.append("note added")
    if changes:
        case.save(update_fields=["owner", "status", "due_on", "next_step", "outcome", "done_at"])
        record(
            verb=Verb.EDITED,
            target=case,
            workspace_id=case.cohort.workspace_id,
            by=by,
            reason=", ".join(changes),
        )
    return case


def possible_owners(case: Case) -> list[User]:
    """Possible owners of a case: the team; for a concern its readers, and never somebody of the pair."""
    if case.kind == Case.Kind.CONDUCT:
        return conduct_readers(case.cohort.workspace_id, case.match)
    team = User.objects.filter(
        workspace_roles__workspace=case.cohort.workspace_id, workspace_roles__role__in=WorkspaceRole.EDITORS
    )
    return list(team.filter(is_active=True).order_by("full_name", "pk"))


@transaction.atomic
def add_conduct_reader(*, cohort: Cohort, user: User, by: User) -> None:
    """Let a coordinator read conduct concerns; concerns without an owner get this one."""
    if not user.workspace_roles.filter(workspace=cohort.workspace_id, role__in=WorkspaceRole.EDITORS).exists():
        raise ServiceError(f"{user} is no coordinator of {cohort.programme}.")
    _, new = ConductReader.objects.get_or_create(workspace_id=cohort.workspace_id, user=user)
    if new:
        record(verb=Verb.NAMED_TO_READ_CONCERNS, target=user, workspace_id=cohort.workspace_id, by=by)
        waiting = Case.objects.open().filter(kind="conduct", cohort__programme=cohort.programme_id, owner=None)
        for case in waiting.select_related("match__mentee", "match__mentor"):
            if user.pk not in _user_ids_of_pair(case.match):
                Case.objects.filter(pk=case.pk, owner=None).update(owner=user)


@transaction.atomic
def remove_conduct_reader(*, cohort: Cohort, user: User, by: User) -> None:
    """Remove a reader of conduct concerns. Their open ones go to another reader, if there is one."""
    gone, _ = ConductReader.objects.filter(workspace_id=cohort.workspace_id, user=user).delete()
    if gone:
        record(verb=Verb.READS_CONCERNS_NO_LONGER, target=user, workspace_id=cohort.workspace_id, by=by)
        theirs = Case.objects.open().filter(kind="conduct", cohort__programme=cohort.programme_id, owner=user)
        for case in theirs.select_related("cohort__programme", "match__mentee", "match__mentor"):
            Case.objects.filter(pk=case.pk).update(owner=_suggested_owner(case.cohort, case.kind, case.match))


def unread_concerns(workspace_id: int) -> CaseQuerySet:
    """Open concerns without a reader. Only their number is for the programme's owners."""
    return Case.objects.open().filter(kind="conduct", cohort__programme__workspace=workspace_id, owner=None)


def reads_concerns(user: Any, workspace_id: int) -> bool:
    """Whether the user is named to read conduct concerns of a workspace."""
    return ConductReader.objects.filter(workspace=workspace_id, user=user).exists()


def record_concerns_read(cases: Iterable[Case], *, way: ReadEntry.Way, by: User, workspace_id: int) -> None:
    """Note that somebody reads conduct concerns, or who raised them, in a list; other cases are left out."""
    read = [(case, case.about_id) for case in cases if case.kind == Case.Kind.CONDUCT]
    record_readings(kind=ReadEntry.Kind.CONCERN, way=way, by=by, workspace_id=workspace_id, read=read)


def concerns_for_today(user: User, cohort: Cohort) -> CaseQuerySet:
    """A reader's own concerns in this cohort that are still open, for the home page."""
    return Case.objects.visible_to(user).filter(kind="conduct", status="open", owner=user, cohort=cohort)


def cases_for_today(user: User, cohort: Cohort, today: date) -> dict[str, int]:
    """The numbers of `open`, `mine` and `late` cases for the home page; no concerns. One query."""
    return case_counts(Case.objects.visible_to(user).filter(cohort=cohort).exclude(kind="conduct"), user, today)


def case_counts(cases: Any, user: Any, today: date) -> dict[str, int]:
    """How many of these cases are `open`, `mine` and `late`. One query."""
    rows = list(cases.open().values_list("owner_id", "due_on"))
    return {
        "open": len(rows),
        "mine": sum(1 for owner, _ in rows if owner == user.pk),
        "late": sum(1 for _, due in rows if due < today),
    }


def _suggested_owner(cohort: Cohort, kind: str, match: Match | None) -> User | None:
    """The person with the fewest open cases among possible owners; coordinators before programme owners."""
    roles = WorkspaceRole.objects.filter(workspace=cohort.workspace_id, role__in=WorkspaceRole.EDITORS)
    rank = {role.user_id: role.role != "coordinator" for role in roles}
    people: list[User] = (
        conduct_readers(cohort.workspace_id, match)
        if kind == Case.Kind.CONDUCT
        else [p for p in User.objects.filter(pk__in=rank, is_active=True) if p.pk not in _user_ids_of_pair(match)]
    )
    load = Counter(Case.objects.open().filter(owner__in=people).values_list("owner_id", flat=True))
    return min(people, key=lambda p: (rank.get(p.pk, True), load[p.pk], p.pk), default=None)


def _user_ids_of_pair(match: Match | None) -> set[int]:
    if match is None:
        return set()
    return {match.mentor.user_id, *(person.pk for person in match.mentee.people)}


# The start of a case of each kind: days until the next step, and the step.
FIRST_STEPS: dict[str, tuple[int, str]] = {
    Case.Kind.NOT_MET: (7, "Ask both what stands in the way"),
    Case.Kind.OTHER_MENTOR: (5, "Talk to the person, then decide about another match"),
    Case.Kind.HELP: (3, "Write to the person"),
    Case.Kind.CONDUCT: (1, "Read it and answer the person"),
    Case.Kind.OTHER: (7, "Decide what to do"),
}

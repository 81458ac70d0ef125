"""Ask for erasure, a copy or a correction; answer it, erase whoever asked, or withdraw it."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from cohorts.models import Enrollment, Programme
from cohorts.setup.team import TEAM_RULE
from mentorship.core.accounts.models import DataRequest, User, Workspace, WorkspaceRole
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.errors import ServiceError
from mentorship.core.links import absolute_url
from mentorship.core.outbox.models import OutboxMessage
from mentorship.core.outbox.send_mail import Sender, send_mail
from mentorship.operations.persons.erase import ErasureError, ErasureReport, erase_person
from mentorship.operations.privacy.notice import contact_addresses
from mentorship.operations.retention.classes import find_class

ANSWER_WITHIN = timedelta(days=30)
MOST_A_DAY = 6
Status, Kind = DataRequest.Status, DataRequest.Kind


@transaction.atomic
def ask_about_data(*, user: User, kind: str, words: str = "") -> DataRequest:
    """Write down what somebody asks for, and mail them and everybody who can answer.

    Raises ServiceError while an earlier one of this kind is open, or after MOST_A_DAY: each one mails the whole team.
    """
    User.objects.select_for_update().get(pk=user.pk)
    if there := user.data_requests.open().filter(kind=kind).first():
        raise ServiceError(f"You have already asked for this. You’ll get an answer by {there.due_by}.")
    now = timezone.now()
    if user.data_requests.filter(asked_at__gt=now - timedelta(days=1)).count() >= MOST_A_DAY:
        raise ServiceError(f"You have made {MOST_A_DAY} requests within a day. Try again tomorrow.")
    request = DataRequest.objects.create(
        user=user, kind=kind, words=words, asked_at=now, due_on=(now + ANSWER_WITHIN).date()
    )
    request.workspaces.set(workspaces_of_person(user))
    record(verb=Verb.REQUESTED, target=request, workspace_id=None, by=user, kind=kind)
    _mail_person("accounts/data_request_received", request, key=f"data-request:{request.pk}:received")
    _mail_team(request)
    return request


@transaction.atomic
def withdraw_request(*, request: DataRequest, by: User) -> None:
    """Take one's own request back. Raises ServiceError where it was answered."""
    _settle(request, Status.WITHDRAWN, by=by, verb=Verb.CANCELLED)


@transaction.atomic
def answer_request(*, request: DataRequest, by: User, outcome: str, answer: str) -> None:
    """Record the answer to a request, or the reason against it, and mail it to the person who asked.

    Raises ServiceError where it was answered, or where `by` may not. An erasure is done by `erase_requester`.
    """
    _check_may_answer(request, by)
    if request.kind == Kind.ERASE and outcome == Status.DONE:
        raise ServiceError("Erase their data, or explain why you can’t.")
    done = outcome == Status.DONE
    _settle(request, outcome, by=by, verb=Verb.ANSWERED if done else Verb.DECLINED, answer=answer)
    request.refresh_from_db()
    _mail_person("accounts/data_request_answered", request, key=f"data-request:{request.pk}:answered")


def what_would_be_erased(request: DataRequest, by: User) -> ErasureReport:
    """A report of what an erasure would do. Changes nothing. Raises ServiceError with every reason against it."""
    _check_may_erase(request, by)
    try:
        return erase_person(email=request.user.email, dry_run=True)
    except ErasureError as error:
        raise ServiceError(str(error)) from error


@transaction.atomic
def erase_requester(*, request: DataRequest, by: User) -> ErasureReport:
    """Erase whoever asked for it, and tell them at the address that is forgotten with that.

    Raises ServiceError where `by` may not, it was answered, or something of theirs is still going on.
    """
    _check_may_erase(request, by)
    address = request.user.email
    programme = next(iter(_programmes(request)), None)
    contact = contact_addresses([programme] if programme else [])[0]
    _settle(request, Status.DONE, by=by, verb=Verb.ANSWERED)
    try:
        report = erase_person(email=address)
    except ErasureError as error:
        raise ServiceError(str(error)) from error
    send_mail(
        "accounts/data_erased",
        {"programme": programme, "contact": contact, "days": find_class("backups").days},
        sender=Sender(None),
        key=f"data-request:{request.pk}:erased",
        kind=OutboxMessage.SIGN_IN,  # of no programme, though the address is forgotten, and deleted after a day
        why="Their data was erased because they asked for it.",
        to=[address],
    )
    return report


def workspaces_of_person(user: User) -> list[Workspace]:
    """The workspaces in which a person takes part, works or speaks for a partner: their coordinators answer."""
    ids = {
        *Enrollment.objects.of_person(user).values_list("cohort__programme__workspace", flat=True),
        *user.workspace_roles.values_list("workspace", flat=True),
        *user.partner_contacts.values_list("partner__workspace", flat=True),
    }
    return list(Workspace.objects.filter(pk__in=ids).order_by("pk"))


def reason_not_to_answer(request: DataRequest, by: User) -> str:
    """Why somebody may not answer a request, in a sentence; "" where they may.

    An erasure reaches into every programme, so it takes rights in all of them, and an owner where it ends a role.
    """
    if by == request.user:
        return "This is your own request, so somebody else has to answer it."
    if by.is_superuser:
        return ""
    needed = {one.pk for one in (*request.workspaces.all(), *workspaces_of_person(request.user))}
    held = dict(WorkspaceRole.objects.filter(user=by).values_list("workspace_id", "role"))
    works_in = set(request.user.workspace_roles.values_list("workspace_id", flat=True))
    if any(held.get(pk) not in WorkspaceRole.EDITORS for pk in needed) or not needed:
        return "They also take part in a programme that you don’t coordinate, so an operator has to answer this."
    if any(held[pk] != WorkspaceRole.Role.OWNER for pk in works_in):
        return "They are in the team of a programme, so one of its owners has to answer this."
    return ""


def _check_may_answer(request: DataRequest, by: User) -> None:
    if reason := reason_not_to_answer(request, by):
        raise ServiceError(reason)


def _check_may_erase(request: DataRequest, by: User) -> None:
    _check_may_answer(request, by)
    if request.kind != Kind.ERASE:
        raise ServiceError(f"They asked for {request.get_kind_display()}, not to be erased.")
    if request.status != Status.OPEN:
        raise ServiceError("This request was answered or withdrawn in the meantime.")


def _settle(request: DataRequest, status: str, *, by: User, verb: Verb, answer: str = "") -> None:
    locked = DataRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    if locked.status != Status.OPEN:
        raise ServiceError("This request has been answered or withdrawn in the meantime.")
    locked.status, locked.answer, locked.answered_by, locked.answered_at = status, answer, by, timezone.now()
    locked.save(update_fields=["status", "answer", "answered_by", "answered_at"])
    record(verb=verb, target=locked, workspace_id=None, by=by)


def _programmes(request: DataRequest) -> list[Programme]:
    return list(Programme.objects.filter(workspace__in=request.workspaces.all()).order_by("pk"))


def _mail_person(template: str, request: DataRequest, *, key: str) -> None:
    programmes = _programmes(request)
    context: dict[str, Any] = {
        "request": request,
        "person": request.user,
        "programme": programmes[0] if programmes else None,
        "contact": contact_addresses(programmes)[0],
        "link": absolute_url("data-request-mine"),
    }
    send_mail(
        template,
        context,
        sender=programmes[0].sender if programmes else Sender(None),
        key=key,
        kind="data request",
        why="They asked about their personal data.",
        to=[request.user],
    )


def _mail_team(request: DataRequest) -> None:
    """Each coordinator and owner once; operators where nobody else can answer."""
    told = {request.user_id}
    context = {"request": request, "person": request.user, "link": absolute_url("data-request-detail", request.pk)}
    for programme in _programmes(request):
        roles = programme.workspace.roles.filter(role__in=WorkspaceRole.EDITORS, user__is_active=True)
        team = [role.user for role in roles.exclude(user__in=told).select_related("user").order_by("pk")]
        audience = {"rule": TEAM_RULE, "workspace": programme.workspace_id}
        _tell(team, request, {**context, "programme": programme}, programme.sender, audience)
        told |= {person.pk for person in team}
    if told == {request.user_id}:
        operators = User.objects.filter(is_superuser=True, is_active=True).exclude(pk=request.user_id).order_by("pk")
        _tell(operators, request, {**context, "programme": None}, Sender(None), None)


def _tell(
    people: Iterable[User],
    request: DataRequest,
    context: dict[str, Any],
    sender: Sender,
    audience: dict[str, Any] | None,
) -> None:
    for person in people:
        send_mail(
            "accounts/data_request_team",
            {**context, "reader": person},
            sender=sender,
            key=f"data-request:{request.pk}:{person.pk}",
            kind="data request",
            why=f"{request.user} asked about their personal data.",
            to=[person],
            audience=audience,
            reply_to=[],
        )

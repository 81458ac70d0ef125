"""Every write about programmes, cohorts and selection. Sign-up and import write through enrolling.py."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone

from cohorts import links
from cohorts.models import Cohort, Enrollment, Group, Programme
from cohorts.plan import end_of_day, make_plan, make_timeline
from mentorship.accounts.models import User, Workspace, WorkspaceRole
from mentorship.audit.services import history_of, record
from mentorship.outbox.services import enqueue, mail_text, render_mail

# The mail that each outcome of selection sends.
DECISION_MAILS = {
    Enrollment.Status.ACCEPTED: "cohorts/accepted",
    Enrollment.Status.WAITLISTED: "cohorts/waitlisted",
    Enrollment.Status.DECLINED: "cohorts/declined",
}


PLACE_FIELDS = ("offer_expires_at", "confirmed_at", "waitlist_position", "defers", "listed_publicly")
# Once a cohort runs, a free place is no place in it any more.
OFFERS_PLACES = (Cohort.Status.ENROLLING, Cohort.Status.MATCHING)
PLACE_IS_FREE = "A place has become free."


class ServiceError(ValueError):
    """What was asked is not possible; the text says why, in a sentence for the person who asked."""


@dataclass(frozen=True)
class DecisionMail:
    """What one applicant will get. `enrollment` has its people loaded."""

    enrollment: Enrollment
    to: list[str]
    subject: str
    text: str
    html: str


@transaction.atomic
def create_programme(*, name: str, slug: str, contact_email: str, by: User | None, **fields: Any) -> Programme:
    """Make a programme with its workspace; who makes it owns it."""
    workspace = Workspace.objects.create(name=name)
    programme = Programme.objects.create(
        workspace=workspace, name=name, slug=slug, contact_email=contact_email, **fields
    )
    make_timeline(programme)
    record(verb="created", target=programme, workspace_id=workspace.pk, by=by)
    if by is not None:
        grant_role(workspace=workspace, user=by, role=WorkspaceRole.Role.OWNER, by=by)
    return programme


@transaction.atomic
def save_programme(*, programme: Programme, by: User) -> Programme:
    """Save what a form changed."""
    programme.save()
    Workspace.objects.filter(pk=programme.workspace_id).update(name=programme.name)
    record(verb="edited", target=programme, workspace_id=programme.workspace_id, by=by)
    return programme


@transaction.atomic
def grant_role(*, workspace: Workspace, user: User, role: str, by: User | None) -> WorkspaceRole:
    """Give a person a role in a workspace, or change the one they have. The last owner stays one."""
    Workspace.objects.select_for_update().get(pk=workspace.pk)
    current = WorkspaceRole.objects.filter(workspace=workspace, user=user).first()
    if current and current.role == WorkspaceRole.Role.OWNER and role != WorkspaceRole.Role.OWNER:
        _keep_an_owner(workspace, current)
    granted, _ = WorkspaceRole.objects.update_or_create(workspace=workspace, user=user, defaults={"role": role})
    record(verb="granted", target=granted, workspace_id=workspace.pk, by=by, role=role, user=user.pk)
    return granted


@transaction.atomic
def revoke_role(*, role: WorkspaceRole, by: User) -> None:
    """Take a role away. Raises ServiceError for the last owner."""
    Workspace.objects.select_for_update().get(pk=role.workspace_id)
    if role.role == WorkspaceRole.Role.OWNER:
        _keep_an_owner(role.workspace, role)
    record(verb="revoked", target=role, workspace_id=role.workspace_id, by=by, role=role.role, user=role.user_id)
    role.delete()


@transaction.atomic
def invite_to_team(*, programme: Programme, user: User, role: str, by: User) -> WorkspaceRole:
    """Give a person a role and tell them by mail how to sign in."""
    granted = grant_role(workspace=programme.workspace, user=user, role=role, by=by)
    subject, text, html = render_mail(
        "cohorts/team_invitation",
        {
            "person": user,
            "programme": programme,
            "role": granted.get_role_display(),
            "by": by,
            "password_url": settings.SITE_URL + reverse("account_reset_password"),
        },
        workspace_id=programme.workspace_id,
    )
    enqueue(
        key=f"team-invitation:{granted.pk}:{role}",
        workspace_id=programme.workspace_id,
        kind="invitation",
        why=f"{by} made {user} {granted.get_role_display()} of {programme}.",
        to=[user.email],
        subject=subject,
        text=text,
        html=html,
        reply_to=[programme.contact_email],
    )
    return granted


@transaction.atomic
def create_cohort(
    *,
    programme: Programme,
    name: str,
    slug: str,
    starts_on: date,
    ends_on: date,
    by: User | None,
    **fields: Any,
) -> Cohort:
    """Make a cohort as a draft, with the dates of the programme's timeline unless it repeats another one."""
    cohort = Cohort(programme=programme, name=name, slug=slug, starts_on=starts_on, ends_on=ends_on, **fields)
    cohort.full_clean()
    cohort.save()
    if cohort.repeats is None:
        make_plan(cohort)
    record(verb="created", target=cohort, workspace_id=cohort.workspace_id, by=by)
    return cohort


@transaction.atomic
def save_cohort(*, cohort: Cohort, by: User) -> Cohort:
    """Save what a form changed; the status has its own function."""
    cohort.save()
    record(verb="edited", target=cohort, workspace_id=cohort.workspace_id, by=by)
    return cohort


@transaction.atomic
def save_group(*, group: Group, by: User) -> Group:
    """Save a new or changed group of a cohort."""
    group.save()
    record(verb="group saved", target=group.cohort, workspace_id=group.cohort.workspace_id, by=by, name=group.name)
    return group


@transaction.atomic
def delete_group(*, group: Group, by: User) -> None:
    """Delete a group that nobody is in. Raises ServiceError for any other."""
    if group.enrollments.exists():
        raise ServiceError(f"{group} has people in it. Move them to another group first.")
    record(verb="group deleted", target=group.cohort, workspace_id=group.cohort.workspace_id, by=by, name=group.name)
    group.delete()


@transaction.atomic
def set_cohort_status(*, cohort: Cohort, to: str, by: User | None) -> Cohort:
    """Move a cohort along its life. Raises ServiceError where the step is not one of its TRANSITIONS."""
    locked = Cohort.objects.select_for_update(of=("self",)).select_related("programme").get(pk=cohort.pk)
    if to not in Cohort.TRANSITIONS[locked.status]:
        raise ServiceError(f"{locked} is {locked.get_status_display()}; it can't become {to} from there.")
    before, locked.status = locked.status, to
    locked.save(update_fields=["status"])
    record(verb=f"made {to}", target=locked, workspace_id=locked.workspace_id, by=by, before=before)
    return locked


@transaction.atomic
def set_enrollment_status(*, enrollment: Enrollment, to: str, by: User | None, note: str = "") -> Enrollment:
    """The one place where an enrollment's status changes. Sends nothing to the person.

    `note` is kept in the audit trail as the reason. Whose accepted place becomes free makes room for the next on the
    waitlist where the cohort wants that. Raises ServiceError where the step is not one of its TRANSITIONS, or where
    all seats are taken.
    """
    # The cohort first, always: whoever counts seats waits here, and nobody holds what another one needs.
    Cohort.objects.select_for_update(of=("self",)).get(enrollments=enrollment.pk)
    locked = (
        Enrollment.objects.select_for_update(of=("self",))
        .select_related("cohort__programme", "group")
        .get(pk=enrollment.pk)
    )
    if to not in Enrollment.TRANSITIONS[locked.status]:
        raise ServiceError(f"{locked} is {locked.get_status_display()}; this can't become {to}.")
    if to == Enrollment.Status.ACCEPTED:
        check_seat(locked)
    before, locked.status = locked.status, to
    _set_place(locked)
    locked.save(update_fields=["status", *PLACE_FIELDS, "updated_at"])
    record(verb=f"made {to}", target=locked, workspace_id=locked.cohort.workspace_id, by=by, before=before, reason=note)
    gave_up = before == Enrollment.Status.ACCEPTED and to in (Enrollment.Status.WITHDRAWN, Enrollment.Status.DECLINED)
    if gave_up and locked.cohort.fill_from_waitlist and locked.cohort.status in OFFERS_PLACES:
        offer_next_place(cohort=locked.cohort, role=locked.role, by=by)
    return locked


def free_seats(cohort: Cohort, role: str) -> int | None:
    """How many more can be accepted in a role; None where there is no limit."""
    seats = cohort.seats_for(role)
    return None if seats is None else max(0, seats - cohort.enrollments.filter(role=role).accepted().count())


def check_seat(enrollment: Enrollment) -> None:
    """Raise ServiceError where no seat is left for them, in the cohort or in their group. Lock the cohort before."""
    cohort, role = enrollment.cohort, enrollment.role
    if free_seats(cohort, role) == 0:
        raise ServiceError(f"All {cohort.seats_for(role)} seats for {role}s are taken. {enrollment} could wait.")
    _check_group_seat(enrollment)


def _check_group_seat(enrollment: Enrollment) -> None:
    group = enrollment.group
    if group and group.seats is not None and enrollment.role == Enrollment.Role.MENTEE:
        of_group = enrollment.cohort.enrollments.filter(role=enrollment.role, group=group)
        taken = of_group.accepted().exclude(pk=enrollment.pk).count()
        if taken >= group.seats:
            raise ServiceError(f"All {group.seats} seats of {group} are taken. {enrollment} could wait.")


def offer_until(cohort: Cohort, now: datetime) -> datetime | None:
    """Until when somebody accepted now may say that they come: the end of a day by the cohort's clock."""
    if cohort.offer_days is None:
        return None
    day = now.astimezone(cohort.tz).date() + timedelta(days=cohort.offer_days)
    return end_of_day(day, cohort.tz)


@transaction.atomic
def offer_next_place(*, cohort: Cohort, role: str, by: User | None) -> Enrollment | None:
    """Accept the first on the waitlist for whom there is a seat, and write to them. None where there is nobody."""
    Cohort.objects.select_for_update(of=("self",)).get(pk=cohort.pk)
    waiting = cohort.enrollments.filter(role=role, status=Enrollment.Status.WAITLISTED).with_people()
    for enrollment in waiting.order_by("waitlist_position", "pk"):
        decided, _ = decide_enrollments(
            enrollments=[enrollment], to=Enrollment.Status.ACCEPTED, by=by, message=PLACE_IS_FREE
        )
        if decided:
            return enrollment
    return None


def _set_place(enrollment: Enrollment) -> None:
    """What a new status means for the offer, the place on the waitlist and the public listing."""
    enrollment.offer_expires_at = enrollment.confirmed_at = enrollment.waitlist_position = None
    if enrollment.status == Enrollment.Status.ACCEPTED:
        enrollment.offer_expires_at = offer_until(enrollment.cohort, timezone.now())
        enrollment.defers = False
    elif enrollment.status == Enrollment.Status.WAITLISTED:
        last = enrollment.cohort.enrollments.filter(role=enrollment.role).aggregate(last=Max("waitlist_position"))
        enrollment.waitlist_position = (last["last"] or 0) + 1
    elif enrollment.status in (Enrollment.Status.WITHDRAWN, Enrollment.Status.DECLINED):
        enrollment.listed_publicly = False


@transaction.atomic
def set_group(*, enrollment: Enrollment, group: Group | None, by: User) -> Enrollment:
    """Put somebody into a group of their cohort, or out of it. Raises ServiceError where its seats are taken."""
    Cohort.objects.select_for_update(of=("self",)).get(pk=enrollment.cohort_id)
    rows = Enrollment.objects.select_for_update(of=("self",)).select_related("cohort__programme")
    locked = rows.get(pk=enrollment.pk)
    if locked.group_id == (group.pk if group else None):
        return locked
    locked.group = group
    if group is not None and locked.status in (Enrollment.Status.ACCEPTED, Enrollment.Status.COMPLETED):
        _check_group_seat(locked)
    locked.save(update_fields=["group", "updated_at"])
    record(
        verb="grouped", target=locked, workspace_id=locked.cohort.workspace_id, by=by, group=group.name if group else ""
    )
    return locked


@transaction.atomic
def save_note(*, enrollment: Enrollment, note: str, by: User) -> None:
    """Replace the coordinators' note on an enrollment."""
    enrollment.note = note
    enrollment.save(update_fields=["note", "updated_at"])
    record(verb="noted", target=enrollment, workspace_id=enrollment.cohort.workspace_id, by=by)


def decision_mails(
    *, enrollments: Iterable[Enrollment], to: str, message: str = "", link: str = ""
) -> list[DecisionMail]:
    """The mails that deciding would send, rendered as each applicant will get them. Writes nothing.

    A team gets one mail to all its members. `message` is the coordinator's own paragraph, `link` replaces their own.
    """
    mails = []
    kind, words = DECISION_MAILS[Enrollment.Status(to)], {}
    for enrollment in enrollments:
        cohort = enrollment.cohort
        if cohort.pk not in words:
            words[cohort.pk] = mail_text(kind, workspace_id=cohort.workspace_id, scope=cohort.scope)
        subject, text, html = words[cohort.pk].render(
            {
                "enrollment": enrollment,
                "person": enrollment.user,
                "cohort": enrollment.cohort,
                "programme": enrollment.cohort.programme,
                "role": enrollment.cohort.programme.label_of(enrollment.role),
                "message": message.strip(),
                "offer_until": offer_until(enrollment.cohort, timezone.now()),
                "zone": enrollment.cohort.time_zone,
                "link": link or links.place_link(enrollment.pk),
            }
        )
        mails.append(DecisionMail(enrollment, [p.email for p in enrollment.people], subject, text, html))
    return mails


@transaction.atomic
def decide_enrollments(
    *, enrollments: Sequence[Enrollment], to: str, by: User | None, message: str = "", mail: bool = True
) -> tuple[list[Enrollment], list[tuple[Enrollment, str]]]:
    """Accept, waitlist or decline applicants, and write each a mail unless `mail` is off.

    Returns those decided, and those left as they were with the reason: one that can't change blocks no other.
    Deciding the same again changes nothing and writes no second mail.
    """
    decided, left = [], []
    for enrollment in sorted(enrollments, key=lambda e: e.pk):
        try:
            set_enrollment_status(enrollment=enrollment, to=to, by=by)
        except ServiceError as error:
            left.append((enrollment, str(error)))
        else:
            decided.append(enrollment)
    if mail:
        for letter in decision_mails(enrollments=decided, to=to, message=message):
            _enqueue_decision(letter, to=to, by=by)
    return decided, left


def _enqueue_decision(letter: DecisionMail, *, to: str, by: User | None) -> None:
    enrollment = letter.enrollment
    # A person may be accepted, put back and accepted again: each decision has its own entry and so its own mail.
    nth = _decisions_so_far(enrollment)
    enqueue(
        key=f"decision:{enrollment.pk}:{nth}",
        workspace_id=enrollment.cohort.workspace_id,
        scope=enrollment.cohort.scope,
        kind="decision",
        why=f"{by or 'The waitlist'} decided about {enrollment}: {to}.",
        to=letter.to,
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
        reply_to=[enrollment.cohort.programme.contact_email],
    )


def _decisions_so_far(enrollment: Enrollment) -> int:
    """How often the status of this enrollment changed so far."""
    return history_of(enrollment).filter(verb__startswith="made ").count()


def _keep_an_owner(workspace: Workspace, leaving: WorkspaceRole) -> None:
    owners = WorkspaceRole.objects.filter(workspace=workspace, role=WorkspaceRole.Role.OWNER)
    if not owners.exclude(pk=leaving.pk).exists():
        raise ServiceError("A programme needs an owner. Make somebody else owner first.")

"""Change the status, group and note of enrollments; decide about applicants."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from cohorts.enrollment.extensions import endings_of
from cohorts.enrollment.mails import PLACE_IS_FREE, decision_mails, enqueue_decision
from cohorts.enrollment.seats import check_group_seat, check_seat, offer_deadline
from cohorts.models import Cohort, Enrollment, Group
from mentorship.core.accounts.models import User
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.errors import ServiceError

PLACE_FIELDS = ("offer_expires_at", "confirmed_at", "waitlist_position", "defers", "listed_publicly")


@transaction.atomic
def set_enrollment_status(
    *,
    enrollment: Enrollment,
    to: str,
    by: User | None,
    note: str = "",
    departure: str = Enrollment.Departure.WITHDREW,
) -> Enrollment:
    """Change the status of an enrollment, the only way to do so. Sends the person nothing.

    `note` is kept as the reason; for a withdrawal `departure` says how the person left. If an accepted place becomes
    free, the next person on the waitlist gets it, if the cohort wants that. Raises ServiceError if the step is not one
    of TRANSITIONS, if all seats are taken, or if the person has a match under way.
    """
    locked = lock_enrollment(enrollment)
    _check_step(locked, to)
    before = locked.status_before = locked.status
    locked.status = to
    locked.status_reason = note
    is_leaving = to == Enrollment.Status.WITHDRAWN
    locked.departure = departure if is_leaving else ""
    locked.left_at = timezone.now() if is_leaving else None
    locked.status_changes += 1
    _set_place(locked)
    locked.save(
        update_fields=["status", "status_reason", "departure", "left_at", "status_changes", *PLACE_FIELDS, "updated_at"]
    )
    verb = Verb.REMOVED if locked.was_removed else Verb.made(to)
    record(verb=verb, target=locked, workspace_id=locked.cohort.workspace_id, by=by, before=before, reason=note)
    gave_up = before == Enrollment.Status.ACCEPTED and to == Enrollment.Status.WITHDRAWN
    if gave_up and locked.cohort.fill_from_waitlist and locked.cohort.gives_places:
        offer_next_place(cohort=locked.cohort, role=locked.role, by=by)
    return locked


def lock_enrollment(enrollment: Enrollment) -> Enrollment:
    """Lock the cohort, then the enrollment: the order in which everything that counts seats locks them."""
    Cohort.objects.select_for_update(of=("self",)).get(pk=enrollment.cohort_id)
    return (
        Enrollment.objects.select_for_update(of=("self",))
        .select_related("cohort__programme", "user", "group")
        .get(pk=enrollment.pk)
    )


def _check_step(locked: Enrollment, to: str) -> None:
    """Raise ServiceError if an enrollment can't change to this status now."""
    if to not in Enrollment.TRANSITIONS[locked.status]:
        way_out = " Withdraw or remove them on their page." if locked.status == Enrollment.Status.ACCEPTED else ""
        label = Enrollment.Status(to).label
        raise ServiceError(f"{locked} is {locked.get_status_display()} and can't become {label}.{way_out}")
    if to == Enrollment.Status.ACCEPTED:
        check_seat(locked)
    if locked.status == Enrollment.Status.ACCEPTED and to in Enrollment.UNDECIDED and (ends := endings_of(locked.pk)):
        raise ServiceError(
            f"{locked} has something running: {', '.join(str(ending.text) for ending in ends)}. "
            "Withdraw or remove them on their page."
        )


@transaction.atomic
def offer_next_place(*, cohort: Cohort, role: str, by: User | None) -> Enrollment | None:
    """Accept the first person on the waitlist for whom there is a seat, and write to them. None if there is nobody."""
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
    """Set the offer, the place on the waitlist and the public listing for a new status."""
    enrollment.offer_expires_at = enrollment.confirmed_at = enrollment.waitlist_position = None
    if enrollment.status == Enrollment.Status.ACCEPTED:
        enrollment.offer_expires_at = offer_deadline(enrollment.cohort, timezone.now())
        enrollment.defers = False
    elif enrollment.status == Enrollment.Status.WAITLISTED:
        last = enrollment.cohort.enrollments.filter(role=enrollment.role).aggregate(last=Max("waitlist_position"))
        enrollment.waitlist_position = (last["last"] or 0) + 1
    elif enrollment.status in (Enrollment.Status.WITHDRAWN, Enrollment.Status.DECLINED):
        enrollment.listed_publicly = False


@transaction.atomic
def set_group(*, enrollment: Enrollment, group: Group | None, by: User) -> Enrollment:
    """Move somebody into a group of their cohort, or out of it. Raises ServiceError if the group is full."""
    Cohort.objects.select_for_update(of=("self",)).get(pk=enrollment.cohort_id)
    rows = Enrollment.objects.select_for_update(of=("self",)).select_related("cohort__programme")
    locked = rows.get(pk=enrollment.pk)
    if locked.group_id == (group.pk if group else None):
        return locked
    locked.group = group
    if group is not None and locked.occupies_place:
        check_group_seat(locked)
    locked.save(update_fields=["group", "updated_at"])
    record(
        verb=Verb.GROUPED,
        target=locked,
        workspace_id=locked.cohort.workspace_id,
        by=by,
        group=group.name if group else "",
    )
    return locked


@transaction.atomic
def save_note(*, enrollment: Enrollment, note: str, by: User) -> None:
    """Replace the coordinators' note on an enrollment."""
    enrollment.note = note
    enrollment.save(update_fields=["note", "updated_at"])
    record(verb=Verb.NOTED, target=enrollment, workspace_id=enrollment.cohort.workspace_id, by=by)


@transaction.atomic
def decide_enrollments(
    *,
    enrollments: Sequence[Enrollment],
    to: str,
    by: User | None,
    message: str = "",
    mail: bool = True,
    due_at: datetime | None = None,
) -> tuple[list[Enrollment], list[tuple[Enrollment, str]]]:
    """Accept, waitlist or decline applicants, and mail each of them at `due_at` (UTC; now), unless `mail` is off.

    Returns those decided, and those that could not be, each with the reason; one failure does not stop the others.
    Idempotent: deciding the same again changes nothing and sends no second mail.
    """
    decided, left = [], []
    for enrollment in sorted(enrollments, key=lambda e: e.pk):
        try:
            changed = set_enrollment_status(enrollment=enrollment, to=to, by=by)
        except ServiceError as error:
            left.append((enrollment, str(error)))
        else:
            enrollment.status_changes = changed.status_changes  # the key of the mail holds it
            decided.append(enrollment)
    if mail:
        for letter in decision_mails(enrollments=decided, to=to, message=message):
            enqueue_decision(letter, to=to, by=by, due_at=due_at)
    return decided, left

"""Invite people who have no slot of a training yet."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from cohorts.bulk_actions.services import BulkKind
from cohorts.enrollment.audience import to_people_of
from cohorts.models import BulkAction, Cohort, Enrollment
from cohorts.setup.role_words import RoleWord
from cohorts.sharing.addressing import team_lists
from mentorship.core.accounts.models import User
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.outbox.send_mail import render_for, send_mail, written_keys
from mentorship.core.timezones import first_zone
from training.attendance.training_status import training_status_of
from training.booking import links
from training.booking.mails import when_words
from training.models import Training, TrainingBooking, TrainingSession

TEMPLATE = "training/invite"


def people_to_invite(cohort: Cohort, training: Training) -> list[Enrollment]:
    """Accepted people of a cohort who need a slot of a training, and have neither a seat nor a place on a waitlist.

    If the training is not for experienced people, trained ones are left out.
    """
    have = TrainingBooking.objects.filter(session__training=training, session__cancelled_at=None).exclude(
        status="cancelled"
    )
    people = cohort.enrollments.filter(role__in=training.roles.split()).occupying_place().with_people()
    found = list(people.exclude(pk__in=have.filter(enrollment__isnull=False).values("enrollment")).order_by("pk"))
    if training.experienced_welcome:
        return found
    status = training_status_of([e.pk for e in found])
    return [e for e in found if not status[e.pk].is_trained]


def invitation_mail(enrollment: Enrollment, training: Training, words: str) -> tuple[str, str, str]:
    """Subject, text and HTML of the mail that somebody would get."""
    return render_for(enrollment.cohort.sender, TEMPLATE, _context(enrollment, training, words))


def _context(enrollment: Enrollment, training: Training, words: str) -> dict[str, Any]:
    slots = TrainingSession.objects.open_to([enrollment]).not_cancelled().filter(training=training)
    slots = slots.select_related("cohort")
    zone = first_zone(enrollment.user.time_zone, enrollment.time_zone)
    return {
        "person": enrollment.user.short_name,
        "training": training,
        "roles": [RoleWord(enrollment.cohort.programme, role) for role in training.roles.split()],
        "cohort": enrollment.cohort,
        "programme": enrollment.cohort.programme,
        "words": words,
        "slots": [f"{when_words(slot, zone)}, {slot.minutes} minutes" for slot in slots.order_by("starts_at", "pk")],
        "choose": links.CHOOSE.url(enrollment.pk),
    }


@transaction.atomic
def send_invitations(
    *, cohort: Cohort, training: Training, words: str, by: User, now: datetime, only: Collection[int] | None = None
) -> int:
    """Mail everybody who has no slot yet, or `only` these, at most once a day. Returns the number of mails."""
    people = [e for e in people_to_invite(cohort, training) if only is None or e.pk in only]
    keys = {e.pk: f"training-invite:{training.pk}:{e.pk}:{now:%Y%m%d}" for e in people}
    written = written_keys(keys.values())
    todo = [e for e in people if keys[e.pk] not in written]
    sender = cohort.sender
    for enrollment in todo:
        send_mail(
            TEMPLATE,
            _context(enrollment, training, words),
            sender=sender,
            key=keys[enrollment.pk],
            why=f"{by} invited {enrollment} to {training}.",
            **team_lists(enrollment.people, [enrollment], cohort.programme.contact_email),
            audience=to_people_of(enrollment),
            kind="training",
        )
    record(verb=Verb.INVITED, target=training, workspace_id=cohort.workspace_id, by=by, people=len(todo))
    return len(todo)


def _invite_some(action: BulkAction, ids: Sequence[int], by: User) -> int:
    training, words = Training.objects.get(pk=action.about), action.word("words")
    return send_invitations(
        cohort=action.cohort, training=training, words=words, by=by, now=timezone.now(), only=set(ids)
    )


INVITATIONS = BulkKind(
    "Sending invitations to a training",
    _invite_some,
    lambda action: f"{action.number} email{'' if action.number == 1 else 's'} on the way.",
)

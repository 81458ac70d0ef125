"""Invite people who have no slot of a training yet."""

from datetime import datetime

from django.db import transaction

from cohorts.models import Cohort, Enrollment
from mentorship.core.accounts.models import User
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.outbox.mail_templates.rendering import MailText, mail_text
from mentorship.core.outbox.models import OutboxMessage
from mentorship.core.outbox.services import enqueue
from training.attendance.training_status import training_status_of
from training.booking import links
from training.models import Training, TrainingBooking, TrainingSession


def people_to_invite(cohort: Cohort, training: Training) -> list[Enrollment]:
    """The accepted people of a cohort whom a training is for and who have no slot of it yet, booked or waited for.

    Where experienced ones are not asked for, those are left out who attended it and need no refresher.
    """
    have = TrainingBooking.objects.filter(session__training=training, session__cancelled_at=None).exclude(
        status="cancelled"
    )
    people = cohort.enrollments.filter(role__in=training.roles.split()).occupying_place().with_people()
    found = list(people.exclude(pk__in=have.filter(enrollment__isnull=False).values("enrollment")).order_by("pk"))
    if training.experienced_welcome:
        return found
    credit = training_status_of([e.pk for e in found])
    return [e for e in found if not credit[e.pk].counts]


def invitation_mail(
    enrollment: Enrollment, training: Training, words: str, wording: MailText | None = None
) -> tuple[str, str, str]:
    """Subject, text and HTML of the mail that somebody would get. Who writes many asks for the wording once."""
    slots = (
        TrainingSession.objects.open_to([enrollment])
        .not_cancelled()
        .filter(training=training)
        .order_by("starts_at", "pk")
    )
    cohort = enrollment.cohort
    wording = wording or mail_text("training/invite", workspace_id=cohort.workspace_id, scope=cohort.scope)
    return wording.render(
        {
            "person": enrollment.user.short_name,
            "training": training,
            "cohort": cohort,
            "programme": cohort.programme,
            "words": words,
            "slots": slots,
            "zone": enrollment.user.time_zone or enrollment.time_zone or "UTC",
            "choose": links.CHOOSE.url(enrollment.pk),
        },
    )


@transaction.atomic
def send_invitations(*, cohort: Cohort, training: Training, words: str, by: User, now: datetime) -> int:
    """Write to everybody who has no slot yet. On the same day nobody gets it twice. Returns how many were written."""
    people = people_to_invite(cohort, training)
    keys = {e.pk: f"training-invite:{training.pk}:{e.pk}:{now:%Y%m%d}" for e in people}
    written = set(OutboxMessage.objects.filter(key__in=keys.values()).values_list("key", flat=True))
    todo = [e for e in people if keys[e.pk] not in written]
    wording = mail_text("training/invite", workspace_id=cohort.workspace_id, scope=cohort.scope)
    for enrollment in todo:
        subject, text, html = invitation_mail(enrollment, training, words, wording)
        enqueue(
            key=keys[enrollment.pk],
            workspace_id=cohort.workspace_id,
            scope=cohort.scope,
            kind="training",
            why=f"{by} invited {enrollment} to {training}.",
            to=[p.email for p in enrollment.people],
            subject=subject,
            text=text,
            html=html,
            reply_to=[cohort.programme.contact_email],
        )
    record(verb=Verb.INVITED, target=training, workspace_id=cohort.workspace_id, by=by, people=len(todo))
    return len(todo)

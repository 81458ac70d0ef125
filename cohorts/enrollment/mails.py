"""The mails that tell applicants what was decided."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone

from cohorts.enrollment.links import place_link
from cohorts.enrollment.seats import offer_deadline
from cohorts.models import Enrollment
from mentorship.core.accounts.models import User
from mentorship.core.outbox.mail_templates.rendering import mail_text
from mentorship.core.outbox.services import enqueue

# The mail that each outcome of selection sends.
DECISION_MAILS = {
    Enrollment.Status.ACCEPTED: "cohorts/accepted",
    Enrollment.Status.WAITLISTED: "cohorts/waitlisted",
    Enrollment.Status.DECLINED: "cohorts/declined",
}

PLACE_IS_FREE = "A place has become free."


@dataclass(frozen=True)
class DecisionMail:
    """What one applicant will get. `enrollment` has its people loaded."""

    enrollment: Enrollment
    to: list[str]
    subject: str
    text: str
    html: str


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
                "offer_until": offer_deadline(enrollment.cohort, timezone.now()),
                "zone": enrollment.cohort.time_zone,
                "link": link or place_link(enrollment.pk),
            }
        )
        mails.append(DecisionMail(enrollment, [p.email for p in enrollment.people], subject, text, html))
    return mails


def enqueue_decision(letter: DecisionMail, *, to: str, by: User | None) -> None:
    """Write a mail about a decision to the outbox."""
    enrollment = letter.enrollment
    enqueue(
        key=decision_key(enrollment, enrollment.status_changes),
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


def decision_key(enrollment: Enrollment, change: int) -> str:
    """The key of the mail about the nth change of a status.

    A person may be accepted, put back and accepted again: each decision has a mail of its own.
    """
    return f"decision:{enrollment.pk}:{change}"

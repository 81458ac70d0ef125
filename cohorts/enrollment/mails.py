"""The mails that tell applicants what was decided."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from cohorts.enrollment.audience import to_people_of
from cohorts.enrollment.links import place_link
from cohorts.enrollment.seats import offer_deadline
from cohorts.models import Enrollment
from cohorts.setup.role_words import RoleWord
from mentorship.core.accounts.models import User
from mentorship.core.outbox.send_mail import Sender, send_mail

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
    template: str
    context: dict[str, Any]
    sender: Sender
    subject: str
    text: str
    html: str

    @property
    def to(self) -> list[str]:
        return [person.email for person in self.enrollment.people]


def decision_mails(
    *, enrollments: Iterable[Enrollment], to: str, message: str = "", link: str = ""
) -> list[DecisionMail]:
    """The mails that deciding would send, rendered as each applicant will get them. Writes nothing.

    A team gets one mail to all its members. `message` is the coordinator's own paragraph, `link` replaces their own.
    """
    mails = []
    kind = DECISION_MAILS[Enrollment.Status(to)]
    senders: dict[int, Sender] = {}
    for enrollment in enrollments:
        cohort = enrollment.cohort
        sender = senders.setdefault(cohort.pk, cohort.sender)
        context = {
            "enrollment": enrollment,
            "person": enrollment.user,
            "cohort": cohort,
            "programme": cohort.programme,
            "role": RoleWord(cohort.programme, enrollment.role),
            "message": message.strip(),
            "offer_until": offer_deadline(cohort, timezone.now()),
            "zone": cohort.time_zone,
            "link": link or place_link(enrollment.pk),
        }
        mails.append(DecisionMail(enrollment, kind, context, sender, *sender.words_of(kind).render(context)))
    return mails


def enqueue_decision(letter: DecisionMail, *, to: str, by: User | None) -> None:
    """Write a mail about a decision to the outbox."""
    enrollment = letter.enrollment
    send_mail(
        letter.template,
        letter.context,
        sender=letter.sender,
        key=decision_key(enrollment, enrollment.status_changes),
        kind="decision",
        why=f"{by or 'The waitlist'} decided about {enrollment}: {to}.",
        to=enrollment.people,
        audience=to_people_of(enrollment, [to], change=enrollment.status_changes),
    )


def decision_key(enrollment: Enrollment, change: int) -> str:
    """The key of the mail about the nth change of a status.

    A person may be accepted, put back and accepted again: each decision has a mail of its own.
    """
    return f"decision:{enrollment.pk}:{change}"

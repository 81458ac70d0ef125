"""The mails that tell applicants the decision."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as lazy

from cohorts.enrollment.audience import to_people_of
from cohorts.enrollment.links import place_link
from cohorts.enrollment.seats import offer_deadline
from cohorts.models import Enrollment
from cohorts.setup.role_words import RoleWord
from mentorship.core.accounts.models import User
from mentorship.core.accounts.people.services import has_proven_address
from mentorship.core.outbox.send_mail import Sender, send_mail

# The mail for each outcome of selection.
DECISION_MAILS = {
    Enrollment.Status.ACCEPTED: "cohorts/accepted",
    Enrollment.Status.WAITLISTED: "cohorts/waitlisted",
    Enrollment.Status.DECLINED: "cohorts/declined",
}

PLACE_IS_FREE = "A place has become free."


@dataclass(frozen=True)
class DecisionMail:
    """The mail to one person about a decision. `enrollment` has its people loaded."""

    enrollment: Enrollment
    person: User
    template: str
    context: dict[str, Any]
    sender: Sender
    subject: str
    text: str
    html: str

    @property
    def to(self) -> list[str]:
        return [self.person.email]


def decision_mails(
    *, enrollments: Iterable[Enrollment], to: str, message: str = "", link: str = ""
) -> list[DecisionMail]:
    """The mails that a decision would send, rendered for each recipient, the lead first. Writes nothing.

    Each member of a team gets their own mail: addresses stay hidden from the others, and each link is personal.
    `message` is the coordinator's own paragraph, `link` replaces the personal one.
    """
    mails: list[DecisionMail] = []
    kind = DECISION_MAILS[Enrollment.Status(to)]
    senders: dict[int, Sender] = {}
    for enrollment in enrollments:
        cohort = enrollment.cohort
        sender = senders.setdefault(cohort.pk, cohort.sender)
        shared = {
            "enrollment": enrollment,
            "cohort": cohort,
            "programme": cohort.programme,
            "role": RoleWord(cohort.programme, enrollment.role),
            "message": message.strip(),
            "offer_until": offer_deadline(cohort, timezone.now()),
            "zone": cohort.time_zone,
        }
        for person in enrollment.people:
            own = link or place_link(enrollment.pk, person.pk)
            context = {**shared, "person": person, "link": own, "lead": lead_for(enrollment, person)}
            words = sender.words_of(kind, sender.language_for([person])).render(context)
            mails.append(DecisionMail(enrollment, person, kind, context, sender, *words))
    return mails


def enqueue_decision(letter: DecisionMail, *, to: str, by: User | None, due_at: datetime | None = None) -> None:
    """Write a mail about a decision to the outbox."""
    enrollment, key = letter.enrollment, decision_key(letter.enrollment, letter.enrollment.status_changes)
    send_mail(
        letter.template,
        letter.context,
        sender=letter.sender,
        key=key if letter.person == enrollment.user else f"{key}:{letter.person.pk}",
        kind="decision",
        why=f"{by or 'The waitlist'} decided about {enrollment}: {to}.",
        to=[letter.person],
        audience=to_people_of(enrollment, [to], change=enrollment.status_changes),
        due_at=due_at,
    )


def lead_for(enrollment: Enrollment, person: User) -> Any:
    """The name of the lead, for mails to other members of the team; "" in mails to the lead or to somebody alone."""
    return "" if person.pk == enrollment.user_id else enrollment.user.known_name or lazy("the lead of your team")


def called(person: User, *, quotes: bool) -> Any:
    """The name of a team member in a mail, or “team member” if only the lead may have chosen it."""
    return person.short_name if quotes or has_proven_address(person) else lazy("team member")


def decision_key(enrollment: Enrollment, change: int) -> str:
    """The key of the mail about the nth change of a status.

    A person may be accepted, put back and accepted again: each decision has a mail of its own.
    """
    return f"decision:{enrollment.pk}:{change}"

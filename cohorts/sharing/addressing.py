"""Address mails to people who are to meet, without showing anybody's address before they agreed."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypedDict

from cohorts.models import Enrollment
from mentorship.core.accounts.models import User
from mentorship.core.outbox.recipients import Recipient
from mentorship.core.text import join_names


class MailLists(TypedDict):
    """The lists of recipients of a mail."""

    to: Sequence[Recipient]
    cc: Sequence[Recipient]
    bcc: Sequence[Recipient]


def team_lists(people: Sequence[User], enrollments: Sequence[Enrollment], contact: str) -> MailLists:
    """The recipients of one mail to several people of a team, who may not know each other's addresses.

    People who did not agree to share their address get a blind copy. If nobody agreed, it goes to the programme.
    """
    shown = [person for person in people if any(e.shares_address_of(person) for e in enrollments)]
    if len(people) == 1 or len(shown) == len(people):
        return {"to": list(people), "cc": [], "bcc": []}
    return {"to": shown or [contact], "cc": [], "bcc": [person for person in people if person not in shown]}


def attendees_among(enrollments: Sequence[Enrollment]) -> tuple[tuple[str, str], ...]:
    """Names and addresses for a calendar file that all of them get: those who agreed, or the only recipient."""
    everybody = [(one, person) for one in enrollments for person in one.people]
    return tuple(
        (one.name_of(person), person.email)
        for one, person in everybody
        if len(everybody) == 1 or one.shares_address_of(person)
    )


@dataclass(frozen=True)
class Addressing:
    """The lists of recipients of one mail to all the people of some enrollments.

    If all of them share their address it goes from one to the others, and so do the answers. Otherwise it goes to
    the programme and to those who do; all others get a blind copy, and answers to them go through the programme.
    `beside` get a copy, such as mentors who know them already; `contacts` are mere addresses.
    """

    enrollments: Sequence[Enrollment]
    contact: str
    beside: Sequence[Enrollment] = ()
    contacts: Sequence[str] = ()

    @cached_property
    def people(self) -> list[User]:
        """The people of the enrollments who can receive mail, each once."""
        return list(dict.fromkeys(p for e in self.enrollments for p in e.people if p.is_active))

    @cached_property
    def shown(self) -> list[User]:
        """People who agreed that the others may have their address."""
        return [person for person in self.people if self._shares(person, self.enrollments)]

    @cached_property
    def hidden(self) -> list[User]:
        """People who did not agree."""
        return [person for person in self.people if person not in self.shown]

    @cached_property
    def _copied(self) -> list[User]:
        copied = dict.fromkeys(p for e in self.beside for p in e.people if p.is_active and p not in self.people)
        return list(copied)

    @property
    def to(self) -> list[Recipient]:
        return [*self.shown, self.contact] if self.hidden else list(self.people)

    @property
    def cc(self) -> list[Recipient]:
        known = {self.contact if self.hidden else "", *(person.email for person in (*self.people, *self._copied))}
        others = [address for address in dict.fromkeys(self.contacts) if address not in known]
        return [*(p for p in self._copied if self._shares(p, self.beside)), *others]

    @property
    def bcc(self) -> list[Recipient]:
        return [*self.hidden, *(p for p in self._copied if not self._shares(p, self.beside))]

    @property
    def reply_to(self) -> list[Recipient]:
        """Reply-to addresses: everybody who is to meet and whose address may be shared."""
        return self.to

    @property
    def lists(self) -> dict[str, list[Recipient]]:
        """All four lists by name."""
        return {"to": self.to, "cc": self.cc, "bcc": self.bcc, "reply_to": self.reply_to}

    @property
    def answers(self) -> str:
        """How to answer, in sentences that are true for every reader."""
        two = len(self.hidden) + len(self.shown) == 2
        if not self.hidden:
            return "your answer goes straight to the other person." if two else "your answer goes to all of you."
        whom = join_names([self.name_of(person) for person in self.hidden])
        verb, their = ("has", "an email address") if len(self.hidden) == 1 else ("have", "their email addresses")
        shown = [self.name_of(person) for person in self.shown]
        goes = f"your answer goes to {join_names(shown)} and to us" if shown else "your answer comes to us"
        others, readers = ("", "the other") if two else (" to everybody else", "those who get your answer")
        return (
            f"{goes}, and we pass it on{others}. This is because {whom} {verb} not agreed to share {their} yet. "
            f"If that is you and you answer this email, {readers} will see your address."
        )

    def name_of(self, person: User) -> str:
        """The name that the others see."""
        return next((e.name_of(person) for e in (*self.enrollments, *self.beside) if person in e.people), str(person))

    def passed_on(self, person: User) -> str:
        """Words for a presentation that the person is reached through the programme; "" if their address is shown."""
        return f", reached through {self.contact}" if person in self.hidden else ""

    @staticmethod
    def _shares(person: User, enrollments: Sequence[Enrollment]) -> bool:
        return any(e.shares_address_of(person) for e in enrollments)

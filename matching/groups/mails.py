"""Write the mails of a goal group, each to everybody in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils import timezone

from cohorts.models import Cohort, Enrollment
from cohorts.plan.days_off import read_days_off
from cohorts.sharing.addressing import Addressing
from matching.intro.mails import greeting_of
from matching.meeting_times.clocks import NOTICE, clock_of
from matching.meeting_times.shared_daytime import Clock
from matching.meeting_times.suggestions import Suggestion, suggest
from matching.models import GoalGroup
from mentorship.core.accounts.models import User
from mentorship.core.links import absolute_url
from mentorship.core.outbox.models import OutboxMessage
from mentorship.core.outbox.recipients import addresses_of
from mentorship.core.outbox.send_mail import render_for, send_mail
from mentorship.core.reference_data import country_name
from mentorship.core.timezones import clock_name

RULE = "goal group"  # who says whom it is still for, see audience.py


@dataclass(frozen=True)
class GroupMail:
    """The mails of a group, with the people who are in it now."""

    group: GoalGroup
    cohort: Cohort
    mentors: list[Enrollment]
    mentees: list[Enrollment]

    @property
    def members(self) -> list[Enrollment]:
        return [*self.mentors, *self.mentees]

    @property
    def to(self) -> list[str]:
        """The recipients, without duplicates."""
        return addresses_of(self.addressing().to)

    def addressing(self, also: Sequence[Enrollment] = ()) -> Addressing:
        """The recipients of a mail to the group, and to `also`, hiding unshared addresses."""
        return Addressing([*self.members, *also], self.cohort.programme.contact_email)

    def render(self) -> tuple[str, str, str]:
        """Subject, text and HTML of the introduction as it will arrive. Writes nothing."""
        return render_for(self.cohort.sender, "matching/group_intro", self.context)

    @cached_property
    def context(self) -> dict[str, Any]:
        """The context of every mail of the group."""
        people = list(dict.fromkeys(p for e in self.members for p in e.people))
        zones, clocks = group_zones(self.members), group_clocks(self.members)
        return {
            "group": self.group,
            "cohort": self.cohort,
            "programme": self.cohort.programme,
            "greeting": greeting_of(people),
            "answers": self.addressing().answers,
            "mentors": "\n".join(map(_line, self.mentors)),
            "mentees": "\n".join(map(_line, self.mentees)),
            "times": [time.on_clocks(zones) for time in group_meeting_times(self.cohort, clocks)],
            "far_apart": bool(zones),
            "group_url": absolute_url("matching:my-group", self.group.pk),
        }

    def send(
        self,
        template: str,
        *,
        key: str,
        why: str,
        kind: str = "group",
        also: Sequence[Enrollment] = (),
        reply_to: Sequence[str] | None = None,
        **context: str,
    ) -> OutboxMessage:
        """Queue a mail to everybody in the group, and to `also`. Answers go to the group unless `reply_to` is given."""
        addressing = self.addressing(also)
        return send_mail(
            f"matching/{template}",
            {**self.context, **context},
            sender=self.cohort.sender,
            kind=kind,
            key=key,
            why=why,
            to=addressing.to,
            bcc=addressing.bcc,
            reply_to=self.addressing().reply_to if reply_to is None else reply_to,
            audience={"rule": RULE, "group": self.group.pk, "also": [one.pk for one in also], "words": context},
        )


def group_zones(members: Sequence[Enrollment]) -> list[str]:
    """Return everybody's time zones without duplicates; [] if one is unknown."""
    zones = [e.time_zone for e in members]
    return list(dict.fromkeys(zones)) if all(zones) else []


def group_clocks(members: Sequence[Enrollment]) -> list[Clock]:
    """Return everybody's clocks with the hours of the week that they gave; [] if a time zone is unknown."""
    return [clock_of(e) for e in members] if all(e.time_zone for e in members) else []


def group_meeting_times(cohort: Cohort, clocks: Sequence[Clock]) -> list[Suggestion]:
    """Suggest when they could all meet, at least three days ahead and not before the cohort starts."""
    off = read_days_off(cohort.programme.days_off)
    first = cohort.pair_begins(timezone.localdate(timezone=cohort.tz) + NOTICE)
    return suggest(clocks, first, minutes=60, day_off=lambda day: any(d.holds(day) for d in off))


def _line(enrollment: Enrollment) -> str:
    team = ", ".join(_named(person, enrollment) for person in enrollment.people)
    place = clock_name(enrollment.time_zone) if enrollment.time_zone else ""
    facts = ", ".join(filter(None, [team, country_name(enrollment.country), place]))
    return f"- {facts}{f': {enrollment.title}' if enrollment.title else ''}"


def _named(person: User, enrollment: Enrollment) -> str:
    name = enrollment.name_of(person)
    return f"{name} ({person.pronouns})" if person.pronouns else name

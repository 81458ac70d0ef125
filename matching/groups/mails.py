"""Write the mails of a goal group, each to everybody in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from cohorts.models import Cohort, Enrollment
from cohorts.setup.days_off import read_days_off
from matching.intro.mails import NOTICE
from matching.intro.meeting_times import Suggestion, suggest
from matching.models import GoalGroup
from matching.scoring.geography import clock_name
from mentorship.core.accounts.models import User
from mentorship.core.outbox.mail_templates.rendering import render_mail
from mentorship.core.outbox.models import OutboxMessage
from mentorship.core.outbox.services import enqueue
from mentorship.core.reference_data import country_name


@dataclass(frozen=True)
class GroupMail:
    """The mail that introduces a group; with the people who are in it now."""

    group: GoalGroup
    cohort: Cohort
    mentors: list[Enrollment]
    mentees: list[Enrollment]

    @property
    def members(self) -> list[Enrollment]:
        return [*self.mentors, *self.mentees]

    @property
    def to(self) -> list[str]:
        """Everybody, each once."""
        return addresses_of_members(self.members)

    def render(self) -> tuple[str, str, str]:
        """Subject, text and HTML as they will arrive. Writes nothing."""
        return self.words("matching/group_intro")

    def words(self, kind: str, **more: Any) -> tuple[str, str, str]:
        """A mail of this group with what each of them knows."""
        names = list(dict.fromkeys(p.short_name for e in self.members for p in e.people))
        zones = group_zones(self.members)
        context = {
            "group": self.group,
            "cohort": self.cohort,
            "programme": self.cohort.programme,
            "greeting": " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]])),
            "mentors": "\n".join(map(_line, self.mentors)),
            "mentees": "\n".join(map(_line, self.mentees)),
            "times": [time.on_clocks(zones) for time in group_meeting_times(self.cohort, zones)],
            "far_apart": bool(zones),
            "group_url": settings.SITE_URL + reverse("matching:my-group", args=[self.group.pk]),
            **more,
        }
        return render_mail(kind, context, workspace_id=self.cohort.workspace_id, scope=self.cohort.scope)

    def send(self, kind: str, *, key: str, why: str, also: Sequence[Enrollment] = (), **more: Any) -> OutboxMessage:
        """Queue a mail to everybody in the group, and to some who are not in it any more. Answers go to the group."""
        subject, text, html = self.words(f"matching/{kind}", **more)
        return enqueue(
            key=key,
            workspace_id=self.cohort.workspace_id,
            scope=self.cohort.scope,
            kind="intro" if kind == "group_intro" else "group",
            why=why,
            to=addresses_of_members([*self.members, *also]),
            subject=subject,
            text=text,
            html=html,
            reply_to=self.to if kind != "group_left" else [self.cohort.programme.contact_email],
        )


def addresses_of_members(members: Sequence[Enrollment]) -> list[str]:
    """Of everybody, each once."""
    return list(dict.fromkeys(person.email for e in members for person in e.people))


def group_zones(members: Sequence[Enrollment]) -> list[str]:
    """Everybody's time zones, each once; [] where one is not known."""
    zones = [e.time_zone for e in members]
    return list(dict.fromkeys(zones)) if all(zones) else []


def group_meeting_times(cohort: Cohort, zones: Sequence[str]) -> list[Suggestion]:
    """When they could all meet, from three days on and not before the cohort starts."""
    off = read_days_off(cohort.programme.days_off)
    first = max(timezone.localdate(timezone=cohort.tz) + NOTICE, cohort.starts_on)
    return suggest(zones, first, minutes=60, day_off=lambda day: any(d.holds(day) for d in off))


def _line(enrollment: Enrollment) -> str:
    team = ", ".join(_named(person) for person in enrollment.people)
    place = clock_name(enrollment.time_zone) if enrollment.time_zone else ""
    facts = ", ".join(filter(None, [team, country_name(enrollment.country), place]))
    return f"- {facts}{f': {enrollment.title}' if enrollment.title else ''}"


def _named(person: User) -> str:
    return f"{person} ({person.pronouns})" if person.pronouns else str(person)

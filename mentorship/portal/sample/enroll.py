"""Sign up the made-up people, one by one: for sample data, and for the demo."""

import unicodedata
from typing import Any

from cohorts.enrollment.upsert import EnrollmentInput, save_enrollment
from cohorts.models import Cohort, Enrollment
from cohorts.weekly_hours import WeeklyHours
from mentorship.core.accounts.models import User
from mentorship.portal.sample.made_up import MENTORS, PROJECTS

# When people can usually meet; some did not say.
WEEKLY_HOURS = ("Mon-Fri 8-18", "Tue 14-20, Thu 14-20, Sat 10-14", "", "Mon-Thu 10-16, Sun 16-20", "Wed-Fri 6-22")


def address_of(name: str, number: int, kind: str, domain: str) -> str:
    """The address of somebody who is made up."""
    plain = unicodedata.normalize("NFKD", name.split(maxsplit=1)[0]).lower()
    ascii_name = "".join(c for c in plain if c.isascii() and c.isalpha())
    return f"{ascii_name or kind}{number}@{domain}"


def add_mentor(cohort: Cohort, number: int, status: str, *, domain: str, **values: Any) -> Enrollment:
    """Sign up the mentor of this number."""
    name, pronouns, country, zone, languages, topics = MENTORS[number]
    return save_enrollment(
        cohort=cohort,
        role="mentor",
        by=None,
        status=status,
        given=EnrollmentInput(
            email=address_of(name, number, "mentor", domain),
            full_name=name,
            pronouns=pronouns,
            topics=topics,
            values={
                "country": country,
                "time_zone": zone,
                "availability": _hours(number, zone),
                "languages": languages,
                "mentoring_type": ("technical", "both", "career")[number % 3],
                "interaction_style": ("calls", "mixed", "writing")[number % 3],
                "hours_per_month": 2 + number % 4,
                "capacity": 1,
                "shares_address": True,
                "listed_publicly": number % 4 > 0,
                **values,
            },
        ),
    )[0]


def add_project(cohort: Cohort, number: int, status: str, *, domain: str, **values: Any) -> Enrollment:
    """Sign up the project of this number, with its team."""
    title, topics, about, goals, team = PROJECTS[number]
    name, country, zone, languages = team[0]
    members = [(n, address_of(n, 100 + 10 * number + i, "member", domain)) for i, (n, *_) in enumerate(team[1:])]
    enrollment = save_enrollment(
        cohort=cohort,
        role="mentee",
        by=None,
        status=status,
        given=EnrollmentInput(
            email=values.pop("email", address_of(name, number, "lead", domain)),
            full_name=name,
            topics=topics,
            members=members,
            members_share=True,
            values={
                "title": title,
                "description": about,
                "goals": goals,
                "country": country,
                "time_zone": zone,
                "availability": _hours(number + 1, zone),
                "languages": languages,
                "mentoring_type": ("both", "technical", "career")[number % 3],
                "interaction_style": ("mixed", "calls", "writing")[number % 3],
                "hours_per_month": 3,
                "shares_address": True,
                **values,
            },
        ),
    )[0]
    for (_, email), (_, country, zone, _) in zip(members, team[1:], strict=True):
        User.objects.filter(email=email).update(country=country, time_zone=zone)  # as their profile says
    return enrollment


def _hours(number: int, zone: str) -> str:
    hours = WEEKLY_HOURS[number % len(WEEKLY_HOURS)]
    return str(WeeklyHours.read(hours, zone)) if hours else ""

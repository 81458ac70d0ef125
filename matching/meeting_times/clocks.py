"""The clocks that the people of a pair or group live by, and times for their next meetings."""

from collections.abc import Sequence
from datetime import date, timedelta

from cohorts.models import Enrollment
from cohorts.plan.days_off import read_days_off
from matching.meeting_times.shared_daytime import Clock
from matching.meeting_times.suggestions import Suggestion, suggest

# People may need a day or two to read the mail.
NOTICE = timedelta(days=3)


def zones_of(mentee: Enrollment, mentors: Sequence[Enrollment]) -> list[str]:
    """Return everybody's time zones without duplicates, the lead's first; [] if the lead's or a mentor's is unknown.

    Team members count only if they set one: a time that suits the lead alone is still useful.
    """
    known = [e.time_zone for e in (mentee, *mentors)]
    members = [m.user.time_zone for m in mentee.members.all() if m.user.time_zone]
    return list(dict.fromkeys([*known, *members])) if all(known) else []


def clocks_of(mentee: Enrollment, mentors: Sequence[Enrollment]) -> list[Clock]:
    """Return everybody's clocks with the hours of the week that they gave; [] where `zones_of` is."""
    if not zones_of(mentee, mentors):
        return []
    members = [m.user.time_zone for m in mentee.members.all() if m.user.time_zone]
    return [*map(clock_of, (mentee, *mentors)), *map(Clock, members)]


def clock_of(enrollment: Enrollment) -> Clock:
    """The clock of somebody whose time zone is known, with the hours of the week that they gave."""
    return Clock(enrollment.time_zone, enrollment.weekly_hours)


def first_meetings(mentee: Enrollment, mentors: Sequence[Enrollment], today: date) -> list[Suggestion]:
    """Suggest times for the first meeting: at least three days ahead, not before the cohort starts, on no day off."""
    everybody = clocks_of(mentee, mentors)
    first = mentee.cohort.pair_begins(today + NOTICE)
    found = next_meetings(mentee, everybody, first)
    # A team spread around the world may have no hour in common; then use a time that suits its lead.
    return found or next_meetings(mentee, everybody[: 1 + len(mentors)], first)


def next_meetings(mentee: Enrollment, clocks: Sequence[Clock], first: date) -> list[Suggestion]:
    """Suggest times from that day on, skipping the programme's days off."""
    off = read_days_off(mentee.cohort.programme.days_off)
    return suggest(clocks, first, day_off=lambda day: any(d.holds(day) for d in off))


def gave_hours(clocks: Sequence[Clock]) -> bool:
    """Whether somebody said which hours of the week suit them."""
    return any(clock.hours for clock in clocks)

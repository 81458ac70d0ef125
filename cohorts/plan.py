"""The plan of a cohort: its dates, from the programme's timeline or the round before, and the team's checklist."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from cohorts.models import ChecklistItem, Cohort, CohortDate, Programme, TimelineStep
from mentorship.accounts.models import User
from mentorship.audit.services import record

ANYWHERE = ZoneInfo("Etc/GMT+12")  # the last place on Earth where a day ends
# These lines of a timeline are fields of the cohort itself, so that no date stands in two places.
CLOSES, START, END = "sign-up-closes", "start", "end"
OF_COHORT = (CLOSES, START, END)
# Offsets are near the medians of eight rounds of Open Life Science.
DEFAULT_TIMELINE: list[tuple[str, str, int]] = [
    ("opens", "Sign-up opens", -89),
    ("webinar", "Information webinar", -76),
    (CLOSES, "Sign-up closes", -47),
    ("decisions", "Applicants hear from us", -31),
    ("kick-off", "Welcome call", 7),
    ("training", "Mentor training", 9),
    ("mid-term", "Mid-term survey", 49),
    ("presentations", "Final presentations", 105),
    (END, "End", 111),
]
DEFAULT_CHECKLIST: list[tuple[str, int]] = [
    ("Agree the dates, the budget and who does what", -110),
    ("Open the sign-up and share it", -89),
    ("Invite the mentors of earlier rounds", -85),
    ("Ask reviewers and agree the rubric", -60),
    ("Review the applications", -40),
    ("Send the decisions", -31),
    ("Match, and introduce the pairs", -10),
    ("Invite the mentors to their training", -5),
    ("Look after those who are silent", 56),
    ("Thank everybody and hand out certificates", 112),
    ("Report to the partners", 130),
]


@dataclass(frozen=True)
class DayOff:
    """Days on which nothing happens, both included; with `yearly` the years don't count."""

    first: date
    last: date
    name: str
    yearly: bool = False

    def holds(self, day: date) -> bool:
        if not self.yearly:
            return self.first <= day <= self.last
        first, last, this = ((d.month, d.day) for d in (self.first, self.last, day))
        return first <= this <= last if first <= last else this >= first or this <= last


@dataclass(frozen=True)
class Moment:
    """A line of the timeline as pages show it. `at` is set where the day has a time."""

    name: str
    on: date
    at: datetime | None = None
    minutes: int | None = None
    key: str = ""
    link: str = ""
    shared: bool = True
    row: CohortDate | None = None

    @property
    def order(self) -> tuple[date, bool, datetime]:
        return (self.on, self.at is not None, self.at or datetime.min.replace(tzinfo=ZoneInfo("UTC")))


_LINE = re.compile(r"^((?:\d{4}-)?\d\d-\d\d)(?:\s+(?:to|-|–)\s+((?:\d{4}-)?\d\d-\d\d))?(?:\s+(.+))?$")


def read_days_off(text: str) -> list[DayOff]:
    """The ranges in a text, one a line. Raises ValueError with the line that can't be read."""
    found = []
    for line in filter(None, map(str.strip, text.splitlines())):
        match = _LINE.match(line)
        try:
            if match is None:
                raise ValueError
            first, last, name = match[1], match[2] or match[1], match[3] or "Day off"
            yearly = len(first) == 5
            if yearly != (len(last) == 5):
                raise ValueError
            # 2024 had a 29 February, so every day of a year can be written.
            start, end = (date.fromisoformat(f"2024-{d}" if yearly else d) for d in (first, last))
            if not yearly and end < start:
                raise ValueError
        except ValueError:
            raise ValueError(f"“{line[:80]}”: write 2026-12-24 to 2027-01-03 Winter break.") from None
        found.append(DayOff(start, end, name, yearly))
    return found


def next_working_day(day: date, days_off: Sequence[DayOff]) -> tuple[date, str]:
    """The day itself, or the first one after it that is not off, with the name of what it moved past."""
    past = ""
    for _ in range(366):
        off = next((d for d in days_off if d.holds(day)), None)
        if off is None:
            break
        day, past = day + timedelta(days=1), past or off.name
    return day, past


def end_of_day(day: date, zone: ZoneInfo) -> datetime:
    """The last minute of a day in a zone."""
    return datetime.combine(day, time(23, 59), tzinfo=zone)


def make_plan(cohort: Cohort) -> None:
    """Give a new cohort the dates of its programme's timeline and the usual checklist. Moves past days off."""
    off = read_days_off(cohort.programme.days_off)
    dates = []
    for step in cohort.programme.timeline.all():
        day, _ = next_working_day(cohort.starts_on + timedelta(days=step.offset_days), off)
        if step.key == CLOSES and cohort.signup_closes_at is None:
            closes = end_of_day(day, ANYWHERE if cohort.closes_anywhere else cohort.tz)
            # Planned late: the sign-up of a cohort that begins next week has not closed before it opens.
            cohort.signup_closes_at = closes if closes > timezone.now() else None
        elif step.key not in OF_COHORT:
            dates.append(
                CohortDate(
                    cohort=cohort, key=step.key, name=step.name, on=day, time=step.time, minutes=step.minutes,
                    shared=step.shared,
                )
            )  # fmt: skip
    cohort.save(update_fields=["signup_closes_at"])
    CohortDate.objects.bulk_create(dates)
    ChecklistItem.objects.bulk_create(
        ChecklistItem(cohort=cohort, name=name, due_on=cohort.starts_on + timedelta(days=offset))
        for name, offset in DEFAULT_CHECKLIST
    )


def make_timeline(programme: Programme) -> None:
    """Give a new programme a timeline to begin with."""
    TimelineStep.objects.bulk_create(
        TimelineStep(programme=programme, key=key, name=name, offset_days=offset)
        for key, name, offset in DEFAULT_TIMELINE
    )


def timeline_of(cohort: Cohort, *, shared_only: bool = False) -> list[Moment]:
    """Every date of a cohort in order, those that are its own fields included. One query."""
    zone = cohort.tz
    moments = [
        Moment("Week 1 begins", cohort.starts_on, key=START),
        Moment("End", cohort.ends_on, key=END),
    ]
    if cohort.signup_closes_at:
        local = cohort.signup_closes_at.astimezone(ANYWHERE if cohort.closes_anywhere else zone)
        name = "Sign-up closes, anywhere on Earth" if cohort.closes_anywhere else "Sign-up closes"
        moments.append(Moment(name, local.date(), cohort.signup_closes_at, key=CLOSES))
    for row in cohort.dates.all():
        if row.shared or not shared_only:
            at = moment_of(row, zone)
            moments.append(Moment(row.name, row.on, at, row.minutes, row.key, row.link, row.shared, row))
    return sorted(moments, key=lambda m: m.order)


def moment_of(row: CohortDate, zone: ZoneInfo) -> datetime | None:
    """When a date with a time is, in UTC's terms; the clock of the cohort's zone decides, whatever its offset then."""
    return datetime.combine(row.on, row.time, tzinfo=zone) if row.time else None


def next_moments(cohort: Cohort, today: date, most: int = 5) -> list[Moment]:
    """What comes next, today included."""
    return [m for m in timeline_of(cohort) if m.on >= today][:most]


def overdue(items: Iterable[ChecklistItem], today: date) -> list[ChecklistItem]:
    """What should have been done before `today` and is not."""
    return [item for item in items if item.done_at is None and item.due_on is not None and item.due_on < today]


@transaction.atomic
def save_date(*, date: CohortDate, by: User) -> CohortDate:
    """Save a new or changed date; calendars that subscribed take the change over."""
    if date.pk:
        date.sequence += 1
    date.save()
    record(verb="dated", target=date.cohort, workspace_id=date.cohort.workspace_id, by=by, name=date.name)
    return date


@transaction.atomic
def delete_date(*, date: CohortDate, by: User) -> None:
    record(verb="date dropped", target=date.cohort, workspace_id=date.cohort.workspace_id, by=by, name=date.name)
    date.delete()


@transaction.atomic
def save_item(*, item: ChecklistItem, by: User) -> ChecklistItem:
    """Save a new or changed line of the checklist."""
    item.save()
    record(verb="planned", target=item.cohort, workspace_id=item.cohort.workspace_id, by=by, name=item.name)
    return item


@transaction.atomic
def tick_item(*, item: ChecklistItem, done: bool, by: User) -> ChecklistItem:
    """Say that a line is done, or that it is not. The same again changes nothing."""
    locked = ChecklistItem.objects.select_for_update(of=("self",)).select_related("cohort__programme").get(pk=item.pk)
    if done != (locked.done_at is not None):
        locked.done_at, locked.done_by = (timezone.now(), by) if done else (None, None)
        locked.save(update_fields=["done_at", "done_by"])
        verb = "ticked" if done else "unticked"
        record(verb=verb, target=locked.cohort, workspace_id=locked.cohort.workspace_id, by=by, name=locked.name)
    return locked


@transaction.atomic
def delete_item(*, item: ChecklistItem, by: User) -> None:
    record(verb="plan dropped", target=item.cohort, workspace_id=item.cohort.workspace_id, by=by, name=item.name)
    item.delete()


@transaction.atomic
def save_timeline(*, programme: Programme, steps: Sequence[TimelineStep], gone: Sequence[int], by: User) -> None:
    """Replace the lines of a programme's timeline. Cohorts that exist keep their dates."""
    programme.timeline.filter(pk__in=gone).delete()
    for step in steps:
        step.programme = programme
        step.save()
    record(verb="timeline edited", target=programme, workspace_id=programme.workspace_id, by=by)

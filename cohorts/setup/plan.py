"""The plan of a cohort: its dates, the programme timeline and the checklist."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from cohorts.models import ChecklistItem, Cohort, CohortDate, Programme, TimelineStep
from cohorts.setup.days_off import next_working_day, read_days_off
from mentorship.core.accounts.models import User
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.timezones import ANYWHERE, end_of_day

# These steps of a timeline are fields of the cohort itself, so that no date is stored twice.
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
class TimelineEntry:
    """One entry of the timeline as pages show it. `at` (UTC) is set where the day has a time."""

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


def make_plan(cohort: Cohort) -> None:
    """Give a new cohort the dates of its programme's timeline and the usual checklist. Moves past days off."""
    off = read_days_off(cohort.programme.days_off)
    dates = []
    for step in cohort.programme.timeline.all():
        day, _ = next_working_day(cohort.starts_on + timedelta(days=step.offset_days), off)
        if step.key == CLOSES and cohort.signup_closes_at is None:
            closes = end_of_day(day, ANYWHERE if cohort.closes_anywhere else cohort.tz)
            # For a cohort that begins next week, the usual closing date is over: leave it open.
            cohort.signup_closes_at = closes if closes > timezone.now() else None
        elif step.key not in OF_COHORT:
            dates.append(
                CohortDate(
                    cohort=cohort,
                    key=step.key,
                    name=step.name,
                    on=day,
                    time=step.time,
                    minutes=step.minutes,
                    shared=step.shared,
                )
            )
    cohort.save(update_fields=["signup_closes_at"])
    CohortDate.objects.bulk_create(dates)
    ChecklistItem.objects.bulk_create(
        ChecklistItem(cohort=cohort, name=name, due_on=cohort.starts_on + timedelta(days=offset))
        for name, offset in DEFAULT_CHECKLIST
    )


def make_timeline(programme: Programme) -> None:
    """Give a new programme the default timeline."""
    TimelineStep.objects.bulk_create(
        TimelineStep(programme=programme, key=key, name=name, offset_days=offset)
        for key, name, offset in DEFAULT_TIMELINE
    )


def timeline_of(cohort: Cohort, *, shared_only: bool = False) -> list[TimelineEntry]:
    """Every date of a cohort in order, including those that are fields of the cohort. One query."""
    zone = cohort.tz
    moments = [
        TimelineEntry("Week 1 begins", cohort.starts_on, key=START),
        TimelineEntry("End", cohort.ends_on, key=END),
    ]
    if cohort.signup_closes_at:
        local = cohort.signup_closes_at.astimezone(ANYWHERE if cohort.closes_anywhere else zone)
        name = "Sign-up closes, anywhere on Earth" if cohort.closes_anywhere else "Sign-up closes"
        moments.append(TimelineEntry(name, local.date(), cohort.signup_closes_at, key=CLOSES))
    moments += [
        TimelineEntry(row.name, row.on, row.starts_at, row.minutes, row.key, row.link, row.shared, row)
        for row in cohort.dates.all()
        if row.shared or not shared_only
    ]
    return sorted(moments, key=lambda m: m.order)


def upcoming_entries(cohort: Cohort, today: date, most: int = 5) -> list[TimelineEntry]:
    """The next entries of the timeline, today included."""
    return [m for m in timeline_of(cohort) if m.on >= today][:most]


def overdue_items(items: Iterable[ChecklistItem], today: date) -> list[ChecklistItem]:
    """Items that were due before `today` and are not done."""
    return [item for item in items if item.done_at is None and item.due_on is not None and item.due_on < today]


@transaction.atomic
def save_cohort_date(*, date: CohortDate, by: User) -> CohortDate:
    """Save a new or changed date. Subscribed calendars update it."""
    if date.pk:
        date.sequence += 1
    date.save()
    record(verb=Verb.DATED, target=date.cohort, workspace_id=date.cohort.workspace_id, by=by, name=date.name)
    return date


@transaction.atomic
def delete_cohort_date(*, date: CohortDate, by: User) -> None:
    record(verb=Verb.DATE_DROPPED, target=date.cohort, workspace_id=date.cohort.workspace_id, by=by, name=date.name)
    date.delete()


@transaction.atomic
def save_checklist_item(*, item: ChecklistItem, by: User) -> ChecklistItem:
    """Save a new or changed item of the checklist."""
    item.save()
    record(verb=Verb.PLANNED, target=item.cohort, workspace_id=item.cohort.workspace_id, by=by, name=item.name)
    return item


@transaction.atomic
def set_checklist_item_done(*, item: ChecklistItem, done: bool, by: User) -> ChecklistItem:
    """Mark an item as done or not done. Idempotent."""
    locked = ChecklistItem.objects.select_for_update(of=("self",)).select_related("cohort__programme").get(pk=item.pk)
    if done != (locked.done_at is not None):
        locked.done_at, locked.done_by = (timezone.now(), by) if done else (None, None)
        locked.save(update_fields=["done_at", "done_by"])
        verb = Verb.TICKED if done else Verb.UNTICKED
        record(verb=verb, target=locked.cohort, workspace_id=locked.cohort.workspace_id, by=by, name=locked.name)
    return locked


@transaction.atomic
def delete_checklist_item(*, item: ChecklistItem, by: User) -> None:
    record(verb=Verb.PLAN_DROPPED, target=item.cohort, workspace_id=item.cohort.workspace_id, by=by, name=item.name)
    item.delete()


@transaction.atomic
def save_timeline(*, programme: Programme, steps: Sequence[TimelineStep], gone: Sequence[int], by: User) -> None:
    """Replace the lines of a programme's timeline. Cohorts that exist keep their dates."""
    programme.timeline.filter(pk__in=gone).delete()
    for step in steps:
        step.programme = programme
        step.save()
    record(verb=Verb.TIMELINE_EDITED, target=programme, workspace_id=programme.workspace_id, by=by)

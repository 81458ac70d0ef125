"""The plan of a cohort: its dates, the programme timeline and the checklist."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from cohorts.models import ChecklistItem, Cohort, CohortDate, Programme, TimelineStep
from cohorts.plan.days_off import read_days_off
from cohorts.plan.plan_dates import PlanDates, UsualRound
from cohorts.plan.programme_templates import template_of
from cohorts.plan.timelines import CLOSES, DECISIONS, DEFAULT, END, OPENS, START, TIMELINES, suiting_checklist
from mentorship.core.accounts.models import User
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.timezones import end_of_day

OF_COHORT = (CLOSES, START, END)
DEFAULT_LENGTH = 111  # days from the first to the last


@dataclass(frozen=True)
class TimelineEntry:
    """One entry of the timeline as pages show it. `at` (UTC) is set if the day has a time."""

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


def make_plan(cohort: Cohort, opens_on: date | None = None) -> None:
    """Give a new cohort the dates of its programme's timeline and the usual checklist, adapted to its own dates.

    With `opens_on` the plan begins on that day: what comes before sign-up closes is placed from there. Days that have
    passed are left out: such a date is not created, such a task has no date.
    """
    steps = list(cohort.programme.timeline.all())
    by_key = {step.key: step.offset_days for step in steps}
    checklist = suiting_checklist(step.offset_days for step in steps)
    offsets = {step.offset_days for step in steps} | {offset for _, offset in checklist}
    usual = UsualRound.of(
        offsets, closes=by_key.get(CLOSES), end=by_key.get(END, DEFAULT_LENGTH), opens=by_key.get(OPENS)
    )
    if cohort.signup_closes_at is None and (closes_on := plan_dates(cohort, usual, opens_on).usual_closing_day()):
        cohort.signup_closes_at = end_of_day(closes_on, cohort.closing_zone)
        cohort.save(update_fields=["signup_closes_at"])
    days = plan_dates(cohort, usual, opens_on).days_of(offsets)
    CohortDate.objects.bulk_create(
        CohortDate(
            cohort=cohort,
            key=step.key,
            name=step.name,
            on=days[step.offset_days][0],
            time=step.time,
            minutes=step.minutes,
            shared=step.shared,
        )
        for step in steps
        if step.key not in OF_COHORT and step.offset_days in days
    )
    own = cohort.programme.own_words
    ChecklistItem.objects.bulk_create(
        ChecklistItem(cohort=cohort, name=own(name), due_on=days[offset][0] if offset in days else None)
        for name, offset in checklist
    )


def usual_end(programme: Programme, starts_on: date) -> date:
    """The last day of a round that begins on `starts_on` and is as long as the programme's timeline."""
    length = programme.timeline.filter(key=END).values_list("offset_days", flat=True).first()
    return starts_on + timedelta(days=max(DEFAULT_LENGTH if length is None else length, 0))


def plan_dates(cohort: Cohort, usual: UsualRound, opens_on: date | None = None) -> PlanDates:
    """The days of a usual round's steps in a cohort, as of today."""
    closes = cohort.signup_closes_at
    return PlanDates(
        usual,
        starts_on=cohort.starts_on,
        ends_on=cohort.ends_on,
        today=timezone.localdate(timezone=cohort.tz),
        closes_on=closes.astimezone(cohort.closing_zone).date() if closes else None,
        opens_on=opens_on,
        days_off=read_days_off(cohort.programme.days_off),
    )


def make_timeline(programme: Programme, suggested: str = "") -> None:
    """Give a programme a suggested timeline, otherwise that of its template."""
    template = template_of(programme.template)
    steps = template.timeline if template and not suggested else TIMELINES[suggested or DEFAULT].steps
    TimelineStep.objects.bulk_create(
        TimelineStep(programme=programme, key=key, name=programme.own_words(name), offset_days=offset)
        for key, name, offset in steps
    )


@transaction.atomic
def take_timeline(*, programme: Programme, suggested: str, by: User) -> None:
    """Replace the timeline of a programme by a suggested one. Cohorts keep their dates."""
    Programme.objects.select_for_update(of=("self",)).get(pk=programme.pk)
    programme.timeline.all().delete()
    make_timeline(programme, suggested)
    record(verb=Verb.TIMELINE_EDITED, target=programme, workspace_id=programme.workspace_id, by=by, like=suggested)


def timeline_of(cohort: Cohort, *, shared_only: bool = False) -> list[TimelineEntry]:
    """Every date of a cohort in order, including those that are fields of the cohort. One query."""
    moments = [
        TimelineEntry("Week 1 begins", cohort.starts_on, key=START),
        TimelineEntry("End", cohort.ends_on, key=END),
    ]
    if cohort.signup_closes_at:
        local = cohort.signup_closes_at.astimezone(cohort.closing_zone)
        name = "Sign-up closes, anywhere on Earth" if cohort.closes_anywhere else "Sign-up closes"
        moments.append(TimelineEntry(name, local.date(), cohort.signup_closes_at, key=CLOSES))
    moments += [
        TimelineEntry(row.name, row.on, row.starts_at, row.minutes, row.key, row.link, row.shared, row)
        for row in cohort.dates.all()
        if row.shared or not shared_only
    ]
    return sorted(moments, key=lambda m: m.order)


def decisions_before_closing(cohort: Cohort) -> list[CohortDate]:
    """Decision dates that are before the closing of sign-up, because a date was moved since."""
    closes = cohort.signup_closes_at
    if closes is None:
        return []
    last_day = closes.astimezone(cohort.closing_zone).date()
    return [row for row in cohort.dates.all() if row.key == DECISIONS and row.on <= last_day]


def upcoming_entries(cohort: Cohort, today: date, most: int = 5) -> list[TimelineEntry]:
    """The next entries of the timeline, including today; the closing of sign-up only until it has passed."""
    before_closing = (Cohort.Status.DRAFT, Cohort.Status.ENROLLING)
    closes = cohort.signup_closes_at
    is_closed = cohort.status not in before_closing or (closes is not None and closes <= timezone.now())
    return [m for m in timeline_of(cohort) if m.on >= today and not (is_closed and m.key == CLOSES)][:most]


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
    """Replace the steps of a programme's timeline. Existing cohorts keep their dates."""
    programme.timeline.filter(pk__in=gone).delete()
    for step in steps:
        step.programme = programme
        step.save()
    record(verb=Verb.TIMELINE_EDITED, target=programme, workspace_id=programme.workspace_id, by=by)

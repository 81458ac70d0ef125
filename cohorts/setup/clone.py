"""Create the next cohort from an earlier one: dates shifted, forms, rules and checklist copied."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from cohorts.models import Cohort, Mailing, WeeklyMail
from cohorts.plan.days_off import next_working_day, read_days_off
from cohorts.plan.plan_dates import UsualRound
from cohorts.plan.services import plan_dates, timeline_of
from cohorts.plan.timelines import CLOSES, END, START
from cohorts.setup.services import create_cohort
from mentorship.core.accounts.models import User
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb

HALF_A_YEAR = timedelta(weeks=26)
COPIED_FIELDS = (
    "time_zone",
    "language",
    "other_languages",
    "suggested_topics",
    "closes_anywhere",
    "mentee_seats",
    "mentor_seats",
    "offer_days",
    "fill_from_waitlist",
    "standard_fields",
    "eligibility",
    "mentors_review",
    "selection",
    "copies_intros",
    "meets_in_person",
)


@dataclass(frozen=True)
class MovedDate:
    """A date of the earlier cohort and its new day, None if that has passed. `past` names days off that it skips."""

    name: str
    before: date
    after: date | None
    past: str


def suggest_next_cohort(cohort: Cohort) -> dict[str, Any]:
    """Suggest a name, a slug and a first day for the cohort after this one. The weekday stays the same."""
    gap = cohort.starts_on - cohort.repeats.starts_on if cohort.repeats else HALF_A_YEAR
    starts_on = cohort.starts_on + max(gap, timedelta(weeks=4))
    name, slug = _count_up(cohort.name), _count_up(cohort.slug)
    taken = set(Cohort.objects.filter(slug__startswith=slug.rstrip("0123456789")).values_list("slug", flat=True))
    while slug in taken:
        slug = _count_up(slug)
    return {"name": name, "slug": slug, "starts_on": starts_on}


def preview_clone(*, like: Cohort, starts_on: date) -> list[MovedDate]:
    """The new day of every date of `like` in a cohort that starts on `starts_on`."""
    made = _outline(like, starts_on)
    days = _days_of(like, made)
    fixed = {START: made.starts_on, END: made.ends_on, CLOSES: _closing_day(made)}
    return [
        MovedDate(m.name, m.on, fixed[m.key], "") if m.key in fixed else MovedDate(m.name, m.on, *days(m.on))
        for m in timeline_of(like)
    ]


@transaction.atomic
def clone_cohort(*, like: Cohort, name: str, slug: str, starts_on: date, by: User | None, **fields: Any) -> Cohort:
    """Create the next cohort as a draft: dates moved past days off; forms, groups, rubric, rules and checklist copied.

    Days that have passed are left out. `fields` overrides copied values, such as `ends_on`. Raises ValidationError.
    """
    outline = _outline(like, starts_on, **fields)
    taken = {name: getattr(outline, name) for name in (*COPIED_FIELDS, "ends_on", "signup_closes_at")}
    cohort = create_cohort(
        programme=like.programme, name=name, slug=slug, starts_on=starts_on, by=by, repeats=like, **{**taken, **fields}
    )
    days = _days_of(like, cohort)
    for row in like.dates.all():
        if day := days(row.on)[0]:
            _copy(row, cohort=cohort, on=day, link="", sequence=0)
    for item in like.checklist.all():
        _copy(item, cohort=cohort, due_on=days(item.due_on)[0] if item.due_on else None, done_at=None, done_by=None)
    for group in like.groups.all():
        _copy(group, cohort=cohort, signup_closes_at=_moved_moment(group.signup_closes_at, like, cohort))
    for question in like.questions.filter(retired_at=None):
        _copy(question, cohort=cohort, version=1)
    for criterion in like.criteria.all():
        _copy(criterion, cohort=cohort)
    for mailing in like.mailings.filter(key=None).exclude(status=Mailing.Status.CANCELLED):
        _copy(mailing, cohort=cohort, status=Mailing.Status.DRAFT, send_at=None, sent_at=None, created_by=by)
    if weekly := WeeklyMail.objects.filter(cohort=like).first():
        _copy(weekly, cohort=cohort, words="", planned_at=None)
    record(verb=Verb.REPEATED, target=like, workspace_id=like.workspace_id, by=by, into=cohort.pk)
    return cohort


def _outline(like: Cohort, starts_on: date, **fields: Any) -> Cohort:
    """The next cohort with its own dates, not saved."""
    cohort = Cohort(programme=like.programme, starts_on=starts_on, **{n: getattr(like, n) for n in COPIED_FIELDS})
    cohort.ends_on = _shifted(like.ends_on, like, cohort)
    for name, value in fields.items():
        setattr(cohort, name, value)
    if "signup_closes_at" not in fields:
        cohort.signup_closes_at = _moved_moment(like.signup_closes_at, like, cohort)
    return cohort


def _days_of(like: Cohort, cohort: Cohort) -> Callable[[date], tuple[date | None, str]]:
    """A function from a day of `like` to its day in the new cohort, None if that has passed, and days off before it."""
    due = [item.due_on for item in like.checklist.all() if item.due_on]
    offsets = {(day - like.starts_on).days for day in [*(row.on for row in like.dates.all()), *due]}
    closes = _closing_day(like)
    usual = UsualRound.of(
        offsets,
        closes=(closes - like.starts_on).days if closes else None,
        end=(like.ends_on - like.starts_on).days,
    )
    found = plan_dates(cohort, usual).days_of(offsets)
    return lambda day: found.get((day - like.starts_on).days, (None, ""))


def _closing_day(cohort: Cohort) -> date | None:
    closes = cohort.signup_closes_at
    return closes.astimezone(cohort.closing_zone).date() if closes else None


def _shifted(day: date, like: Cohort, cohort: Cohort) -> date:
    off = read_days_off(like.programme.days_off)
    return next_working_day(day + (cohort.starts_on - like.starts_on), off)[0]


def _moved_moment(moment: datetime | None, like: Cohort, cohort: Cohort) -> datetime | None:
    """The same local time on the new day, whatever its offset from UTC; None if that is not in the future."""
    if moment is None:
        return None
    local = moment.astimezone(like.closing_zone)
    moved = datetime.combine(_shifted(local.date(), like, cohort), local.time(), tzinfo=local.tzinfo)
    return moved if moved > timezone.now() else None


def _copy(row: models.Model, **changes: Any) -> None:
    row.pk = None
    row._state.adding = True
    for name, value in changes.items():
        setattr(row, name, value)
    row.save()


def _count_up(text: str) -> str:
    """The text with its last number increased by one, or with a 2 added."""
    found = list(re.finditer(r"\d+", text))
    if not found:
        return f"{text}-2" if re.fullmatch(r"[-\w]+", text) else f"{text} 2"
    last = found[-1]
    return f"{text[: last.start()]}{int(last[0]) + 1}{text[last.end() :]}"

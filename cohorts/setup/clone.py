"""Make the next cohort from an earlier one: dates moved, forms, rules and checklist copied."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import models, transaction

from cohorts.models import Cohort, Mailing, WeeklyMail
from cohorts.setup.days_off import DayOff, next_working_day, read_days_off
from cohorts.setup.plan import timeline_of
from cohorts.setup.services import create_cohort
from mentorship.core.accounts.models import User
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.timezones import ANYWHERE

HALF_A_YEAR = timedelta(weeks=26)
COPIED_FIELDS = (
    "time_zone",
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
)


@dataclass(frozen=True)
class MovedDate:
    """A date of the earlier cohort and its new day. `past` names the days off that it moved past."""

    name: str
    before: date
    after: date
    past: str


def suggest_next_cohort(cohort: Cohort) -> dict[str, Any]:
    """Suggest a name, a slug and a first day for the cohort after this one. The weekday stays the same."""
    gap = cohort.starts_on - cohort.repeats.starts_on if cohort.repeats else HALF_A_YEAR
    starts_on = cohort.starts_on + max(gap, timedelta(weeks=4))
    name, slug = _count_up(cohort.name), _count_up(cohort.slug)
    while Cohort.objects.filter(slug=slug).exists():
        slug = _count_up(slug)
    return {"name": name, "slug": slug, "starts_on": starts_on}


def preview_clone(*, like: Cohort, starts_on: date) -> list[MovedDate]:
    """The new day of every date of `like` in a cohort that starts on `starts_on`."""
    off = read_days_off(like.programme.days_off)
    shift = starts_on - like.starts_on
    return [MovedDate(m.name, m.on, *_moved(m.on, shift, off, keep=m.key in ("start",))) for m in timeline_of(like)]


@transaction.atomic
def clone_cohort(*, like: Cohort, name: str, slug: str, starts_on: date, by: User | None, **fields: Any) -> Cohort:
    """Create the next cohort as a draft: dates moved past days off; forms, groups, rubric, rules and checklist copied.

    `fields` may give what is not to be taken over, such as `ends_on`. Raises ValidationError.
    """
    shift = starts_on - like.starts_on
    off = read_days_off(like.programme.days_off)
    taken = {name: getattr(like, name) for name in COPIED_FIELDS}
    taken["ends_on"] = _moved(like.ends_on, shift, off)[0]
    taken["signup_closes_at"] = _moved_moment(like.signup_closes_at, shift, off, like)
    cohort = create_cohort(
        programme=like.programme, name=name, slug=slug, starts_on=starts_on, by=by, repeats=like, **{**taken, **fields}
    )
    for row in like.dates.all():
        _copy(row, cohort=cohort, on=_moved(row.on, shift, off)[0], link="", sequence=0)
    for item in like.checklist.all():
        due = _moved(item.due_on, shift, off)[0] if item.due_on else None
        _copy(item, cohort=cohort, due_on=due, done_at=None, done_by=None)
    for group in like.groups.all():
        _copy(group, cohort=cohort, signup_closes_at=_moved_moment(group.signup_closes_at, shift, off, like))
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


def _moved(day: date, shift: timedelta, off: list[DayOff], *, keep: bool = False) -> tuple[date, str]:
    return (day + shift, "") if keep else next_working_day(day + shift, off)


def _moved_moment(moment: datetime | None, shift: timedelta, off: list[DayOff], like: Cohort) -> datetime | None:
    """The same local time on the moved day, whatever the offset from UTC is then."""
    if moment is None:
        return None
    local = moment.astimezone(ANYWHERE if like.closes_anywhere else like.tz)
    return local.replace(tzinfo=None).combine(_moved(local.date(), shift, off)[0], local.time(), tzinfo=local.tzinfo)


def _copy(row: models.Model, **changes: Any) -> None:
    row.pk = None
    row._state.adding = True
    for name, value in changes.items():
        setattr(row, name, value)
    row.save()


def _count_up(text: str) -> str:
    """The text with its last number one higher, or with a 2 added."""
    found = list(re.finditer(r"\d+", text))
    if not found:
        return f"{text}-2" if re.fullmatch(r"[-\w]+", text) else f"{text} 2"
    last = found[-1]
    return f"{text[: last.start()]}{int(last[0]) + 1}{text[last.end() :]}"

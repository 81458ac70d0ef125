"""A cohort's weekly mail: when it leaves, and its text."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.dateformat import format as format_date

from cohorts.mailings.audience import audience_of
from cohorts.mailings.letters import days_of_week, week_dates
from cohorts.mailings.services import send_mailing
from cohorts.mailings.weekly_dates import dates_of_cohorts
from cohorts.models import Cohort, Mailing, WeeklyMail
from mentorship.core.accounts.models import User
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.background.sweep_scope import changes_to_look_at, where_changed
from mentorship.core.outbox.mail_templates.rendering import mail_text
from mentorship.core.timezones import local_moment

# Sunday evening's mail may still be sent on Monday, but not that of last Monday.
LATE = timedelta(days=2)


def weekly_mails_in_use() -> QuerySet[WeeklyMail]:
    """Weekly mails that are switched on, in cohorts that are under way."""
    switched_on = WeeklyMail.objects.filter(on=True, cohort__status__in=Cohort.UNDER_WAY)
    return switched_on.select_related("cohort__programme")


def moment_in_week(weekly: WeeklyMail, day: date) -> datetime:
    """The moment (UTC) at which it is sent in the ISO week of `day`."""
    monday = day - timedelta(days=day.weekday())
    return local_moment(monday + timedelta(days=weekly.weekday), weekly.time, weekly.cohort.tz)


def next_moment(weekly: WeeklyMail, now: datetime) -> datetime:
    """The first moment (UTC) after `now` at which it is sent."""
    today = now.astimezone(weekly.cohort.tz).date()
    this_week = moment_in_week(weekly, today)
    return this_week if this_week > now else moment_in_week(weekly, today + timedelta(days=7))


def due_moment(weekly: WeeklyMail, now: datetime) -> datetime | None:
    """The moment of this week once it has passed; before that, the one of last week unless it is too late."""
    today = now.astimezone(weekly.cohort.tz).date()
    this_week, last_week = moment_in_week(weekly, today), moment_in_week(weekly, today - timedelta(days=7))
    if this_week <= now:
        return this_week
    return last_week if now - last_week <= LATE else None


def weekly_key(cohort: Cohort, moment: datetime) -> str:
    """The key of the mailing of a week: there is one for each."""
    year, week, _ = moment.astimezone(cohort.tz).date().isocalendar()
    return f"weekly:{cohort.pk}:{year}-W{week:02}"


def weekly_mailing(weekly: WeeklyMail, moment: datetime, now: datetime | None = None) -> Mailing | None:
    """The mailing for `moment`, not saved; None if it would be empty.

    With `now`, leaves out days that are over by then.
    """
    cohort = weekly.cohort
    first = moment.astimezone(cohort.tz).date()
    mailing = Mailing(
        cohort=cohort,
        status=Mailing.Status.SCHEDULED,
        audience="status=accepted",
        is_weekly=True,
        key=weekly_key(cohort, moment),
        send_at=moment,
        sent_at=now,
    )
    words, dates = weekly.words.strip(), week_dates(mailing)
    if not words and not dates:
        return None
    frame = mail_text("cohorts/weekly", workspace_id=cohort.workspace_id, scope=cohort.scope)
    channels = cohort.programme.channels.exists()
    values = {"words": words, "dates": bool(dates), "channels": channels, "first": format_date(first, "j F")}
    mailing.subject, body, _ = frame.render(values)
    mailing.body = body.strip()
    return mailing


def sweep_weekly(now: datetime) -> int:
    """Write the weekly mails that are due at `now` (UTC) and return how many.

    Each week has one key, so no mail is written twice; after several missed weeks only the last one is written.
    """
    due = {
        weekly_key(weekly.cohort, moment): (weekly, moment)
        for weekly in _in_question(now)
        if (moment := due_moment(weekly, now)) and not (weekly.planned_at and weekly.planned_at > moment)
    }
    written = set(Mailing.objects.filter(key__in=due).values_list("key", flat=True))
    left = [one for key, one in due.items() if key not in written]
    # Most weeks of most rounds have nothing to say: that is found for all of them at once.
    dates = dates_of_cohorts({weekly.cohort: days_of_week(weekly.cohort, moment, now) for weekly, moment in left})
    return sum(_write(weekly.pk, now) for weekly, _ in left if weekly.words.strip() or dates.get(weekly.cohort_id))


def _in_question(now: datetime) -> list[WeeklyMail]:
    """The weekly mails to look at: all, or those of rounds in which something changed or whose moment has come.

    Many are sent at the same time of the week, so their moment is worked out once.
    """
    in_use, changes = weekly_mails_in_use(), changes_to_look_at()
    if changes is None:
        return list(in_use)
    days: Any = in_use.select_related(None).values_list("pk", "weekday", "time", "cohort__time_zone")
    came: dict[tuple[Any, ...], bool] = {}
    new = []
    for pk, *plan in days.order_by():
        if (key := tuple(plan)) not in came:
            weekday, at, zone = plan
            weekly = WeeklyMail(weekday=weekday, time=at, cohort=Cohort(time_zone=zone))
            came[key] = (due_moment(weekly, now) or changes.since) > changes.since
        new += [pk] * came[key]
    ids = {*new, *where_changed(in_use, "cohort__programme__workspace").values_list("pk", flat=True)}
    return list(in_use.filter(pk__in=ids))


@transaction.atomic
def save_weekly(*, weekly: WeeklyMail, by: User) -> WeeklyMail:
    """Save when the weekly mail is sent, and its text. If the time changes, earlier moments no longer count."""
    plan: dict[str, Any] = {"on": weekly.on, "weekday": weekly.weekday, "time": weekly.time}
    changed = not WeeklyMail.objects.filter(cohort=weekly.cohort, **plan).exists()
    if changed:
        plan["planned_at"] = timezone.now()
    saved, _ = WeeklyMail.objects.update_or_create(cohort=weekly.cohort, defaults={**plan, "words": weekly.words})
    record(verb=Verb.PLANNED if changed else Verb.EDITED, target=saved, workspace_id=weekly.cohort.workspace_id, by=by)
    return saved


@transaction.atomic
def _write(pk: int, now: datetime) -> bool:
    # If two sweeps run at once, the second one waits here and then finds the key.
    locked = WeeklyMail.objects.select_for_update(of=("self",)).select_related("cohort__programme").get(pk=pk)
    moment = due_moment(locked, now)
    mailing = weekly_mailing(locked, moment, now) if locked.on and moment else None
    if mailing is None or Mailing.objects.filter(key=mailing.key).exists() or not audience_of(mailing).exists():
        return False
    if locked.planned_at and moment and locked.planned_at > moment:
        return False
    mailing.save()
    send_mailing(mailing=mailing, now=now)
    # The text is for one week only.
    WeeklyMail.objects.filter(pk=pk).update(words="")
    return True

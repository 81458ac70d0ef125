"""The text of a mailing for each recipient."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils.dateformat import format as format_date

from cohorts.channels.services import channels_in_words
from cohorts.mailings.audience import Recipient
from cohorts.mailings.links import opt_out_link
from cohorts.mailings.weekly_dates import WeekDate, dates_between
from cohorts.models import Cohort, Mailing, Programme
from mentorship.core.accounts.models import User
from mentorship.core.outbox.mail_templates.placeholders import fill_placeholders
from mentorship.core.outbox.mail_templates.recipe import recipe_of
from mentorship.core.outbox.mail_templates.rendering import mail_text

PLACEHOLDERS = {
    "name": "what we call the person",
    "full_name": "their full name",
    "cohort": "the name of the cohort",
    "programme": "the name of the programme",
    "role": "the programme's word for their role",
    "project": "the title of their project",
    "status": "accepted, waitlisted ...",
    "start": "the first day of the cohort",
    "end": "its last day",
    "contact": "the programme's address for answers",
    "my_page": "the link to their own page",
}


# Placeholders of the weekly mail only.
DATES, CHANNELS = "dates", "channels"


@dataclass(frozen=True)
class Letter:
    """The mail of one person as it will be sent."""

    user: User
    subject: str
    text: str
    html: str
    unsubscribe_url: str
    recipient: Recipient
    recipe: dict[str, Any]


def week_dates(mailing: Mailing) -> list[WeekDate]:
    """Dates in the seven days after a weekly mail, without days that had passed when it was sent."""
    if not mailing.is_weekly or mailing.send_at is None:
        return []
    return dates_between(mailing.cohort, *days_of_week(mailing.cohort, mailing.send_at, mailing.sent_at))


def days_of_week(cohort: Cohort, send_at: datetime, sent_at: datetime | None) -> tuple[date, date]:
    """The first and the last day that a weekly mail of `send_at` lists, when it leaves at `sent_at`."""
    first = (sent_at or send_at).astimezone(cohort.tz).date()
    return first, send_at.astimezone(cohort.tz).date() + timedelta(days=6)


def letters_of(mailing: Mailing, recipients: Iterable[Recipient]) -> Iterator[Letter]:
    """Render the mail of each recipient. Writes nothing."""
    cohort = mailing.cohort
    words = mail_text("cohorts/mailing", workspace_id=cohort.workspace_id, scope=cohort.scope)
    for recipient, context in letter_contexts(mailing, recipients):
        subject, text, html = words.render(context)
        recipe = recipe_of(words, context, workspace_id=cohort.workspace_id, scope=cohort.scope)
        yield Letter(recipient.user, subject, text, html, context["opt_out_link"], recipient, recipe)


def letter_contexts(mailing: Mailing, recipients: Iterable[Recipient]) -> Iterator[tuple[Recipient, dict[str, Any]]]:
    """The placeholder values for each recipient's letter, with today's facts."""
    cohort, programme = mailing.cohort, mailing.cohort.programme
    shared = {
        "cohort": cohort.name,
        "programme": programme.name,
        "start": format_date(cohort.starts_on, "j F Y"),
        "end": format_date(cohort.ends_on, "j F Y"),
        "contact": programme.contact_email,
        "my_page": settings.SITE_URL + reverse("home"),
    }
    dates = week_dates(mailing)

    @cache
    def week_of(roles: frozenset[str], zone: ZoneInfo) -> str:
        lines = [what.in_words(zone, cohort.tz) for what in dates if what.is_for(roles)]
        return "\n".join(lines or ["- nothing that you need to come to"])

    @cache
    def channels_of(roles: frozenset[str]) -> str:
        lines = channels_in_words(programme, roles)
        return f"Where to ask and talk:\n\n{lines}" if lines else ""

    for recipient in recipients:
        roles = frozenset(e.role for e in recipient.enrollments)
        values = {**shared, **_own_values(recipient, programme)}
        if dates:
            values[DATES] = week_of(roles, recipient.zone)
        if mailing.is_weekly:
            values[CHANNELS] = channels_of(roles)
        context = {
            "subject": fill_placeholders(mailing.subject, values),
            "body": fill_placeholders(mailing.body, values).strip(),
            "role": values["role"],
            "taking_part": any(e.occupies_place for e in recipient.enrollments),
            "cohort": cohort,
            "programme": programme,
            "opt_out_link": "" if mailing.necessary else opt_out_link(programme.workspace_id, recipient.user.pk),
        }
        yield recipient, context


def _own_values(recipient: Recipient, programme: Programme) -> dict[str, str]:
    # Somebody with several enrollments gets one mail that names all of them.
    enrollments = recipient.enrollments
    return {
        "name": recipient.user.short_name,
        "full_name": str(recipient.user),
        "role": _listed(programme.label_of(e.role) for e in enrollments),
        "project": _listed(e.title for e in enrollments),
        "status": _listed(e.get_status_display() for e in enrollments),
    }


def _listed(words: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(word for word in words if word))

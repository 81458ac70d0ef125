"""The mails of an event: one for each enrollment, by everybody's own clock, none twice."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils.dateformat import format as format_date

from cohorts.models import Enrollment
from matching.events.links import CALENDAR_LINK, EVENT_LINK
from matching.models import SpeedEvent
from mentorship.core.outbox.mail_templates.rendering import MailText, mail_text
from mentorship.core.outbox.models import OutboxMessage
from mentorship.core.outbox.planned.planned_changes import put_off
from mentorship.core.outbox.services import enqueue


def start_in_words(event: SpeedEvent, zone: str) -> str:
    """The start by the clock of `zone`, and by the cohort's where that shows something else."""
    there = event.starts_at.astimezone(event.cohort.tz)
    if not zone:
        return f"{format_date(there, 'l j F, H:i')} ({event.cohort.time_zone})"
    here = event.starts_at.astimezone(ZoneInfo(zone))
    said = f"{format_date(here, 'l j F, H:i')} ({zone})"
    if here.replace(tzinfo=None) == there.replace(tzinfo=None):
        return said
    words = format_date(there, "H:i" if here.date() == there.date() else "l H:i")
    return f"{said}, which is {words} in {event.cohort.time_zone.rpartition('/')[2].replace('_', ' ')}"


def event_mail(template: MailText, event: SpeedEvent, enrollment: Enrollment, link: str = "") -> tuple[str, str, str]:
    """Subject, text and HTML for one enrollment. Writes nothing; `link` replaces those of the person."""
    return template.render(
        {
            "event": event,
            "enrollment": enrollment,
            "person": enrollment.user,
            "cohort": event.cohort,
            "programme": event.cohort.programme,
            "when": start_in_words(event, enrollment.time_zone),
            "link": link or EVENT_LINK.url(event.pk, enrollment.pk),
            "calendar_url": link or CALENDAR_LINK.url(event.pk, enrollment.pk),
        }
    )


def write_event_mails(
    event: SpeedEvent, people: QuerySet[Enrollment], kind: str, key: str, why: str, now: datetime | None = None
) -> int:
    """One mail for each enrollment that had none with this key; constant queries beside the messages themselves.

    With `now` those wait that a coordinator has put off until later.
    """
    cohort = event.cohort
    template = mail_text(f"matching/{kind}", workspace_id=cohort.workspace_id, scope=cohort.scope)
    enrollments = list(people.with_people().order_by("pk"))  # type: ignore[attr-defined]
    keys = {e.pk: f"{key}:{event.pk}:{e.pk}" for e in enrollments}
    written = set(OutboxMessage.objects.filter(key__in=keys.values()).values_list("key", flat=True))
    if now:
        written |= put_off(set(keys.values()) - written, now)
    new = [e for e in enrollments if keys[e.pk] not in written]
    for enrollment in new:
        subject, text, html = event_mail(template, event, enrollment)
        enqueue(
            key=keys[enrollment.pk],
            workspace_id=cohort.workspace_id,
            scope=cohort.scope,
            kind="event",
            why=why,
            to=list(dict.fromkeys(p.email for p in enrollment.people)),
            subject=subject,
            text=text,
            html=html,
            reply_to=[cohort.programme.contact_email],
        )
    return len(new)

"""Write, schedule, cancel and send mailings; opt people out."""

import logging
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.dateformat import format as format_date

from cohorts.mailings.weekly_dates import WeekDate, dates_between
from cohorts.models import Cohort, Enrollment, Mailing, MailingRecipient, OptOut, Programme
from cohorts.people.filters import FILTERS, filter_enrollments, read_filters
from cohorts.querysets import EnrollmentQuerySet
from mentorship.core.accounts.models import User, Workspace
from mentorship.core.audit.services import record
from mentorship.core.errors import ServiceError
from mentorship.core.links import LinkError
from mentorship.core.outbox.delivery.suppression import lift, suppress, who_is_left_out
from mentorship.core.outbox.mail_templates.rendering import mail_text, one_line
from mentorship.core.outbox.models import OutboxMessage, Suppression
from mentorship.core.outbox.services import wake_delivery

logger = logging.getLogger(__name__)

NOT_FILTERS = ("sort", "page", "format")

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
# Only the weekly mail knows a week.
DATES = "dates"
WEEKLY_KEY = "weekly:"

SWITCHED_OFF = "Their account is switched off."
OPTED_OUT = "They want necessary mails only."
OPT_OUT_SALT = "cohorts.mailing.opt-out"
BATCH = 500


@dataclass
class Recipient:
    """A person of the audience with what they are in it for; `skipped` says why they get no mail."""

    user: User
    enrollments: list[Enrollment] = field(default_factory=list)
    skipped: str = ""

    @property
    def zone(self) -> ZoneInfo:
        """The clock that this person reads by, as far as we know it."""
        known = (e.time_zone for e in self.enrollments if e.time_zone)
        return ZoneInfo(self.user.time_zone or next(known, self.enrollments[0].cohort.time_zone))


@dataclass(frozen=True)
class Letter:
    """The mail of one person, as it goes out."""

    user: User
    subject: str
    text: str
    html: str
    unsubscribe_url: str


# --- who ------------------------------------------------------------------------------------------------------------


def clean_audience(cohort: Cohort, query: str) -> str:
    """The query string with nothing in it but filters that make sense."""
    return urlencode(read_filters(cohort, QueryDict(query)))


def ignored_filters(cohort: Cohort, query: str) -> list[str]:
    """What the list was filtered by that a mail does not know: it would reach more people than the list shows."""
    given = QueryDict(query)
    known = read_filters(cohort, given)
    return [name for name in given if name not in (*known, *NOT_FILTERS) and given[name]]


def audience_in_words(cohort: Cohort, audience: str) -> str:
    """accepted mentors, found by “soil”"""
    filters = read_filters(cohort, QueryDict(audience))
    role, status, text = (filters.pop(name, "") for name in ("role", "status", "q"))
    people = f"{cohort.programme.label_of(role)}s" if role else "people"
    words = [f"{Enrollment.Status(status).label} {people}" if status else f"all {people} who signed up"]
    for name, value in filters.items():
        label = dict(FILTERS[name].choices_for(cohort))[value]
        words.append(f"{FILTERS[name].label.lower()}: {label}")
    return ", ".join(words + ([f"found by “{text}”"] if text else []))


def audience_of(mailing: Mailing) -> EnrollmentQuerySet:
    """The enrollments that the filters of a mailing show at this moment."""
    return filter_enrollments(mailing.cohort, QueryDict(mailing.audience))


def recipients_of(mailing: Mailing) -> list[Recipient]:
    """Every person of the audience once, by name, those who get no mail with the reason. Five queries."""
    everyone: dict[int, Recipient] = {}
    for enrollment in audience_of(mailing).select_related("user").prefetch_related("members__user").order_by("pk"):
        enrollment.cohort = mailing.cohort
        for user in enrollment.people:
            everyone.setdefault(user.pk, Recipient(user)).enrollments.append(enrollment)
    out: set[int] = set()
    if not mailing.necessary:
        opted_out = OptOut.objects.filter(workspace_id=mailing.cohort.workspace_id)
        out = set(opted_out.values_list("user_id", flat=True))
    addresses = [recipient.user.email for recipient in everyone.values()]
    against = who_is_left_out(mailing.cohort.workspace_id, addresses, necessary=mailing.necessary)
    for recipient in everyone.values():
        if not recipient.user.is_active:
            recipient.skipped = SWITCHED_OFF
        elif recipient.user.pk in out:
            recipient.skipped = OPTED_OUT
        elif why := against.get(recipient.user.email):
            why = why.partition(" (")[0]  # what the mail server said stands on the list of addresses
            recipient.skipped = f"{why[:1].upper()}{why[1:]}."
    return sorted(everyone.values(), key=lambda r: (str(r.user).casefold(), r.user.pk))


# --- what -----------------------------------------------------------------------------------------------------------


def unknown_placeholders(text: str) -> list[str]:
    """Whatever stands in braces and is none of the placeholders, each once."""
    found = re.findall(r"\{+[^{}\n]*\}+", text)
    return [word for word in dict.fromkeys(found) if word not in {f"{{{name}}}" for name in PLACEHOLDERS}]


def fill(text: str, values: dict[str, str]) -> str:
    """The text with its placeholders replaced in one pass: braces in a value stay what they are."""
    tokens = "|".join(re.escape(f"{{{name}}}") for name in values)
    return re.sub(tokens, lambda found: values[found.group()[1:-1]], text)


def week_dates(mailing: Mailing) -> list[WeekDate]:
    """What is on in the seven days from a weekly mail on, without the days that were over when it left."""
    if not (mailing.key or "").startswith(WEEKLY_KEY) or mailing.send_at is None:
        return []
    zone = mailing.cohort.tz
    first = (mailing.sent_at or mailing.send_at).astimezone(zone).date()
    last = mailing.send_at.astimezone(zone).date() + timedelta(days=6)
    return dates_between(mailing.cohort, first, last)


def letters_of(mailing: Mailing, recipients: Iterable[Recipient]) -> Iterator[Letter]:
    """The mail of each recipient, rendered as they will get it. Writes nothing."""
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
    words = mail_text("cohorts/mailing", workspace_id=cohort.workspace_id, scope=cohort.scope)

    @cache
    def week_of(roles: frozenset[str], zone: ZoneInfo) -> str:
        lines = [what.in_words(zone, cohort.tz) for what in dates if what.is_for(roles)]
        return "\n".join(lines or ["- nothing that you need to come to"])

    for recipient in recipients:
        values = {**shared, **_own_values(recipient, programme)}
        if dates:
            values[DATES] = week_of(frozenset(e.role for e in recipient.enrollments), recipient.zone)
        opt_out = "" if mailing.necessary else opt_out_link(programme.workspace_id, recipient.user.pk)
        subject, text, html = words.render(
            {
                "subject": fill(mailing.subject, values),
                "body": fill(mailing.body, values).strip(),
                "role": values["role"],
                "taking_part": any(e.status in ("accepted", "completed") for e in recipient.enrollments),
                "cohort": cohort,
                "programme": programme,
                "opt_out_link": opt_out,
            }
        )
        yield Letter(recipient.user, subject, text, html, opt_out)


def _own_values(recipient: Recipient, programme: Programme) -> dict[str, str]:
    # Who is in it more than once gets one mail that names all of it.
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


# --- the deeds ------------------------------------------------------------------------------------------------------


@transaction.atomic
def save_mailing(*, mailing: Mailing, by: User) -> Mailing:
    """Save a new mailing as a draft, or what was changed in one that has not left. Raises ServiceError after that."""
    mailing.audience = clean_audience(mailing.cohort, mailing.audience)
    mailing.subject = one_line(mailing.subject)
    if mailing.pk is None:
        mailing.created_by = by
        mailing.save()
        verb = "written"
    else:
        locked = _locked_open(mailing)
        mailing.status, mailing.send_at = locked.status, locked.send_at
        mailing.save(update_fields=["audience", "subject", "body", "necessary"])
        verb = "edited"
    record(verb=verb, target=mailing, workspace_id=mailing.cohort.workspace_id, by=by)
    return mailing


@transaction.atomic
def schedule_mailing(*, mailing: Mailing, by: User | None, send_at: datetime | None = None) -> Mailing:
    """Let a mailing leave at `send_at` (UTC), by default now: the next sweep, or send_mailing, takes it."""
    now = timezone.now()
    # Forms know minutes only.
    if send_at is not None and send_at < now - timedelta(minutes=1):
        raise ServiceError("This moment has passed. Choose a later one, or send it now.")
    locked = _locked_open(mailing)
    locked.status, locked.send_at = Mailing.Status.SCHEDULED, send_at or now
    locked.save(update_fields=["status", "send_at"])
    when = locked.send_at.isoformat(timespec="minutes")
    record(verb="scheduled", target=locked, workspace_id=mailing.cohort.workspace_id, by=by, send_at=when)
    return locked


@transaction.atomic
def cancel_mailing(*, mailing: Mailing, by: User) -> None:
    """Stop a mailing that has not left. Raises ServiceError where it is too late."""
    waiting = Mailing.objects.filter(pk=mailing.pk, status__in=["draft", "scheduled"])
    if not waiting.update(status=Mailing.Status.CANCELLED):
        raise ServiceError("This mail has left, or was cancelled already.")
    record(verb="cancelled", target=mailing, workspace_id=mailing.cohort.workspace_id, by=by)


@transaction.atomic
def send_mailing(*, mailing: Mailing, now: datetime, by: User | None = None) -> bool:
    """Write the messages of a mailing that is due at `now` (UTC). False where another process was first.

    One conditional UPDATE decides who sends. The messages are in its transaction: all of them are written, or none.
    """
    due = Mailing.objects.filter(pk=mailing.pk, status=Mailing.Status.SCHEDULED, send_at__lte=now)
    if not due.update(status=Mailing.Status.SENT, sent_at=now):
        return False
    # Read after the claim: nobody changes the text any more.
    mailing = Mailing.objects.select_related("cohort__programme").get(pk=mailing.pk)
    recipients = recipients_of(mailing)
    reached = [r for r in recipients if not r.skipped]
    messages = {letter.user.pk: _message(mailing, letter, now) for letter in letters_of(mailing, reached)}
    # enqueue() would ask for each of 2,000 keys; the claim has already made sure that there is none of them.
    OutboxMessage.objects.bulk_create(messages.values(), batch_size=BATCH)
    MailingRecipient.objects.bulk_create(
        [
            MailingRecipient(mailing=mailing, user=r.user, message=messages.get(r.user.pk), skipped=r.skipped)
            for r in recipients
        ],
        batch_size=BATCH,
    )
    workspace_id, left_out = mailing.cohort.workspace_id, len(recipients) - len(reached)
    record(verb="sent", target=mailing, workspace_id=workspace_id, by=by, sent=len(reached), left_out=left_out)
    transaction.on_commit(wake_delivery)
    return True


def sweep_mailings(now: datetime) -> int:
    """Send what is scheduled and due at `now` (UTC). Returns how many mailings. One that fails stops no other."""
    sent, failed = 0, None
    for mailing in Mailing.objects.filter(status="scheduled", send_at__lte=now).order_by("send_at", "pk"):
        try:
            sent += send_mailing(mailing=mailing, now=now)
        except Exception as error:
            logger.exception("Mailing %s could not be sent.", mailing.pk)
            failed = error
    if failed:
        raise failed
    return sent


def _locked_open(mailing: Mailing) -> Mailing:
    locked = Mailing.objects.select_for_update(of=("self",)).select_related("cohort__programme").get(pk=mailing.pk)
    if locked.status not in (Mailing.Status.DRAFT, Mailing.Status.SCHEDULED):
        raise ServiceError("This mail has left or was cancelled; it can't be changed any more.")
    return locked


def _message(mailing: Mailing, letter: Letter, now: datetime) -> OutboxMessage:
    weekly = (mailing.key or "").startswith(WEEKLY_KEY)
    return OutboxMessage(
        key=f"mailing:{mailing.pk}:{letter.user.pk}",
        workspace_id=mailing.cohort.workspace_id,
        scope=mailing.cohort.scope,
        kind="weekly mail" if weekly else "mailing",
        why=f"“{mailing.subject}” to {mailing.cohort}, written by {mailing.created_by or 'the system'}."[:300],
        to=[letter.user.email],
        reply_to=[mailing.cohort.programme.contact_email],
        subject=letter.subject,
        body_text=letter.text,
        body_html=letter.html,
        unsubscribe_url=letter.unsubscribe_url,
        due_at=now,
    )


# --- who wants none -------------------------------------------------------------------------------------------------


def opt_out_link(workspace_id: int, user_id: int) -> str:
    """The absolute address at which a person stops the mails of a workspace that are not necessary."""
    token = signing.dumps([workspace_id, user_id], salt=OPT_OUT_SALT)
    return settings.SITE_URL + reverse("cohorts:opt-out", args=[token])


def read_opt_out(token: str) -> tuple[Workspace, User]:
    """Whose mails of which workspace a link stops. Raises LinkError."""
    try:
        workspace_id, user_id = signing.loads(token, salt=OPT_OUT_SALT)
        return Workspace.objects.get(pk=workspace_id), User.objects.get(pk=user_id)
    except (signing.BadSignature, Workspace.DoesNotExist, User.DoesNotExist) as error:
        raise LinkError from error


@transaction.atomic
def set_opt_out(*, workspace: Workspace, user: User, out: bool) -> None:
    """Stop the mails of a workspace that are not necessary, or let them come again. Twice does nothing twice."""
    # What is queued already looks at the address.
    address: dict[str, Any] = {
        "workspace_id": workspace.pk,
        "address": user.email,
        "reason": Suppression.Reason.OPTED_OUT,
    }
    if out:
        _, changed = OptOut.objects.get_or_create(workspace=workspace, user=user)
        suppress(**address, by=user)
    else:
        changed = bool(OptOut.objects.filter(workspace=workspace, user=user).delete()[0])
        lift(**address, by=user)
    if changed:
        verb = "stopped mails to many" if out else "wants mails to many again"
        record(verb=verb, target=user, workspace_id=workspace.pk, by=user)

"""Write, schedule, cancel and send mailings; opt people out."""

import logging
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from cohorts.mailings.audience import Recipient, allowed_growth, audience_in_words, clean_audience, recipients_of
from cohorts.mailings.letters import Letter, letters_of
from cohorts.mailings.still_recipients import to_recipient
from cohorts.models import Mailing, MailingRecipient, OptOut
from cohorts.people.filters import FilterError
from mentorship.core.accounts.models import User, Workspace
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.errors import ServiceError
from mentorship.core.outbox.delivery.suppression import lift, suppress
from mentorship.core.outbox.mail_templates.rendering import columns_of_words, one_line
from mentorship.core.outbox.models import OutboxMessage, Suppression, id_for_key
from mentorship.core.outbox.recipients import from_line
from mentorship.core.outbox.services import wake_delivery
from mentorship.core.wording import require_right_words

logger = logging.getLogger(__name__)

# Rows in one INSERT.
BATCH = 500


@transaction.atomic
def save_mailing(*, mailing: Mailing, by: User) -> Mailing:
    """Save a new mailing as a draft, or the changes of one.

    If the audience of a scheduled mailing changes, it is approved again. Raises ServiceError if the mailing was sent or
    cancelled, and FilterError if its audience can't be computed.
    """
    mailing.audience = clean_audience(mailing.cohort, mailing.audience)
    mailing.subject = one_line(mailing.subject)
    if mailing.pk is None:
        mailing.created_by = by
        mailing.save()
        verb = Verb.WRITTEN
    else:
        locked = _locked_open(mailing)
        for name in ("status", "send_at", "approved_audience", "most", "stopped_because"):
            setattr(mailing, name, getattr(locked, name))
        if mailing.status == Mailing.Status.SCHEDULED and mailing.audience != locked.audience:
            _approve(mailing)
        mailing.save(update_fields=["audience", "subject", "body", "necessary", "approved_audience", "most"])
        verb = Verb.EDITED
    record(verb=verb, target=mailing, workspace_id=mailing.cohort.workspace_id, by=by)
    return mailing


@transaction.atomic
def schedule_mailing(
    *, mailing: Mailing, by: User | None, send_at: datetime | None = None, most: int | None = None
) -> Mailing:
    """Schedule a mailing for `send_at` (UTC), by default now. The next sweep, or send_mailing, sends it.

    Approves the current audience for at most `most` people, by default a tenth more than it reaches now. Raises
    ServiceError if it already reaches more, and FilterError if the audience can't be computed.
    """
    now = timezone.now()
    # Forms have no seconds.
    if send_at is not None and send_at < now - timedelta(minutes=1):
        raise ServiceError("This moment has passed. Choose a later one, or send it now.")
    locked = _locked_open(mailing)
    locked.status, locked.send_at, locked.stopped_because = Mailing.Status.SCHEDULED, send_at or now, ""
    _approve(locked, most)
    locked.save(update_fields=["status", "send_at", "approved_audience", "most", "stopped_because"])
    when = locked.send_at.isoformat(timespec="minutes")
    record(verb=Verb.SCHEDULED, target=locked, workspace_id=mailing.cohort.workspace_id, by=by, send_at=when)
    return locked


def _approve(mailing: Mailing, most: int | None = None) -> None:
    """Record the audience that the coordinator sees: the meaning of its filters, and how many people it may reach."""
    require_right_words(mailing.cohort.workspace_id, [mailing.subject, mailing.body])
    number = _number_reached(recipients_of(mailing))
    if most is not None and most < number:
        raise ServiceError(
            f"{_people(number)} would get this email, more than {most}. Look at the list of people again."
        )
    mailing.most = allowed_growth(number) if most is None else most
    mailing.approved_audience = audience_in_words(mailing.cohort, mailing.audience)


@transaction.atomic
def cancel_mailing(*, mailing: Mailing, by: User) -> None:
    """Cancel a mailing. Raises ServiceError if it was sent or cancelled already."""
    waiting = Mailing.objects.filter(pk=mailing.pk, status__in=Mailing.CHANGEABLE)
    if not waiting.update(status=Mailing.Status.CANCELLED):
        raise ServiceError("This email has left, or was cancelled already.")
    record(verb=Verb.CANCELLED, target=mailing, workspace_id=mailing.cohort.workspace_id, by=by)


@transaction.atomic
def send_mailing(*, mailing: Mailing, now: datetime, by: User | None = None) -> bool:
    """Write the messages of a mailing that is due at `now` (UTC). False if another process did, or it was stopped.

    One conditional UPDATE decides which process sends. Its transaction writes all of the messages or none.
    """
    due = Mailing.objects.filter(pk=mailing.pk, status=Mailing.Status.SCHEDULED, send_at__lte=now)
    if not due.update(status=Mailing.Status.SENT, sent_at=now):
        return False
    # Read after the claim, when the text can no longer change.
    mailing = Mailing.objects.select_related("cohort__programme").get(pk=mailing.pk)
    recipients, why_not = _approved_recipients(mailing)
    if why_not:
        _stop(mailing, why_not)
        return False
    _write_messages(mailing, recipients, now, by)
    return True


def _approved_recipients(mailing: Mailing) -> tuple[list[Recipient], str]:
    """The recipients of a mailing now, and why it must not be sent to them; "" if it is as approved."""
    try:
        recipients = recipients_of(mailing)
    except FilterError as error:
        return [], str(error)
    words, number = audience_in_words(mailing.cohort, mailing.audience), _number_reached(recipients)
    if mailing.approved_audience and words != mailing.approved_audience:
        return [], f"It was scheduled for {mailing.approved_audience}. The same filters now mean {words}."
    if mailing.most is not None and number > mailing.most:
        return [], f"{_people(number)} would get it now. It was scheduled for at most {mailing.most}."
    return recipients, ""


def _stop(mailing: Mailing, why: str) -> None:
    """Hold a mailing until a coordinator has looked at it."""
    mailing.status, mailing.sent_at, mailing.stopped_because = Mailing.Status.STOPPED, None, why[:500]
    mailing.save(update_fields=["status", "sent_at", "stopped_because"])
    record(verb=Verb.STOPPED, target=mailing, workspace_id=mailing.cohort.workspace_id, by=None, reason=why)


def _write_messages(mailing: Mailing, recipients: list[Recipient], now: datetime, by: User | None) -> None:
    reached = [r for r in recipients if not r.skipped]
    messages = {letter.user.pk: _message(mailing, letter, now) for letter in letters_of(mailing, reached)}
    # enqueue() would look up each of 2,000 keys; none can exist before the claim.
    OutboxMessage.objects.bulk_create(messages.values(), batch_size=BATCH)
    MailingRecipient.objects.bulk_create(
        [
            MailingRecipient(mailing=mailing, user=r.user, message=messages.get(r.user.pk), skipped=r.skipped)
            for r in recipients
        ],
        batch_size=BATCH,
    )
    workspace_id, left_out = mailing.cohort.workspace_id, len(recipients) - len(reached)
    record(verb=Verb.SENT, target=mailing, workspace_id=workspace_id, by=by, sent=len(reached), left_out=left_out)
    transaction.on_commit(wake_delivery)


@transaction.atomic
def send_now(*, mailing: Mailing, by: User, most: int | None = None) -> int:
    """Send a mailing without waiting for the sweep. Returns how many people get it.

    `most` is the number that the coordinator saw. Raises ServiceError if nobody or more people than that would get it,
    or it was sent or cancelled already; FilterError if the audience can't be computed.
    """
    number = _number_reached(recipients_of(mailing))
    if not number:
        raise ServiceError("Nobody would get this email. Choose other people first.")
    schedule_mailing(mailing=mailing, by=by, most=most)
    if not send_mailing(mailing=mailing, now=timezone.now(), by=by):
        raise ServiceError("This email was not sent. Look at it again.")
    return number


def _number_reached(recipients: list[Recipient]) -> int:
    return sum(not recipient.skipped for recipient in recipients)


def _people(number: int) -> str:
    return f"{number} person" if number == 1 else f"{number} people"


def sweep_mailings(now: datetime) -> int:
    """Send the mailings due at `now` (UTC) and return how many. One failure does not stop the others."""
    sent, failed = 0, None
    for mailing in Mailing.objects.scheduled().filter(send_at__lte=now):
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
    if locked.status not in Mailing.CHANGEABLE:
        raise ServiceError("This email has left or was cancelled; it can't be changed any more.")
    return locked


def _message(mailing: Mailing, letter: Letter, now: datetime) -> OutboxMessage:
    key = f"mailing:{mailing.pk}:{letter.user.pk}"
    return OutboxMessage(
        id=id_for_key(key),
        key=key,
        workspace_id=mailing.cohort.workspace_id,
        scope=mailing.cohort.scope,
        kind="weekly mail" if mailing.is_weekly else "mailing",
        why=f"“{mailing.subject}” to {mailing.cohort}, written by {mailing.created_by or 'the system'}."[:300],
        to=[letter.user.email],
        people={letter.user.email: letter.user.pk},
        audience=to_recipient(mailing, letter.recipient),
        reply_to=[mailing.cohort.programme.contact_email],
        sender=from_line(mailing.cohort.programme.name),
        **columns_of_words(
            subject=letter.subject,
            text=letter.text,
            html=letter.html,
            unsubscribe_url=letter.unsubscribe_url,
            recipe=letter.recipe,
        ),
        due_at=now,
    )


@transaction.atomic
def set_opt_out(*, workspace: Workspace, user: User, out: bool) -> None:
    """Unsubscribe somebody from a workspace's optional mails, or subscribe them again. Idempotent."""
    # Delivery checks the addresses of messages that are already queued.
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
        verb = Verb.STOPPED_MAILINGS if out else Verb.WANTS_MAILINGS_AGAIN
        record(verb=verb, target=user, workspace_id=workspace.pk, by=user)

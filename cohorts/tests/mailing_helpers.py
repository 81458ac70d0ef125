"""Mails to many, written and sent, that the tests of them begin with."""

from django.utils import timezone

from cohorts.mailings.services import save_mailing, schedule_mailing, send_mailing
from cohorts.models import Mailing
from mentorship.core.outbox.models import OutboxMessage


def write(cast, **fields):
    values = {"audience": "status=accepted", "subject": "News of {cohort}", "body": "Dear {name},\n\nhello."}
    mailing = Mailing(cohort=cast.cohort, **{**values, **fields})
    return save_mailing(mailing=mailing, by=cast.coordinator)


def send(cast, **fields):
    mailing = schedule_mailing(mailing=write(cast, **fields), by=cast.coordinator)
    assert send_mailing(mailing=mailing, now=timezone.now(), by=cast.coordinator)
    mailing.refresh_from_db()
    return mailing


def mails_of(mailing):
    return OutboxMessage.objects.filter(key__startswith=f"mailing:{mailing.pk}:")


def addresses(mailing):
    return sorted(address for m in mails_of(mailing) for address in m.to)

"""Invoices that wait go to whoever gets the partner's invoices when they leave."""

from datetime import date

import pytest

from mentorship.core.accounts.models import User
from mentorship.core.outbox.delivery.deliver import deliver_all_due
from mentorship.core.outbox.models import OutboxMessage
from mentorship.devtools.testing.factories import ContactFactory
from partners.billing.mails import preview_reminder
from partners.billing.services import issue_invoice

pytestmark = pytest.mark.django_db


@pytest.fixture
def message(cast, draft):
    """The invoice to a partner without a billing address: it goes to the contacts."""
    draft.partner.billing_email = ""
    draft.partner.save()
    issue_invoice(invoice=draft, by=cast.owner, on=date(2027, 2, 1))
    return OutboxMessage.objects.get(key__startswith="invoice:")


def sent(message: OutboxMessage) -> OutboxMessage:
    deliver_all_due()
    message.refresh_from_db()
    return message


def test_an_invoice_goes_to_the_billing_address_of_now(draft, message):
    draft.partner.billing_email = "accounts@fund.example.org"
    draft.partner.save()
    assert sent(message).to == ["accounts@fund.example.org"]


def test_an_invoice_goes_to_the_contacts_of_now(cast, draft, message):
    assert message.to == [cast.contact.email]
    new = ContactFactory(partner=draft.partner)
    draft.partner.contacts.filter(user=cast.contact).delete()
    assert sent(message).to == [new.user.email]


def test_a_switched_off_contact_gets_no_invoice(cast, message):
    User.objects.filter(pk=cast.contact.pk).update(is_active=False)
    assert sent(message).status == "skipped"
    assert "no billing address and no contact" in message.last_error


def test_mails_about_an_invoice_are_in_the_language_of_its_paper(issued):
    for language, greeting, amount in (
        ("en", "Hello", "119.00"),
        ("de", "Guten Tag", "119,00"),
        ("fr", "Bonjour", "119,00"),
        ("es", "Buenos días", "119,00"),
    ):
        issued.language = language
        subject, reminder, _ = preview_reminder(issued)
        assert reminder.startswith(greeting)
        assert amount in reminder
        assert issued.number in subject

"""Tasks of a partner’s contacts, and who stands in for somebody who is away."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from mentorship.core.errors import ServiceError
from mentorship.core.outbox.models import OutboxMessage
from mentorship.devtools.testing import factories
from partners.billing.mails import recipients
from partners.contacts.services import invite_contact, set_absence
from partners.contributions.services import confirm_entry, pledge, record_given
from partners.models import CostShare
from partners.records.duties import may_act, to_write_to
from partners.records.links import REQUIREMENTS
from partners.requirements.services import answer_requirements, ask_for_requirements, publish_requirements

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead(cast):
    """A contact with all four tasks."""
    return cast.partner.contacts.get(user=cast.contact)


@pytest.fixture
def clerk(cast):
    """A contact who gets invoices and nothing else."""
    user = factories.UserFactory(full_name="Bea Clerk")
    return factories.ContactFactory(
        partner=cast.partner, user=user, decides=False, confirms_hours=False, gets_reports=False
    )


def page_of(client, user, partner):
    client.force_login(user)
    return client.get(partner.get_absolute_url()).content.decode()


def test_only_who_decides_agrees_to_a_share_and_accepts_the_requirements(client, cast, lead, clerk, make_cost):
    cost = make_cost()
    cost.save()
    euro = {"amount": Decimal(10), "payer_amount": Decimal(10), "payer_currency": "EUR", "value": Decimal(100)}
    share = CostShare.objects.create(cost=cost, partner=cast.partner, **euro)
    current = publish_requirements(workspace=cast.programme.workspace, items=["It is free."], by=cast.owner)
    url = reverse("partners:share-answer", args=[share.pk])
    assert "We agree" not in page_of(client, clerk.user, cast.partner)
    assert client.post(url, {"agree": "1"}).status_code == 404
    page = client.get(REQUIREMENTS.url(clerk.pk)).content.decode()
    assert f"Ask {cast.contact.full_name}" in page
    assert "<textarea" not in page
    with pytest.raises(ServiceError, match="Somebody else"):
        answer_requirements(contact=clerk, number=current.number, accepted=current.items, note="", by=clerk.user)
    ask_for_requirements(partner=cast.partner, by=cast.owner)
    assert OutboxMessage.objects.get(kind="requirements").to == [cast.contact.email]
    assert "We agree" in page_of(client, cast.contact, cast.partner)
    client.post(url, {"agree": "1"})
    share.refresh_from_db()
    assert share.status == "agreed"


def test_hours_are_confirmed_by_who_confirms_them_and_by_coordinators_if_nobody_does(cast, lead, clerk):
    hours = pledge(
        partner=cast.partner, cohort=cast.cohort, kind="mentor_hours", what="Hours", pledged=Decimal(9), by=cast.owner
    )
    entry = record_given(contribution=hours, quantity=Decimal(2), on=timezone.localdate(), by=clerk.user)
    assert entry.partner_confirmed_at is None
    with pytest.raises(ServiceError, match="on their own pages"):
        confirm_entry(entry=entry, by=cast.owner, for_partner=True)
    cast.partner.contacts.update(confirms_hours=False)
    assert confirm_entry(entry=entry, by=cast.owner, for_partner=True).partner_confirmed_at


def test_whoever_stands_in_decides_gets_the_mail_and_is_told_once(client, cast, lead, clerk):
    today = timezone.localdate()
    assert not may_act(clerk.user, cast.partner, "decides")
    client.force_login(cast.contact)
    url = reverse("partners:contact-absence", args=[cast.partner.slug])
    sent = {"away_from": today, "away_until": today + timedelta(7), "stand_in": clerk.pk}
    assert client.post(url, {**sent, "away_until": ""}).status_code == 422
    for _ in range(2):
        assert client.post(url, sent).url == cast.partner.get_absolute_url()
    assert may_act(clerk.user, cast.partner, "decides")
    assert to_write_to(cast.partner, "gets_reports") == [clerk]
    assert recipients(cast.partner) == [clerk.user]
    mail = OutboxMessage.objects.get(kind="stand in")
    assert mail.to == [clerk.user.email]
    assert "decides, gets invoices and reminders" in mail.full_text
    assert "Bea Clerk stands in" in page_of(client, cast.contact, cast.partner)
    assert client.post(url, {}).status_code == 302  # back again
    assert not may_act(clerk.user, cast.partner, "decides")


def test_a_stand_in_is_another_contact_of_the_partner_who_is_there(cast, lead, clerk):
    days = {"away_from": date(2027, 3, 1), "away_until": date(2027, 3, 9), "by": cast.owner}
    for nobody in (lead, cast.other_partner.contacts.get()):
        with pytest.raises(ServiceError, match="has to stand in"):
            set_absence(contact=lead, stand_in=nobody, **days)
    set_absence(contact=clerk, stand_in=None, **days)
    with pytest.raises(ServiceError, match="away at the same time"):
        set_absence(contact=lead, stand_in=clerk, **days)
    assert to_write_to(cast.partner, "decides") == [lead]


def test_a_coordinator_sets_what_a_contact_does_and_others_do_not(client, cast, lead, clerk):
    url = reverse("partners:contact-edit", args=[cast.partner.slug, clerk.pk])
    for user in (cast.viewer, cast.contact, clerk.user):
        client.force_login(user)
        assert client.get(url).status_code == 404
    client.force_login(cast.coordinator)
    assert client.get(url).status_code == 200
    client.post(url, {"role": "Accounts", "tasks": ["gets_invoices", "decides"]})
    clerk.refresh_from_db()
    assert (clerk.role, clerk.tasks) == ("Accounts", ["decides", "gets_invoices"])
    assert "Accounts" in client.get(cast.partner.get_absolute_url()).content.decode()
    new = invite_contact(
        partner=cast.partner, email="n@example.org", full_name="N. New", tasks=["gets_reports"], by=cast.owner
    )
    assert new.tasks == ["gets_reports"]

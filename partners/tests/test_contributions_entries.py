"""Contributions of partners count when everybody concerned has confirmed them."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from mentorship.core.errors import ServiceError
from mentorship.core.outbox.models import OutboxMessage
from mentorship.devtools.testing.pages import SURE
from partners.contributions.services import confirm_entry, decline_entry, pledge, record_given, record_own_hours
from partners.models import Contribution, ContributionEntry
from partners.records.people import lend

pytestmark = pytest.mark.django_db
DAY = date(2027, 3, 1)


@pytest.fixture
def hours(cast):
    return pledge(
        partner=cast.partner,
        cohort=cast.cohort,
        kind="mentor_hours",
        what="Mona's time",
        pledged=Decimal(40),
        by=cast.owner,
    )


def given(one):
    return Contribution.objects.with_given().get(pk=one.pk).given


def test_hours_count_once_the_person_and_the_partner_confirmed(cast, hours):
    entry = record_given(contribution=hours, quantity=Decimal("2.5"), on=DAY, person=cast.mentor, by=cast.coordinator)
    assert given(hours) == 0
    confirm_entry(entry=entry, by=cast.contact)
    assert given(hours) == 0
    confirm_entry(entry=entry, by=cast.mentor)
    assert given(hours) == Decimal("2.5")


def test_a_confirmation_by_others_does_not_count(cast, hours):
    entry = record_given(contribution=hours, quantity=Decimal(2), on=DAY, by=cast.coordinator)
    for user in (cast.stranger, cast.other_contact, cast.mentor):
        confirm_entry(entry=entry, by=user)
    assert given(hours) == 0
    confirm_entry(entry=entry, by=cast.contact)
    assert given(hours) == 2


def test_an_erased_person_does_not_make_hours_count(cast, hours):
    entry = record_given(contribution=hours, quantity=Decimal(2), on=DAY, person=cast.mentor, by=cast.contact)
    ContributionEntry.objects.filter(pk=entry.pk).update(person=None)
    assert given(hours) == 0


def test_contributions_that_make_no_sense_are_refused(cast, hours):
    with pytest.raises(ServiceError, match="currency"):
        pledge(partner=cast.partner, cohort=cast.cohort, kind="money", what="x", pledged=Decimal(4), by=cast.owner)
    with pytest.raises(ServiceError, match="another programme"):
        pledge(partner=cast.partner, cohort=cast.other_cohort, kind="advice", what="x", pledged=1, by=cast.owner)
    with pytest.raises(ServiceError, match="not in"):
        record_given(contribution=hours, quantity=Decimal(1), on=DAY, person=cast.stranger, by=cast.owner)


def test_the_pages(client, cast, hours):
    url = reverse("partners:contribution-list", args=[cast.partner.slug])
    for user in (cast.stranger, cast.other_contact, cast.mentor):
        client.force_login(user)
        assert client.get(url).status_code == 404
    client.force_login(cast.coordinator)
    add = reverse("partners:entry-create", args=[cast.partner.slug, hours.pk])
    assert client.post(add, {"quantity": "0", "on": "2027-03-01"}).status_code == 422
    client.post(add, {"quantity": "3", "on": "2027-03-01", "person": cast.mentor.pk})
    entry = ContributionEntry.objects.get()
    client.force_login(cast.contact)
    page = client.get(url).content.decode()
    assert "40 hours" in page
    assert "Mona" not in page.replace("Mona&#x27;s time", "")  # whom the hours are of is the team's business
    client.post(reverse("partners:entry-confirm", args=[cast.partner.slug, entry.pk]))
    client.force_login(cast.mentor)
    assert "Soil Fund" in client.get(reverse("partners:my-hours")).content.decode()
    client.post(reverse("partners:my-hours"), {"pk": entry.pk})
    assert given(hours) == 3
    client.force_login(cast.coordinator)
    client.post(reverse("partners:contribution-acknowledge", args=[cast.partner.slug, hours.pk]))
    assert Contribution.objects.get().acknowledged_on
    assert "hours,40" in client.get(url + "?format=csv").content.decode()


def test_a_lent_mentor_enters_hours_and_a_contact_confirms_them_on_their_own_pages(client, cast):
    person = lend(partner=cast.partner, enrollment=cast.mentor_enrollment, by=cast.owner)
    client.force_login(cast.mentor)
    mine = reverse("partners:my-hours")
    entry = {"person": person.pk, "quantity": "2.5", "on": "2020-03-01", "note": "Two calls"}
    assert client.post(mine, {**entry, "on": "2999-01-01"}).status_code == 422
    for _ in range(2):
        client.post(mine, entry)
    first, second = ContributionEntry.objects.order_by("pk")
    assert (first.contribution.kind, first.person, first.counts) == ("mentor_hours", cast.mentor, False)
    mails = OutboxMessage.objects.filter(kind="hours")
    assert [mail.to for mail in mails] == [[cast.contact.email]]  # one a week
    with pytest.raises(ServiceError, match="own pages"):
        confirm_entry(entry=first, by=cast.coordinator, for_partner=True)
    client.force_login(cast.contact)
    assert "2 entries to confirm" in client.get(cast.partner.get_absolute_url()).content.decode()
    page = client.get(reverse("partners:contribution-list", args=[cast.partner.slug])).content.decode()
    assert "Two calls" in page
    assert "Mona" not in page  # who has not agreed to be seen
    no = reverse("partners:entry-decline", args=[cast.partner.slug, second.pk])
    assert client.post(no, {"reason": ""}).status_code == 422
    client.post(no, {"reason": "That was one call."})
    client.post(reverse("partners:entries-confirm", args=[cast.partner.slug]), {"entry": [first.pk, second.pk]})
    assert given(first.contribution) == Decimal("2.5")
    client.force_login(cast.mentor)
    assert "That was one call." in client.get(mine).content.decode()
    client.post(mine, {"remove": second.pk, **SURE})
    client.post(mine, {"remove": first.pk, **SURE})  # confirmed: it stays
    assert list(ContributionEntry.objects.all()) == [first]


def test_nobody_enters_or_declines_hours_for_others(client, cast, hours):
    person = lend(partner=cast.partner, enrollment=cast.mentor_enrollment, by=cast.owner)
    with pytest.raises(ServiceError, match="Only the people"):
        record_own_hours(person=person, quantity=Decimal(1), on=DAY, by=cast.coordinator)
    entry = record_given(contribution=hours, quantity=Decimal(2), on=DAY, person=cast.mentor, by=cast.coordinator)
    client.force_login(cast.coordinator)
    assert client.get(reverse("partners:entry-decline", args=[cast.partner.slug, entry.pk])).status_code == 404
    assert client.post(reverse("partners:entries-confirm", args=[cast.partner.slug])).status_code == 404
    with pytest.raises(ServiceError, match="Only a contact"):
        decline_entry(entry=entry, reason="No", by=cast.coordinator)

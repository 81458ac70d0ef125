"""Contributions of partners count when everybody concerned has confirmed them."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from mentorship.core.errors import ServiceError
from partners.contributions.services import confirm_entry, pledge, record_given
from partners.models import Contribution, ContributionEntry

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

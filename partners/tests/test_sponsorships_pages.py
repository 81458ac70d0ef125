"""The pages of one sponsorship: terms, instalments and deliverables."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from mentorship.devtools.testing.factories import CohortFactory, SponsorshipFactory
from mentorship.devtools.testing.pages import SURE
from partners.billing.services import draft_invoice
from partners.models import Deliverable, InstalmentDue, Sponsorship
from partners.sponsorships.deliverables import add_deliverable
from partners.sponsorships.services import add_instalment

pytestmark = pytest.mark.django_db


@pytest.fixture
def sponsorship(cast):
    """A sponsorship of 1,000.00 EUR."""
    Sponsorship.objects.filter(pk=cast.sponsorship.pk).update(amount=1000, agreement="Framework 2027")
    return Sponsorship.objects.get(pk=cast.sponsorship.pk)


@pytest.fixture
def page(client, cast, sponsorship):
    """The page as a coordinator reads it."""
    client.force_login(cast.coordinator)

    def read():
        return client.get(reverse("partners:sponsorship-detail", args=[sponsorship.pk])).content.decode()

    return read


def url(name, sponsorship, *more):
    return reverse(f"partners:{name}", args=[sponsorship.pk, *more])


def terms(**fields):
    plain = {"scope": "The time of 15 mentors", "starts_on": "2027-01-01", "ends_on": "2027-12-31"}
    return {**plain, "amount": "1000", "currency": "EUR", "seat_price": "", **fields}


def test_team_and_contacts_read_the_terms_and_nobody_else(client, cast, sponsorship):
    add_deliverable(terms=sponsorship, what="A talk", due_on=date(2027, 5, 1), by=cast.owner)
    address = url("sponsorship-detail", sponsorship)
    readers = [(cast.coordinator, 200), (cast.viewer, 200), (cast.contact, 200)]
    for user, code in [*readers, (cast.other_contact, 404), (cast.stranger, 404), (cast.mentor, 404)]:
        client.force_login(user)
        response = client.get(address)
        assert response.status_code == code, user
        assert ("<h2>History</h2>" in response.content.decode()) == (user == cast.coordinator)
        assert ("What you get" in response.content.decode()) == (user in (cast.viewer, cast.contact))


def test_a_contact_sees_other_sponsorships_of_the_agreement_only_once_they_are_agreed(client, cast, sponsorship):
    for name, draft in (("Seeds 10", False), ("Seeds 11", True)):
        cohort = CohortFactory(programme=cast.programme, name=name)
        SponsorshipFactory(partner=cast.partner, cohort=cohort, agreement="Framework 2027", draft=draft)
    client.force_login(cast.contact)
    seen = client.get(url("sponsorship-detail", sponsorship)).content.decode()
    assert ("Seeds 10" in seen, "Seeds 11" in seen) == (True, False)
    client.force_login(cast.coordinator)
    assert "Seeds 11" in client.get(url("sponsorship-detail", sponsorship)).content.decode()


def test_terms_are_edited_and_what_makes_no_sense_is_refused_with_a_reason(client, cast, sponsorship, page):
    address = url("sponsorship-edit", sponsorship)
    client.force_login(cast.coordinator)
    assert sponsorship.scope in client.get(address).content.decode()
    assert client.post(address, terms(scope="20 mentors", amount="1500")).status_code == 302
    assert "20 mentors" in page()
    add_instalment(
        sponsorship=sponsorship, due_on=date(2027, 3, 1), amount=Decimal(1200), what="on signing", by=cast.owner
    )
    for fields, words in [
        ({"amount": "1000"}, "more than the amount"),
        ({"amount": "1500", "currency": "USD"}, "in the old currency"),
        ({"ends_on": "2026-12-31"}, "must not lie before the start"),
        ({"amount": "1500.005"}, "EUR has 2 decimals"),
    ]:
        response = client.post(address, terms(**fields))
        assert response.status_code == 422
        assert words in response.content.decode()
    sponsorship.refresh_from_db()
    assert (sponsorship.amount, sponsorship.currency) == (1500, "EUR")


def test_an_instalment_is_added_for_an_amount_and_never_exceeds_what_is_promised(client, sponsorship, page):
    address = url("instalment-create", sponsorship)
    client.post(address, {"due_on": "2027-03-01", "amount": "400", "what": "on signing"})
    assert "of which" in page()
    assert "on signing" in page()
    response = client.post(address, {"due_on": "2027-06-01", "amount": "700"})
    assert response.status_code == 422
    assert "have no day yet" in response.content.decode()
    assert client.post(address, {"due_on": "", "amount": "1"}).status_code == 422
    assert [part.amount for part in sponsorship.instalments.all()] == [400]


def test_the_rest_is_split_into_equal_instalments(client, sponsorship, page):
    address = url("instalment-create", sponsorship)
    client.post(address, {"due_on": "2027-01-31", "parts": "3", "months": "1"})
    assert [(part.due_on, part.amount) for part in sponsorship.instalments.all()] == [
        (date(2027, 1, 31), Decimal("333.34")),
        (date(2027, 2, 28), Decimal("333.33")),
        (date(2027, 3, 31), Decimal("333.33")),
    ]
    response = client.post(address, {"due_on": "2027-01-31", "parts": "3", "months": "1"})
    assert response.status_code == 422
    assert "Nothing is left to split" in response.content.decode()


def test_an_instalment_is_removed_unless_it_is_on_an_invoice(client, cast, biller, sponsorship, page):
    parts = [
        add_instalment(sponsorship=sponsorship, due_on=date(2027, n, 1), amount=Decimal(100), what="", by=cast.owner)
        for n in (3, 4)
    ]
    draft_invoice(partner=cast.partner, by=cast.owner, instalments=[parts[0]])
    for part in parts:
        client.post(url("instalment-delete", sponsorship, part.pk), SURE)
    assert list(InstalmentDue.objects.all()) == [parts[0]]
    assert "It is on an invoice." in page()


def test_a_deliverable_is_added_done_and_dropped(client, sponsorship, page):
    client.post(url("deliverable-create", sponsorship), {"what": "A report", "due_on": "2027-07-01"})
    assert client.post(url("deliverable-create", sponsorship), {"what": ""}).status_code == 422
    (made,) = Deliverable.objects.all()
    address = url("deliverable-edit", sponsorship, made.pk)
    assert "A report" in client.get(address).content.decode()
    owed = {"what": "A long report", "due_on": "2025-07-01"}
    client.post(address, {**owed, "status": "started", "link": ""})
    assert "under way, late" in page()
    client.post(address, {**owed, "status": "done", "link": "https://example.org/report"})
    made.refresh_from_db()
    assert (made.what, made.status, made.done_on is not None) == ("A long report", "done", True)
    assert "https://example.org/report" in page()
    client.post(address, {**owed, "status": "dropped", "link": ""})
    made.refresh_from_db()
    assert (made.status, made.done_on) == ("dropped", None)
    assert "dropped" in page()
    assert client.post(address, {"status": "eaten"}).status_code == 422


def test_only_coordinators_change_a_sponsorship(client, cast, sponsorship):
    part = add_instalment(sponsorship=sponsorship, due_on=date(2027, 3, 1), amount=Decimal(100), what="", by=cast.owner)
    promised = add_deliverable(terms=sponsorship, what="A talk", due_on=None, by=cast.owner)
    for user in (cast.viewer, cast.contact, cast.other_contact, cast.stranger, cast.mentor):
        client.force_login(user)
        for address, data in [
            (url("sponsorship-edit", sponsorship), terms(scope="Hijacked")),
            (url("instalment-create", sponsorship), {"due_on": "2027-03-01", "amount": "1"}),
            (url("instalment-delete", sponsorship, part.pk), {}),
            (url("deliverable-create", sponsorship), {"what": "Hijacked"}),
            (url("deliverable-edit", sponsorship, promised.pk), {"status": "done", "link": ""}),
            (url("sponsored-ask", sponsorship), {}),
        ]:
            assert client.post(address, data).status_code in (403, 404), (user, address)
    sponsorship.refresh_from_db()
    assert sponsorship.scope != "Hijacked"
    assert (sponsorship.instalments.count(), sponsorship.deliverables.get().status) == (1, "open")

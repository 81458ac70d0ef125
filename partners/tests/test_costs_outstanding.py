"""Outstanding costs: shares added up by payer and currency, from proposed to paid."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from mentorship.devtools.testing.factories import PartnerFactory
from partners.costs.outstanding import outstanding_by_payer
from partners.costs.services import Payer, add_cost, add_fund, agree_share, decline_share, propose_split
from partners.models import Cost, Invoice

DAY = date(2027, 2, 1)
HALF = Decimal(50)
pytestmark = pytest.mark.django_db


@pytest.fixture
def sister(cast):
    return PartnerFactory(workspace=cast.programme.workspace, name="Sister", currency="USD")


def split(cast, amount, payers):
    cost = Cost(cohort=cast.cohort, what="Slot", amount=Decimal(amount), currency="EUR", paid_on=DAY)
    return propose_split(cost=add_cost(cost=cost, by=cast.owner), payers=payers, by=cast.owner)


def owing():
    return {
        (o.name, o.currency): (o.agreed, o.asked, o.billed, o.paid, o.left)
        for o in outstanding_by_payer(Cost.objects.all())
    }


def test_outstanding_amounts_go_from_asked_to_paid(cast, sister):
    fund = add_fund(
        workspace=cast.programme.workspace,
        by=cast.owner,
        name="Our fund",
        kind="discretionary",
        budget=Decimal(900),
        currency="EUR",
        starts_on=DAY,
        ends_on=date(2027, 12, 31),
    )
    dollars = Payer(sister, "percent", HALF, Decimal("1.25"), DAY)
    mine, theirs = split(cast, "100.01", [Payer(fund, "percent", HALF), dollars])
    (more,) = split(cast, "40", [Payer(sister, "percent", Decimal(100), Decimal("1.25"), DAY)])
    nothing = Decimal(0)
    assert owing() == {
        ("Our fund", "EUR"): (nothing, Decimal("50.01"), nothing, nothing, nothing),
        ("Sister", "USD"): (nothing, Decimal("112.50"), nothing, nothing, nothing),
    }
    agree_share(share=mine, by=cast.owner)
    agree_share(share=theirs, by=cast.owner)
    decline_share(share=more, by=cast.owner)
    assert owing() == {
        ("Our fund", "EUR"): (Decimal("50.01"), nothing, nothing, nothing, nothing),
        ("Sister", "USD"): (Decimal("62.50"), nothing, nothing, nothing, Decimal("62.50")),
    }
    invoice = Invoice.objects.create(
        workspace=cast.programme.workspace, partner=sister, currency="USD", exempt_reason="None."
    )
    type(theirs).objects.filter(pk=theirs.pk).update(invoice=invoice)
    assert owing()["Sister", "USD"][2:] == (nothing, nothing, Decimal("62.50"))  # a draft bills nobody
    Invoice.objects.filter(pk=invoice.pk).update(
        status="paid", number="X1", sequence=1, prefix="X", issued_on=DAY, due_on=DAY
    )
    assert owing()["Sister", "USD"] == (Decimal("62.50"), nothing, Decimal("62.50"), Decimal("62.50"), nothing)


def test_the_page_of_outstanding_amounts_is_for_the_team_and_lists_costs_without_payer(client, cast, sister):
    cost = Cost(cohort=cast.cohort, what="Slot without payer", amount=Decimal(5), currency="EUR", paid_on=DAY)
    add_cost(cost=cost, by=cast.owner)
    split(cast, "40", [Payer(sister, "percent", Decimal(100), Decimal("1.25"), DAY)])
    path = reverse("partners:outstanding-list")
    for person, seen in ((cast.viewer, True), (cast.coordinator, True), (cast.stranger, False)):
        client.force_login(person)
        page = client.get(path).content.decode()
        assert ("Slot without payer" in page) is seen
        assert ("50.00\N{NO-BREAK SPACE}USD" in page) is seen
    client.force_login(cast.contact)
    assert client.get(path).status_code == 404
    client.force_login(cast.coordinator)
    assert "No results" in client.get(path, {"q": "nobody"}).content.decode()
    assert "Sister" in client.get(path, {"format": "csv", "cohort": cast.cohort.slug}).content.decode()

"""Shares of costs: shown, agreed by everybody, never more than a fund has."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from mentorship.core.audit.services import history_of
from mentorship.core.errors import ServiceError
from mentorship.devtools.testing.factories import CohortFactory, PartnerFactory
from partners.costs.forms import payers_for
from partners.costs.services import (
    Payer,
    add_cost,
    add_fund,
    agree_share,
    decline_share,
    preview_split,
    propose_split,
    save_cost,
    save_fund,
)
from partners.models import Cost, CostShare, Fund

pytestmark = pytest.mark.django_db
HALF, DAY = Decimal(50), date(2027, 2, 1)


@pytest.fixture
def fund(cast):
    return add_fund(
        workspace=cast.programme.workspace,
        by=cast.owner,
        name="Discretionary",
        budget=Decimal(300),
        currency="EUR",
        starts_on=date(2027, 1, 1),
        ends_on=date(2027, 12, 31),
        kind="discretionary",
    )


@pytest.fixture
def cost(cast, make_cost):
    return add_cost(cost=make_cost(amount=Decimal("500.01")), by=cast.owner)


def halves(cast, fund):
    return [Payer(cast.partner, "percent", HALF), Payer(fund, "percent", HALF)]


def test_a_cost_with_an_odd_cent_is_split_without_loss(cast, fund, cost):
    parts = preview_split(cost=cost, payers=halves(cast, fund))
    assert [p.amount for p in parts] == [Decimal("250.01"), Decimal("250.00")]
    assert not CostShare.objects.exists()
    for share in propose_split(cost=cost, payers=halves(cast, fund), by=cast.owner):
        assert share.status == "proposed"
        agree_share(share=share, by=cast.contact)
    assert set(CostShare.objects.values_list("status", flat=True)) == {"agreed"}
    assert Fund.objects.with_spent().get().left == Decimal("50.00")


def test_a_fund_is_never_overspent_and_the_refusal_gives_the_figures(cast, fund, make_cost):
    for amount in ("200", "150"):
        cost = add_cost(cost=make_cost(amount=Decimal(amount)), by=cast.owner)
        (share,) = propose_split(cost=cost, payers=[Payer(fund, "percent", Decimal(100))], by=cast.owner)
        if amount == "200":
            agree_share(share=share, by=cast.owner)
            continue
        with pytest.raises(ServiceError, match=r"100\.00.EUR left of 300\.00.EUR; this takes 150\.00.EUR, 50\.00"):
            agree_share(share=share, by=cast.owner)
    assert Fund.objects.get().spent == 200
    fund.budget = Decimal(100)
    with pytest.raises(ServiceError, match=r"200\.00"):
        save_fund(fund=fund, by=cast.owner)


def test_a_fund_pays_only_costs_within_its_term(cast, fund, make_cost):
    cost = add_cost(cost=make_cost(paid_on=date(2028, 1, 1), amount=Decimal(1)), by=cast.owner)
    (share,) = propose_split(cost=cost, payers=[Payer(fund, "percent", Decimal(100))], by=cast.owner)
    with pytest.raises(ServiceError, match="1 January 2027 to 31 December 2027"):
        agree_share(share=share, by=cast.owner)


def test_a_changed_share_must_be_agreed_again_and_is_audited(cast, fund, cost):
    for share in propose_split(cost=cost, payers=halves(cast, fund), by=cast.owner):
        agree_share(share=share, by=cast.contact)
    cost.amount = Decimal("400.00")
    save_cost(cost=cost, by=cast.owner)
    assert set(cost.shares.values_list("status", "amount")) == {("proposed", Decimal(200))}
    entry = history_of(cost).filter(verb="proposed who pays").first()
    assert any("250.01" in line for line in entry.data["before"])
    assert any("200.00" in line for line in entry.data["after"])


def test_agreed_shares_that_stay_the_same_stay_agreed(cast, fund, cost):
    third = PartnerFactory(workspace=cast.programme.workspace)
    payers = [Payer(cast.partner, "fixed", Decimal(100)), Payer(third, "percent", Decimal(100))]
    first, _ = propose_split(cost=cost, payers=payers, by=cast.owner)
    agree_share(share=first, by=cast.contact)
    payers[1] = Payer(fund, "percent", Decimal(100))
    kept, new = propose_split(cost=cost, payers=payers, by=cast.owner)
    assert (kept.status, new.status) == ("agreed", "proposed")


def test_a_payer_in_another_currency_needs_a_rate_which_is_kept(cast, fund, cost):
    cast.partner.currency = "JPY"
    cast.partner.save()
    with pytest.raises(ServiceError, match="how many JPY one EUR is"):
        preview_split(cost=cost, payers=halves(cast, fund))
    payers = [Payer(cast.partner, "percent", HALF, Decimal("160.5"), DAY), Payer(fund, "percent", HALF)]
    share, _ = propose_split(cost=cost, payers=payers, by=cast.owner)
    assert (share.payer_amount, share.payer_currency, share.rate, share.rate_on) == (
        40127,
        "JPY",
        Decimal("160.5"),
        DAY,
    )


def test_a_split_by_head_and_the_refusal_of_payers_of_other_programmes(cast, fund, cost):
    payers = [Payer(cast.partner, "head", Decimal(7)), Payer(fund, "head", Decimal(13))]
    assert [p.amount for p in preview_split(cost=cost, payers=payers)] == [Decimal("175.00"), Decimal("325.01")]
    with pytest.raises(ServiceError, match="another programme"):
        preview_split(cost=cost, payers=[Payer(cast.other_partner, "percent", Decimal(100))])
    with pytest.raises(ServiceError, match="twice"):
        preview_split(cost=cost, payers=[payers[0], payers[0]])


def test_a_declined_share_can_be_agreed_later(cast, fund, cost):
    share, _ = propose_split(cost=cost, payers=halves(cast, fund), by=cast.owner)
    decline_share(share=share, by=cast.contact)
    agree_share(share=share, by=cast.contact)
    assert CostShare.objects.get(pk=share.pk).status == "agreed"


def form(**rows):
    return {"payers-TOTAL_FORMS": "2", "payers-INITIAL_FORMS": "0", **rows}


def test_the_page_shows_the_parts_before_anything_is_written(client, cast, fund, cost):
    client.force_login(cast.coordinator)
    url = reverse("partners:cost-split", args=[cost.pk])
    said = {
        "payers-0-who": f"partner:{cast.partner.pk}",
        "payers-0-kind": "percent",
        "payers-0-value": "50",
        "payers-1-who": f"fund:{fund.pk}",
        "payers-1-kind": "percent",
        "payers-1-value": "50",
    }
    page = client.post(url, form(**said, preview="1"))
    assert "250.01" in page.content.decode()
    assert not CostShare.objects.exists()
    wrong = client.post(url, form(**{**said, "payers-1-value": "40"}, propose="1"))
    assert wrong.status_code == 422
    assert "must make 100" in wrong.content.decode()
    assert client.post(url, form(**said, propose="1")).status_code == 302
    assert CostShare.objects.count() == 2


def test_each_payer_agrees_for_itself_and_strangers_get_404(client, cast, fund, cost):
    share, of_fund = propose_split(cost=cost, payers=halves(cast, fund), by=cast.owner)
    for user in (cast.stranger, cast.other_contact, cast.mentor, cast.viewer):
        client.force_login(user)
        assert client.post(reverse("partners:share-answer", args=[share.pk]), {"agree": "1"}).status_code == 404
    client.force_login(cast.contact)
    assert client.post(reverse("partners:share-answer", args=[of_fund.pk]), {"agree": "1"}).status_code == 404
    page = client.get(cast.partner.get_absolute_url()).content.decode()
    assert "250.01" in page
    client.post(reverse("partners:share-answer", args=[share.pk]), {"agree": "1"})
    assert CostShare.objects.get(pk=share.pk).answered_by == cast.contact
    assert client.get(cost.get_absolute_url()).status_code == 404


def test_pages_of_costs_and_funds(client, cast, fund, cost, django_assert_max_num_queries):
    client.force_login(cast.coordinator)
    for name in ("cost-list", "fund-list", "cost-create", "fund-create"):
        assert client.get(reverse(f"partners:{name}")).status_code == 200
    wrong = client.post(reverse("partners:fund-create"), {"name": "X", "budget": "5"})
    assert wrong.status_code == 422
    new = {
        "cohort": cast.cohort.pk,
        "what": "Rooms",
        "purpose": "events",
        "amount": "12.50",
        "currency": "eur",
        "paid_on": "2027-03-01",
    }
    client.post(reverse("partners:cost-create"), new)
    made = Cost.objects.get(what="Rooms")
    assert made.currency == "EUR"
    propose_split(cost=made, payers=halves(cast, fund), by=cast.owner)
    with django_assert_max_num_queries(16):
        assert "Rooms" in client.get(reverse("partners:cost-list")).content.decode()
    assert "Discretionary" in client.get(reverse("partners:fund-list") + "?format=csv").content.decode()
    client.force_login(cast.stranger)
    for path in (cost.get_absolute_url(), reverse("partners:cost-split", args=[cost.pk])):
        assert client.get(path).status_code == 404


def test_a_fund_of_one_round_pays_costs_of_no_other(client, cast, fund, cost):
    other = CohortFactory(programme=cast.programme)
    fund.cohort = other
    save_fund(fund=fund, by=cast.owner)
    with pytest.raises(ServiceError, match="only"):
        propose_split(cost=cost, payers=[Payer(fund, "percent", Decimal(100))], by=cast.owner)
    assert f"fund:{fund.pk}" not in payers_for(cost)
    fund.cohort = None
    save_fund(fund=fund, by=cast.owner)
    propose_split(cost=cost, payers=[Payer(fund, "percent", Decimal(100))], by=cast.owner)
    fund.cohort = other
    with pytest.raises(ServiceError, match="other rounds"):
        save_fund(fund=fund, by=cast.owner)


@pytest.mark.postgresql
def test_a_share_that_is_answered_is_locked_for_whoever_bills_it(cast, fund, cost):
    share, _ = propose_split(cost=cost, payers=halves(cast, fund), by=cast.owner)
    for change in (
        lambda: decline_share(share=share, by=cast.contact),
        lambda: propose_split(cost=cost, payers=halves(cast, fund), by=cast.owner),
        lambda: save_cost(cost=cost, by=cast.owner),
    ):
        with CaptureQueriesContext(connection) as queries:
            change()
        locks = [one["sql"] for one in queries if 'FOR UPDATE OF "partners_costshare"' in one["sql"]]
        assert bool(locks) == connection.features.has_select_for_update

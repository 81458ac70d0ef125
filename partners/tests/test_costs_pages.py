"""The pages of a cost and of a fund: what they change, and who may."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from partners.costs.services import Payer, add_cost, add_fund, agree_share, propose_split
from partners.models import Fund

pytestmark = pytest.mark.django_db
TERM = {"starts_on": date(2027, 1, 1), "ends_on": date(2027, 12, 31)}
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


@pytest.fixture
def cost(cast, make_cost):
    return add_cost(cost=make_cost(), by=cast.owner)


@pytest.fixture
def fund(cast):
    return add_fund(
        workspace=cast.programme.workspace,
        by=cast.owner,
        name="Travel",
        kind="grant",
        budget=Decimal(900),
        currency="EUR",
        **TERM,
    )


def terms(fund: Fund, **changes: object) -> dict[str, object]:
    return {"name": fund.name, "kind": fund.kind, "budget": fund.budget, "currency": fund.currency, **TERM, **changes}


def test_a_cost_shows_who_pays_it_and_how_that_came_about(client, cast, cost, fund):
    propose_split(cost=cost, payers=[Payer(fund, "percent", Decimal(100))], by=cast.owner)
    client.force_login(cast.viewer)
    page = client.get(reverse("partners:cost-detail", args=[cost.pk]))
    assert page.status_code == 200
    assert [share.fund for share in page.context["shares"]] == [fund]
    assert page.context["agreed"] is False
    assert not page.context["may_edit"]
    assert page.context["history"]


def test_a_cost_is_edited_by_coordinators(client, cast, cost):
    client.force_login(cast.coordinator)
    url = reverse("partners:cost-edit", args=[cost.pk])
    assert client.get(url).status_code == 200
    said = {
        "cohort": cost.cohort_id,
        "what": "Mentor workshop",
        "purpose": cost.purpose,
        "amount": "450.00",
        "currency": "eur",
        "paid_on": "2027-02-02",
    }
    assert client.post(url, said | {"amount": "much"}).status_code == 422
    assert client.post(url, said).url == reverse("partners:cost-detail", args=[cost.pk])
    cost.refresh_from_db()
    assert (cost.what, cost.amount, cost.currency) == ("Mentor workshop", Decimal("450.00"), "EUR")


def test_the_invoice_of_a_provider_is_downloaded_and_never_shown_inside_a_page(client, cast, cost, make_cost):
    client.force_login(cast.coordinator)
    url = reverse("partners:cost-edit", args=[cost.pk])
    said = {
        "cohort": cost.cohort_id,
        "what": cost.what,
        "purpose": cost.purpose,
        "amount": "500",
        "currency": "EUR",
        "paid_on": "2027-02-01",
        "file": SimpleUploadedFile("bill.pdf", PDF, "application/pdf"),
    }
    assert client.post(url, said).status_code == 302
    client.force_login(cast.viewer)
    response = client.get(reverse("partners:cost-file", args=[cost.pk]))
    assert b"".join(response) == PDF
    assert response["Content-Disposition"].startswith("attachment")
    without = add_cost(cost=make_cost(what="No bill yet"), by=cast.owner)
    assert client.get(reverse("partners:cost-file", args=[without.pk])).status_code == 404


def test_a_fund_is_edited_but_not_below_what_it_pays_already(client, cast, cost, fund):
    (share,) = propose_split(cost=cost, payers=[Payer(fund, "percent", Decimal(100))], by=cast.owner)
    agree_share(share=share, by=cast.owner)
    client.force_login(cast.coordinator)
    url = reverse("partners:fund-edit", args=[fund.pk])
    assert list(client.get(url).context["shares"]) == list(fund.shares.all())
    assert client.post(url, terms(fund, budget="499.99")).status_code == 422
    assert client.post(url, terms(fund, name="Travel grants", budget="500")).url == reverse("partners:fund-list")
    fund.refresh_from_db()
    assert (fund.name, fund.budget) == ("Travel grants", Decimal(500))


def test_costs_and_funds_of_others_do_not_exist(client, cast, cost, fund):
    reading = [reverse("partners:cost-detail", args=[cost.pk]), reverse("partners:cost-file", args=[cost.pk])]
    editing = [reverse("partners:cost-edit", args=[cost.pk]), reverse("partners:fund-edit", args=[fund.pk])]
    for user, closed in (
        (cast.stranger, [*reading, *editing]),
        (cast.contact, [*reading, *editing]),
        (cast.viewer, editing),
    ):
        client.force_login(user)
        for url in closed:
            assert client.get(url).status_code in (403, 404), (user, url)
    client.force_login(cast.viewer)
    assert client.post(editing[1], terms(fund, name="Mine")).status_code in (403, 404)
    fund.refresh_from_db()
    assert fund.name == "Travel"


def test_a_second_fund_of_the_same_name_is_refused_beside_the_name(client, cast, fund):
    client.force_login(cast.coordinator)
    same = {"name": fund.name, "kind": fund.kind, "budget": "5", "currency": "EUR"}
    answer = client.post(reverse("partners:fund-create"), same)
    assert answer.status_code == 422
    assert "Another fund has this name." in answer.content.decode()


def test_a_session_that_nobody_can_choose_is_an_error_of_its_field(client, cast):
    client.force_login(cast.coordinator)
    page = client.post(reverse("partners:cost-create"), {"cohort": cast.cohort.pk, "session": "²"})
    assert page.status_code == 422
    assert page.context["form"].errors["session"]

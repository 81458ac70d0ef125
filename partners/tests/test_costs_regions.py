"""Money that may only be spent for the people of some countries or communities, with what is used and left."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from cohorts.models import Group
from mentorship.core.errors import ServiceError
from mentorship.devtools.testing import factories
from partners.costs.regions import used_by_place
from partners.costs.services import Payer, add_cost, add_fund, agree_share, propose_split, save_cost, save_fund
from partners.models import Cost, Fund
from partners.money.regions import country_codes, country_words

pytestmark = pytest.mark.django_db
WHOLE = Decimal(100)
TERM = {"starts_on": date(2027, 1, 1), "ends_on": date(2027, 12, 31)}


@pytest.fixture
def fund(cast):
    """A fund for people in Kenya and Nigeria."""
    return add_fund(
        workspace=cast.programme.workspace,
        by=cast.owner,
        name="East and west",
        partner=cast.partner,
        budget=Decimal(900),
        currency="EUR",
        countries="KE NG",
        **TERM,
    )


@pytest.fixture
def people(cast):
    """One more mentee in each of Kenya and Germany, and one of unknown country: five people with the cast's two."""
    return {
        code: factories.EnrollmentFactory(cohort=cast.cohort, status="accepted", country=code).user
        for code in ("KE", "DE", "")
    }


def paid_by(fund, cost, by):
    (share,) = propose_split(cost=add_cost(cost=cost, by=by), payers=[Payer(fund, "percent", WHOLE)], by=by)
    return agree_share(share=share, by=by)


def test_a_fund_of_a_region_pays_for_people_from_there_and_says_what_is_used(client, cast, fund, people, make_cost):
    paid_by(fund, make_cost(what="Headset", amount=Decimal(80), person=people["KE"]), cast.owner)
    for code, said in (("DE", "somebody in Germany"), ("", "whose country isn’t known")):
        with pytest.raises(ServiceError, match=said):
            paid_by(fund, make_cost(person=people[code]), cast.owner)
    assert used_by_place(fund) == [("Kenya", Decimal(80))]
    client.force_login(cast.contact)
    page = client.get(cast.partner.get_absolute_url()).content.decode()
    assert "Only for people in Kenya, Nigeria" in page
    assert "820.00\N{NO-BREAK SPACE}EUR left" in page
    client.force_login(cast.coordinator)
    page = client.get(reverse("partners:fund-edit", args=[fund.pk])).content.decode()
    assert "Used by country" in page
    cost = Cost.objects.get(country="KE")
    Cost.objects.update(person=None)  # their account was deleted
    cost.refresh_from_db()
    save_cost(cost=cost, by=cast.owner)
    assert used_by_place(fund) == [("Kenya", Decimal(80))]


def test_of_a_cost_for_everybody_it_pays_the_part_of_its_people(cast, fund, people, make_cost):
    cost = add_cost(cost=make_cost(amount=Decimal(100)), by=cast.owner)
    own = Fund.objects.create(workspace=fund.workspace, name="Own", budget=900, currency="EUR", **TERM)
    with pytest.raises(ServiceError, match=r"who are 1 of the 5 people .* may pay 20\.00"):
        propose_split(cost=cost, payers=[Payer(fund, "percent", WHOLE)], by=cast.owner)
    payers = [Payer(fund, "fixed", Decimal(20)), Payer(own, "percent", WHOLE)]
    assert [share.amount for share in propose_split(cost=cost, payers=payers, by=cast.owner)] == [20, 80]


def test_communities_count_and_a_narrower_region_keeps_what_was_agreed(cast, fund, people, make_cost):
    share = paid_by(fund, make_cost(person=people["KE"]), cast.owner)
    fund.countries = "NG"
    with pytest.raises(ServiceError, match="somebody in Kenya"):
        save_fund(fund=fund, by=cast.owner)
    group = Group.objects.create(cohort=cast.cohort, name="Marine science", slug="marine")
    cast.cohort.enrollments.filter(user=people["DE"]).update(group=group)
    fund.countries, fund.communities = "", "Marine science"
    fund.save()
    cost = share.cost
    cost.person = people["DE"]
    save_cost(cost=cost, by=cast.owner)
    assert cost.shares.get().status == "proposed"
    agree_share(share=cost.shares.get(), by=cast.owner)


def test_places_are_typed_by_name_and_a_sponsorship_fills_in_its_fund(client, cast, people):
    client.force_login(cast.coordinator)
    one = cast.sponsorship
    one.amount, one.countries, one.currency = Decimal(500), "NP", "EUR"
    one.save()
    page = client.get(reverse("partners:fund-create") + f"?sponsorship={one.pk}")
    assert page.context["form"]["countries"].value() == "Nepal"
    sent = {**page.context["form"].initial, "kind": "grant"}
    wrong = client.post(reverse("partners:fund-create"), {**sent, "countries": "Nepal, Atlantis"})
    assert wrong.status_code == 422
    assert "Atlantis" in wrong.content.decode()
    client.post(reverse("partners:fund-create"), {**sent, "countries": "nepal, Africa"})
    fund = Fund.objects.get()
    assert country_words(fund.countries.split()) == "Africa, Nepal"
    assert (fund.budget, fund.cohort, fund.partner) == (Decimal(500), one.cohort, one.partner)
    assert fund.name in client.get(reverse("partners:sponsorship-detail", args=[one.pk])).content.decode()


def test_a_cost_is_for_somebody_of_its_round(client, cast, people):
    client.force_login(cast.coordinator)
    sent = {"cohort": cast.cohort.pk, "what": "Data", "purpose": "microgrants", "amount": "9", "currency": "EUR"}
    other = factories.EnrollmentFactory(
        cohort=factories.CohortFactory(programme=cast.programme), status="accepted"
    ).user
    url, day = reverse("partners:cost-create"), {"paid_on": "2027-02-01"}
    answer = client.post(url, {**sent, **day, "person": other.pk})
    assert "person" in answer.context["form"].errors
    assert client.post(url, {**sent, **day, "person": people["KE"].pk}).status_code == 302
    assert cast.cohort.costs.get().country == "KE"


def test_names_of_countries_are_read_in_several_languages():
    assert country_codes("Kenia; Oceania") == ({"KE", *country_codes("Oceania")[0]}, [])
    assert country_codes("") == (set(), [])

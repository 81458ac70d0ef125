"""Agreements above rounds: scopes and rounds add up, and both sides read where it stands."""

from datetime import date, timedelta
from decimal import Decimal
from importlib import import_module

import pytest
from django.apps import apps
from django.urls import reverse
from django.utils import timezone

from mentorship.core.errors import ServiceError
from mentorship.devtools.testing.factories import CohortFactory, SponsorshipFactory
from mentorship.devtools.testing.pages import SURE
from partners.billing.services import draft_invoice
from partners.models import Agreement, AgreementScope, InstalmentDue
from partners.sponsorships.agreement_instalments import plan_instalments
from partners.sponsorships.deliverables import add_deliverable
from partners.sponsorships.frameworks import save_agreement, save_scope, use_of
from partners.sponsorships.services import (
    add_instalment,
    add_sponsorship,
    delete_instalment,
    delete_sponsorship,
    save_sponsorship,
)

pytestmark = pytest.mark.django_db
TERM = {"starts_on": date(2027, 1, 1), "ends_on": date(2029, 12, 31)}


@pytest.fixture
def agreement(cast):
    made = Agreement(partner=cast.partner, name="Three years", amount=Decimal(70000), currency="EUR", **TERM)
    return save_agreement(agreement=made, by=cast.owner)


@pytest.fixture
def scope(cast, agreement):
    new = AgreementScope(agreement=agreement, kind="four_months", what="Two cohorts", number=2, amount=Decimal(40000))
    return save_scope(scope=new, by=cast.owner)


def support(cast, amount, **terms):
    cohort = CohortFactory(programme=cast.programme)
    return add_sponsorship(
        partner=cast.partner,
        cohort=cohort,
        scope="A cohort",
        amount=Decimal(amount),
        by=cast.owner,
        **{**TERM, "currency": "EUR", **terms},
    )


def test_rounds_never_take_more_than_their_scope_and_the_agreement_have(cast, agreement, scope):
    first = support(cast, 25000, part=scope)
    assert (first.framework, first.agreement) == (agreement, "Three years")
    with pytest.raises(ServiceError, match=r"Two cohorts has 15,000\.00.EUR left of 40,000\.00.EUR"):
        support(cast, 15001, part=scope)
    support(cast, 15000, part=scope)
    with pytest.raises(ServiceError, match=r"Three years has 30,000\.00.EUR left"):
        support(cast, 30001, framework=agreement)
    with pytest.raises(ServiceError, match="is in EUR"):
        support(cast, 10, framework=agreement, currency="USD")
    first.amount = Decimal(25001)
    with pytest.raises(ServiceError, match="left"):
        save_sponsorship(sponsorship=first, by=cast.owner)
    use = use_of(agreement)
    assert (use.in_scopes, use.allotted, use.left) == (40000, 40000, 30000)
    assert [(one.allotted, one.left) for one in use.scopes] == [(40000, 0)]


def test_an_agreement_and_its_scopes_keep_what_is_given_already(cast, agreement, scope):
    support(cast, 25000, part=scope)
    new = AgreementScope(agreement=agreement, kind="curriculum", what="A course", amount=Decimal(30001))
    with pytest.raises(ServiceError, match="not in another scope"):
        save_scope(scope=new, by=cast.owner)
    scope.amount = Decimal(24000)
    with pytest.raises(ServiceError, match="already"):
        save_scope(scope=scope, by=cast.owner)
    for change in ({"amount": Decimal(39999)}, {"currency": "USD"}):
        again = Agreement.objects.get(pk=agreement.pk)
        for name, value in change.items():
            setattr(again, name, value)
        with pytest.raises(ServiceError):
            save_agreement(agreement=again, by=cast.owner)
    agreement.name = "Four years"
    save_agreement(agreement=agreement, by=cast.owner)
    assert agreement.sponsorships.get().agreement == "Four years"


def test_its_page_adds_up_instalments_and_deliverables_of_all_rounds(client, cast, agreement, scope):
    one = support(cast, 25000, part=scope)
    draft = support(cast, 5000, framework=agreement, draft=True)
    add_instalment(sponsorship=one, due_on=date(2027, 3, 1), amount=Decimal(10000), what="On signing", by=cast.owner)
    add_deliverable(terms=one, what="A report", due_on=None, by=cast.owner)
    url = agreement.get_absolute_url()
    for user, code in ((cast.contact, 200), (cast.viewer, 200), (cast.other_contact, 404), (cast.mentor, 404)):
        client.force_login(user)
        assert client.get(url).status_code == code, user
    client.force_login(cast.contact)
    page = client.get(url).content.decode()
    for words in ("Two cohorts", "On signing", "A report", "10,000.00", "What you get"):
        assert words in page, words
    assert draft.cohort.name not in page
    Agreement.objects.filter(pk=agreement.pk).update(draft=True)
    assert client.get(url).status_code == 404


def test_an_agreement_is_billed_in_instalments_without_a_round(client, cast, agreement, biller):
    client.force_login(cast.coordinator)
    url = reverse("partners:agreement-instalment-create", args=[agreement.pk])
    terms = {"due_on": "2027-03-01", "what": "Year", "months": "12"}
    assert "70,000.00" in client.post(url, {**terms, "amount": "70001"}).content.decode()
    assert client.post(url, {**terms, "parts": "3"}).status_code == 302
    first, *others = agreement.instalments.all()
    assert [(one.amount, one.due_on.year) for one in (first, *others)] == [
        (Decimal("23333.34"), 2027),
        (Decimal("23333.33"), 2028),
        (Decimal("23333.33"), 2029),
    ]
    of_round = support(cast, 5000, framework=agreement)
    with pytest.raises(ServiceError, match="have no day yet"):
        add_instalment(sponsorship=of_round, due_on=TERM["starts_on"], amount=Decimal(1), what="", by=cast.owner)
    invoice = draft_invoice(partner=cast.partner, instalments=[first], by=cast.owner)
    assert [(line.text, line.price) for line in invoice.lines.all()] == [("Three years (Year 1 of 3)", first.amount)]
    with pytest.raises(ServiceError, match="on an invoice already"):
        draft_invoice(partner=cast.partner, instalments=[first], by=cast.owner)
    remove = reverse("partners:agreement-instalment-delete", args=[agreement.pk, others[0].pk])
    client.post(remove, SURE)
    use = use_of(agreement)
    assert (use.scheduled, use.billed) == (Decimal("46666.67"), first.amount)
    client.post(reverse("partners:agreement-delete", args=[agreement.pk]), SURE)
    assert Agreement.objects.exists()


def test_a_coordinator_makes_one_by_forms_and_chooses_it_for_a_round(client, cast):
    client.force_login(cast.coordinator)
    terms = {
        "name": "Framework",
        "starts_on": "2027-01-01",
        "ends_on": "2028-12-31",
        "amount": "9000",
        "currency": "EUR",
    }
    add = reverse("partners:agreement-create", args=[cast.partner.slug])
    assert client.post(add, {**terms, "ends_on": "2026-01-01"}).status_code == 422
    client.post(add, {**terms, "decided_where": "Local team Berlin"})
    agreement = Agreement.objects.get()
    part = {"kind": "open_call", "what": "A call", "number": "1", "amount": "9001"}
    scopes = reverse("partners:scope-create", args=[agreement.pk])
    assert client.post(scopes, part).status_code == 422
    client.post(scopes, {**part, "amount": "5000"})
    scope = agreement.scopes.get()
    edit = reverse("partners:sponsorship-edit", args=[cast.sponsorship.pk])
    sent = {"scope": "A round", "starts_on": "2027-01-01", "ends_on": "2027-12-31", "currency": "EUR", "part": scope.pk}
    assert client.post(edit, {**sent, "amount": "5001"}).status_code == 422
    client.post(edit, {**sent, "amount": "4000"})
    page = client.get(agreement.get_absolute_url()).content.decode()
    assert "Local team Berlin" in page
    assert "4,000.00" in page
    client.post(reverse("partners:agreement-delete", args=[agreement.pk]), SURE)
    assert Agreement.objects.exists()  # a round draws on it
    client.post(reverse("partners:scope-delete", args=[agreement.pk, scope.pk]), SURE)
    assert agreement.sponsorships.get().part is None


def test_names_of_agreements_become_agreements_with_their_sums(cast):
    for amount in (100, 200):
        cohort = CohortFactory(programme=cast.programme)
        SponsorshipFactory(partner=cast.partner, cohort=cohort, amount=amount, currency="EUR", agreement="Old")
    migration = import_module("partners.migrations.0011_agreements_above_rounds")
    migration.agreements_from_names(apps, None)
    made = Agreement.objects.get()
    assert (made.name, made.partner, made.amount, made.sponsorships.count()) == ("Old", cast.partner, 300, 2)


def test_an_instalment_that_was_billed_meanwhile_stays(cast, agreement, biller):
    round_ = support(cast, 5000, framework=agreement)
    terms = {"due_on": TERM["starts_on"], "amount": Decimal(5000), "what": ""}
    seen = add_instalment(sponsorship=round_, by=cast.owner, **terms)
    draft_invoice(partner=cast.partner, instalments=[seen], by=cast.owner)
    with pytest.raises(ServiceError, match="on an invoice"):
        delete_instalment(instalment=InstalmentDue(pk=seen.pk, sponsorship=round_), by=cast.owner)
    with pytest.raises(ServiceError, match="on an invoice"):
        delete_sponsorship(sponsorship=round_, by=cast.owner)


def test_a_round_brings_no_more_instalments_into_an_agreement_than_it_is_about(cast, agreement):
    terms = {"due_on": TERM["starts_on"], "what": "", "by": cast.owner}
    plan_instalments(agreement=agreement, amount=Decimal(70000), parts=1, months=1, **terms)
    alone = support(cast, 5000)
    add_instalment(sponsorship=alone, amount=Decimal(5000), **terms)
    alone.framework = agreement
    with pytest.raises(ServiceError, match="have no day yet"):
        save_sponsorship(sponsorship=alone, by=cast.owner)


def test_a_contact_sees_how_far_deliverables_and_instalments_are_while_the_round_runs(client, cast, agreement):
    today = timezone.localdate()
    client.force_login(cast.coordinator)
    add = reverse("partners:agreement-deliverable-create", args=[agreement.pk])
    client.post(add, {"what": "A report each year", "due_on": today + timedelta(days=30)})
    owed = agreement.deliverables.get()
    edit = reverse("partners:agreement-deliverable-edit", args=[agreement.pk, owed.pk])
    client.post(edit, {"what": owed.what, "status": "started"})
    for days, what in ((-9, "On signing"), (90, "After the report")):
        plan_instalments(
            agreement=agreement,
            due_on=today + timedelta(days=days),
            amount=Decimal(100),
            what=what,
            parts=1,
            months=1,
            by=cast.owner,
        )
    client.force_login(cast.contact)
    for url in (cast.partner.get_absolute_url(), agreement.get_absolute_url()):
        page = client.get(url).content.decode()
        assert all(
            said in page for said in ("A report each year", "under way", "due, not billed yet", "not billed yet")
        )
        assert edit not in page
    assert client.get(edit).status_code == 404

"""The partners of the demo: a funder, a mentor partner, a sister organisation, an unofficial friend."""

from datetime import date, timedelta
from decimal import Decimal

from cohorts.models import Cohort, Programme
from mentorship.accounts.models import User
from partners.models import Contribution, Cost, Deliverable, Invoice, Partner
from partners.services.contributions import acknowledge, confirm_entry, pledge, state_given
from partners.services.costs import Payer, add_cost, add_fund, agree_share, propose_split
from partners.services.invoicing import draft_invoice, issue_invoice, save_biller
from partners.services.payments import record_payment
from partners.services.records import (
    add_deliverable,
    add_sponsorship,
    create_partner,
    save_partner,
    save_sponsorship,
    set_deliverable,
    split_instalments,
)
from partners.services.reports import add_quote, create_report, publish_report

HALF, WHOLE = Decimal(50), Decimal(100)


def fill_partners(today: date, contact: User) -> None:
    """Money, hours and reports for the partners that the demo has already. `contact` speaks for the funder."""
    programme = Programme.objects.get(slug="open-seeds")
    by = User.objects.get(email="coordinator@demo.example.org")
    past, matching = (Cohort.objects.select_related("programme__workspace").get(slug=s) for s in ("seeds-1", "seeds-2"))
    _biller(programme, by)
    fund, school = (Partner.objects.get(name=n) for n in ("Harbour Foundation", "School of Open Tools"))
    _addresses(fund, school, past.starts_on, by)
    lab, friend = _more_partners(programme, past, by)
    _instalments(fund, past, today, by)
    _trainings(matching, fund, school, contact, by)
    _hours(lab, friend, past, by)
    _invoices(fund, school, today, by)
    _report(fund, past, by)


def _biller(programme: Programme, by: User) -> None:
    save_biller(
        workspace=programme.workspace, by=by, legal_name="Open Science Seeds e.V.", street="Speicherweg 4",
        postcode="20457", city="Hamburg", country="DE", vat_id="DE999999999", tax_number="17/000/00000",
        email="money@demo.example.org", bank="Hafenbank", iban="DE02120300000000202051", bic="BYLADEM1001",
        vat_percent=Decimal(0), exempt_reason="Exempt from VAT, § 4 No. 22a UStG", reminder_days=[3, 14, 30],
    )  # fmt: skip


def _addresses(fund: Partner, school: Partner, agreed_on: date, by: User) -> None:
    fund.street, fund.postcode, fund.city, fund.country = "Kaistraße 12", "28195", "Bremen", "DE"
    fund.language, fund.billing_email = "de", "rechnungen@demo.example.org"
    fund.naming, fund.naming_rules = Partner.Naming.NAME_AND_LOGO, "Always “Harbour Foundation”, never shortened."
    school.street, school.postcode, school.city, school.country = "12 Mill Lane", "EH6 6QQ", "Edinburgh", "GB"
    school.currency = "GBP"
    for partner, who in ((fund, "Gudrun Hall"), (school, "Callum Reid")):
        partner.requirements_agreed_on, partner.requirements_agreed_by = agreed_on, who
        partner.decided_by = "Rosa Lindgren"
        save_partner(partner=partner, by=by)


def _more_partners(programme: Programme, past: Cohort, by: User) -> tuple[Partner, Partner]:
    lab = create_partner(
        workspace=programme.workspace, name="Northern Marine Lab", by=by, country="SE", city="Umeå",
        street="Hamngatan 1", postcode="903 26", currency="SEK",
    )  # fmt: skip
    friend = create_partner(
        workspace=programme.workspace, name="Friends at the Print Shop", official=False, naming="nothing", by=by
    )
    for partner, scope in ((lab, "Paid time of four mentors"), (friend, "Posters, printed after hours")):
        add_sponsorship(
            partner=partner, cohort=past, scope=scope, starts_on=past.starts_on, ends_on=past.ends_on, by=by
        )  # fmt: skip
    return lab, friend


def _instalments(fund: Partner, past: Cohort, today: date, by: User) -> None:
    sponsorship = fund.sponsorships.get(cohort=past)
    sponsorship.amount, sponsorship.currency = Decimal("20000.00"), "EUR"
    sponsorship.agreement, sponsorship.po_number = "Open cohorts, three years", "HF-2026-118"
    save_sponsorship(sponsorship=sponsorship, by=by)
    split_instalments(sponsorship=sponsorship, number=3, first=past.starts_on, months=3, by=by)
    report = add_deliverable(sponsorship=sponsorship, what="A report on the cohort", due_on=past.ends_on, by=by)
    set_deliverable(deliverable=report, status=Deliverable.Status.DONE, link="", by=by)
    add_deliverable(sponsorship=sponsorship, what="A talk at your annual day", due_on=today + timedelta(60), by=by)


def _trainings(cohort: Cohort, fund: Partner, school: Partner, contact: User, by: User) -> None:
    """One slot paid whole, one shared half and half with an odd cent, one that is only proposed."""
    own = add_fund(
        workspace=cohort.programme.workspace, by=by, name="Discretionary fund", kind="discretionary",
        budget=Decimal(1500), currency="EUR", starts_on=cohort.starts_on - timedelta(365),
        ends_on=cohort.ends_on + timedelta(365),
    )  # fmt: skip
    sessions = [*cohort.training_sessions.order_by("starts_at", "pk")[:3]]
    splits = [
        (Decimal("600.00"), [Payer(own, "percent", WHOLE)]),
        (
            Decimal("750.01"),
            [Payer(own, "percent", HALF), Payer(school, "percent", HALF, Decimal("0.86"), cohort.starts_on)],
        ),
        (Decimal("750.00"), [Payer(fund, "head", Decimal(7)), Payer(own, "head", Decimal(5))]),
    ]
    for number, (amount, payers) in enumerate(splits):
        cost = Cost(
            cohort=cohort, session=sessions[number] if number < len(sessions) else None,
            what=f"Mentor training, slot {number + 1}", amount=amount, currency="EUR", paid_on=cohort.starts_on,
            provider="Listening Works", invoice_number=f"LW-{number + 31}", invoice_date=cohort.starts_on,
        )  # fmt: skip
        shares = propose_split(cost=add_cost(cost=cost, by=by), payers=payers, by=by)
        for share in shares if number < 2 else []:
            agree_share(share=share, by=by)


def _hours(lab: Partner, friend: Partner, past: Cohort, by: User) -> None:
    kinds = Contribution.Kind
    hours = pledge(
        partner=lab, cohort=past, kind=kinds.MENTOR_HOURS, what="Paid mentor hours", pledged=Decimal(80), by=by
    )
    mentors = [e.user for e in past.enrollments.filter(role="mentor", status__in=["accepted", "completed"])[:4]]
    for number, mentor in enumerate(mentors):
        entry = state_given(
            contribution=hours, quantity=Decimal("16.5") + number, on=past.ends_on, person=mentor, by=mentor
        )  # fmt: skip
        if number < 3:
            confirm_entry(entry=entry, by=by, for_partner=True)
    posters = pledge(
        partner=friend, cohort=past, kind=kinds.MATERIALS, what="Posters for the graduation call", pledged=Decimal(30),
        by=by, licence="CC BY 4.0",
    )  # fmt: skip
    given = state_given(contribution=posters, quantity=Decimal(30), on=past.ends_on, by=by)
    confirm_entry(entry=given, by=by, for_partner=True)
    acknowledge(contribution=posters, on=past.ends_on, by=by)


def _invoices(fund: Partner, school: Partner, today: date, by: User) -> None:
    """One paid, one partly paid and overdue, one fresh, one draft."""
    parts = list(fund.sponsorships.get(amount__gt=0).instalments.order_by("due_on"))
    paid = _issue(draft_invoice(partner=fund, instalments=parts[:1], by=by), parts[0].due_on, by)
    record_payment(invoice=paid, amount=paid.gross, on=parts[0].due_on + timedelta(12), by=by, reference=paid.number)
    late = _issue(draft_invoice(partner=fund, instalments=parts[1:2], by=by), today - timedelta(40), by)
    record_payment(invoice=late, amount=Decimal(2500), on=today - timedelta(20), by=by, reference=late.number)
    shares = list(school.shares.filter(status="agreed"))
    _issue(draft_invoice(partner=school, shares=shares, by=by), today, by)
    draft_invoice(partner=fund, instalments=parts[2:], by=by)


def _issue(invoice: Invoice, on: date, by: User) -> Invoice:
    return issue_invoice(invoice=invoice, by=by, on=on)


def _report(fund: Partner, past: Cohort, by: User) -> None:
    add_quote(
        cohort=past, text="I came with a question and left with a project that others use.",
        attribution="A project lead", consented_on=past.ends_on, by=by,
    )  # fmt: skip
    report = create_report(
        workspace=fund.workspace, title=f"What your support made possible: {past.name}", partner=fund,
        cohort=past, by=by,
        words="This was the first cohort that you carried from its first call to its last.\nMost of it happened in "
        "twos: a mentor, a team, half an hour every other week.",
    )  # fmt: skip
    publish_report(report=report, by=by)

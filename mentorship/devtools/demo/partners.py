"""The partners of the demo: a funder, a mentor partner, a sister organisation, an unofficial friend."""

import struct
import zlib
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from cohorts.models import Cohort, Group, Programme
from mentorship.core.accounts.models import User
from partners.billing.billers import save_biller
from partners.billing.payments import carry_over, record_payment
from partners.billing.services import draft_credit_note, draft_invoice, issue_credit_note, issue_invoice
from partners.contacts.services import invite_contact
from partners.contributions.services import acknowledge, confirm_entry, pledge, record_given
from partners.costs.services import Payer, add_cost, add_fund, agree_share, propose_split
from partners.models import (
    Agreement,
    AgreementScope,
    Contribution,
    Cost,
    Deliverable,
    ImpactReport,
    Invoice,
    Partner,
    PartnerKind,
)
from partners.money.regions import country_codes
from partners.records.kinds import EXAMPLES, save_kind
from partners.records.people import answer_visibility, lend
from partners.records.services import create_partner, save_logo, save_partner
from partners.reports.services import create_report, publish_report, save_report
from partners.requirements.services import USUAL, answer_requirements, ask_for_requirements, publish_requirements
from partners.sponsorships.deliverables import add_deliverable, save_deliverable
from partners.sponsorships.frameworks import save_agreement, save_scope
from partners.sponsorships.services import add_sponsorship, save_sponsorship, split_instalments
from partners.testimonials.services import add_quote, answer_quote, ask_for_quote, people_to_quote

HALF, WHOLE = Decimal(50), Decimal(100)


def fill_partners(today: date, contact: User) -> None:
    """Money, hours and reports for the partners that the demo has already. `contact` speaks for the funder."""
    programme = Programme.objects.get(slug="open-seeds")
    by = User.objects.get(email="coordinator@demo.example.org")
    past, matching = (Cohort.objects.select_related("programme__workspace").get(slug=s) for s in ("seeds-1", "seeds-2"))
    _biller(programme, by)
    fund, school = (Partner.objects.get(name=n) for n in ("Harbour Foundation", "School of Open Tools"))
    _addresses(fund, school, by)
    lab, friend = _more_partners(programme, past, by)
    _kinds(fund, school, lab, friend, by)
    _instalments(fund, past, today, by)
    _spent(fund, past, by)
    _trainings(matching, fund, school, contact, by)
    _hours(lab, friend, past, by)
    _invoices(fund, school, today, by)
    _logo(fund, by)
    _lent(lab, past, by)
    _held_seats(lab, Cohort.objects.select_related("programme").get(slug="seeds-3"), by)


def _kinds(fund: Partner, school: Partner, lab: Partner, friend: Partner, by: User) -> None:
    """One or several kinds for each, with what it brings and asks."""
    for partner, kinds in ((fund, ["funding"]), (school, ["training", "sister"]), (lab, ["mentors"])):
        for kind in kinds:
            brings, asks = EXAMPLES[kind]
            save_kind(kind=PartnerKind(partner=partner, kind=kind, brings=brings, asks=asks), by=by)
    save_kind(kind=PartnerKind(partner=friend, kind="materials", official=False, brings="Printed posters."), by=by)


def _biller(programme: Programme, by: User) -> None:
    save_biller(
        workspace=programme.workspace,
        by=by,
        legal_name="Open Science Seeds e.V.",
        street="Speicherweg 4",
        postcode="20457",
        city="Hamburg",
        country="DE",
        vat_id="DE999999999",
        tax_number="17/000/00000",
        email="money@demo.example.org",
        bank="Hafenbank",
        iban="DE02120300000000202051",
        bic="BYLADEM1001",
        vat_percent=Decimal(0),
        exempt_reason="Exempt from VAT, § 4 No. 22a UStG",
        reminder_days=[3, 14, 30],
    )


def _addresses(fund: Partner, school: Partner, by: User) -> None:
    fund.street, fund.postcode, fund.city, fund.country = "Kaistraße 12", "28195", "Bremen", "DE"
    fund.language, fund.billing_email = "de", "rechnungen@demo.example.org"
    fund.naming, fund.naming_rules = Partner.Naming.NAME_AND_LOGO, "Always “Harbour Foundation”, never shortened."
    school.street, school.postcode, school.city, school.country = "12 Mill Lane", "EH6 6QQ", "Edinburgh", "GB"
    school.currency = "GBP"
    current = publish_requirements(workspace=fund.workspace, items=USUAL, by=by)
    for partner in (fund, school):
        partner.decided_by, partner.decided_where = "Rosa Lindgren", "The organisers’ meeting"
        save_partner(partner=partner, by=by)
    clerk: dict[str, Any] = {"full_name": "Amir Noor", "role": "Accounts", "tasks": ["gets_invoices"]}
    invite_contact(partner=fund, email="accounts@demo.example.org", by=by, **clerk)
    ask_for_requirements(partner=fund, by=by)
    speaker = fund.contacts.select_related("user").get(decides=True)
    answer_requirements(
        contact=speaker,
        number=current.number,
        accepted=current.items[:-1],
        note="May we see texts about us before they are published?",
        by=speaker.user,
    )


def _more_partners(programme: Programme, past: Cohort, by: User) -> tuple[Partner, Partner]:
    lab = create_partner(
        workspace=programme.workspace,
        name="Northern Marine Lab",
        by=by,
        country="SE",
        city="Umeå",
        street="Hamngatan 1",
        postcode="903 26",
        currency="SEK",
    )
    friend = create_partner(
        workspace=programme.workspace, name="Friends at the Print Shop", official=False, naming="nothing", by=by
    )
    for partner, scope in ((lab, "Paid time of four mentors"), (friend, "Posters, printed after hours")):
        add_sponsorship(
            partner=partner, cohort=past, scope=scope, starts_on=past.starts_on, ends_on=past.ends_on, by=by
        )
    return lab, friend


def _instalments(fund: Partner, past: Cohort, today: date, by: User) -> None:
    sponsorship = fund.sponsorships.get(cohort=past)
    sponsorship.amount, sponsorship.currency = Decimal("20000.00"), "EUR"
    sponsorship.part, sponsorship.po_number = _framework(fund, past, by), "HF-2026-118"
    save_sponsorship(sponsorship=sponsorship, by=by)
    split_instalments(sponsorship=sponsorship, number=3, first=past.starts_on, months=3, by=by)
    report = add_deliverable(terms=sponsorship, what="A report on the cohort", due_on=past.ends_on, by=by)
    report.status = Deliverable.Status.DONE
    save_deliverable(deliverable=report, by=by)
    add_deliverable(terms=sponsorship, what="A talk at your annual day", due_on=today + timedelta(60), by=by)


def _framework(fund: Partner, past: Cohort, by: User) -> AgreementScope:
    """An agreement for three years; the scope of its three cohorts is returned."""
    agreement = Agreement(
        partner=fund,
        name="Open cohorts, three years",
        starts_on=past.starts_on - timedelta(weeks=8),
        ends_on=past.starts_on + timedelta(days=3 * 365),
        amount=Decimal("70000.00"),
        currency="EUR",
        decided_by="Rosa Lindgren",
        decided_where="The organisers’ meeting",
    )
    save_agreement(agreement=agreement, by=by)
    terms = [
        ("four_months", "Three cohorts of four months, open to every field", 3, "60000.00"),
        ("curriculum", "A course on reproducible figures", 1, "10000.00"),
    ]
    add_deliverable(terms=agreement, what="A report each year", due_on=agreement.ends_on, by=by)
    cohorts, _course = (
        save_scope(scope=AgreementScope(agreement=agreement, kind=k, what=w, number=n, amount=Decimal(a)), by=by)
        for k, w, n, a in terms
    )
    return cohorts


def _spent(fund: Partner, past: Cohort, by: User) -> None:
    """Spend of the foundation's grant in the cohort that ran, and continue its support with the next one."""
    grant = add_fund(
        workspace=past.programme.workspace,
        by=by,
        name="Grant of Harbour Foundation",
        kind="grant",
        partner=fund,
        purpose="Honoraria and microgrants",
        budget=Decimal("20000.00"),
        currency="EUR",
        starts_on=past.starts_on - timedelta(60),
        ends_on=past.ends_on + timedelta(365),
    )
    for what, purpose, amount in (
        ("Thanks to 15 mentors", Cost.Purpose.HONORARIA, "3750.00"),
        ("Headsets and data for project leads", Cost.Purpose.MICROGRANTS, "1284.60"),
        ("Captions of all calls", Cost.Purpose.INFRASTRUCTURE, "890.00"),
    ):
        cost = Cost(
            cohort=past, what=what, purpose=purpose, amount=Decimal(amount), currency="EUR", paid_on=past.ends_on
        )
        shares = propose_split(cost=add_cost(cost=cost, by=by), payers=[Payer(grant, "percent", WHOLE)], by=by)
        for share in shares:
            agree_share(share=share, by=by)
    _goes_on(fund, past, by)


def _goes_on(fund: Partner, past: Cohort, by: User) -> None:
    """Money for one continent, and the support of the next cohort."""
    add_fund(
        workspace=past.programme.workspace,
        by=by,
        name="Internet and equipment, Africa",
        partner=fund,
        purpose="Microgrants",
        countries=" ".join(sorted(country_codes("Africa")[0])),
        budget=Decimal("4000.00"),
        currency="EUR",
        starts_on=past.starts_on,
        ends_on=past.ends_on + timedelta(365),
    )
    coming = Cohort.objects.select_related("programme").get(slug="seeds-3")
    add_sponsorship(
        partner=fund,
        cohort=coming,
        scope="The second of three cohorts",
        by=by,
        starts_on=coming.starts_on,
        ends_on=coming.ends_on,
        amount=Decimal("20000.00"),
        currency="EUR",
        part=AgreementScope.objects.get(agreement__partner=fund, kind="four_months"),
    )


def _trainings(cohort: Cohort, fund: Partner, school: Partner, contact: User, by: User) -> None:
    """Share costs of trainings: one slot paid whole, one in halves with an odd cent, one only proposed."""
    own = add_fund(
        workspace=cohort.programme.workspace,
        by=by,
        name="Discretionary fund",
        kind="discretionary",
        budget=Decimal(1500),
        currency="EUR",
        starts_on=cohort.starts_on - timedelta(365),
        ends_on=cohort.ends_on + timedelta(365),
    )
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
            cohort=cohort,
            session=sessions[number] if number < len(sessions) else None,
            what=f"Mentor training, slot {number + 1}",
            amount=amount,
            currency="EUR",
            paid_on=cohort.starts_on,
            provider="Listening Works",
            invoice_number=f"LW-{number + 31}",
            invoice_date=cohort.starts_on,
        )
        shares = propose_split(cost=add_cost(cost=cost, by=by), payers=payers, by=by)
        for share in shares if number < 2 else []:
            agree_share(share=share, by=by)


def _hours(lab: Partner, friend: Partner, past: Cohort, by: User) -> None:
    kinds = Contribution.Kind
    hours = pledge(
        partner=lab, cohort=past, kind=kinds.MENTOR_HOURS, what="Paid mentor hours", pledged=Decimal(80), by=by
    )
    mentors = [e.user for e in past.enrollments.mentors().occupying_place()[:4]]
    for number, mentor in enumerate(mentors):
        entry = record_given(
            contribution=hours, quantity=Decimal("16.5") + number, on=past.ends_on, person=mentor, by=mentor
        )
        if number < 3:
            confirm_entry(entry=entry, by=by, for_partner=True)
    posters = pledge(
        partner=friend,
        cohort=past,
        kind=kinds.MATERIALS,
        what="Posters for the graduation call",
        pledged=Decimal(30),
        by=by,
        licence="CC BY 4.0",
    )
    given = record_given(contribution=posters, quantity=Decimal(30), on=past.ends_on, by=by)
    confirm_entry(entry=given, by=by, for_partner=True)
    acknowledge(contribution=posters, on=past.ends_on, by=by)


def _invoices(fund: Partner, school: Partner, today: date, by: User) -> None:
    """Write invoices: one paid, one partly paid and overdue, one fresh, one draft."""
    parts = list(fund.sponsorships.get(cohort__slug="seeds-1").instalments.order_by("due_on"))
    paid = _issue(draft_invoice(partner=fund, instalments=parts[:1], by=by), parts[0].due_on, by)
    record_payment(invoice=paid, amount=paid.gross, on=parts[0].due_on + timedelta(12), by=by, reference=paid.number)
    late = _issue(draft_invoice(partner=fund, instalments=parts[1:2], by=by), today - timedelta(40), by)
    record_payment(invoice=late, amount=Decimal(2500), on=today - timedelta(20), by=by, reference=late.number)
    _corrected(fund, paid, late, today, by)
    shares = list(school.shares.filter(status="agreed"))
    _issue(draft_invoice(partner=school, shares=shares, by=by), today, by)
    draft_invoice(partner=fund, instalments=parts[2:], by=by)


def _corrected(fund: Partner, paid: Invoice, late: Invoice, today: date, by: User) -> None:
    """Credit a part of a payment, and carry it over to the overdue invoice."""
    lines = [("Printing that was not needed", Decimal(1), Decimal("250.00"))]
    note = draft_credit_note(invoice=paid, lines=lines, by=by)
    issue_credit_note(note=note, by=by, on=today - timedelta(15))
    carry_over(source=paid, target=late, on=today - timedelta(14), by=by)


def _issue(invoice: Invoice, on: date, by: User) -> Invoice:
    return issue_invoice(invoice=invoice, by=by, on=on)


def _logo(partner: Partner, by: User) -> None:
    """A harbour at dusk, in the fewest of pixels: a sail over three waves."""
    width, height = 160, 64
    rows = []
    for y in range(height):
        row = bytearray()
        for x in range(width):
            sail = 16 <= x < 48 and 8 <= y < 44 and x - 16 <= y - 8
            wave = y >= 50 and (x + 4 * (y - 50)) % 24 < 16
            name = 64 <= x < 150 and (18 <= y < 26 or (34 <= y < 40 and x < 120))
            row += b"\x1d\x4e\x6b" if sail or name else b"\x2f\x8f\x83" if wave else b"\xff\xff\xff"
        rows.append(b"\0" + bytes(row))

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"".join(rows))) + chunk(b"IEND", b"")
    save_logo(partner=partner, content=b"\x89PNG\r\n\x1a\n" + body, by=by)


def _lent(lab: Partner, past: Cohort, by: User) -> None:
    """Four mentors come from the lab; three of them agreed that it sees them, one has not answered."""
    for number, mentor in enumerate(past.enrollments.filter(role="mentor").occupying_place().order_by("pk")[:4]):
        person = lend(partner=lab, enrollment=mentor, by=by)
        if number < 3:
            answer_visibility(person=person, agree=True, by=mentor.user)


def _held_seats(lab: Partner, coming: Cohort, by: User) -> None:
    """Six seats of the open cohort are kept for the lab's own people, a week longer than for others."""
    closes = coming.signup_closes_at or timezone.now() + timedelta(days=20)
    group = Group.objects.create(
        cohort=coming, name="Northern Marine Lab", slug="marine-lab", seats=6, signup_closes_at=closes + timedelta(7)
    )
    add_sponsorship(
        partner=lab,
        cohort=coming,
        scope="Six seats for its own people, and the time of four mentors",
        by=by,
        starts_on=coming.starts_on,
        ends_on=coming.ends_on,
        group=group,
        seat_price=Decimal("4500.00"),
        currency="SEK",
    )


def publish_reports(past: Cohort, matching: Cohort, by: User) -> None:
    """Publish a report for each kind of partner, one of them in public; the funder's twice, for two versions."""
    _quotes(past, by)
    told = _reports(past, matching)
    for partner, cohort, title, said in told:
        report = create_report(
            workspace=past.programme.workspace, title=title, partner=partner, cohort=cohort, words=said, by=by
        )
        publish_report(report=report, by=by)
    first = ImpactReport.objects.get(title=told[0][2])
    first.words += "\nSince then you asked who came back; we will know in spring."
    publish_report(report=save_report(report=first, by=by), by=by)


def _quotes(past: Cohort, by: User) -> None:
    """A quote whose person agreed, and a testimonial that somebody was asked for."""
    lead, other = people_to_quote(past).filter(enrollments__role="mentee")[:2]
    words = {
        "text": "I came with a question and left with a project that others use.",
        "attribution": "A project lead",
    }
    quote = ask_for_quote(quote=add_quote(cohort=past, person=lead, by=by, **words), by=by)
    answer_quote(quote=quote, by=lead, agree=True, **words)
    ask_for_quote(quote=add_quote(cohort=past, person=other, text="", attribution="", by=by), by=by)


def _reports(past: Cohort, matching: Cohort) -> list[tuple[Partner | None, Cohort, str, str]]:
    """The reports to publish: partner, cohort, title and words."""
    partners = {p.name: p for p in Partner.objects.filter(workspace=past.programme.workspace)}
    return [
        (
            partners["Harbour Foundation"],
            past,
            f"What your support made possible: {past.name}",
            "This was the first cohort that you carried from its first call to its last.\nMost of it "
            "happened in twos: a mentor, a team, half an hour every other week.",
        ),
        (
            partners["Northern Marine Lab"],
            past,
            f"Your mentors in {past.name}",
            "Four of your people mentored in their working hours. Thank you for every one of them.",
        ),
        (
            partners["School of Open Tools"],
            matching,
            "Mentor training that we share",
            "We paid one of three slots together, and your mentors sat beside ours.",
        ),
        (
            partners["Friends at the Print Shop"],
            past,
            "Thirty posters",
            "They hung in thirteen corridors on the day of the graduation call.",
        ),
        (None, past, f"{past.name} in figures", "Everybody who took part made this. These are their numbers."),
    ]

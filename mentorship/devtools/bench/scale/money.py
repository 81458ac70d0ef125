"""Fill what partners gave and owe: sponsorships, agreements, contributions, costs, invoices, reports, quotes."""

from collections.abc import Iterator

from mentorship.devtools.bench.scale.bulk import Row, put
from mentorship.devtools.bench.scale.sizes import MENTORS, Sizes
from partners.models import (
    Agreement,
    BankLine,
    Biller,
    Contribution,
    ContributionEntry,
    Cost,
    CostShare,
    Fund,
    ImpactReport,
    Invoice,
    InvoiceLine,
    Partner,
    PartnerContact,
    Payment,
    Quote,
    ReportVersion,
    RequirementAnswer,
    RequirementList,
    Sponsorship,
)

BLOCKS = '["figures", "places", "graduates", "trends", "retention", "training", "checkins", "contributions", "money"]'
PUBLISHED = '{"title": "Report", "subject": "A round", "partner": "", "language": "en", "so_far": "", "blocks": [], \
"definitions": [], "at": "2026-01-01T00:00:00+00:00"}'


def fill_money(sizes: Sizes) -> None:
    """Fill three partners for each programme, one of them for each of its rounds, and what follows."""
    partners = [(3 * p - 2 + n, p) for p in range(1, sizes.programmes + 1) for n in range(3)]
    put(Partner, "id workspace_id name slug", ((n, p, f"Partner {n}", f"partner-{n}") for n, p in partners))
    put(PartnerContact, "partner_id user_id", ((n, sizes.contact + n - 1) for n, _ in partners))
    _fill_agreements(sizes, partners)
    _fill_invoices(sizes, partners)
    _fill_costs(sizes)
    _fill_reports(sizes)


def _partner_of(programme: int, cohort: int) -> int:
    return 3 * programme - 2 + cohort % 3


def _fill_agreements(sizes: Sizes, partners: list[tuple[int, int]]) -> None:
    first, last = sizes.day(-500), sizes.day(500)
    put(Agreement, "partner_id name starts_on ends_on", ((n, "Three years", first, last) for n, _ in partners))
    items = ((p, p, 1, '["You pay mentors fairly."]') for p in range(1, sizes.programmes + 1))
    put(RequirementList, "id workspace_id number items", items)
    put(RequirementAnswer, "partner_id requirements_id", partners)
    put(
        Sponsorship,
        "id partner_id cohort_id scope starts_on ends_on",
        (
            (
                c.number,
                _partner_of(c.programme, c.number),
                c.number,
                "The time of 15 mentors",
                sizes.day(c.starts),
                sizes.day(c.starts + 180),
            )
            for c in sizes.cohorts
        ),
    )
    put(
        Contribution,
        "id partner_id cohort_id kind what pledged",
        (
            (2 * c.number + n, _partner_of(c.programme, c.number), c.number, kind, "As promised", "40")
            for c in sizes.cohorts
            for n, kind in enumerate(("mentor_hours", "coaches"))
        ),
    )
    put(
        ContributionEntry,
        "contribution_id on quantity partner_confirmed_at",
        (
            (2 * c.number + n % 2, sizes.day(c.starts + n), "2", None if n == 3 else sizes.moment(c.starts + n))
            for c in sizes.cohorts
            for n in range(4)
        ),
    )


def _fill_invoices(sizes: Sizes, partners: list[tuple[int, int]]) -> None:
    """Four for each partner, two of them paid, with a line each and what the bank says."""
    put(Biller, "workspace_id legal_name street postcode city country email iban exempt_reason", _billers(sizes))
    numbers = [10 * partner + k for partner, _ in partners for k in range(4)]
    # Before the invoices: an issued one takes no line any more.
    lines = ((n, 1, "The time of 15 mentors", "100", "100") for n in numbers)
    put(InvoiceLine, "invoice_id position text price amount", lines)
    put(
        Invoice,
        "id workspace_id partner_id status prefix sequence number issued_on due_on next_reminder_on currency net gross "
        "exempt_reason seller buyer",
        _invoices(sizes, partners),
    )
    paid = [(n, sizes.day(-30)) for n in numbers if n % 2]
    workspace = dict(partners)
    put(
        BankLine,
        "id workspace_id key on amount currency payer text",
        ((n, workspace[n // 10], f"line-{n}", day, "100", "EUR", f"Partner {n // 10}", f"INV-{n}") for n, day in paid),
    )
    put(Payment, "invoice_id amount on bank_line_id", ((n, "100", day, n) for n, day in paid))


def _invoices(sizes: Sizes, partners: list[tuple[int, int]]) -> Iterator[Row]:
    issued, due, again = sizes.day(-60), sizes.day(-20), sizes.day(9)
    for partner, programme in partners:
        for k in range(4):
            number = 10 * partner + k
            paid = number % 2 == 1
            yield (
                *(number, programme, partner, "paid" if paid else "issued", "INV-", number, f"INV-{number}"),
                *(issued, due, None if paid else again, "EUR", "100", "100", "Not subject to VAT", "{}", "{}"),
            )


def _billers(sizes: Sizes) -> Iterator[Row]:
    iban = "DE02120300000000202051"
    for n in range(1, sizes.programmes + 1):
        at = ("High Street 1", "10115", "Berlin", "DE")
        yield n, f"Programme {n} e.V.", *at, "team@example.org", iban, "Not subject to VAT"


def _fill_costs(sizes: Sizes) -> None:
    """One for each round, which a partner pays half of; each second partner has yet to agree."""
    numbers = range(1, sizes.programmes + 1)
    funds = ((p, p, "Discretionary budget", "10000", sizes.day(-800), sizes.day(800)) for p in numbers)
    put(Fund, "id workspace_id name budget starts_on ends_on", funds)
    costs = ((c.number, c.number, "Room", "100", "EUR", sizes.day(c.starts)) for c in sizes.cohorts)
    put(Cost, "id cohort_id what amount currency paid_on", costs)
    half = ("percent", "50", "50", "50", "EUR")
    put(
        CostShare,
        "cost_id partner_id fund_id kind value amount payer_amount payer_currency status",
        (
            (c.number, *payer, *half, status)
            for c in sizes.cohorts
            for payer, status in (
                ((_partner_of(c.programme, c.number), None), ("agreed", "proposed")[c.number % 2]),
                ((None, c.programme), "agreed"),
            )
        ),
    )


def _fill_reports(sizes: Sizes) -> None:
    begun = [c for c in sizes.cohorts if c.begun]
    about = ((c.number, c.programme, c.number, f"Report on round {c.number}", BLOCKS) for c in begun)
    put(ImpactReport, "id workspace_id cohort_id title blocks", about)
    put(
        ReportVersion,
        "report_id number published_at data",
        ((c.number, n, sizes.moment(-n), PUBLISHED) for c in begun for n in (1, 2)),
    )
    put(
        Quote,
        "cohort_id person_id text attribution status",
        (
            (c.number, sizes.person(c, seat), "It changed how I teach.", "", ("not_asked", "agreed")[seat % 2])
            for c in begun
            for seat in range(sizes.share(MENTORS) // 10)
        ),
    )

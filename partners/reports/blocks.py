"""The blocks of an impact report, one function each: register another one here.

Forms, new reports and impact pages show blocks in the order of this module. Numbers about people come from
`people_tables`, which suppresses small groups, or from the `Impact` of each cohort; never count people here.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any

from cohorts.models import Cohort
from partners.disclosure.small_groups import CountRow
from partners.documents.formatting import money as money_text
from partners.documents.formatting import number as number_text
from partners.models import Contribution, Cost, CostShare, ImpactReport, Quote
from partners.reports.checkin_tables import wave_comparisons
from partners.reports.impact import Impact
from partners.reports.people_tables import ROLES

FIGURES = ("people", *ROLES, "projects", "teams", "matches")


@dataclass(frozen=True)
class ReportSource:
    """The input of a block: the report's cohorts with their figures."""

    report: ImpactReport
    cohorts: Sequence[Cohort]
    impacts: Sequence[Impact]

    def own(self, text: str) -> str:
        """A sentence or label of the product with the programme's words for roles."""
        return self.cohorts[0].programme.own_words(text) if self.cohorts else text

    def rows(self, key: str) -> list[CountRow]:
        """The rows of a registered table of people, added up over all cohorts."""
        return added_rows([impact.rows(key) for impact in self.impacts])


@dataclass(frozen=True)
class Content:
    """The output of a block as plain JSON, which a published version freezes."""

    text: str = ""
    figures: list[list[Any]] = field(default_factory=list)  # [label, number or text]
    tables: list[dict[str, Any]] = field(default_factory=list)  # see `table`
    quotes: list[dict[str, str]] = field(default_factory=list)  # id, text, by

    def __bool__(self) -> bool:
        return bool(self.text or self.figures or self.tables or self.quotes)


@dataclass(frozen=True)
class ReportBlock:
    """A registered block. Reports store its `kind`; `definitions` explain its figures."""

    kind: str
    title: str
    make: Callable[[ReportSource], Content]
    definitions: Mapping[str, str]
    on_impact_page: bool

    def fill(self, source: ReportSource) -> dict[str, Any] | None:
        """The content of the block; None if it is empty."""
        content = self.make(source)
        return {"kind": self.kind, "title": source.own(self.title), **asdict(content)} if content else None


_BLOCKS: dict[str, ReportBlock] = {}


def report_block(
    kind: str, title: str, *, definitions: Mapping[str, str] | None = None, on_impact_page: bool = True
) -> Callable[[Callable[[ReportSource], Content]], Callable[[ReportSource], Content]]:
    """Register a function as a block. Never rename a kind: stored reports name it."""
    if kind in _BLOCKS:
        raise ValueError(f"There are two blocks of kind “{kind}”.")

    def register(make: Callable[[ReportSource], Content]) -> Callable[[ReportSource], Content]:
        _BLOCKS[kind] = ReportBlock(kind, title, make, definitions or {}, on_impact_page)
        return make

    return register


def all_blocks() -> list[ReportBlock]:
    """Every block, in order."""
    return list(_BLOCKS.values())


def block_of(kind: str) -> ReportBlock:
    """The block of a kind. Raises LookupError for one that is not registered."""
    if kind not in _BLOCKS:
        raise LookupError(f"No block of reports is registered as “{kind}” in {__name__}.")
    return _BLOCKS[kind]


def table(caption: str, rows: Iterable[Sequence[Any]], unit: str = "people") -> dict[str, Any]:
    """A table of (label, number). A caption about people names their role, or says "people"."""
    return {"caption": caption, "unit": unit, "rows": [list(row) for row in rows]}


def tables_with_rows(*tables: dict[str, Any]) -> list[dict[str, Any]]:
    """The tables that have rows."""
    return [one for one in tables if one["rows"]]


def added_rows(tables: Sequence[Sequence[CountRow]]) -> list[CountRow]:
    """Tables of several cohorts added row by row. Each is safe by itself, so their sum reveals nothing more."""
    sums: Counter[str] = Counter()
    for rows in tables:
        for label, value in rows:
            sums[label] += value
    return sums.most_common() if len(tables) > 1 else [row for rows in tables for row in rows]


@report_block("words", "Our own words", on_impact_page=False)
def words(source: ReportSource) -> Content:
    """The coordinators' text."""
    return Content(text=source.report.words)


@report_block(
    "figures",
    "The cohort in figures",
    definitions={
        "Mentees": "People who lead a project or belong to its team.",
        "Mentors": "Who is matched with a project; before the matching, everyone accepted as a mentor.",
        "People": "Everyone in one of the roles, each person once. Who has two roles is counted in each of them.",
        "Projects": "What one mentee or one team is in the cohort with.",
        "Teams": "Projects of more than one person.",
        "Matches": "Pairs of a mentor and a project that were matched and did not part.",
        "Countries": "Of everyone accepted, as people said at sign-up.",
    },
)
def figures(source: ReportSource) -> Content:
    """People by role, projects, teams and matches; figures of only some of several cohorts are marked."""
    impacts, found = source.impacts, []
    for name in FIGURES:
        told = [impact.numbers[name] for impact in impacts if name in impact.numbers]
        if told:
            partly = f" (told of {len(told)} of {len(impacts)} cohorts)" if len(told) < len(impacts) else ""
            found.append([source.own(name.capitalize()) + partly, sum(told)])
        elif len(impacts) == 1 and name in impacts[0].about:
            found.append([source.own(name.capitalize()), f"about {impacts[0].about[name]}"])
    if len(impacts) == 1 and "countries" in impacts[0].numbers:
        found.append(["Countries", impacts[0].numbers["countries"]])
    return Content(figures=found)


@report_block("places", "Where people are from")
def places(source: ReportSource) -> Content:
    """People by continent and country, if there is more than one row."""
    tables = []
    for role in ("people", "mentees", "mentors"):
        if len(rows := added_rows([impact.continent_rows(role) for impact in source.impacts])) > 1:
            tables.append(table(f"{source.own(role.capitalize())} by continent", rows))
        if len(rows := added_rows([impact.country_rows(role) for impact in source.impacts])) > 1:
            tables.append(table(f"{source.own(role.capitalize())} by country", rows))
    return Content(tables=tables)


@report_block(
    "graduates",
    "Who graduated",
    definitions={"Graduates": "Projects that finished the cohort, of all its projects."},
)
def graduates(source: ReportSource) -> Content:
    """Graduates beside the number of projects, only if every cohort has both; for one cohort also rounded."""
    impacts, names = source.impacts, ("graduates", "projects")
    if len(impacts) == 1 and impacts[0].about.keys() & set(names):
        told = {**impacts[0].numbers, **{name: f"about {near}" for name, near in impacts[0].about.items()}}
        return Content(figures=[[n.capitalize(), told[n]] for n in names] if all(n in told for n in names) else [])
    if not impacts or not all(set(names) <= impact.numbers.keys() for impact in impacts):
        return Content()
    finished, projects = (sum(impact.numbers[name] for impact in impacts) for name in names)
    found: list[list[Any]] = [["Graduates", finished], ["Projects", projects]]
    if all(impact.graduates_rate is not None for impact in impacts):
        found.append(["Graduates of all projects", f"{round(100 * finished / projects)} %"])
    return Content(figures=found)


@report_block(
    "retention",
    "Who came back",
    definitions={"Came back": "People who learned in this cohort and were accepted as mentors in a later one."},
)
def retention(source: ReportSource) -> Content:
    """Mentees who became mentors."""
    return Content(
        tables=tables_with_rows(table(source.own("Mentees who came back"), source.rows("mentees:retention")))
    )


@report_block(
    "training",
    "Training",
    definitions={"Training": "Mentors who attended a session; where nobody noted who came, who had a seat."},
)
def training(source: ReportSource) -> Content:
    """Mentors with and without a training."""
    return Content(tables=tables_with_rows(table(source.own("Mentors"), source.rows("mentors:training"))))


@report_block(
    "checkins",
    "Check-ins, and what changed",
    definitions={
        "Check-ins": "Each person counts once in each wave, with their latest answers. “No answer” are all others of "
        "their role: who was asked and said nothing, and who was not asked.",
    },
)
def checkins(source: ReportSource) -> Content:
    """Each wave by itself, one after the other; then questions that several of them asked, side by side."""
    tables = []
    for cohort, impact in zip(source.cohorts, source.impacts, strict=True):
        where = f", {cohort.name}" if len(source.cohorts) > 1 else ""
        tables += [table(f"{q.text} ({source.own(q.role)}, {q.wave}{where})", q.rows) for q in impact.questions]
        tables += [table(caption + where, rows) for caption, rows in wave_comparisons(impact.questions)]
    return Content(tables=tables)


@report_block(
    "contributions",
    "What the partner gave",
    definitions={"Given": "What the partner and the people concerned both confirmed."},
)
def contributions(source: ReportSource) -> Content:
    """A partner's own contributions; in public, the mentor hours of all partners."""
    rows = Contribution.objects.filter(cohort__in=source.cohorts).with_given().select_related("partner")
    if source.report.partner is None:
        hours = sum((c.given for c in rows.filter(kind="mentor_hours")), Decimal(0))
        return Content(figures=[[source.own("Mentor hours given by partners"), number_text(hours)]] if hours else [])
    rows = rows.filter(partner=source.report.partner)
    return Content(
        figures=[[f"{c.what} ({c.unit})", f"{number_text(c.given)} of {number_text(c.pledged)}"] for c in rows]
    )


@report_block("money", "Money by purpose")
def money(source: ReportSource) -> Content:
    """Money by purpose and currency: for a partner its own and its funds', otherwise all costs."""
    report, sums = source.report, dict[tuple[str, str], Decimal]()
    if report.partner is not None:
        shares = CostShare.objects.filter(cost__cohort__in=source.cohorts, status="agreed")
        for share in shares.select_related("cost", "fund"):
            giver = share.fund.partner_id if share.fund else share.partner_id
            if giver == report.partner_id:
                key = (share.cost.get_purpose_display(), share.payer_currency)
                sums[key] = sums.get(key, Decimal(0)) + share.payer_amount
    else:
        for cost in Cost.objects.filter(cohort__in=source.cohorts):
            key = (cost.get_purpose_display(), cost.currency)
            sums[key] = sums.get(key, Decimal(0)) + cost.amount
    return Content(
        figures=[[purpose.capitalize(), money_text(total, code)] for (purpose, code), total in sorted(sums.items())]
    )


@report_block("quotes", "In their own words", on_impact_page=False)
def quotes(source: ReportSource) -> Content:
    """Quotes that people agreed to have printed."""
    found = Quote.objects.public().filter(cohort__in=source.cohorts)
    return Content(quotes=[{"id": str(quote.pk), "text": quote.text, "by": quote.attribution} for quote in found])


@report_block("thanks", "Thanks", on_impact_page=False)
def thanks(source: ReportSource) -> Content:
    """Thanks to the partner for its support; in public, to all who may be named."""
    partner = source.report.partner
    if partner is not None:
        supported = partner.sponsorships.filter(cohort__in=source.cohorts, draft=False).order_by("starts_on")
        scopes = "; ".join(sponsorship.scope for sponsorship in supported)
        return Content(text=f"Thank you, {partner.name}" + (f": {scopes}." if scopes else "!"))
    names = {
        sponsorship.partner.public_name
        for cohort in source.cohorts
        for sponsorship in cohort.sponsorships.filter(draft=False).select_related("partner")
    } - {""}
    return Content(text=f"Thank you, {', '.join(sorted(names))}!" if names else "")

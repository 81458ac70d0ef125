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
from partners.disclosure.small_groups import ELSEWHERE, MERGED, NOT_APART, CountRow
from partners.documents.formatting import money as money_text
from partners.documents.formatting import number as number_text
from partners.models import Contribution, Cost, CostShare, ImpactReport, Quote
from partners.reports.acknowledgements import lent_people, thanks_in_public, thanks_to
from partners.reports.checkin_tables import NO_ANSWER, NOT_COMPARED, WaveQuestion, wave_comparisons
from partners.reports.impact import NOT_SAID, Impact
from partners.reports.sentences import change, largest, outcome, share

# The most telling first: six are shown at once, the others on request.
FIGURES = ("mentees", "mentors", "projects", "matches", "people", "teams", "facilitators", "experts")
STAGES = {"signups": "Signed up", "projects": "Accepted", "matches": "With a mentor", "graduates": "Finished"}
Round = tuple[Cohort, Impact]


@dataclass(frozen=True)
class ReportSource:
    """The input of a block: the report's cohorts with their figures."""

    report: ImpactReport
    cohorts: Sequence[Cohort]
    impacts: Sequence[Impact]
    earlier: Sequence[Round] = ()  # rounds of the programme before the one that the report is about

    @property
    def so_far(self) -> bool:
        """Whether a round still runs."""
        return any(impact.so_far for impact in self.impacts)

    def beside(self, name: str) -> list[list[Any]]:
        """The name and the number of the last round, in a list, if the report is about one round and it may be told."""
        if len(self.cohorts) != 1 or not self.earlier:
            return []
        cohort, impact = self.earlier[-1]
        return [[cohort.name, impact.numbers[name]]] if name in impact.numbers else []

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
    figures: list[list[Any]] = field(default_factory=list)  # [label, number or text], and [round, number] of the last
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


def table(caption: str, rows: Iterable[Sequence[Any]], unit: str = "people", **look: Any) -> dict[str, Any]:
    """A table of (label, number). A caption about people names their role, or says "people".

    `look` is what `{% chart %}` takes: `says`, a true sentence to put above, and how to draw it.
    """
    return {"caption": caption, "unit": unit, "rows": [list(row) for row in rows], **look}


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
            found.append([source.own(name.capitalize()) + partly, sum(told), *source.beside(name)])
        elif len(impacts) == 1 and name in impacts[0].about:
            found.append([source.own(name.capitalize()), f"about {impacts[0].about[name]}"])
    if len(impacts) == 1 and "countries" in impacts[0].numbers:
        found.insert(3, ["Countries", impacts[0].numbers["countries"], *source.beside("countries")])
    return Content(figures=found)


@report_block(
    "places",
    "Where people are from",
    definitions={"Country not said": "People who left it open, and members of teams, whom the sign-up does not ask."},
)
def places(source: ReportSource) -> Content:
    """People by continent and country, if there is more than one row."""
    tables = []
    for role in ("people", "mentees", "mentors"):
        who = source.own(role.capitalize())
        for by, found in (
            ("continent", [impact.continent_rows(role) for impact in source.impacts]),
            ("country", [impact.country_rows(role) for impact in source.impacts]),
        ):
            if len(rows := added_rows(found)) > 1:
                several = len(source.impacts) > 1
                tables.append(_of_places(f"{who} by {by}", rows, source.own(role), several=several))
    return Content(tables=tables)


def _of_places(caption: str, rows: list[CountRow], who: str, *, several: bool) -> dict[str, Any]:
    """Named places first, the rest in grey, and people whose country is not known beside the picture."""
    rest = [label for label, _ in rows if label in (MERGED, NOT_SAID) or label.startswith(ELSEWHERE)]
    rest += [label for label, _ in rows if label.endswith(NOT_APART)]
    unknown = sum(number for label, number in rows if label == NOT_SAID)
    more: dict[str, Any] = {"rest": rest} if rest else {}
    if unknown:
        note = f"The chart leaves out {unknown} whose country isn’t known: they left it empty or weren’t asked."
        more |= {"aside": [NOT_SAID], "note": note}
    named = largest(rows, unnamed=rest)
    # In rows that several rounds put together there may be more of the same place.
    says = share(named[1], rows, who, f"live in {named[0]}", at_least=several and bool(rest)) if named else ""
    ordered = sorted(rows, key=lambda row: ((row[0] in rest) + (row[0] == NOT_SAID), -row[1]))
    return table(caption, ordered, says=says, **more)


@report_block(
    "graduates",
    "Who graduated",
    definitions={
        "Graduates": "Projects that finished the cohort, of all its projects.",
        "Signed up": "Projects that signed up, whatever became of them.",
    },
)
def graduates(source: ReportSource) -> Content:
    """Graduates beside the number of projects, only if every cohort has both; for one cohort also rounded."""
    impacts, names = source.impacts, ("graduates", "projects")
    stages = _stages(source)
    if len(impacts) == 1 and impacts[0].about.keys() & set(names):
        told = {**impacts[0].numbers, **{name: f"about {near}" for name, near in impacts[0].about.items()}}
        return Content(figures=[[n.capitalize(), told[n]] for n in names] if all(n in told for n in names) else [])
    if not impacts or not all(set(names) <= impact.numbers.keys() for impact in impacts):
        return Content(tables=stages)
    finished, projects = (sum(impact.numbers[name] for impact in impacts) for name in names)
    found: list[list[Any]] = [["Graduates", finished, *source.beside("graduates")]]
    found.append(["Projects", projects, *source.beside("projects")])
    if all(impact.graduates_rate is not None for impact in impacts):
        found.append(["Graduates of all projects", f"{round(100 * finished / projects)}%"])
    return Content(figures=found, tables=stages)


def _stages(source: ReportSource) -> list[dict[str, Any]]:
    """A funnel of projects from sign-up to the end, of stages that may be told of every round."""
    impacts, stages = source.impacts, list[tuple[str, int]]()
    for name, label in STAGES.items():
        told = bool(impacts) and all(name in impact.numbers for impact in impacts)
        if not told or (name == "matches" and not all(impact.one_mentor_each for impact in impacts)):
            continue
        number = sum(impact.numbers[name] for impact in impacts)
        if not stages or number <= stages[-1][1]:
            stages.append((label, number))
    if len(stages) < 2 or "Accepted" not in dict(stages):
        return []
    says = source.own(outcome(stages, source.so_far))
    return [table("From sign-up to the end", stages, unit=source.own("projects"), look="funnel", says=says)]


@report_block(
    "trends",
    "Round by round",
    definitions={"Share that finished": "Graduates of all projects of a round, once it has ended."},
    on_impact_page=False,
)
def trends(source: ReportSource) -> Content:
    """Lines over at least three rounds: how many took part, and which share finished."""
    rounds = [*source.earlier, *zip(source.cohorts, source.impacts, strict=True)]
    people = [(cohort.name, impact.numbers["mentees"]) for cohort, impact in rounds if "mentees" in impact.numbers]
    rates = [(cohort.name, impact.graduates_rate) for cohort, impact in rounds]
    shares = [(name, round(100 * rate)) for name, rate in rates if rate is not None]
    return Content(
        tables=[
            *_line(source, "Mentees by round", people, "The number of mentees"),
            *_line(source, "Projects that finished, by round", shares, "The share of projects that finished", "%"),
        ]
    )


def _line(source: ReportSource, caption: str, points: list[tuple[str, int]], what: str, sign: str = "") -> list[Any]:
    """A line of at least three points, with a note if rounds are missing; percentages go up to 100."""
    if len(points) < 3:
        return []
    rounds = len(source.earlier) + len(source.cohorts)
    look: dict[str, Any] = {"top": 100, "unit": "%"} if sign else {}
    if rounds > len(points):
        look["note"] = f"{rounds - len(points)} of {rounds} rounds are left out: unfinished, or too small to report."
    says = source.own(change(points, what, sign=sign))
    return [table(source.own(caption), points, look="line", says=says, **look)]


@report_block(
    "retention",
    "Who came back",
    definitions={"Came back": "People who learned in this cohort and were accepted as mentors in a later one."},
)
def retention(source: ReportSource) -> Content:
    """Mentees who became mentors."""
    return _one_table(source, "Mentees who came back", "mentees:retention", "came back as mentors")


def _one_table(source: ReportSource, caption: str, key: str, label: str) -> Content:
    """A registered table of people, whose sentence says how many have the label."""
    rows, role = source.rows(key), source.own(key.partition(":")[0])
    known = dict(rows)
    says = share(known[label], rows, role, label) if label in known and MERGED not in known else ""
    return Content(tables=tables_with_rows(table(source.own(caption), rows, says=says)))


@report_block(
    "training",
    "Training",
    definitions={"Training": "Mentors who attended a session; where nobody noted who came, who had a seat."},
)
def training(source: ReportSource) -> Content:
    """Mentors with and without a training."""
    return _one_table(source, "Mentors", "mentors:training", "took part in a training")


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
        tables += [_of_wave(q, source.own(q.role), where) for q in impact.questions]
        tables += [table(caption + where, rows) for caption, rows in wave_comparisons(impact.questions)]
    return Content(tables=tables)


def _of_wave(question: WaveQuestion, who: str, where: str) -> dict[str, Any]:
    """A question of a wave: its answers, then in grey who gave none of them."""
    rest = [label for label, _ in question.rows if label in (NO_ANSWER, *NOT_COMPARED)]
    named, says = largest(question.rows, unnamed=rest), ""
    if named:
        says = share(named[1], question.rows, who, f"answered “{named[0]}”" if question.ident else "answered")
    rows = sorted(question.rows, key=lambda row: row[0] in rest)
    return table(f"{question.text} ({who}, {question.wave}{where})", rows, says=says, rest=rest)


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


@report_block(
    "partner_people",
    "Your people",
    definitions={"Back from an earlier round": "People whom the partner lent to a round before this one as well."},
)
def partner_people(source: ReportSource) -> Content:
    """People whom the partner lends, whom it knows by name, and how many of them came back; nothing in public."""
    partner = source.report.partner
    return Content(figures=lent_people(partner, source.cohorts) if partner else [])


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
    """Thanks to the partner for its support and gifts; in public, to all who may be named."""
    partner = source.report.partner
    return Content(text=thanks_to(partner, source.cohorts) if partner else thanks_in_public(source.cohorts))

"""Compose an impact report as plain data: the form in which it is published, shown and exported."""

from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.utils import timezone

from cohorts.models import Cohort
from partners.documents import formatting
from partners.models import Contribution, Cost, CostShare, ImpactReport, Partner, Quote, Sponsorship
from partners.reports.checkin_tables import changes
from partners.reports.impact import ROLES, Impact, cohort_impact

Block = dict[str, Any]
# What a figure means, kept with every published version.
DEFINITIONS = {
    "Mentees": "People who lead a project or belong to its team.",
    "Mentors": "Who has a project to mentor; before the matching, everyone accepted as a mentor.",
    "People": "Everyone in one of the roles, each person once. Who has two roles is counted in each of them.",
    "Projects": "What one mentee or one team is in the cohort with.",
    "Teams": "Projects of more than one person.",
    "Matches": "Pairs of a mentor and a project that were introduced and did not part.",
    "Countries": "Of everyone accepted, as people said at sign-up.",
    "Graduates": "Projects that finished the cohort, of all its projects.",
    "Came back": "People who learned in this cohort and were accepted as mentors in a later one.",
    "Training": "Mentors who attended a session; where nobody noted who came, who had a seat.",
    "Check-ins": "Each person counts once in each wave, with their latest answers. “No answer” are all others of their "
    "role: who was asked and said nothing, and who was not asked.",
    "Given": "What the partner and the people concerned both confirmed.",
    "Few people": "Groups of fewer than five are put together with others or left out. Where a newer figure, compared "
    "with one shown before, would tell of fewer than five, the earlier one stays.",
}
FIGURES = ("people", *ROLES, "projects", "teams", "matches")


def compose(report: ImpactReport, *, release: bool) -> dict[str, Any]:
    """The report as of now, plain JSON. `release` where it leaves the team: its figures are on record then."""
    cohorts = cohorts_of(report)
    impacts = [cohort_impact(cohort, release=release) for cohort in cohorts]
    makers = {
        "words": lambda: _block("words", text=report.words),
        "figures": lambda: _figures(impacts),
        "places": lambda: _places(impacts),
        "graduates": lambda: _graduates(impacts),
        "retention": lambda: _tables("retention", "Mentees who came back", [i.retention_rows for i in impacts]),
        "training": lambda: _tables("training", "Mentors", [i.training_rows for i in impacts]),
        "checkins": lambda: _checkins(cohorts, impacts),
        "contributions": lambda: _contributions(report, cohorts),
        "money": lambda: _money(report, cohorts),
        "quotes": lambda: _quotes(cohorts),
        "thanks": lambda: _thanks(report, cohorts),
    }
    blocks = [makers[kind]() for kind in report.blocks if kind in makers]
    return {
        "title": report.title,
        "subject": _subject(report, cohorts),
        "partner": report.partner.name if report.partner else "",
        "language": "en",  # the blocks and definitions are written in it
        "at": timezone.now().isoformat(),
        "so_far": any(i.so_far for i in impacts),
        "blocks": [block for block in blocks if _says_something(block)],
        "definitions": [[term, meaning] for term, meaning in DEFINITIONS.items()],
    }


def progress(sponsorship: Sponsorship, *, release: bool) -> dict[str, Any]:
    """What a partner sees of a cohort day by day: a report that nobody had to compose."""
    cohort, partner = sponsorship.cohort, sponsorship.partner
    kinds = [kind for kind in ImpactReport.BLOCKS if kind not in ("words", "quotes", "thanks")]
    report = ImpactReport(
        workspace_id=partner.workspace_id, partner=partner, cohort=cohort, title=str(sponsorship), blocks=kinds
    )
    return compose(report, release=release)


def cohorts_of(report: ImpactReport) -> list[Cohort]:
    """What the report is about; for a partner's year, the cohorts that it supports by agreement."""
    if report.cohort is not None:
        return [report.cohort]
    found = Cohort.objects.filter(programme__workspace_id=report.workspace_id, starts_on__year=report.year)
    if report.partner is not None:
        found = found.filter(sponsorships__partner=report.partner, sponsorships__draft=False)
    return list(found.exclude(status="draft").select_related("programme").order_by("starts_on", "pk"))


def logos_of(report: ImpactReport) -> list[Partner]:
    """Whose logos stand on it: its partner's, or in public those of all who support it; as they allow it today."""
    if report.partner is not None:
        found = Partner.objects.filter(pk=report.partner.pk)
    else:
        found = Partner.objects.filter(sponsorships__cohort__in=cohorts_of(report), sponsorships__draft=False)
    return [p for p in found.exclude(logo_kind="").select_related("logo").distinct().order_by("name") if p.prints_logo]


def csv_rows(data: dict[str, Any]) -> list[list[Any]]:
    """The aggregates, one a row: block, table, what, number."""
    rows: list[list[Any]] = []
    for block in data["blocks"]:
        rows += [[block["title"], "", label, value] for label, value in block["figures"]]
        for table in block["tables"]:
            rows += [[block["title"], table["caption"], label, value] for label, value in table["rows"]]
    return rows


def beside(old: dict[str, Any], new: dict[str, Any]) -> list[tuple[str, str, str, Any, Any]]:
    """Two versions side by side: block, table, what, and the two numbers; None where a version lacks it."""
    keyed = [{tuple(row[:3]): row[3] for row in csv_rows(data)} for data in (old, new)]
    keys = [*keyed[1], *(key for key in keyed[0] if key not in keyed[1])]
    return [(*key, keyed[0].get(key), keyed[1].get(key)) for key in keys]  # type: ignore[misc]


def _block(kind: str, **parts: Any) -> Block:
    return {
        "kind": kind,
        "title": ImpactReport.BLOCKS[kind],
        "text": "",
        "figures": [],
        "tables": [],
        "quotes": [],
        **parts,
    }


def _says_something(block: Block) -> bool:
    return bool(block["text"] or block["figures"] or block["tables"] or block["quotes"])


def _table(caption: str, rows: Iterable[Sequence[Any]], unit: str = "people") -> dict[str, Any]:
    return {"caption": caption, "unit": unit, "rows": [list(row) for row in rows]}


def _added(tables: Sequence[Sequence[tuple[str, int]]]) -> list[tuple[str, int]]:
    """Tables of several cohorts, row by row. Each was made safe by itself: their sum tells nothing that they don't."""
    sums: Counter[str] = Counter()
    for rows in tables:
        for label, value in rows:
            sums[label] += value
    return sums.most_common() if len(tables) > 1 else [row for rows in tables for row in rows]


def _figures(impacts: Sequence[Impact]) -> Block:
    figures: list[list[Any]] = []
    for name in FIGURES:
        told = [i.numbers[name] for i in impacts if name in i.numbers]
        if told:
            partly = f" (told of {len(told)} of {len(impacts)} cohorts)" if len(told) < len(impacts) else ""
            figures.append([name.capitalize() + partly, sum(told)])
        elif name == "projects" and len(impacts) == 1 and impacts[0].about_projects:
            figures.append(["Projects", f"about {impacts[0].about_projects}"])
    if len(impacts) == 1 and "countries" in impacts[0].numbers:
        figures.append(["Countries", impacts[0].numbers["countries"]])
    return _block("figures", figures=figures)


def _places(impacts: Sequence[Impact]) -> Block:
    tables = []
    for role in ("people", "mentees", "mentors"):
        if len(rows := _added([i.continent_rows(role) for i in impacts])) > 1:
            tables.append(_table(f"{role.capitalize()} by continent", rows))
        if len(rows := _added([i.country_rows(role) for i in impacts])) > 1:
            tables.append(_table(f"{role.capitalize()} by country", rows))
    return _block("places", tables=tables)


def _graduates(impacts: Sequence[Impact]) -> Block:
    """Only with their denominator, and only where both are told of every cohort."""
    if not impacts or not all({"graduates", "projects"} <= i.numbers.keys() for i in impacts):
        return _block("graduates")
    graduates, projects = (sum(i.numbers[name] for i in impacts) for name in ("graduates", "projects"))
    figures: list[list[Any]] = [["Graduates", graduates], ["Projects", projects]]
    if not any(i.so_far for i in impacts):
        figures.append(["Graduates of all projects", f"{round(100 * graduates / projects)} %"])
    return _block("graduates", figures=figures)


def _tables(kind: str, caption: str, tables: Sequence[Sequence[tuple[str, int]]]) -> Block:
    rows = _added(tables)
    return _block(kind, tables=[_table(caption, rows)] if rows else [])


def _checkins(cohorts: Sequence[Cohort], impacts: Sequence[Impact]) -> Block:
    """Each wave by itself, one after the other; then what was asked in several of them, side by side."""
    tables = []
    for cohort, impact in zip(cohorts, impacts, strict=True):
        where = f", {cohort.name}" if len(cohorts) > 1 else ""
        tables += [_table(f"{q.text} ({q.role}, {q.wave}{where})", q.rows) for q in impact.questions]
        tables += [_table(caption + where, rows) for caption, rows in changes(impact.questions)]
    return _block("checkins", tables=tables)


def _contributions(report: ImpactReport, cohorts: Sequence[Cohort]) -> Block:
    rows = Contribution.objects.filter(cohort__in=cohorts).with_given().select_related("partner")
    rows = rows.filter(partner=report.partner) if report.partner else rows.filter(kind="mentor_hours")
    if report.partner is None:
        hours = sum((c.given for c in rows), Decimal(0))
        return _block("contributions", figures=[["Mentor hours given by partners", _plain(hours)]] if hours else [])
    figures = [[f"{c.what} ({c.unit})", f"{_plain(c.given)} of {_plain(c.pledged)}"] for c in rows]
    return _block("contributions", figures=figures)


def _plain(value: Decimal) -> str:
    return formatting.number(value)


def _money(report: ImpactReport, cohorts: Sequence[Cohort]) -> Block:
    """By purpose and currency: for a partner what its own money and its funds paid, else all costs."""
    sums: dict[tuple[str, str], Decimal] = {}
    if report.partner is not None:
        shares = CostShare.objects.filter(cost__cohort__in=cohorts, status="agreed").select_related("cost", "fund")
        for share in shares:
            giver = share.fund.partner_id if share.fund else share.partner_id
            if giver == report.partner_id:
                key = (share.cost.get_purpose_display(), share.payer_currency)
                sums[key] = sums.get(key, Decimal(0)) + share.payer_amount
    else:
        for cost in Cost.objects.filter(cohort__in=cohorts):
            key = (cost.get_purpose_display(), cost.currency)
            sums[key] = sums.get(key, Decimal(0)) + cost.amount
    figures = [[purpose.capitalize(), formatting.money(sum_, code)] for (purpose, code), sum_ in sorted(sums.items())]
    return _block("money", figures=figures)


def _quotes(cohorts: Sequence[Cohort]) -> Block:
    quotes = Quote.objects.filter(cohort__in=cohorts, consented_on__isnull=False)
    return _block("quotes", quotes=[{"text": q.text, "by": q.attribution} for q in quotes])


def _thanks(report: ImpactReport, cohorts: Sequence[Cohort]) -> Block:
    if report.partner is not None:
        scopes = [
            s.scope for s in report.partner.sponsorships.filter(cohort__in=cohorts, draft=False).order_by("starts_on")
        ]
        return _block(
            "thanks", text=f"Thank you, {report.partner.name}" + (f": {'; '.join(scopes)}." if scopes else "!")
        )
    names = {
        s.partner.public_name
        for cohort in cohorts
        for s in cohort.sponsorships.filter(draft=False).select_related("partner")
    } - {""}
    return _block("thanks", text=f"Thank you, {', '.join(sorted(names))}!" if names else "")


def _subject(report: ImpactReport, cohorts: Sequence[Cohort]) -> str:
    if report.cohort is not None:
        one = report.cohort
        return f"{one.programme.name}, {one.name}: {formatting.day(one.starts_on)} to {formatting.day(one.ends_on)}"
    return f"{report.year}: {', '.join(c.name for c in cohorts) or 'no cohort yet'}"

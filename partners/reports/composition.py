"""Compose an impact report as plain data, the format in which it is published, shown and exported."""

from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from cohorts.models import Cohort
from partners.disclosure.gate import HELD_BACK, KEPT, ROUNDED, SMALL_GROUPS
from partners.documents import formatting
from partners.models import ImpactReport, Partner, Sponsorship
from partners.reports.blocks import ReportSource, all_blocks, block_of
from partners.reports.impact import SELECTED, cohort_impact

EARLIER = 5  # rounds before the report's own that it is compared with
# Printed below every report; each block defines its own figures where it is registered.
FEW_PEOPLE = (
    "No figure tells of one to four people: not alone, not beside the other figures of its cohort, and not beside what "
    "was shown before, to whomever. Small groups are put together; a number that would tell of few is rounded to five, "
    "stays as it was shown before, or is left out."
)
# Changes made to figures, in words for readers; the reason is FEW_PEOPLE for all of them.
DONE = {
    SMALL_GROUPS: "Small groups put together",
    ROUNDED: "Rounded to the nearest five",
    KEPT: "Still as shown before",
    HELD_BACK: "Left out",
}
# The block for each key of a note; check-ins are noted as waves of a role.
BLOCKS_OF_NOTES = {
    "places": {"places"},
    "retention": {"retention"},
    "training": {"training"},
    "wave": {"checkins"},
    "graduates": {"graduates"},
    "projects": {"figures", "graduates"},
}


def compose(report: ImpactReport, *, release: bool, for_team: bool = False) -> dict[str, Any]:
    """The report with current figures, as plain JSON. `release` when it leaves the team: its figures are recorded then.

    `for_team` also names figures that were kept or left out. Nobody else may know which: a kept number reveals that a
    few people joined or left.

    Raises LookupError for a kind of block that is not registered.
    """
    blocks = [block_of(kind) for kind in report.blocks]
    cohorts = cohorts_of(report)
    # In the order of their dates, so that two reports lock the rounds that they share in the same order.
    earlier = [(cohort, cohort_impact(cohort, release=release)) for cohort in earlier_rounds(report)]
    impacts = [cohort_impact(cohort, release=release) for cohort in cohorts]
    source = ReportSource(report, cohorts, impacts, earlier)
    return {
        "title": report.title,
        "subject": _subject(report, cohorts),
        "partner": report.partner.name if report.partner else "",
        "language": "en",  # the blocks and definitions are written in it
        "at": timezone.now().isoformat(),
        "so_far": source.so_far,
        "blocks": [content for block in blocks if (content := block.fill(source))],
        "definitions": [*definitions(source), *protection(source, for_team=for_team)],
    }


def definitions(source: ReportSource) -> list[list[str]]:
    """Definitions of the figures in the programme's words, stored with every published version."""
    found = [
        [source.own(term), source.own(meaning)] for block in all_blocks() for term, meaning in block.definitions.items()
    ]
    return [*found, ["Few people", FEW_PEOPLE]]


def protection(source: ReportSource, *, for_team: bool) -> list[list[str]]:
    """The figures in these blocks that were combined, rounded, kept or left out to protect small groups."""
    found: dict[str, list[str]] = {done: [] for done in (DONE if for_team else (SMALL_GROUPS, ROUNDED))}
    for cohort, impact in zip(source.cohorts, source.impacts, strict=True):
        where = f" ({cohort.name})" if len(source.cohorts) > 1 else ""
        for note in impact.notes:
            about = note.key.split(":")[1]
            if note.done in found and BLOCKS_OF_NOTES.get(about, {"figures"}) & set(source.report.blocks):
                found[note.done].append(source.own(f"{note.what[:1].upper()}{note.what[1:]}{where}"))
    return [[DONE[done], "; ".join(dict.fromkeys(what))] for done, what in found.items() if what]


def protection_in(data: dict[str, Any]) -> list[list[str]]:
    """The part of the definitions that `protection` added."""
    return [row for row in data["definitions"] if row[0] in DONE.values()]


def impact_page_data(sponsorship: Sponsorship, *, release: bool, for_team: bool = False) -> dict[str, Any]:
    """The report behind a partner's impact page: every block with current figures."""
    cohort, partner = sponsorship.cohort, sponsorship.partner
    kinds = [block.kind for block in all_blocks() if block.on_impact_page]
    report = ImpactReport(
        workspace_id=partner.workspace_id, partner=partner, cohort=cohort, title=str(sponsorship), blocks=kinds
    )
    return compose(report, release=release, for_team=for_team)


def cohorts_of(report: ImpactReport) -> list[Cohort]:
    """The cohorts of the report; for a partner's years, those that it supports under an agreement."""
    if report.cohort is not None:
        return [report.cohort]
    years = (report.first_year or report.year, report.year)
    found = Cohort.objects.filter(programme__workspace_id=report.workspace_id, starts_on__year__range=years)
    if report.partner is not None:
        found = found.filter(sponsorships__partner=report.partner, sponsorships__draft=False)
    return list(found.exclude(status="draft").select_related("programme").order_by("starts_on", "pk"))


def earlier_rounds(report: ImpactReport) -> list[Cohort]:
    """Up to five rounds before the report's own, by date, if it compares with them.

    Only published reports do: a coordinator decides that a partner reads of rounds which it may not have supported.
    """
    if report.pk is None or report.cohort is None or not {"figures", "graduates", "trends"} & set(report.blocks):
        return []
    cohort = report.cohort
    before = Cohort.objects.filter(
        programme_id=cohort.programme_id, starts_on__lt=cohort.starts_on, status__in=SELECTED
    )
    return list(before.select_related("programme").order_by("-starts_on", "-pk")[:EARLIER])[::-1]


def logos_of(report: ImpactReport) -> list[Partner]:
    """Partners whose logos are printed: its own, or on a public report all supporters who currently allow it."""
    if report.partner is not None:
        found = Partner.objects.filter(pk=report.partner.pk)
    else:
        found = Partner.objects.filter(sponsorships__cohort__in=cohorts_of(report), sponsorships__draft=False)
    return [p for p in found.exclude(logo_kind="").select_related("logo").distinct().order_by("name") if p.prints_logo]


def csv_rows(data: dict[str, Any]) -> list[list[Any]]:
    """One row for each figure: block, table, label, number."""
    rows: list[list[Any]] = []
    for block in data["blocks"]:
        for label, value, *beside in block["figures"]:
            rows.append([block["title"], "", label, value])
            rows += [[block["title"], name, label, number] for name, number in beside]
        for table in block["tables"]:
            rows += [[block["title"], table["caption"], label, value] for label, value in table["rows"]]
    return rows


def compare_versions(old: dict[str, Any], new: dict[str, Any]) -> list[tuple[str, str, str, Any, Any]]:
    """Compare two versions: block, table, label, and both numbers (None if a version lacks it)."""
    keyed = [{tuple(row[:3]): row[3] for row in csv_rows(data)} for data in (old, new)]
    keys = [*keyed[1], *(key for key in keyed[0] if key not in keyed[1])]
    return [(*key, keyed[0].get(key), keyed[1].get(key)) for key in keys]  # type: ignore[misc]


def _subject(report: ImpactReport, cohorts: Sequence[Cohort]) -> str:
    if report.cohort is not None:
        one = report.cohort
        return f"{one.programme.name}, {one.name}: {formatting.day(one.starts_on)} to {formatting.day(one.ends_on)}"
    return f"{report.years}: {', '.join(c.name for c in cohorts) or 'no cohort yet'}"

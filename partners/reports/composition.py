"""Compose an impact report as plain data: the form in which it is published, shown and exported."""

from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from cohorts.models import Cohort
from partners.documents import formatting
from partners.models import ImpactReport, Partner, Sponsorship
from partners.reports.blocks import ReportSource, all_blocks, block_of
from partners.reports.impact import cohort_impact

# Below every report; what the figures of each block mean is said where the block is registered.
FEW_PEOPLE = (
    "Groups of fewer than five are put together with others or left out. Where a newer figure, compared with one shown "
    "before, would tell of fewer than five, the earlier one stays."
)


def compose(report: ImpactReport, *, release: bool) -> dict[str, Any]:
    """The report as of now, plain JSON. `release` where it leaves the team: its figures are on record then.

    Raises LookupError for a kind of block that is not registered.
    """
    blocks = [block_of(kind) for kind in report.blocks]
    cohorts = cohorts_of(report)
    impacts = [cohort_impact(cohort, release=release) for cohort in cohorts]
    source = ReportSource(report, cohorts, impacts)
    return {
        "title": report.title,
        "subject": _subject(report, cohorts),
        "partner": report.partner.name if report.partner else "",
        "language": "en",  # the blocks and definitions are written in it
        "at": timezone.now().isoformat(),
        "so_far": any(impact.so_far for impact in impacts),
        "blocks": [content for block in blocks if (content := block.fill(source))],
        "definitions": definitions(source),
    }


def definitions(source: ReportSource) -> list[list[str]]:
    """What the figures mean, in the words of its programme, kept with every published version."""
    found = [
        [source.own(term), source.own(meaning)] for block in all_blocks() for term, meaning in block.definitions.items()
    ]
    return [*found, ["Few people", FEW_PEOPLE]]


def impact_page_data(sponsorship: Sponsorship, *, release: bool) -> dict[str, Any]:
    """The report behind a partner's impact page: every block that is made for it, as of now."""
    cohort, partner = sponsorship.cohort, sponsorship.partner
    kinds = [block.kind for block in all_blocks() if block.on_impact_page]
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
    """The partners whose logos are printed: its own, or on a public report all supporters who allow it today."""
    if report.partner is not None:
        found = Partner.objects.filter(pk=report.partner.pk)
    else:
        found = Partner.objects.filter(sponsorships__cohort__in=cohorts_of(report), sponsorships__draft=False)
    return [p for p in found.exclude(logo_kind="").select_related("logo").distinct().order_by("name") if p.prints_logo]


def csv_rows(data: dict[str, Any]) -> list[list[Any]]:
    """One row for each figure: block, table, label, number."""
    rows: list[list[Any]] = []
    for block in data["blocks"]:
        rows += [[block["title"], "", label, value] for label, value in block["figures"]]
        for table in block["tables"]:
            rows += [[block["title"], table["caption"], label, value] for label, value in table["rows"]]
    return rows


def compare_versions(old: dict[str, Any], new: dict[str, Any]) -> list[tuple[str, str, str, Any, Any]]:
    """Compare two versions: block, table, label, and both numbers (None where a version lacks it)."""
    keyed = [{tuple(row[:3]): row[3] for row in csv_rows(data)} for data in (old, new)]
    keys = [*keyed[1], *(key for key in keyed[0] if key not in keyed[1])]
    return [(*key, keyed[0].get(key), keyed[1].get(key)) for key in keys]  # type: ignore[misc]


def _subject(report: ImpactReport, cohorts: Sequence[Cohort]) -> str:
    if report.cohort is not None:
        one = report.cohort
        return f"{one.programme.name}, {one.name}: {formatting.day(one.starts_on)} to {formatting.day(one.ends_on)}"
    return f"{report.year}: {', '.join(c.name for c in cohorts) or 'no cohort yet'}"

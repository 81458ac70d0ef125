"""The tags of pictures of a round; `docs/ui.md` lists them with examples."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django import template
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from mentorship.core.ui.charts import round_svg, svg

# Of a long plan the picture shows what comes next and a little of what was; its table has everything.
MOST_DATES, PAST_DATES = 16, 4

register = template.Library()
register.simple_tag(round_svg.step_svg)


@register.simple_tag
def series_chart(chart: Any) -> SafeString:
    """`{% series_chart chart %}`: lines over time with a table; `chart` has `caption lines marks head rows`."""
    svg = round_svg.series_svg(chart.lines, chart.caption, chart.marks)
    return figure_with_table(svg, chart.caption, chart.head, chart.rows)


@register.simple_tag
def share_chart(rows: Sequence[tuple[str, int, int]], caption: str, part: str, whole: str) -> SafeString:
    """`{% share_chart rows "Answers" "Answered" "Asked" %}`: bars of 100 %; `rows` are (label, part, whole)."""
    table = [(label, number, of, f"{100 * number / of:.0f} %" if of else "–") for label, number, of in rows]
    return figure_with_table(svg.share_chart_svg(rows, caption), caption, ("Item", part, whole, "Share"), table)


@register.simple_tag
def dates_chart(moments: Sequence[Any], today: date, caption: str = "From the first date to the last") -> SafeString:
    """`{% dates_chart moments today %}`: what has a `name` and a day `on` along one axis, with a line for today."""
    rows = [(str(one.name), one.on) for one in moments]
    ahead = sum(on < today for _, on in rows)
    first = max(min(ahead - PAST_DATES, len(rows) - MOST_DATES), 0)
    table = [(name, date_format(on, "D j M Y")) for name, on in rows]
    svg = round_svg.dates_svg(rows[first : first + MOST_DATES], today, caption)
    return figure_with_table(svg, caption, ("Date", "Day"), table)


def figure_with_table(
    svg: SafeString, caption: str, head: Sequence[str], rows: Iterable[Sequence[object]]
) -> SafeString:
    """A chart under its caption, and its figures as a table to open below; each row begins with its label."""
    cells = format_html_join("", '<th scope="col" class="text-end">{}</th>', ((name,) for name in head[1:]))
    body = format_html_join(
        "",
        '<tr><th scope="row">{}</th>{}</tr>',
        (
            (label, format_html_join("", '<td class="text-end">{}</td>', ((cell,) for cell in numbers)))
            for label, *numbers in rows
        ),
    )
    return format_html(
        '<figure class="m-chart"><figcaption class="m-chart-caption">{caption}</figcaption>{svg}'
        "<details><summary>Figures as a table</summary>"
        '<table class="table table-sm"><caption class="visually-hidden">{caption}</caption><thead><tr>'
        '<th scope="col">{first}</th>{cells}</tr></thead><tbody>{body}</tbody></table></details></figure>',
        caption=caption,
        svg=svg,
        first=head[0],
        cells=cells,
        body=body,
    )

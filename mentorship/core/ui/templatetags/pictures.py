"""The tags of pictures of a round; `docs/ui.md` lists them with examples."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import template
from django.utils.formats import date_format
from django.utils.safestring import SafeString

from mentorship.core.ui.charts import dates, funnel, lines, svg
from mentorship.core.ui.charts.tags import figure

# Of a long plan the picture shows what comes next and a little of what was; its table has everything.
MOST_DATES, PAST_DATES = 16, 4

register = template.Library()
register.simple_tag(funnel.funnel)


@register.simple_tag
def series_chart(chart: Any) -> SafeString:
    """`{% series_chart chart %}`: lines over time with a table; `chart` has `caption lines marks head rows`."""
    drawn = lines.line_chart_svg(chart.lines, chart.caption, chart.marks)
    return figure(drawn, chart.caption, chart.head, chart.rows)


@register.simple_tag
def share_chart(rows: Sequence[tuple[str, int, int]], caption: str, part: str, whole: str) -> SafeString:
    """`{% share_chart rows "Answers" "Answered" "Asked" %}`: bars of 100 %; `rows` are (label, part, whole)."""
    table = [(label, number, of, f"{100 * number / of:.0f}%" if of else "–") for label, number, of in rows]
    return figure(svg.share_chart_svg(rows, caption), caption, ("Item", part, whole, "Share"), table)


@register.simple_tag
def dates_chart(moments: Sequence[Any], today: date, caption: str = "From the first date to the last") -> SafeString:
    """`{% dates_chart moments today %}`: what has a `name` and a day `on` along one axis, with a line for today."""
    rows = [(str(one.name), one.on) for one in moments]
    ahead = sum(on < today for _, on in rows)
    first = max(min(ahead - PAST_DATES, len(rows) - MOST_DATES), 0)
    table = [(name, date_format(on, "D j M Y")) for name, on in rows]
    drawn = dates.dates_svg(rows[first : first + MOST_DATES], today, caption)
    return figure(drawn, caption, ("Date", "Day"), table)

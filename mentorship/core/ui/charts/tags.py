"""Charts with their sentence, their note and the same figures as a table to open below: tags of `ui`."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from mentorship.core.ui.charts import svg

Rows = Sequence[tuple[str, Any]]


def bar_chart(rows: Rows, caption: str = "", unit: str = "Number") -> SafeString:
    """`{% bar_chart rows "Mentees by topic" %}`: bars, with the same figures as a table to open below."""
    return chart({"rows": list(rows), "caption": caption, "unit": unit})


def chart(figures: Mapping[str, Any]) -> SafeString:
    """`{% chart table %}`: `rows` of (label, number), `caption` and `unit` as bars, a "line" or a "funnel".

    Optional are `says`, a sentence to put above; `look`; `rest`, labels in grey; `aside`, labels that the picture
    leaves out; `note`, a line below it; and `top`, the number at the top of a line.
    """
    rows: Rows = figures["rows"]
    caption, says, note = figures["caption"], figures.get("says", ""), figures.get("note", "")
    heading = format_html('<h3 class="m-chart-says">{}</h3>', says) if says else ""
    return format_html(
        '<figure class="m-chart">{heading}<figcaption class="{look}">{caption}</figcaption>{svg}{note}{table}</figure>',
        heading=heading,
        look="m-chart-measure" if says else "m-chart-caption",
        caption=caption,
        svg=_picture(figures, [row for row in rows if row[0] not in figures.get("aside", ())]),
        note=format_html('<p class="m-chart-note">{}</p>', note) if note else "",
        table=_table(rows, caption, figures.get("unit", "Number")),
    )


def _picture(figures: Mapping[str, Any], rows: Rows) -> SafeString:
    caption = figures["caption"]
    match figures.get("look"):
        case "line":
            sign = "%" if figures.get("unit") == "%" else ""
            return svg.line_chart_svg(rows, caption, figures.get("top"), sign)
        case "funnel":
            return svg.funnel_svg(rows, caption)
        case _:
            return svg.bar_chart_svg(rows, caption, figures.get("rest", ()))


def _table(rows: Rows, caption: str, unit: str) -> SafeString:
    return format_html(
        "<details><summary>Figures as a table</summary>"
        '<table class="table table-sm"><caption class="visually-hidden">{caption}</caption><thead><tr>'
        '<th scope="col">Item</th><th scope="col" class="text-end">{unit}</th></tr></thead>'
        "<tbody>{body}</tbody></table></details>",
        caption=caption,
        unit=unit,
        body=format_html_join(
            "",
            '<tr><th scope="row">{}</th><td class="text-end">{}</td></tr>',
            ((label, svg.number_text(number)) for label, number in rows),
        ),
    )

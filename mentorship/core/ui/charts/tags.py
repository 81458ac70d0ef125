"""Charts with their sentence, their note and the same figures as a table to open below: tags of `ui`."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from mentorship.core.ui.charts import funnel, lines, svg

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
    return figure(
        _drawn(figures, [row for row in rows if row[0] not in figures.get("aside", ())]),
        figures["caption"],
        ("Item", figures.get("unit", "Number")),
        [(label, svg.number_text(number)) for label, number in rows],
        says=figures.get("says", ""),
        note=figures.get("note", ""),
    )


def _drawn(figures: Mapping[str, Any], rows: Rows) -> SafeString:
    caption = figures["caption"]
    match figures.get("look"):
        case "line":
            sign = "%" if figures.get("unit") == "%" else ""
            points = lines.Line("", [(at, number) for at, (_, number) in enumerate(rows)])
            marks = [(at, label) for at, (label, _) in enumerate(rows)]
            return lines.line_chart_svg([points], caption, marks, top=figures.get("top"), sign=sign, names_points=True)
        case "funnel":
            losses = [now - after for (_, now), (_, after) in pairwise(rows)]
            notes = ["", *(f"{svg.number_text(lost)} fewer" if lost > 0 else "" for lost in losses)]
            return funnel.funnel(
                [funnel.Step(label, number, note=note) for (label, number), note in zip(rows, notes, strict=False)]
            )
        case _:
            return svg.bar_chart_svg(rows, caption, figures.get("rest", ()))


def figure(
    drawn: SafeString,
    caption: str,
    head: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    says: str = "",
    note: str = "",
) -> SafeString:
    """A chart under its sentence and caption, and its figures as a table to open; each row begins with its label."""
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
        '<figure class="m-chart"><figcaption>{heading}<p class="{look}">{caption}</p></figcaption>{drawn}{note}'
        "<details><summary>Figures as a table</summary>"
        '<table class="table table-sm"><caption class="visually-hidden">{caption}</caption><thead><tr>'
        '<th scope="col">{first}</th>{cells}</tr></thead><tbody>{body}</tbody></table></details></figure>',
        heading=format_html('<h3 class="m-chart-says">{}</h3>', says) if says else "",
        look="m-chart-measure" if says else "m-chart-caption",
        caption=caption,
        drawn=drawn,
        note=format_html('<p class="m-chart-note">{}</p>', note) if note else "",
        first=head[0],
        cells=cells,
        body=body,
    )

"""Charts as SVG text. Pure functions: numbers in, markup out; colours come from the stylesheet by class.

Widths are percentages and there is no viewBox, so that text keeps its size on a phone.
"""

from collections.abc import Collection, Sequence
from decimal import Decimal

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

Number = int | float | Decimal

FACTOR_COLOURS = 4
ROW_HEIGHT = 46
BAR_HEIGHT = 8
LABEL_LENGTH = 44


def number_text(value: Number | None, places: int | None = None) -> str:
    """A number with thousands separators; a dash if there is none."""
    if value is None:
        return "–"
    if places is None:
        places = 0 if value == int(value) else 2
    return f"{value:,.{places}f}".replace("-", "−")


def shortened(label: str, most: int = LABEL_LENGTH) -> str:
    """A label of at most `most` characters."""
    return label if len(label) <= most else label[: most - 1].rstrip() + "…"


def bar_chart_svg(rows: Sequence[tuple[str, Number]], caption: str, rest: Collection[str] = ()) -> SafeString:
    """Horizontal bars, the longest one full width, each with label and number above it; those of `rest` are grey."""
    top = max((float(number) for _, number in rows), default=0.0)
    found = []
    for label, number in rows:
        share = max(float(number), 0.0) / top if top > 0 else 0.0
        look = "m-chart-bar m-chart-rest" if label in rest else "m-chart-bar"
        found.append((str(label), number_text(number), share, look))
    return picture(caption, _height_of_bars(rows), rows, _bars(found))


def share_chart_svg(rows: Sequence[tuple[str, int, int]], caption: str) -> SafeString:
    """Horizontal bars from 0 to 100 %: a label, a number, and of how many."""
    found = [
        (label, f"{part:,} of {whole:,}", part / whole if whole else 0.0, "m-chart-bar") for label, part, whole in rows
    ]
    return picture(caption, _height_of_bars(rows), [(label, part) for label, part, _ in rows], _bars(found))


def _height_of_bars(rows: Sequence[object]) -> int:
    return max(len(rows) * ROW_HEIGHT - (ROW_HEIGHT - 26 - BAR_HEIGHT), BAR_HEIGHT)


def _bars(rows: Sequence[tuple[str, str, float, str]]) -> SafeString:
    """Bars by their label, their number in words, how much of the width they fill, and their class."""
    return format_html_join(
        "",
        '<text x="0" y="{}">{}</text><text class="m-chart-value" x="100%" y="{}" text-anchor="end">{}</text>'
        '<rect class="m-chart-track" x="0" y="{}" width="100%" height="8" rx="4"></rect>'
        '<rect class="{}" x="0" y="{}" width="{}%" height="8" rx="4"></rect>',
        (
            (y + 18, shortened(label), y + 18, number, y + 26, look, y + 26, f"{share * 100:.2f}")
            for y, (label, number, share, look) in zip(range(0, len(rows) * ROW_HEIGHT, ROW_HEIGHT), rows, strict=True)
        ),
    )


def picture(caption: str, height: int, rows: Sequence[tuple[str, Number]], body: SafeString) -> SafeString:
    """The picture with its text alternative."""
    return format_html(
        '<svg role="img" aria-label="{caption}" width="100%" height="{height}">'
        "<title>{caption}</title><desc>{described}</desc>{body}</svg>",
        caption=caption,
        height=height,
        described="; ".join(f"{label}: {number_text(number)}" for label, number in rows) or "No figures.",
        body=body,
    )


def score_bar_svg(parts: Sequence[tuple[str, Number]], whole: Number = 1) -> SafeString:
    """One stacked bar: each part as wide as its share of `whole`, the rest is the track."""
    shares = [(str(label), max(float(value), 0.0)) for label, value in parts]
    full = max(float(whole), sum(value for _, value in shares)) or 1.0
    rects, start = [], 0.0
    for index, (_, value) in enumerate(shares):
        width = value / full * 100
        rects.append((index % FACTOR_COLOURS + 1, f"{start:.2f}", f"{width:.2f}"))
        start += width
    described = ", ".join(f"{label} {number_text(value, 2)}" for label, value in parts) or "no parts"
    return format_html(
        '<svg role="img" aria-label="Score: {0}" width="100%" height="8"><title>{0}</title>'
        '<rect class="m-chart-track" x="0" y="0" width="100%" height="8" rx="3"></rect>{1}</svg>',
        described,
        format_html_join("", '<rect class="m-factor-{}" x="{}%" y="0" width="{}%" height="8"></rect>', rects),
    )

"""Charts as SVG text. Pure functions: numbers in, markup out; colours come from the stylesheet by class.

Widths are percentages and there is no viewBox, so that text keeps its size on a phone.
"""

from collections.abc import Collection, Sequence
from decimal import Decimal
from itertools import pairwise

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

Number = int | float | Decimal

FACTOR_COLOURS = 4
ROW_HEIGHT = 46
BAR_HEIGHT = 8
LABEL_LENGTH = 44
LINE_BASE = 150  # y of zero
LINE_RISE = 116  # from zero to the top
FUNNEL_TOP = 54
FUNNEL_HEIGHT = 96


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
    return _svg(caption, _height_of_bars(rows), rows, _bars(found))


def share_chart_svg(rows: Sequence[tuple[str, int, int]], caption: str) -> SafeString:
    """Horizontal bars from 0 to 100 %: a label, a number, and of how many."""
    found = [
        (label, f"{part:,} of {whole:,}", part / whole if whole else 0.0, "m-chart-bar") for label, part, whole in rows
    ]
    return _svg(caption, _height_of_bars(rows), [(label, part) for label, part, _ in rows], _bars(found))


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


def line_chart_svg(
    points: Sequence[tuple[str, Number]], caption: str, top: Number | None = None, sign: str = ""
) -> SafeString:
    """A line from left to right with a number and its `sign` at each point, from 0 to `top`.

    On a phone only the first and the last of many labels are shown; the table has them all.
    """
    most = float(top or max((number for _, number in points), default=0) or 1)
    step = 84 / max(len(points) - 1, 1)
    at = [
        (f"{8 + index * step:.2f}%", f"{LINE_BASE - float(number) / most * LINE_RISE:.1f}")
        for index, (_, number) in enumerate(points)
    ]
    last, few = len(points) - 1, len(points) < 4
    marks = []
    for index, ((x, y), (label, number)) in enumerate(zip(at, points, strict=True)):
        look = "m-chart-label" if few or index in (0, last) else "m-chart-label m-chart-between"
        above, said = f"{float(y) - 12:.1f}", f"{number_text(number)}{sign}"
        marks.append((x, y, x, above, said, look, x, LINE_BASE + 24, shortened(label)))
    body = format_html(
        '<line class="m-chart-axis" x1="0" y1="{base}" x2="100%" y2="{base}"></line>{lines}{marks}',
        base=LINE_BASE,
        lines=format_html_join(
            "",
            '<line class="m-chart-line" x1="{}" y1="{}" x2="{}" y2="{}"></line>',
            ((*start, *end) for start, end in pairwise(at)),
        ),
        marks=format_html_join(
            "",
            '<circle class="m-chart-dot" cx="{}" cy="{}" r="5"></circle>'
            '<text x="{}" y="{}" text-anchor="middle">{}</text>'
            '<text class="{}" x="{}" y="{}" text-anchor="middle">{}</text>',
            marks,
        ),
    )
    return _svg(caption, LINE_BASE + 34, points, body)


def funnel_svg(stages: Sequence[tuple[str, Number]], caption: str) -> SafeString:
    """Stages from left to right, each as high as its share of the first one, with what was lost on the way."""
    top = max((float(number) for _, number in stages), default=0.0) or 1.0
    width = 100 / max(len(stages), 1)
    highs = [max(float(number) / top * FUNNEL_HEIGHT, 2.0) for _, number in stages]
    edges = [(FUNNEL_HEIGHT - high) / 2 for high in highs]
    losses = [float(now) - float(after) for (_, now), (_, after) in pairwise(stages)]
    columns, flows = [], []
    for index, ((label, number), high, edge) in enumerate(zip(stages, highs, edges, strict=True)):
        x, lost = f"{index * width:.2f}%", losses[index] if index < len(losses) else 0
        below = f"{number_text(lost)} fewer" if lost > 0 else ""
        columns.append(
            (x, number_text(number), x, shortened(label), x, f"{FUNNEL_TOP + edge:.1f}", f"{high:.1f}", x, below)
        )
        if index + 1 < len(stages):
            after = edges[index + 1]
            right = f"100,{after:.1f} 100,{FUNNEL_HEIGHT - after:.1f}"
            flows.append((x, f"{width:.2f}%", f"0,{edge:.1f} {right} 0,{FUNNEL_HEIGHT - edge:.1f}"))
    shapes = format_html_join(
        "",
        f'<svg x="{{}}" y="{FUNNEL_TOP}" width="{{}}" height="{FUNNEL_HEIGHT}" viewBox="0 0 100 {FUNNEL_HEIGHT}" '
        'preserveAspectRatio="none"><polygon class="m-chart-flow" '
        'points="{}"></polygon></svg>',
        flows,
    )
    marks = format_html_join(
        "",
        '<text class="m-chart-figure" x="{}" y="20">{}</text><text x="{}" y="40">{}</text>'
        '<rect class="m-chart-bar" x="{}" y="{}" width="8" height="{}"></rect>'
        f'<text class="m-chart-value" x="{{}}" y="{FUNNEL_TOP + FUNNEL_HEIGHT + 22}">{{}}</text>',
        columns,
    )
    return _svg(caption, FUNNEL_TOP + FUNNEL_HEIGHT + 28, stages, shapes + marks)


def _svg(caption: str, height: int, rows: Sequence[tuple[str, Number]], body: SafeString) -> SafeString:
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

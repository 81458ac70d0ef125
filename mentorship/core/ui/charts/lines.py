"""Lines over time or over rounds as SVG text. Pure functions, like those of `svg`.

Positions are percentages, so that text keeps its size on a phone. The words around a picture say what it shows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from mentorship.core.ui.charts.svg import Number, number_text, picture, shortened

PLOT_TOP, PLOT_HEIGHT = 26, 150
# Where the plot begins and how wide it is, in per cent: with words at the ends of lines, and with words at each point.
ENDS_BESIDE, POINTS_NAMED = (0, 76), (8, 84)
AXIS_ROOM = 22
# The two lines of words at the end of a line of a chart.
END_HEIGHT, END_LINE = 34, 15
FEW_POINTS = 4


@dataclass(frozen=True)
class Line:
    """A line of a chart: its points (x, y) in order, and the word at its end."""

    name: str
    points: Sequence[tuple[float, Number]]


@dataclass(frozen=True)
class Scale:
    """Where points are drawn: x in per cent of the width, y in pixels from the top."""

    left: float
    width: float
    wide: float
    top: float

    def x(self, x: float) -> str:
        return f"{self.left + x / self.wide * self.width:.2f}%"

    def y(self, y: Number) -> float:
        return PLOT_TOP + PLOT_HEIGHT * (1 - float(y) / self.top)


def line_chart_svg(
    lines: Sequence[Line],
    caption: str,
    marks: Sequence[tuple[float, str]] = (),
    *,
    top: Number | None = None,
    sign: str = "",
    names_points: bool = False,
) -> SafeString:
    """Lines from 0 upwards, the first one solid and filled, others dashed; `marks` are words below the axis.

    With `names_points` each point of the first line has its number and `sign`, and its mark below it. A phone shows
    the first and the last of many marks; the table has them all.
    """
    lines = [line for line in lines if line.points]
    wide = max((x for line in lines for x, _ in line.points), default=0) or 1
    ticks = round_ticks(ceil(top or max((y for line in lines for _, y in line.points), default=0)))
    left, width = POINTS_NAMED if names_points else ENDS_BESIDE
    scale = Scale(left, width, wide, ticks[-1])
    body = format_html(
        '{grid}<svg x="{left}%" y="{top}" width="{width}%" height="{plot}" viewBox="0 0 100 100"'
        ' preserveAspectRatio="none">{drawn}</svg>{words}{marks}',
        grid=_grid(ticks, scale, sign, 100 if names_points else width),
        left=left,
        top=PLOT_TOP,
        width=width,
        plot=PLOT_HEIGHT,
        drawn=format_html_join(
            "", "{}", reversed([(_path(n, line, wide, ticks[-1]),) for n, line in enumerate(lines)])
        ),
        words=_points(lines[:1], scale, sign) if names_points else _ends(lines, scale),
        marks=_marks(marks, scale, in_the_middle=names_points),
    )
    last = [(line.name, line.points[-1][1]) for line in lines]
    told = [(word, y) for (_, word), (_, y) in zip(marks, lines[0].points, strict=False)] if names_points else last
    return picture(caption, PLOT_TOP + PLOT_HEIGHT + AXIS_ROOM, told, body)


def round_ticks(top: int, most: int = 4) -> list[int]:
    """Round numbers from 0 to at least `top`, at most `most` steps of 1, 2 or 5 times a power of ten."""
    power = 1
    while True:
        for step in (power, 2 * power, 5 * power):
            if step * most >= top:
                return [step * n for n in range(max(-(-top // step), 1) + 1)]
        power *= 10


def _grid(ticks: Sequence[int], scale: Scale, sign: str, width: float) -> SafeString:
    return format_html_join(
        "",
        '<line class="m-chart-grid" x1="0" x2="{}%" y1="{}" y2="{}"></line>'
        '<text class="m-chart-tick" x="0" y="{}">{}</text>',
        (
            (width, f"{scale.y(y):.1f}", f"{scale.y(y):.1f}", f"{scale.y(y) - 4:.1f}", f"{y:,}{sign}" if y else "")
            for y in ticks
        ),
    )


def _path(number: int, line: Line, wide: float, top: float) -> SafeString:
    points = [(x / wide * 100, 100 - float(y) / top * 100) for x, y in line.points]
    path = "M" + " L".join(f"{x:.2f} {y:.2f}" for x, y in points)
    area = f"{path} L{points[-1][0]:.2f} 100 L{points[0][0]:.2f} 100 Z"
    return format_html(
        '{}<path class="{}" d="{}"></path>',
        format_html('<path class="m-chart-area" d="{}"></path>', area) if number == 0 else "",
        "m-chart-series m-chart-before" if number else "m-chart-series m-chart-now",
        path,
    )


def _ends(lines: Sequence[Line], scale: Scale) -> SafeString:
    """The number and the word at the end of each line, moved apart where lines end beside each other."""
    found: list[tuple[object, ...]] = []
    lowest = -END_HEIGHT + 0.0
    for y, number, line in sorted((scale.y(line.points[-1][1]), n, line) for n, line in enumerate(lines)):
        lowest = max(y + 4, lowest + END_HEIGHT)
        x = scale.width + 2
        css = "" if number else "m-chart-now-end"
        said = number_text(line.points[-1][1])
        found.append((css, x, f"{lowest:.1f}", said, x, f"{lowest + END_LINE:.1f}", line.name))
    return format_html_join(
        "",
        '<g class="{}"><text class="m-chart-number" x="{}%" y="{}">{}</text>'
        '<text class="m-chart-tick" x="{}%" y="{}">{}</text></g>',
        found,
    )


def _points(lines: Sequence[Line], scale: Scale, sign: str) -> SafeString:
    """A dot at each point with its number above it."""
    return format_html_join(
        "",
        '<circle class="m-chart-dot" cx="{0}" cy="{1}" r="5"></circle>'
        '<text class="m-chart-number" x="{0}" y="{2}" text-anchor="middle">{3}</text>',
        (
            (scale.x(x), f"{scale.y(y):.1f}", f"{scale.y(y) - 12:.1f}", f"{number_text(y)}{sign}")
            for line in lines
            for x, y in line.points
        ),
    )


def _marks(marks: Sequence[tuple[float, str]], scale: Scale, *, in_the_middle: bool) -> SafeString:
    """Words below the axis: in the middle below their points, or within the plot."""
    last = len(marks) - 1
    found = []
    for number, (x, word) in enumerate(marks):
        inner = in_the_middle and last >= FEW_POINTS - 1 and number not in (0, last)
        anchor = "middle" if in_the_middle else "end" if x == scale.wide else "start"
        look = "m-chart-tick m-chart-between" if inner else "m-chart-tick"
        found.append((look, scale.x(x), PLOT_TOP + PLOT_HEIGHT + 18, anchor, shortened(word)))
    return format_html_join("", '<text class="{}" x="{}" y="{}" text-anchor="{}">{}</text>', found)

"""Pictures of a round as SVG text: lines over time, steps, and dates. Pure functions, like those of `svg`.

Positions are percentages, so that text keeps its size on a phone. The words around a picture say what it shows.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from mentorship.core.ui.charts.svg import shortened

PLOT_TOP, PLOT_HEIGHT, PLOT_WIDTH = 18, 150, 76
AXIS_ROOM = 22
# The two lines of words at the end of a line of a chart.
END_HEIGHT, END_LINE = 34, 15
DATE_ROW, DATE_TOP, TODAY_ROOM = 26, 28, 18
# Characters of a name that a phone has room for.
DATE_LABEL, LABEL_IN_THE_MIDDLE, FROM_THE_MIDDLE = 26, 17, 20
RIGHT_HALF, MOST_RIGHT = 50, 94
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Line:
    """A line of a chart: its points (x, y) in order, and the word at its end."""

    name: str
    points: Sequence[tuple[float, int]]


def series_svg(lines: Sequence[Line], caption: str, marks: Sequence[tuple[float, str]] = ()) -> SafeString:
    """Lines from 0 upwards, the first one solid and filled, others dashed; `marks` are words below the axis."""
    lines = [line for line in lines if line.points]
    wide = max((x for line in lines for x, _ in line.points), default=0) or 1
    ticks = round_ticks(max((y for line in lines for _, y in line.points), default=0))

    def level(y: float) -> float:
        return PLOT_TOP + PLOT_HEIGHT * (1 - y / ticks[-1])

    return format_html(
        '<svg role="img" aria-label="{caption}" width="100%" height="{height}"><title>{caption}</title>'
        '<desc>{described}</desc>{grid}<svg y="{top}" width="{share}%" height="{plot}" viewBox="0 0 100 100"'
        ' preserveAspectRatio="none">{drawn}</svg>{ends}{marks}</svg>',
        caption=caption,
        described="; ".join(f"{line.name}: {line.points[-1][1]:,}" for line in lines) or "No figures.",
        height=PLOT_TOP + PLOT_HEIGHT + AXIS_ROOM,
        grid=_grid(ticks, level),
        top=PLOT_TOP,
        share=PLOT_WIDTH,
        plot=PLOT_HEIGHT,
        drawn=format_html_join(
            "", "{}", reversed([(_path(n, line, wide, ticks[-1]),) for n, line in enumerate(lines)])
        ),
        ends=_ends(lines, level),
        marks=format_html_join(
            "",
            '<text class="m-chart-tick" x="{}%" y="{}" text-anchor="{}">{}</text>',
            (
                (f"{x / wide * PLOT_WIDTH:.2f}", PLOT_TOP + PLOT_HEIGHT + 18, "end" if x == wide else "start", word)
                for x, word in marks
            ),
        ),
    )


def round_ticks(top: int, most: int = 4) -> list[int]:
    """Round numbers from 0 to at least `top`, at most `most` steps of 1, 2 or 5 times a power of ten."""
    power = 1
    while True:
        for step in (power, 2 * power, 5 * power):
            if step * most >= top:
                return [step * n for n in range(max(-(-top // step), 1) + 1)]
        power *= 10


def _grid(ticks: Sequence[int], level: Callable[[float], float]) -> SafeString:
    return format_html_join(
        "",
        '<line class="m-chart-grid" x1="0" x2="{}%" y1="{}" y2="{}"></line>'
        '<text class="m-chart-tick" x="0" y="{}">{}</text>',
        (
            (PLOT_WIDTH, f"{level(y):.1f}", f"{level(y):.1f}", f"{level(y) - 4:.1f}", f"{y:,}" if y else "")
            for y in ticks
        ),
    )


def _path(number: int, line: Line, wide: float, top: int) -> SafeString:
    points = [(x / wide * 100, 100 - y / top * 100) for x, y in line.points]
    path = "M" + " L".join(f"{x:.2f} {y:.2f}" for x, y in points)
    area = f"{path} L{points[-1][0]:.2f} 100 L{points[0][0]:.2f} 100 Z"
    return format_html(
        '{}<path class="{}" d="{}"></path>',
        format_html('<path class="m-chart-area" d="{}"></path>', area) if number == 0 else "",
        "m-chart-series m-chart-before" if number else "m-chart-series m-chart-now",
        path,
    )


def _ends(lines: Sequence[Line], level: Callable[[float], float]) -> SafeString:
    """The number and the word at the end of each line, moved apart where lines end beside each other."""
    found: list[tuple[object, ...]] = []
    lowest = -END_HEIGHT + 0.0
    for y, number, line in sorted((level(line.points[-1][1]), n, line) for n, line in enumerate(lines)):
        lowest = max(y + 4, lowest + END_HEIGHT)
        x = PLOT_WIDTH + 2
        css = "" if number else "m-chart-now-end"
        found.append((css, x, f"{lowest:.1f}", f"{line.points[-1][1]:,}", x, f"{lowest + END_LINE:.1f}", line.name))
    return format_html_join(
        "",
        '<g class="{}"><text class="m-chart-number" x="{}%" y="{}">{}</text>'
        '<text class="m-chart-tick" x="{}%" y="{}">{}</text></g>',
        found,
    )


def step_svg(number: int, next_number: int | None, whole: int, *, lying: bool = False) -> SafeString:
    """One step of a funnel: its bar, and the band that leads to the next one. `lying` is the drawing for a phone."""
    share, following = (100 * min(n / whole, 1) if whole else 0 for n in (number, next_number or 0))
    css = "m-funnel-bar" if number else "m-funnel-bar m-funnel-ahead"
    if lying:
        return format_html(
            '<svg class="m-funnel-lying" width="100%" height="12" aria-hidden="true">'
            '<rect class="m-chart-track" width="100%" height="12" rx="3"></rect>'
            '<rect class="m-chart-bar" width="{}%" height="12" rx="3"></rect></svg>',
            f"{share:.2f}",
        )
    band: SafeString | str = ""
    if number and next_number:
        corners = [(0, 50 - share / 2), (100, 50 - following / 2), (100, 50 + following / 2), (0, 50 + share / 2)]
        band = format_html(
            '<svg width="100%" height="100%" viewBox="0 0 100 100" preserveAspectRatio="none">'
            '<polygon class="m-funnel-band" points="{}"></polygon></svg>',
            " ".join(f"{x},{y:.2f}" for x, y in corners),
        )
    tall = max(share, 4) if number else 100 if whole else 4
    return format_html(
        '<svg class="m-funnel-standing" width="100%" height="116" aria-hidden="true">{}'
        '<rect class="{}" x="1" y="{}%" width="9" height="{}%" rx="2"></rect></svg>',
        band,
        css,
        f"{50 - tall / 2:.2f}",
        f"{tall:.2f}",
    )


def dates_svg(rows: Sequence[tuple[str, date]], today: date, caption: str) -> SafeString:
    """Dates on one axis with months above, past ones filled, and a line for today."""
    first, last = min([today, *(on for _, on in rows)]) - WEEK, max([today, *(on for _, on in rows)]) + WEEK

    def place(on: date) -> float:
        return (on - first).days / (last - first).days * 100

    height = DATE_TOP + len(rows) * DATE_ROW + TODAY_ROOM
    return format_html(
        '<svg role="img" aria-label="{caption}" width="100%" height="{height}"><title>{caption}</title>'
        "{months}{today}{dates}</svg>",
        caption=caption,
        height=height,
        months=format_html_join(
            "",
            '<line class="m-chart-grid" x1="{0}%" x2="{0}%" y1="4" y2="{1}"></line>'
            '<text class="m-chart-tick" x="{0}%" y="14" dx="4">{2}</text>',
            (
                (f"{place(day):.2f}", height, date_format(day, "M"))
                for day in _months(first, last)
                if place(day) < MOST_RIGHT
            ),
        ),
        today=format_html(
            '<line class="m-date-today" x1="{0}%" x2="{0}%" y1="{1}" y2="{2}"></line>'
            '<text class="m-chart-tick" x="{0}%" y="{3}" dx="{4}" text-anchor="{5}">today</text>',
            f"{place(today):.2f}",
            DATE_TOP - 6,
            height,
            height - 4,
            *_aside(place(today), 5),
        ),
        dates=format_html_join(
            "",
            '<circle class="{}" cx="{}%" cy="{}" r="5"></circle>'
            '<text class="m-date-name" x="{}%" y="{}" dx="{}" text-anchor="{}">{}</text>',
            _dots(rows, today, place),
        ),
    )


def _dots(
    rows: Sequence[tuple[str, date]], today: date, place: Callable[[date], float]
) -> Iterator[tuple[object, ...]]:
    """The dot of each date, and its name on the side where there is room."""
    for number, (name, on) in enumerate(rows):
        x, y = f"{place(on):.2f}", DATE_TOP + number * DATE_ROW + DATE_ROW // 2
        most = LABEL_IN_THE_MIDDLE if abs(place(on) - RIGHT_HALF) < FROM_THE_MIDDLE else DATE_LABEL
        words = f"{shortened(name, most)} · {date_format(on, 'j M')}"
        yield "m-date-past" if on < today else "m-date-ahead", x, y, x, y + 4, *_aside(place(on), 12), words


def _aside(x: float, gap: int) -> tuple[int, str]:
    """How far from a point words begin or end, and which of the two."""
    return (gap, "start") if x < RIGHT_HALF else (-gap, "end")


def _months(first: date, last: date, most: int = 8) -> list[date]:
    """The first days of the months between two days, every second or third one where there are many."""
    months = range(first.year * 12 + first.month, last.year * 12 + last.month)
    days = [date(month // 12, month % 12 + 1, 1) for month in months]
    return days[:: -(-len(days) // most) or 1]

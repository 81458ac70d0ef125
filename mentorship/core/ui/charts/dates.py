"""Dates on one axis as SVG text. Pure functions, like those of `svg`."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta

from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from mentorship.core.ui.charts.svg import shortened

DATE_ROW, DATE_TOP, TODAY_ROOM = 26, 28, 18
# Characters of a name that a phone has room for.
DATE_LABEL, LABEL_IN_THE_MIDDLE, FROM_THE_MIDDLE = 26, 17, 20
RIGHT_HALF, MOST_RIGHT = 50, 94
WEEK = timedelta(days=7)


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

"""The grid of the week in which people mark when they can usually meet."""

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from babel import Locale
from django import forms
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from cohorts.weekly_hours import DAY_NAMES, DAYS, HOURS_A_WEEK, WeeklyHours, tell_same_time
from mentorship.core.languages.current import current_language, current_locale
from mentorship.core.languages.known import ENGLISH
from mentorship.core.timezones import zone_name

BLOCK = 2  # hours in a cell
USUAL = range(6, 22, BLOCK)  # hours of the day at which the rows that everybody sees begin
UNUSUAL = (*range(0, 6, BLOCK), 22)
_BOX = re.compile(r"([0-9]{1,3})-([0-9]{1,3})")  # the value of a box


@dataclass(frozen=True)
class MarkedHours:
    """Marked hours. `zone`: on whose clock they were said before; `checked`: the zone for which they were checked."""

    hours: frozenset[int]
    zone: str = ""
    checked: str = ""


class WeekGrid(forms.Widget):
    """A table of checkboxes: a column for each day, a row for every two hours. Scripts add dragging and presets.

    A box has the hours of the week that it stands for as its value: "16-18" is Monday from 16:00 to 18:00.
    """

    use_fieldset = True
    said_in = ""  # the zone on whose clock the marked hours are, if they were said before
    asks_about = ""  # the zone of which it is to be confirmed that the hours are on its clock

    def id_for_label(self, id_: str, index: Any = None) -> str:
        return ""  # a group has none; its first box is id_0

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        found = WeeklyHours.stored(value) if isinstance(value, str) else value
        hours = found.hours if found else frozenset()
        zone = (found.zone if found else "") or self.said_in
        boxes = {begin: frozenset(range(begin, begin + BLOCK)) for begin in range(0, len(DAY_NAMES) * 24, BLOCK)}
        part = sorted(hours - frozenset().union(*(box for box in boxes.values() if box <= hours)))
        context = {
            "name": name,
            "id": (attrs or {}).get("id", f"id_{name}"),
            "describedby": (attrs or {}).get("aria-describedby", ""),
            "days": list(zip(_heads(), _day_names(), strict=True)),
            "short_days": " ".join(_short_names()),
            "rows": [_row(hour, hours) for hour in USUAL],
            "early_and_late": [_row(hour, hours) for hour in UNUSUAL],
            "open": any(hour % 24 not in range(USUAL.start, USUAL.stop) for hour in hours),
            "single": [(f"{hour}-{hour + 1}", _in_words(hour, 1)) for hour in part],
            "zone": zone,
            "asks_about": self.asks_about,
            "asks_name": zone_name(self.asks_about, current_locale()) if self.asks_about else "",
        }
        return render_to_string("cohorts/signup/week_grid.html", context)

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        marked = data.getlist(name) if hasattr(data, "getlist") else data.get(name, [])
        return marked, data.get(f"{name}-zone", ""), data.get(f"{name}-checked", "")

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return False  # a table without a mark sends nothing


class WeekField(forms.Field):
    """Cleans to `MarkedHours`; `settle_hours` makes the stored text of it, once the time zone is known."""

    widget = WeekGrid

    def to_python(self, value: Any) -> MarkedHours | None:
        marked, zone, checked = value or ((), "", "")
        hours: set[int] = set()
        for text in [marked] if isinstance(marked, str) else marked:
            box = _BOX.fullmatch(str(text))
            begin, end = (int(box[1]), int(box[2])) if box else (0, 0)
            if not begin < end <= HOURS_A_WEEK:
                raise forms.ValidationError(gettext("Choose times from the table."), code="invalid")
            hours |= set(range(begin, end))
        return MarkedHours(frozenset(hours), zone, checked) if hours else None

    def prepare_value(self, value: Any) -> Any:
        """The marks of a form with errors, or the stored text."""
        if not isinstance(value, tuple):
            return value
        try:
            return self.to_python(value)
        except forms.ValidationError:
            return None


def settle_hours(form: forms.BaseForm, name: str, cleaned: dict[str, Any]) -> None:
    """Turn marked hours into the stored text, on the clock of the time zone in the form; for its `clean`.

    If the hours were marked in another time zone, it asks: the clock times could stay the same, or move.
    """
    if name not in form.fields or name in form.errors:
        return
    marked, zone = cleaned.get(name), cleaned.get("time_zone", "")
    cleaned[name] = ""
    if marked is None:
        return
    widget: Any = form.fields[name].widget
    widget.said_in = marked.zone or zone
    if not zone:
        if "time_zone" not in form.errors:
            form.add_error("time_zone", gettext("Choose the time zone: the hours that are marked are on its clock."))
        return
    year = form.cohort.starts_on.year  # type: ignore[attr-defined]
    before = WeeklyHours.stored(f"Mon 0-1 ({marked.zone})") if marked.zone else None
    if before and marked.checked != zone and not tell_same_time(before.zone, zone, year):
        widget.asks_about = zone
        there, here = zone_name(before.zone, current_locale()), zone_name(zone, current_locale())
        words = gettext("These hours were marked on the clock in {there}. Check that they are right in {here}.")
        form.add_error(name, words.format(there=there, here=here))
        return
    cleaned[name] = str(WeeklyHours(marked.hours, zone))


def _row(hour: int, hours: frozenset[int]) -> dict[str, Any]:
    """A row of the table: its hours of the day, and a cell for each day: value, words, whether it is marked."""
    cells = []
    for day in range(len(DAY_NAMES)):
        begin = day * 24 + hour
        marked = frozenset(range(begin, begin + BLOCK)) <= hours
        cells.append((f"{begin}-{begin + BLOCK}", _in_words(begin, BLOCK), marked, day >= 5))
    return {"label": f"{hour:02}–{hour + BLOCK:02}", "hour": hour, "cells": cells}


def _in_words(begin: int, length: int) -> str:
    day, hour = divmod(begin, 24)
    words = gettext("{day} {begin} to {end}")
    return words.format(day=_day_names()[day], begin=f"{hour:02}:00", end=f"{hour + length:02}:00")


def _day_names() -> tuple[str, ...]:
    """Monday to Sunday in the current language."""
    return DAY_NAMES if current_language() == ENGLISH else _days_in(current_locale(), "wide")


def _short_names() -> tuple[str, ...]:
    """Mon to Sun in the current language."""
    return DAYS if current_language() == ENGLISH else _days_in(current_locale(), "abbreviated")


def _heads() -> tuple[str, ...]:
    """The heads of the columns: Mo to Su in English, elsewhere the short names, as two letters may be the same."""
    return tuple(name[:2] for name in DAYS) if current_language() == ENGLISH else _short_names()


@cache
def _days_in(locale: str, width: str) -> tuple[str, ...]:
    days = Locale.parse(locale).days["stand-alone"][width]
    return tuple(str(days[number]).rstrip(".") for number in range(len(DAY_NAMES)))

"""Helpers that build the markup of tags."""

from collections.abc import Sized
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.template import Variable
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from lucide.templatetags.lucide import lucide

from mentorship.core.ui.charts import svg
from mentorship.core.ui.counts import AtLeast


@lru_cache(maxsize=256)
def icon_svg(name: str, size: int = 16) -> SafeString:
    """A lucide icon as inline SVG, hidden from assistive technology, since the text beside it says the same."""
    svg = lucide(name, size=size, **{"class": "m-icon", "aria-hidden": "true", "focusable": "false"})
    return mark_safe(svg)  # the icon set's own markup, without user input


def attribute(name: str, value: Any) -> SafeString | str:
    """The attribute preceded by a space; "" if the value is empty."""
    return format_html(' {}="{}"', name, value) if value else ""


def flowing(content: str) -> SafeString:
    """The content between the tags, without line breaks and indentation of the template."""
    return mark_safe(" ".join(content.split()))  # rendered by the template, so already escaped


def address(view: str, args: tuple[Any, ...] = ()) -> str:
    """The address of a view, by its name; an address is returned unchanged."""
    return reverse(view, args=args) if view and view[0] not in "/?#" else view


def value_at(value: Any, path: str) -> Any:
    """The value at a dotted path, as in a template: `user.name`; the object itself for an empty path."""
    return Variable(f"value.{path}").resolve({"value": value}) if path else value


def thousands(value: Any) -> str:
    """`{{ 1234|thousands }}` -> 1,234, or 1,000+ if it was not counted on; anything but a number stays unchanged."""
    if value is None:
        return "–"
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return str(value)
    return f"{svg.number_text(value)}{'+' if isinstance(value, AtLeast) else ''}"


def counted(value: Any, noun: str) -> str:
    """`{{ 3|counted:"mentee" }}` -> 3 mentees; `"person,people"` for other plurals; lists are counted."""
    number = len(value) if isinstance(value, Sized) else value
    one, _, many = str(noun).partition(",")
    return f"{thousands(number)} {one if number == 1 else many or f'{one}s'}"

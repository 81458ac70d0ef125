"""Read ids, choices and the page number from addresses and forms, which may contain anything."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.http import HttpRequest

PAGE_SIZE = 50


def number_in(text: str | None) -> int:
    """The whole number in a text; 0, which is no id, if there is none or it is too long for a database."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else 0


def numbers_in(texts: Iterable[str]) -> list[int]:
    """The valid ids in some texts, such as those of ticked rows."""
    return [number for text in texts if (number := number_in(text))]


def uuids_in(texts: Iterable[str]) -> list[UUID]:
    """The ids among them, of rows that have such ones."""
    return [UUID(text) for text in texts if re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", text)]


@dataclass(frozen=True)
class UnknownChoice:
    """A filter in the address whose value is not one of its choices, such as a deleted group."""

    name: str
    value: str
    label: str = ""


def choice_in(request: HttpRequest, name: str, choices: Iterable[Any]) -> str:
    """The value of the filter `?name=`; "" if it is unset, or not one of the choices.

    Choices are values, or pairs of value and label. An unknown one is noted: the list then shows nothing (`page_of`),
    is not exported (`export`), and its page says why.
    """
    value = request.GET.get(name, "").replace("\0", "").strip()
    known = {str(choice[0] if isinstance(choice, tuple | list) else choice) for choice in choices}
    if not value or value in known:
        return value
    note_unknown(request, name, value)
    return ""


def note_unknown(request: HttpRequest, name: str, value: str, label: str = "") -> None:
    """Record that a filter in the address can't be applied. A list without it would show other rows."""
    noted = UnknownChoice(name, value, label or name)
    if noted not in unknown_choices(request):
        request.unknown_choices = [*unknown_choices(request), noted]  # type: ignore[attr-defined]


def unknown_choices(request: HttpRequest) -> list[UnknownChoice]:
    """The filters in the address that can't be applied."""
    return getattr(request, "unknown_choices", [])


def rows_shown(request: HttpRequest, rows: Any) -> Any:
    """The rows of a list; none if a filter in its address can't be applied."""
    return [] if unknown_choices(request) else rows


def page_of(request: HttpRequest, rows: Any, size: int = PAGE_SIZE, count: int | None = None) -> Page[Any]:
    """The page of a list that `?page=` names; the first or last one if there is no such page.

    Empty if a filter in the address can't be applied. A `count` that is known already saves a query.
    """
    paginator = Paginator(rows_shown(request, rows), size)
    if count is not None and not unknown_choices(request):
        paginator.__dict__["count"] = count  # what its cached property would find
    return paginator.get_page(request.GET.get("page"))

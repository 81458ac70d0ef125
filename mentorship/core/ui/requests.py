"""What addresses and forms say, where anybody may have written anything: ids, and the page of a list."""

from collections.abc import Iterable
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest

PAGE_SIZE = 50


def number_in(text: str | None) -> int:
    """The whole number that a text is; 0, the id of no row, for what is none or is too long for a database."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else 0


def numbers_in(texts: Iterable[str]) -> list[int]:
    """The ids among them, such as those of the rows that are ticked."""
    return [number for text in texts if (number := number_in(text))]


def page_of(request: HttpRequest, rows: Any, size: int = PAGE_SIZE) -> Page[Any]:
    """The page of a list that `?page=` names: the first or the last one where there is none of that number."""
    return Paginator(rows, size).get_page(request.GET.get("page"))

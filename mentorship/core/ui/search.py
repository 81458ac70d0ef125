"""The search of a list: every word that was typed must be found somewhere in a row."""

from collections.abc import Callable
from functools import reduce
from operator import or_
from typing import Any, TypeVar

from django.db.models import Q, QuerySet

# Nobody types more, and SQLite refuses a condition of a thousand parts.
MOST_WORDS = 20

Found = TypeVar("Found", bound=QuerySet[Any, Any])
# A field, such as user__email, that holds the word in small or capital letters; or what else a word may lead to.
Place = str | Callable[[str], Q]


def words_of(text: str) -> list[str]:
    """The words of a search, each once, the first twenty; without NUL bytes, which PostgreSQL refuses."""
    return list(dict.fromkeys(text.replace("\0", "").split()))[:MOST_WORDS]


def every_word(found: Found, text: str, *places: Place) -> Found:
    """The rows where every word of `text` is in one of the places; without a word, all of them."""
    for word in words_of(text):
        found = found.filter(reduce(or_, (_in(place, word) for place in places)))
    return found


def has_every_word(said: str, text: str) -> bool:
    """The same for lists that no database filters: whether `said` holds every word of `text`."""
    said = said.casefold()
    return all(word.casefold() in said for word in words_of(text))


def _in(place: Place, word: str) -> Q:
    return place(word) if callable(place) else Q((f"{place}__icontains", word))

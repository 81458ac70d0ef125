"""The search of lists: every typed word must occur somewhere in a row."""

from collections.abc import Callable
from functools import reduce
from operator import or_
from typing import Any, TypeVar

from django.db.models import Q, QuerySet

# Nobody types more words or longer ones. SQLite refuses a condition with a thousand parts, and one of 50,000 bytes.
MOST_WORDS, LONGEST_WORD = 20, 200

Found = TypeVar("Found", bound=QuerySet[Any, Any])
# A field to search, such as user__email, ignoring case; or a function that builds another condition from a word.
Place = str | Callable[[str], Q]


def words_of(text: str) -> list[str]:
    """The first twenty words of a search, each once, by their first letters; PostgreSQL refuses NUL bytes."""
    words = dict.fromkeys(word[:LONGEST_WORD] for word in text.replace("\0", "").split())
    return list(words)[:MOST_WORDS]


def every_word(found: Found, text: str, *places: Place) -> Found:
    """The rows where every word of `text` occurs in one of the places; all rows if there is no word."""
    for word in words_of(text):
        found = found.filter(reduce(or_, (_in(place, word) for place in places)))
    return found


def has_every_word(said: str, text: str) -> bool:
    """Whether `said` contains every word of `text`, for lists that are not filtered by the database."""
    said = said.casefold()
    return all(word.casefold() in said for word in words_of(text))


def _in(place: Place, word: str) -> Q:
    return place(word) if callable(place) else Q((f"{place}__icontains", word))

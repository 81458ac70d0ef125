"""Names in a sentence."""

from collections.abc import Sequence
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as lazy


def join_names_lazy(names: Sequence[Any]) -> Any:
    """The names in a sentence, in the language in which it is read: Ana, Ben and Cleo; "" for none."""
    *first, last = names or [""]
    if not first:
        return last
    listed = format_lazy(", ".join(["{}"] * len(first)), *first)
    return format_lazy(lazy("{first} and {last}"), first=listed, last=last)

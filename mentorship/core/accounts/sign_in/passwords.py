"""Refuse passwords made from the owner's name or address."""

import re
from difflib import SequenceMatcher
from typing import Any

from django.core.exceptions import ValidationError

# The share of a password that may not come from well-known facts about its owner.
TOO_MUCH = 0.6
FIELDS = ("email", "full_name", "preferred_name")


class NotAboutYouValidator:
    """Refuses passwords that are mostly a piece of the address or name, ignoring punctuation.

    Django's validator compares with the whole address, so the company's domain makes any piece look different.
    """

    def validate(self, password: str, user: Any = None) -> None:
        tried = _plain(password)
        for value in (_plain(str(getattr(user, name, "") or "")) for name in FIELDS):
            match = SequenceMatcher(a=tried, b=value, autojunk=False).find_longest_match()
            if value and match.size >= max(4, TOO_MUCH * len(tried)):
                raise ValidationError(
                    "This password is too much like your email address or name. Choose one that nobody could guess "
                    "from them.",
                    code="password_too_similar",
                )

    def get_help_text(self) -> str:
        return "Your password must not be like your email address or your name."


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.casefold())

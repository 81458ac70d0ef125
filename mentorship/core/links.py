"""Signed links: whoever has one may do one thing to one object, without signing in.

A link can't be made without the secret key, and works for one purpose only, its salt. Links that were mailed stay
valid for as long as their salt and format are kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, auto
from typing import Any

from django.conf import settings
from django.core import signing
from django.urls import reverse


class LinkError(Exception):
    """The link was not made here, was changed on its way, or is too old."""


class LinkFormat(Enum):
    """How the values are written into the token."""

    DATED = auto()  # JSON with the moment of signing: may expire, and differs from second to second
    STABLE = auto()  # JSON: the same values always give the same link
    PLAIN = auto()  # values joined by dashes, signed after a full stop: calendars and some mail programs need it


@dataclass(frozen=True)
class SignedLink:
    """One kind of link: the view that it leads to, what it is signed for, and the types of the values in it.

    The last `optional` values may be missing. `max_age` counts from the moment of signing, in the format DATED only.
    """

    view_name: str
    salt: str
    fields: tuple[type, ...] = (int,)
    optional: int = 0
    format: LinkFormat = LinkFormat.DATED
    max_age: timedelta | None = None
    compress: bool = False

    def url(self, *values: Any) -> str:
        """The absolute address for these values."""
        return absolute_url(self.view_name, self.sign(*values))

    def sign(self, *values: Any) -> str:
        """The token for these values."""
        if not self._fits(values):
            raise TypeError(f"A link to {self.view_name} holds {self.fields}, not {values}.")
        content = values[0] if len(self.fields) == 1 else list(values)
        match self.format:
            case LinkFormat.DATED:
                return signing.dumps(content, salt=self.salt, compress=self.compress)
            case LinkFormat.STABLE:
                return signing.Signer(salt=self.salt).sign_object(content, compress=self.compress)
            case LinkFormat.PLAIN:
                return self._plain_signer().sign("-".join(map(str, values)))

    def read(self, token: str) -> tuple[Any, ...]:
        """The values in a token. Raises LinkError."""
        try:
            content = self._content(token)
        except (signing.BadSignature, ValueError) as error:
            raise LinkError from error
        values = tuple(content) if isinstance(content, list) and len(self.fields) > 1 else (content,)
        if not self._fits(values):
            raise LinkError
        return values

    def read_one(self, token: str) -> Any:
        """The only value of a link that holds one. Raises LinkError."""
        (value,) = self.read(token)
        return value

    def _content(self, token: str) -> Any:
        match self.format:
            case LinkFormat.DATED:
                return signing.loads(token, salt=self.salt, max_age=self.max_age)
            case LinkFormat.STABLE:
                return signing.Signer(salt=self.salt).unsign_object(token)
            case LinkFormat.PLAIN:
                parts = self._plain_signer().unsign(token).split("-", len(self.fields) - 1)
                values = [kind(part) for kind, part in zip(self.fields, parts, strict=False)]
                return values if len(self.fields) > 1 else values[0]

    def _fits(self, values: Sequence[Any]) -> bool:
        # The exact type: True is no id.
        enough = len(self.fields) - self.optional <= len(values) <= len(self.fields)
        return enough and all(type(value) is kind for value, kind in zip(values, self.fields, strict=False))

    def _plain_signer(self) -> signing.Signer:
        return signing.Signer(sep=".", salt=self.salt)


def absolute_url(view_name: str, *args: Any) -> str:
    """The address of a view with the name of the site, for mails and calendars."""
    return settings.SITE_URL + reverse(view_name, args=args)

"""Signed links: the holder may do one thing to one object without signing in.

A link can't be forged without the secret key, and works for one purpose only, its salt. It ends with its age, with what
it acts on, and when the person for whom it acts, or a coordinator, stops it: the moment of signing is its version.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum, auto
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils import timezone

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from mentorship.core.accounts.models import User


class LinkError(Exception):
    """The link was forged, damaged, or is too old."""


class LinkStoppedError(LinkError):
    """The person whose link it is, or somebody for them, has stopped it."""


# The form of any token: it ends with a separator and a SHA-256 in 43 letters.
_END_OF_TOKEN = r"[A-Za-z0-9_-][:.][A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])"
# Without the look behind, a long run of such letters would be searched from each of them.
TOKEN = re.compile(rf"(?<![A-Za-z0-9_.:-])[A-Za-z0-9_.:-]*{_END_OF_TOKEN}")
_IN_BYTES = re.compile(_END_OF_TOKEN.encode())


# How long a dated link works. Whoever still takes part gets newer ones; a mailbox that is found later opens nothing.
A_YEAR = timedelta(days=400)
# How long a link works once what it acts on is over, such as an event: whoever reads their mail late can still look.
AFTERWARDS = timedelta(weeks=8)


class LinkFormat(Enum):
    """How the values are encoded in the token."""

    DATED = auto()  # JSON with the moment of signing: expires, and differs from second to second
    PLAIN = auto()  # values joined by dashes, signed after a full stop: always the same, for calendars and for paper


@dataclass(frozen=True)
class SignedLink:
    """One kind of link: its view, the purpose it is signed for, and the types of its values.

    The last `optional` values may be missing. `max_age` counts from the moment of signing, in the format DATED only.
    A link that is not `personal` may be shown to anybody, because it lets nobody act for a person. `whose` finds the
    person for whom one acts by it, from its values: they can stop it, and it ends when their account is switched off,
    unless it is `open_when_switched_off` and its view decides. `does` tells whoever got it its use.
    """

    view_name: str
    salt: str
    fields: tuple[type, ...] = (int,)
    optional: int = 0
    format: LinkFormat = LinkFormat.DATED
    max_age: timedelta | None = A_YEAR
    compress: bool = False
    personal: bool = True
    whose: "Callable[..., QuerySet[User]] | None" = None
    open_when_switched_off: bool = False
    does: str = ""

    def __post_init__(self) -> None:
        known = _KINDS.setdefault(self.salt, self)
        if known != self:
            raise ValueError(f"{known.view_name} and {self.view_name} share the purpose {self.salt}.")
        if self.whose and self.format is not LinkFormat.DATED:
            raise ValueError(f"Links to {self.view_name} can't be stopped: they don't say when they were signed.")

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
            case LinkFormat.PLAIN:
                return self._plain_signer().sign("-".join(map(str, values)))

    def read(self, token: str) -> tuple[Any, ...]:
        """The values in a token. Raises LinkError, also for a person whose account is switched off.

        Where it was stopped, that is a LinkStoppedError.
        """
        values = self._values(token, self.max_age)
        if self.whose is None:
            return values
        if not self.open_when_switched_off and self.whose(*values).filter(is_active=False).exists():
            raise LinkError
        if self.is_stopped(values, _signed_at(token)):
            raise LinkStoppedError
        return values

    def is_stopped(self, values: Sequence[Any], signed_at: datetime) -> bool:
        """Whether a link with these values that was signed at a moment (UTC, a whole second) was stopped since.

        One that is signed in the second of the stop works: it may be the one that is to replace the others.
        """
        from mentorship.core.accounts.models import StoppedLink  # noqa: PLC0415 apps not ready: logs need this module

        if self.whose is None:
            return False
        since = StoppedLink.objects.filter(stopped_at__gte=signed_at + timedelta(seconds=1))
        return since.filter(person__in=self.whose(*values)).about(self.salt, values).exists()

    def _values(self, token: str, max_age: timedelta | None) -> tuple[Any, ...]:
        try:
            content = self._content(token, max_age)
        except (signing.BadSignature, ValueError) as error:
            raise LinkError from error
        values = tuple(content) if isinstance(content, list) and len(self.fields) > 1 else (content,)
        if not self._fits(values):
            raise LinkError
        return values

    def read_whenever_signed(self, token: str) -> tuple[Any, ...] | None:
        """The values in a token, even an expired one; None if it was not signed for this."""
        try:
            return self._values(token, None)
        except LinkError:
            return None

    def read_one(self, token: str) -> Any:
        """The value of a link that holds only one. Raises LinkError."""
        (value,) = self.read(token)
        return value

    def _content(self, token: str, max_age: timedelta | None) -> Any:
        match self.format:
            case LinkFormat.DATED:
                return signing.loads(token, salt=self.salt, max_age=max_age)
            case LinkFormat.PLAIN:
                parts = self._plain_signer().unsign(token).split("-", len(self.fields) - 1)
                values = [kind(part) for kind, part in zip(self.fields, parts, strict=False)]
                return values if len(self.fields) > 1 else values[0]

    def _fits(self, values: Sequence[Any]) -> bool:
        # Compare the exact type: True is not an id.
        enough = len(self.fields) - self.optional <= len(values) <= len(self.fields)
        return enough and all(type(value) is kind for value, kind in zip(values, self.fields, strict=False))

    def _plain_signer(self) -> signing.Signer:
        return signing.Signer(sep=".", salt=self.salt)


# Every kind of link by its purpose.
_KINDS: dict[str, SignedLink] = {}


def every_kind() -> list[SignedLink]:
    """Kinds of links whose pages have been imported so far."""
    return list(_KINDS.values())


def kind_of(salt: str) -> SignedLink:
    """The kind of link that is signed for this purpose. Raises KeyError if it no longer exists."""
    return _KINDS[salt]


def meaning_of(token: str, likely: SignedLink | None = None) -> tuple[SignedLink, tuple[Any, ...]] | None:
    """The kind of link of a token, and its values; None if it is of none. The `likely` kind is tried first."""
    for kind in ([likely] if likely else []) + list(_KINDS.values()):
        if (values := kind.read_whenever_signed(token)) is not None:
            return kind, values
    return None


def has_token(content: bytes) -> bool:
    """Whether a page has a signed token. Looking for ends of tokens alone is four times quicker."""
    return bool(_IN_BYTES.search(content))


def without_tokens(text: str) -> str:
    """The text without signed tokens, for logs and error reports."""
    return TOKEN.sub("[token]", text)


def _signed_at(token: str) -> datetime:
    """The second (UTC) in which a dated link was signed."""
    return datetime.fromtimestamp(signing.b62_decode(token.rsplit(":", 2)[1]), UTC)


def end_afterwards(over: datetime) -> None:
    """Raise LinkError if what a link acts on has been over (UTC) for some weeks."""
    if timezone.now() > over + AFTERWARDS:
        raise LinkError


def absolute_url(view_name: str, *args: Any) -> str:
    """The address of a view including the site, for mails and calendars."""
    return settings.SITE_URL + reverse(view_name, args=args)

"""Addresses of erased people, kept as hashes so that they get no further mail.

Only a keyed hash is kept, made with SECRET_KEY. Put an old key into SECRET_KEY_FALLBACKS, or the hashes no longer
match.
"""

from collections.abc import Iterable

from django.conf import settings
from django.db import transaction
from django.utils.crypto import salted_hmac

from mentorship.core.outbox.models import ForgottenAddress

SALT = "mentorship.outbox.forgotten"
WORDS = "asked to be erased"


@transaction.atomic
def forget(addresses: Iterable[str]) -> int:
    """Never write to these addresses again, in any programme. Returns how many are new."""
    new = 0
    for address in addresses:
        if not forgotten([address]):
            ForgottenAddress.objects.create(digest=_digest(address, settings.SECRET_KEY))
            new += 1
    return new


def forgotten(addresses: Iterable[str]) -> set[str]:
    """Addresses among these, in lower case, that get no mail. One query."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    of = {_digest(address, key): address.strip().lower() for address in addresses for key in keys}
    if not of:
        return set()
    return {of[digest] for digest in ForgottenAddress.objects.filter(digest__in=of).values_list("digest", flat=True)}


@transaction.atomic
def remember(address: str) -> bool:
    """Write to an address again after its owner returned by choice and proved it. False if it was not forgotten."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = [_digest(address, key) for key in keys]
    return bool(ForgottenAddress.objects.filter(digest__in=digests).delete()[0])


def _digest(address: str, key: str) -> str:
    return salted_hmac(SALT, address.strip().lower(), secret=key, algorithm="sha256").hexdigest()

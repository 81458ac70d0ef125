"""Numbers of certificates, as paper shows them and people type them."""

import re
from uuid import UUID

# The number is the beginning of the id: 48 random bits, which nobody guesses behind a limit.
DIGITS = 12
_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1"})
_WHOLE = re.compile(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}", re.IGNORECASE)


def number_of(certificate_id: UUID) -> str:
    """`1F2E-3D4C-5B6A`."""
    digits = certificate_id.hex[:DIGITS].upper()
    return "-".join(digits[at : at + 4] for at in range(0, DIGITS, 4))


def ids_behind(text: str) -> tuple[UUID, UUID] | None:
    """The first and last id that a typed number may stand for; None for what is no number.

    Case, spaces and hyphens don't matter, O is read as 0 and I and L as 1. A whole id or the address of a certificate
    is understood as well.
    """
    if whole := _WHOLE.search(text):
        found = UUID(whole[0])
        return found, found
    digits = re.sub(r"[\s\-\u2010-\u2015.]", "", text).upper().translate(_MISREAD)
    if not re.fullmatch(rf"[0-9A-F]{{{DIGITS}}}", digits):
        return None
    return UUID(digits.ljust(32, "0")), UUID(digits.ljust(32, "F"))

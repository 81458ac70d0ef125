"""Recipients are people: a message stores the owner of each address, and delivery uses their current one."""

from collections.abc import Iterable, Sequence
from email.utils import parseaddr
from typing import Any

from django.conf import settings

from mentorship.core.accounts.models import User
from mentorship.core.text import clean_name

MOST_OF_A_NAME = 120
# A person, or a bare address without one, such as a programme's contact.
Recipient = User | str


def addresses_of(recipients: Iterable[Recipient]) -> list[str]:
    """The current addresses of recipients, without duplicates."""
    return list(dict.fromkeys(one.email if isinstance(one, User) else one for one in recipients))


def owners_of(*lists: Sequence[Recipient]) -> dict[str, int]:
    """The owners of addresses: address → id of the person. Bare addresses have none."""
    return {one.email: one.pk for recipients in lists for one in recipients if isinstance(one, User)}


def from_line(name: str) -> str:
    """The From of a mail: `Open Seeds <mentorship@example.org>`, our address with the name of a programme."""
    plain = clean_name(name).replace("\\", "").replace('"', "”")[:MOST_OF_A_NAME]
    return f'"{plain}" <{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}>' if plain else settings.DEFAULT_FROM_EMAIL


def columns_of(**lists: Sequence[Recipient]) -> dict[str, Any]:
    """The columns of a message for its recipients, given as `to`, `cc`, `bcc` and `reply_to`."""
    addresses = {name: addresses_of(recipients) for name, recipients in lists.items()}
    return {**addresses, "people": owners_of(*lists.values())}

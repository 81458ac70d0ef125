"""Recipients are people: a message keeps whose each address is, and delivery writes to where they are by then."""

from collections.abc import Iterable, Sequence

from mentorship.core.accounts.models import User

# A person, or a mere address where nobody stands behind it, such as a programme's contact.
Recipient = User | str


def addresses_of(recipients: Iterable[Recipient]) -> list[str]:
    """Their addresses as they are now, each once."""
    return list(dict.fromkeys(one.email if isinstance(one, User) else one for one in recipients))


def owners_of(*lists: Sequence[Recipient]) -> dict[str, int]:
    """Whose each address is: address → id of the person. Mere addresses belong to nobody."""
    return {one.email: one.pk for recipients in lists for one in recipients if isinstance(one, User)}

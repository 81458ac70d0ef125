"""Count the people whom an action would mail, to ask before it is done."""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.utils import timezone

from mentorship.core.errors import ServiceError
from mentorship.core.outbox.models import OutboxMessage
from mentorship.core.ui.markup import counted
from mentorship.core.views import Question

# People to whom an action is tried out, which takes as long as doing it.
MOST_TRIED = 50


def people_mailed_by(act: Callable[[], Any]) -> int:
    """Do it, count the recipients, and roll back. 0 if it is refused."""
    with transaction.atomic():
        since = OutboxMessage.objects.filter(created_at__gte=timezone.now())
        before = set(since.values_list("pk", flat=True))
        try:
            act()
            number = len({reader for message in since.exclude(pk__in=before) for reader in _readers(message)})
        except ServiceError:
            number = 0
        transaction.set_rollback(True)
    return number


def _readers(message: OutboxMessage) -> set[int | str]:
    """The people it goes to; bare addresses, such as the programme's own, count only if nobody else gets it."""
    people = {message.people[address] for address in message.recipients if address in message.people}
    return people or set(message.recipients)


def ask_before_mails(
    act: Callable[[], Any], *, title: str, button: str, back: str, text: str = "", always: bool = False, people: int = 0
) -> Question | None:
    """The question before `act`, saying how many people get an email; None if nobody does, unless `always`.

    The caller of what a worker may do knows how many `people` it is for: more than a few are not tried out.
    """
    number = people if people > MOST_TRIED else people_mailed_by(act)
    if not number and not always:
        return None
    sent = f"{counted(number, 'person gets,people get')} an email." if number else "Nobody gets an email."
    return Question(title=title, text=[part for part in (sent, text) if part], button=button, back=back)

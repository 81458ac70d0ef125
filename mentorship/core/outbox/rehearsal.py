"""How many mails something would write, for a question that is asked before it is done."""

from collections.abc import Callable
from typing import Any

from django.db import transaction

from mentorship.core.errors import ServiceError
from mentorship.core.outbox.models import OutboxMessage
from mentorship.core.ui.markup import counted
from mentorship.core.views import Question


def mails_written_by(act: Callable[[], Any]) -> int:
    """Do it, count, and put everything back as it was: what is asked is what happens. 0 where it is refused."""
    with transaction.atomic():
        before = OutboxMessage.objects.count()
        try:
            act()
            written = OutboxMessage.objects.count() - before
        except ServiceError:
            written = 0
        transaction.set_rollback(True)
    return written


def ask_before_mails(
    act: Callable[[], Any], *, title: str, button: str, back: str, text: str = "", always: bool = False
) -> Question | None:
    """The question before `act`, which says how many people get an email; None where nobody does, unless `always`."""
    number = mails_written_by(act)
    if not number and not always:
        return None
    sent = f"{counted(number, 'person gets,people get')} an email." if number else "Nobody gets an email."
    return Question(title=title, text=[part for part in (sent, text) if part], button=button, back=back)

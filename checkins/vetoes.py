"""Mails of this room that have become pointless: they are not queued again by hand, and not tried again."""

from uuid import UUID

from checkins.models import CheckIn, Graduation, Honorarium
from mentorship.outbox.models import OutboxMessage


def not_any_more(message: OutboxMessage) -> str:
    """Why a mail may not go out again; "" where it may. At most one query."""
    kind, _, rest = message.key.partition(":")
    pk = rest.partition(":")[0]
    try:
        return _taken_back(kind, pk)
    except ValueError:  # a key of somebody else's
        return ""


def _taken_back(kind: str, pk: str) -> str:
    match kind:
        case "checkin":
            checkin = CheckIn.objects.filter(pk=int(pk)).first()
            if checkin is None or checkin.status != CheckIn.Status.SENT:
                return (
                    f"This check-in is {checkin.get_status_display() if checkin else 'gone'}: nobody is asked any more."
                )
        case "certificate":
            if not Graduation.objects.graduated().filter(pk=UUID(pk)).exists():
                return "The certificate was taken back."
        case "honorarium":
            if Honorarium.objects.filter(pk=int(pk), status=Honorarium.Status.CANCELLED).exists():
                return "The honorarium was taken back."
    return ""

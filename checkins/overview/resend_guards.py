"""Say why a mail of check-ins may not be sent again."""

from uuid import UUID

from checkins.models import CheckIn, Graduation, Honorarium
from mentorship.core.outbox.models import OutboxMessage


def reason_not_to_resend(message: OutboxMessage) -> str:
    """Why a mail may not go out again; "" where it may. At most one query."""
    kind, _, rest = message.key.partition(":")
    pk = rest.partition(":")[0]
    try:
        return _reason(kind, pk)
    except ValueError:  # the key of another app
        return ""


def _reason(kind: str, pk: str) -> str:
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

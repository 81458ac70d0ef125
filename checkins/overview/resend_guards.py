"""Reasons not to send a mail of check-ins again."""

from uuid import UUID

from django.db.models import Q

from checkins.models import CheckIn, Graduation, Honorarium
from mentorship.core.outbox.models import OutboxMessage


def reason_not_to_resend(message: OutboxMessage) -> str:
    """Why a mail may not go out again; "" if it may. At most one query."""
    kind, _, rest = message.key.partition(":")
    pk = rest.partition(":")[0]
    try:
        return _reason(message.key, kind, pk)
    except ValueError:  # the key of another app
        return ""


def _reason(key: str, kind: str, pk: str) -> str:
    match kind:
        case "checkin":
            # The newest of several mails may also concern others.
            asked = list(CheckIn.objects.filter(Q(pk=int(pk)) | Q(mail_key=key)))
            if not any(checkin.status == CheckIn.Status.SENT for checkin in asked):
                state = asked[0].get_status_display() if asked else "gone"
                return f"This check-in is {state}: nobody is asked any more."
        case "certificate":
            if not Graduation.objects.graduated().filter(pk=UUID(pk)).exists():
                return "The certificate was taken back."
        case "honorarium":
            if Honorarium.objects.filter(pk=int(pk), status=Honorarium.Status.CANCELLED).exists():
                return "The honorarium was taken back."
    return ""

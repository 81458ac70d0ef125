"""Ask another programme for seats in its training; answer and withdraw such a request."""

from django.db import transaction
from django.utils import timezone

from cohorts.models import Cohort, Programme
from mentorship.core.accounts.models import User
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.errors import ServiceError
from training.models import SeatRequest
from training.sharing.mails import mail_seats_declined, mail_seats_wanted


@transaction.atomic
def ask_for_seats(*, cohort: Cohort, host: Programme, seats: int, hours: str, message: str, by: User) -> SeatRequest:
    """Ask another programme for seats, and mail its coordinators.

    Nobody gets a seat by it: they offer what they have, by sharing a session. Raises ServiceError for the own
    programme, and while an earlier request is open.
    """
    if host.workspace_id == cohort.workspace_id:
        raise ServiceError("This is your own programme. Open the session and share it with this cohort.")
    Cohort.objects.select_for_update(of=("self",)).get(pk=cohort.pk)
    if SeatRequest.objects.filter(cohort=cohort, host=host, status=SeatRequest.Status.ASKED).exists():
        raise ServiceError(f"You’ve already asked {host}. Wait for the answer, or withdraw that request first.")
    made = SeatRequest.objects.create(cohort=cohort, host=host, seats=seats, hours=hours, message=message)
    mail_seats_wanted(made)
    record(verb=Verb.ASKED_FOR_SEATS, target=cohort, workspace_id=cohort.workspace_id, by=by, to=str(host), seats=seats)
    return made


@transaction.atomic
def decline_seats(*, request: SeatRequest, reply: str, by: User) -> SeatRequest:
    """Decline a request for the host, and mail those who asked. Idempotent."""
    locked = _locked(request)
    if locked.status == SeatRequest.Status.DECLINED:
        return locked
    if locked.status != SeatRequest.Status.ASKED:
        raise ServiceError(f"This request is closed: {locked.get_status_display()}.")
    _close(locked, SeatRequest.Status.DECLINED, reply)
    mail_seats_declined(locked)
    record(verb=Verb.SEATS_DECLINED, target=locked.host, workspace_id=locked.host.workspace_id, by=by, whom=str(locked))
    return locked


@transaction.atomic
def withdraw_seat_request(*, request: SeatRequest, by: User) -> SeatRequest:
    """Withdraw a request for the cohort that asked. Idempotent."""
    locked = _locked(request)
    if locked.status == SeatRequest.Status.WITHDRAWN:
        return locked
    if locked.status != SeatRequest.Status.ASKED:
        raise ServiceError(f"This request is closed: {locked.get_status_display()}.")
    _close(locked, SeatRequest.Status.WITHDRAWN)
    cohort = locked.cohort
    record(verb=Verb.SEATS_WITHDRAWN, target=cohort, workspace_id=cohort.workspace_id, by=by, to=str(locked.host))
    return locked


def close_by_offer(host: Programme, to: Programme) -> None:
    """Close the open requests of a programme once the host offers it seats."""
    found = SeatRequest.objects.filter(host=host, cohort__programme=to, status=SeatRequest.Status.ASKED)
    found.update(status=SeatRequest.Status.OFFERED, answered_at=timezone.now())


def _locked(request: SeatRequest) -> SeatRequest:
    found = SeatRequest.objects.select_for_update(of=("self",)).select_related("cohort__programme", "host")
    return found.get(pk=request.pk)


def _close(request: SeatRequest, status: str, reply: str = "") -> None:
    request.status, request.reply, request.answered_at = status, reply, timezone.now()
    request.save(update_fields=["status", "reply", "answered_at"])

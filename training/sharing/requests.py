"""Ask another programme for seats in its training."""

from django.db import transaction
from django.utils import timezone

from cohorts.models import Cohort, Programme
from mentorship.core.accounts.models import User
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.errors import ServiceError
from mentorship.core.outbox.send_mail import written_keys
from training.sharing.mails import mail_seats_wanted


@transaction.atomic
def ask_for_seats(*, cohort: Cohort, host: Programme, seats: int, hours: str, message: str, by: User) -> None:
    """Mail the coordinators of another programme that a cohort would like seats, at most once a day.

    Nobody gets a seat by it: they offer what they have, by sharing a session. Raises ServiceError for the own
    programme, and for a second request of the same day.
    """
    if host.workspace_id == cohort.workspace_id:
        raise ServiceError("This is your own programme. Open the session and share it with this cohort.")
    key = f"training-seats-wanted:{cohort.pk}:{host.pk}:{timezone.now():%Y%m%d}"
    if written_keys([key]):
        raise ServiceError(f"You asked {host} today. Wait for the answer, or write to them.")
    mail_seats_wanted(cohort, host, seats=seats, hours=hours, message=message, key=key)
    record(verb=Verb.ASKED, target=cohort, workspace_id=cohort.workspace_id, by=by, to=str(host), seats=seats)

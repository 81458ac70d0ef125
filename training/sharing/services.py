"""Share sessions with others, and admit guests."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from cohorts.models import Cohort, Programme
from mentorship.core.accounts.models import User
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.errors import ServiceError
from mentorship.core.links import absolute_url
from mentorship.core.outbox.delivery.erased_addresses import remember
from training.booking import links
from training.booking.seats import availability_of
from training.booking.services import fill_from_waitlist, lock_sessions
from training.models import GuestOrganisation, SeatHold, TrainingGuest, TrainingSession
from training.sharing.mails import mail_guest_confirmation, mail_share_request
from training.sharing.requests import close_by_offer


@transaction.atomic
def share_session(
    *,
    session: TrainingSession,
    to: Cohort | Programme | GuestOrganisation,
    seats: int = 0,
    until: datetime | None = None,
    by: User,
) -> SeatHold:
    """Open a session to others and reserve `seats` for them until a moment in UTC.

    Another programme's coordinators have to accept first; they get a mail. Raises ServiceError if it is open to them
    already, or if not so many seats are free.
    """
    locked = lock_sessions(session.pk)[session.pk]
    if to == locked.cohort:
        raise ServiceError("It is the session of this cohort already.")
    other = isinstance(to, Programme) and to.workspace_id != locked.cohort.workspace_id
    status = SeatHold.Status.ASKED if other else SeatHold.Status.ACCEPTED
    hold = SeatHold(session=locked, seats=seats, until=until, status=status)
    setattr(hold, {Cohort: "cohort", Programme: "programme", GuestOrganisation: "guest"}[type(to)], to)
    free = availability_of(locked, timezone.now()).free_for(None)
    if seats > free and hold.holds_at(timezone.now()):
        raise ServiceError(f"Only {free} seats are free to be held.")
    try:
        with transaction.atomic():
            hold.save()
    except IntegrityError as error:
        raise ServiceError(f"It is open to {to} already.") from error
    record(verb=Verb.SHARED, target=locked, workspace_id=locked.cohort.workspace_id, by=by, to=str(to), seats=seats)
    if other:
        # Every cohort of that programme shows the request; the newest is the likeliest to be viewed.
        cohort = to.cohorts.order_by("-starts_on").first() if isinstance(to, Programme) else None
        link = absolute_url("training:session-list", cohort.slug) if cohort else absolute_url("home")
        mail_share_request(hold, link)
        if isinstance(to, Programme):
            close_by_offer(locked.cohort.programme, to)
    return hold


@transaction.atomic
def share_with_organisation(
    *, session: TrainingSession, name: str, contact_email: str, seats: int, until: datetime | None, by: User
) -> SeatHold:
    """Share with a sister organisation, found by its name or created."""
    organisation = add_organisation(cohort=session.cohort, name=name, contact_email=contact_email, by=by)
    return share_session(session=session, to=organisation, seats=seats, until=until, by=by)


@transaction.atomic
def answer_share(*, hold: SeatHold, accept: bool, by: User) -> SeatHold:
    """Accept or decline a shared session for the other programme. Idempotent."""
    session = lock_sessions(hold.session_id)[hold.session_id]
    locked = SeatHold.objects.select_for_update(of=("self",)).get(pk=hold.pk)
    status = SeatHold.Status.ACCEPTED if accept else SeatHold.Status.DECLINED
    if locked.status == status:
        return locked
    now = timezone.now()
    if locked.status == SeatHold.Status.DECLINED:
        raise ServiceError("You have declined; the seats went to others. Ask the programme to open it again.")
    if not accept and locked.bookings.seated().exists():
        raise ServiceError("Some of your people have booked already.")
    locked.status = status
    locked.save(update_fields=["status"])
    verb = Verb.SHARE_ACCEPTED if accept else Verb.SHARE_DECLINED
    record(verb=verb, target=session, workspace_id=session.cohort.workspace_id, by=by, whom=str(locked))
    fill_from_waitlist(session, now)
    return locked


@transaction.atomic
def stop_sharing(*, hold: SeatHold, by: User) -> None:
    """Close a session to others again. Raises ServiceError if some of them have a seat or wait."""
    session = lock_sessions(hold.session_id)[hold.session_id]
    if hold.bookings.exclude(status="cancelled").exists():
        raise ServiceError("Some of them have booked or wait. Write to them first, and cancel their seats.")
    record(verb=Verb.SHARE_ENDED, target=session, workspace_id=session.cohort.workspace_id, by=by, whom=str(hold))
    SeatHold.objects.filter(pk=hold.pk).delete()
    fill_from_waitlist(session, timezone.now())


@transaction.atomic
def add_organisation(*, cohort: Cohort, name: str, contact_email: str = "", by: User) -> GuestOrganisation:
    """Find a sister organisation of the programme by name, or create it."""
    found, new = GuestOrganisation.objects.get_or_create(
        workspace_id=cohort.workspace_id, name=name.strip(), defaults={"contact_email": contact_email}
    )
    if new:
        record(verb=Verb.CREATED, target=found, workspace_id=cohort.workspace_id, by=by)
    return found


@transaction.atomic
def renew_organisation_link(*, organisation: GuestOrganisation, by: User) -> str:
    """Replace the link of an organisation. The old one stops working; bookings and the guests' own links stay."""
    locked = GuestOrganisation.objects.select_for_update().get(pk=organisation.pk)
    locked.link_number += 1
    locked.save(update_fields=["link_number"])
    record(verb=Verb.MADE_A_NEW_LINK, target=locked, workspace_id=locked.workspace_id, by=by)
    return links.ORGANISATION.url(locked.pk, locked.link_number)


@transaction.atomic
def ask_guest(*, organisation: GuestOrganisation, name: str, email: str, time_zone: str) -> None:
    """Mail a guest the link that confirms their address. Stores nothing else about them.

    The same address again within the hour gets no second mail.
    """
    mail_guest_confirmation(organisation, name, email.strip().lower(), time_zone)


@transaction.atomic
def confirm_guest(*, organisation: GuestOrganisation, name: str, email: str, time_zone: str) -> TrainingGuest:
    """Create or update a guest whose address is confirmed. Idempotent."""
    remember(email)  # an erased person who returns may get mails again
    guest, new = TrainingGuest.objects.update_or_create(
        organisation=organisation, email=email, defaults={"name": name, "time_zone": time_zone}
    )
    if new:
        record(verb=Verb.CONFIRMED, target=guest, workspace_id=organisation.workspace_id, by=None)
    return guest

"""Mails about shared sessions, and to guests."""

from django.utils import timezone

from mentorship.core.links import absolute_url
from mentorship.core.outbox.send_mail import send_mail
from training.booking import links
from training.models import GuestOrganisation, SeatHold, SeatRequest


def mail_share_request(hold: SeatHold, link: str) -> None:
    """Ask the coordinators of another programme whether their people may come."""
    if hold.programme is None:
        return
    session = hold.session
    context = {
        "hold": hold,
        "session": session,
        "training": session.training,
        "link": link,
        "programme": session.cohort.programme,
        "theirs": hold.programme,
    }
    send_mail(
        "training/share_asked",
        context,
        sender=session.cohort.sender,
        key=f"training-share:{hold.pk}",
        why=f"{session.cohort.programme} opens a session to {hold.programme}.",
        to=[hold.programme.contact_email],
        kind="training",
    )


def mail_seats_wanted(request: SeatRequest) -> None:
    """Tell the coordinators of another programme that a cohort would like seats in its training."""
    cohort, host = request.cohort, request.host
    newest = host.cohorts.order_by("-starts_on").first()
    context = {
        "programme": cohort.programme,
        "cohort": cohort,
        "theirs": host,
        "seats": request.seats,
        "hours": request.hours,
        "message": request.message,
        "link": absolute_url("training:seat-request-list", newest.slug) if newest else absolute_url("home"),
    }
    send_mail(
        "training/seats_wanted",
        context,
        sender=cohort.sender,
        key=f"training-seats-wanted:{request.pk}",
        why=f"{cohort.programme} asks {host} for seats in its training.",
        to=[host.contact_email],
        kind="training",
    )


def mail_seats_declined(request: SeatRequest) -> None:
    """Tell those who asked for seats that the host has none for them."""
    cohort, host = request.cohort, request.host
    context = {
        "programme": host,
        "theirs": cohort.programme,
        "cohort": cohort,
        "reply": request.reply,
        "link": absolute_url("training:session-list", cohort.slug),
    }
    send_mail(
        "training/seats_declined",
        context,
        sender=host.sender,
        key=f"training-seats-declined:{request.pk}",
        why=f"{host} has no seats for {cohort}.",
        to=[cohort.programme.contact_email],
        kind="training",
    )


def mail_guest_confirmation(organisation: GuestOrganisation, name: str, email: str, time_zone: str) -> None:
    """Mail a guest the link that confirms their address, at most once an hour."""
    programme = organisation.workspace.programme
    context = {
        "organisation": organisation,
        "programme": programme,
        "link": links.GUEST_CONFIRM.url(organisation.pk, name.strip(), email, time_zone),
    }
    send_mail(
        "training/guest_confirm",
        context,
        sender=programme.sender,
        key=f"training-guest:{organisation.pk}:{email[:120]}:{timezone.now():%Y%m%d%H}",
        why=f"{name} of {organisation} wants to come to a training.",
        to=[email],
        kind="sign-up",
        private=True,
    )

"""Invite contacts of a partner, set what they do, record absences, and end their access."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from django.conf import settings
from django.db import transaction

from mentorship.core.accounts.models import User
from mentorship.core.accounts.people.services import person_by_email
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.errors import ServiceError
from mentorship.core.links import absolute_url
from mentorship.core.outbox.delivery.still_for import StillFor
from mentorship.core.outbox.models import OutboxMessage
from mentorship.core.outbox.send_mail import send_mail
from partners.contacts.mails import CONTACT_RULE, send_stand_in
from partners.documents.formatting import day
from partners.models import Partner, PartnerContact


@transaction.atomic
def invite_contact(
    *, partner: Partner, email: str, full_name: str, by: User, role: str = "", tasks: Sequence[str] | None = None
) -> PartnerContact:
    """Let a person see the partner's pages, and mail them how to sign in. Inviting again changes and sends nothing.

    `tasks` are what they do for the partner; all of them if none are given.
    """
    person = person_by_email(email=email, full_name=full_name)
    does = {task: tasks is None or task in tasks for task in PartnerContact.Task.values}
    contact, new = PartnerContact.objects.get_or_create(partner=partner, user=person, defaults={"role": role, **does})
    if not new:
        return contact
    record(
        verb=Verb.INVITED,
        target=contact,
        workspace_id=partner.workspace_id,
        by=by,
        partner=partner.pk,
        tasks=contact.tasks,
    )
    programme = partner.workspace.programme
    send_mail(
        "partners/invitation",
        {
            "person": person,
            "partner": partner,
            "programme": programme,
            "by": by,
            "link": settings.SITE_URL + partner.get_absolute_url(),
            "sign_in_url": absolute_url("account_request_login_code"),
            "password_url": absolute_url("account_reset_password"),
        },
        sender=programme.sender,
        key=f"partner-invitation:{contact.pk}",
        why=f"{by} made {person} a contact of {partner}.",
        to=[person],
        audience={"rule": CONTACT_RULE, "contact": contact.pk},
    )
    return contact


@transaction.atomic
def save_contact(*, contact: PartnerContact, by: User) -> PartnerContact:
    """Save what a contact does for the partner. The partner's history names it."""
    PartnerContact.objects.select_for_update(of=("self",)).get(pk=contact.pk)
    contact.save(update_fields=["role", *PartnerContact.Task.values])
    does = f"{contact.user}: {contact.task_words or 'sees its pages'}"
    record(
        verb=Verb.SET_TASKS_OF_A_CONTACT,
        target=contact.partner,
        workspace_id=contact.partner.workspace_id,
        by=by,
        reason=does,
    )
    return contact


@transaction.atomic
def set_absence(
    *,
    contact: PartnerContact,
    away_from: date | None,
    away_until: date | None,
    stand_in: PartnerContact | None,
    by: User,
) -> PartnerContact:
    """Record when a contact is away and who stands in, who is told by email. Without days they are back.

    Raises ServiceError for days the wrong way round, and for a stand-in who is away at the same time.
    """
    locked = PartnerContact.objects.select_for_update(of=("self",)).select_related("partner", "user").get(pk=contact.pk)
    if not away_from or not away_until:
        away_from, away_until, stand_in = None, None, None
    elif away_until < away_from:
        raise ServiceError("The last day must not be before the first.")
    elif stand_in is not None:
        _check_stand_in(locked, stand_in, away_from, away_until)
    before = (locked.away_from, locked.away_until, locked.stand_in_id)
    locked.away_from, locked.away_until, locked.stand_in = away_from, away_until, stand_in
    if before == (away_from, away_until, stand_in.pk if stand_in else None):
        return locked
    locked.save(update_fields=["away_from", "away_until", "stand_in"])
    days = f"{day(away_from)} – {day(away_until)}" if away_from else "is back"
    said = f"{locked.user}: {days}" + (f", {stand_in.user} stands in" if stand_in else "")
    record(
        verb=Verb.NOTED_AN_ABSENCE, target=locked.partner, workspace_id=locked.partner.workspace_id, by=by, reason=said
    )
    if stand_in is not None:
        send_stand_in(contact=locked, stand_in=stand_in, by=by)
    return locked


def _check_stand_in(contact: PartnerContact, stand_in: PartnerContact, away_from: date, away_until: date) -> None:
    if stand_in.partner_id != contact.partner_id or stand_in.pk == contact.pk:
        raise ServiceError(f"Somebody else at {contact.partner} has to stand in.")
    known = PartnerContact.objects.filter(pk=stand_in.pk)
    if known.filter(away_from__lte=away_until, away_until__gte=away_from).exists():
        raise ServiceError(f"{stand_in.user} is away at the same time.")


def still_contacts(messages: Sequence[OutboxMessage]) -> Mapping[UUID, StillFor]:
    """People who may currently see the partner's pages. One query."""
    wanted = [message.audience["contact"] for message in messages]
    users = dict(PartnerContact.objects.filter(pk__in=wanted).values_list("pk", "user_id"))
    return {
        message.pk: StillFor([users[pk]] if pk in users else [], "no longer a contact of the partner")
        for message in messages
        for pk in [message.audience["contact"]]
    }


@transaction.atomic
def delete_contact(*, contact: PartnerContact, by: User) -> None:
    """End the access of a contact."""
    workspace_id = contact.partner.workspace_id
    record(verb=Verb.REMOVED, target=contact, workspace_id=workspace_id, by=by, user=contact.user_id)
    contact.delete()

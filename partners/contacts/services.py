"""Invite contacts of a partner, and end their access."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.conf import settings
from django.db import transaction

from mentorship.core.accounts.models import User
from mentorship.core.accounts.people.services import person_by_email
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.links import absolute_url
from mentorship.core.outbox.delivery.still_for import StillFor
from mentorship.core.outbox.models import OutboxMessage
from mentorship.core.outbox.send_mail import send_mail
from partners.models import Partner, PartnerContact

CONTACT_RULE = "contact of a partner"  # who says whom its mails are still for


@transaction.atomic
def invite_contact(*, partner: Partner, email: str, full_name: str, by: User) -> PartnerContact:
    """Let a person see the partner's pages, and mail them how to sign in. Inviting again sends nothing."""
    person = person_by_email(email=email, full_name=full_name)
    contact, new = PartnerContact.objects.get_or_create(partner=partner, user=person)
    if not new:
        return contact
    record(verb=Verb.INVITED, target=contact, workspace_id=partner.workspace_id, by=by, partner=partner.pk)
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

"""Create and edit partners, their logo and their contacts."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.text import slugify

from mentorship.core.accounts.models import User, Workspace
from mentorship.core.accounts.people.services import person_by_email
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.links import absolute_url
from mentorship.core.outbox.delivery.still_for import StillFor
from mentorship.core.outbox.models import OutboxMessage
from mentorship.core.outbox.send_mail import send_mail
from partners.models import Partner, PartnerContact, PartnerLogo
from partners.records.kinds import add_kinds
from partners.records.logos import read_logo

CONTACT_RULE = "contact of a partner"  # who says whom its mails are still for
# First words of our own addresses, see partners/urls.py.
RESERVED = {
    "new",
    "my-hours",
    "funds",
    "costs",
    "shares",
    "invoices",
    "paper",
    "biller",
    "bank",
    "journal",
    "bank-lines",
    "bank-statements",
    "bank-layouts",
    "reports",
    "shared",
    "quotes",
    "testimonials",
    "requirements",
    "accept-requirements",
    "sponsorships",
    "agreements",
    "people",
}


@transaction.atomic
def create_partner(
    *, workspace: Workspace, name: str, by: User | None, kinds: Sequence[str] = (), **fields: Any
) -> Partner:
    """Add a partner to a programme's workspace; its address is made from its name."""
    base = slugify(name)[:50] or "partner"
    base = f"{base}-partner" if base in RESERVED else base
    taken = set(Partner.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    slug = next(s for s in (base, *(f"{base}-{n}" for n in range(2, len(taken) + 3))) if s not in taken)
    partner = Partner.objects.create(workspace=workspace, name=name, slug=slug, **fields)
    record(verb=Verb.CREATED, target=partner, workspace_id=workspace.pk, by=by)
    add_kinds(partner=partner, kinds=kinds, by=by)
    return partner


@transaction.atomic
def save_partner(*, partner: Partner, by: User) -> Partner:
    """Save a partner; the audit entry names the changed fields."""
    before = Partner.objects.select_for_update().get(pk=partner.pk)
    partner.save()
    changed = [
        str(f.verbose_name)
        for f in Partner._meta.concrete_fields
        if getattr(before, f.attname) != getattr(partner, f.attname)
    ]
    record(verb=Verb.EDITED, target=partner, workspace_id=partner.workspace_id, by=by, reason=", ".join(changed))
    return partner


@transaction.atomic
def save_logo(*, partner: Partner, content: bytes | None, by: User) -> Partner:
    """Store the picture of an uploaded logo without its metadata; None removes the logo. Raises ServiceError."""
    locked = Partner.objects.select_for_update().get(pk=partner.pk)
    if content is None:
        PartnerLogo.objects.filter(partner=locked).delete()
        locked.logo_kind = ""
    else:
        logo = read_logo(content)
        PartnerLogo.objects.update_or_create(partner=locked, defaults={"content": logo.content})
        locked.logo_kind = logo.kind
    locked.save(update_fields=["logo_kind"])
    verb = Verb.TOOK_THE_LOGO_AWAY if content is None else Verb.PUT_IN_THE_LOGO
    record(verb=verb, target=locked, workspace_id=locked.workspace_id, by=by)
    return locked


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

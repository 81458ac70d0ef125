"""Create and edit partners and their logo."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.text import slugify

from mentorship.core.accounts.models import User, Workspace
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from partners.models import Partner, PartnerLogo
from partners.records.kinds import add_kinds
from partners.records.logos import read_logo

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

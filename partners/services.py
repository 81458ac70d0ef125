"""Every write about partners."""

from datetime import date
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.text import slugify

from cohorts.models import Cohort
from mentorship.accounts.models import User, Workspace
from mentorship.accounts.services import person_by_email
from mentorship.audit.services import record
from mentorship.outbox.services import enqueue, render_mail
from partners.models import Partner, PartnerContact, Sponsorship


class PartnerError(ValueError):
    """What was asked is not possible; the text says why, in a sentence for the person who asked."""


@transaction.atomic
def create_partner(*, workspace: Workspace, name: str, by: User | None, **fields: Any) -> Partner:
    """Add a partner to a programme's workspace; its address is made from its name."""
    base = slugify(name)[:50] or "partner"
    base = "new-partner" if base == "new" else base  # /partners/new/ is the form
    taken = set(Partner.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    slug = next(s for s in (base, *(f"{base}-{n}" for n in range(2, len(taken) + 3))) if s not in taken)
    partner = Partner.objects.create(workspace=workspace, name=name, slug=slug, **fields)
    record(verb="created", target=partner, workspace_id=workspace.pk, by=by)
    return partner


@transaction.atomic
def save_partner(*, partner: Partner, by: User) -> Partner:
    """Save what a form changed."""
    partner.save()
    record(verb="edited", target=partner, workspace_id=partner.workspace_id, by=by)
    return partner


@transaction.atomic
def invite_contact(*, partner: Partner, email: str, full_name: str, by: User) -> PartnerContact:
    """Let a person see the partner's pages, and mail them how to sign in. Inviting again sends nothing."""
    person = person_by_email(email=email, full_name=full_name)
    contact, new = PartnerContact.objects.get_or_create(partner=partner, user=person)
    if not new:
        return contact
    record(verb="invited", target=contact, workspace_id=partner.workspace_id, by=by, partner=partner.pk)
    programme = partner.workspace.programme
    subject, text, html = render_mail(
        "partners/invitation",
        {
            "person": person,
            "partner": partner,
            "programme": programme,
            "by": by,
            "link": settings.SITE_URL + partner.get_absolute_url(),
            "password_url": settings.SITE_URL + reverse("account_reset_password"),
        },
    )
    enqueue(
        key=f"partner-invitation:{contact.pk}",
        workspace_id=partner.workspace_id,
        kind="invitation",
        why=f"{by} made {person} a contact of {partner}.",
        to=[person.email],
        subject=subject,
        text=text,
        html=html,
        reply_to=[programme.contact_email],
    )
    return contact


@transaction.atomic
def remove_contact(*, contact: PartnerContact, by: User) -> None:
    """The person sees the partner's pages no more."""
    workspace_id = contact.partner.workspace_id
    record(verb="removed", target=contact, workspace_id=workspace_id, by=by, user=contact.user_id)
    contact.delete()


def add_sponsorship(
    *, partner: Partner, cohort: Cohort, scope: str, starts_on: date, ends_on: date, by: User
) -> Sponsorship:
    """Say what a partner supports. Raises PartnerError for another programme's cohort, or where it is said already."""
    if cohort.programme.workspace_id != partner.workspace_id:
        raise PartnerError(f"{cohort} is a cohort of another programme.")
    if ends_on < starts_on:
        raise PartnerError("The end must not lie before the start.")
    try:
        with transaction.atomic():
            sponsorship = Sponsorship.objects.create(
                partner=partner, cohort=cohort, scope=scope, starts_on=starts_on, ends_on=ends_on
            )
            record(verb="created", target=sponsorship, workspace_id=partner.workspace_id, by=by)
    except IntegrityError as error:
        raise PartnerError(f"{partner} supports {cohort} already.") from error
    return sponsorship


@transaction.atomic
def agree_sponsorship(*, sponsorship: Sponsorship, by: User) -> None:
    """A draft is agreed: the partner's contacts see it from now on. Agreeing again changes nothing."""
    if Sponsorship.objects.filter(pk=sponsorship.pk, draft=True).update(draft=False):
        record(verb="agreed", target=sponsorship, workspace_id=sponsorship.partner.workspace_id, by=by)


@transaction.atomic
def copy_sponsorships(*, like: Cohort, cohort: Cohort) -> None:
    """Note as drafts, for a round that repeats another one, what partners supported in that one."""
    shift = cohort.starts_on - like.starts_on
    Sponsorship.objects.bulk_create(
        Sponsorship(
            partner_id=one.partner_id, cohort=cohort, scope=one.scope, draft=True, starts_on=one.starts_on + shift,
            ends_on=one.ends_on + shift,
        )
        for one in like.sponsorships.all()
    )  # fmt: skip


@transaction.atomic
def remove_sponsorship(*, sponsorship: Sponsorship, by: User) -> None:
    """Take back what was said; the contacts lose the cohort's impact page."""
    record(verb="removed", target=sponsorship, workspace_id=sponsorship.partner.workspace_id, by=by)
    sponsorship.delete()

"""Pledge contributions; record, confirm and acknowledge their entries."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from cohorts.models import Cohort
from mentorship.core.accounts.models import User
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.errors import ServiceError
from partners.contributions.mails import tell_contacts
from partners.documents import formatting
from partners.models import Contribution, ContributionEntry, Partner, PartnerContact, PartnerPerson, Quote
from partners.records.duties import may_act, somebody_may


@transaction.atomic
def pledge(*, partner: Partner, cohort: Cohort, by: User, **fields: Any) -> Contribution:
    """Record a partner's pledge. Raises ServiceError for another programme's cohort or money without currency."""
    if cohort.programme.workspace_id != partner.workspace_id:
        raise ServiceError(f"{cohort} is a cohort of another programme.")
    made = Contribution(partner=partner, cohort=cohort, **fields)
    if made.kind == Contribution.Kind.MONEY and not made.currency:
        raise ServiceError("Money needs a currency.")
    if made.lacks_licence:
        raise ServiceError("Materials need an open licence, or a reason for accepting them without one.")
    if made.kind != Contribution.Kind.MONEY:
        made.currency = ""
    made.save()
    detail = f"{formatting.number(made.pledged)} {made.unit}: {made.what}"
    record(verb=Verb.PLEDGED, target=partner, workspace_id=partner.workspace_id, by=by, reason=detail)
    return made


@transaction.atomic
def record_given(
    *, contribution: Contribution, quantity: Decimal, on: date, by: User, note: str = "", person: User | None = None
) -> ContributionEntry:
    """Record something given. Counts as confirmed by the side that records it."""
    if quantity <= 0:
        raise ServiceError("Write how much was given.")
    if person is not None and not person.enrollments.filter(cohort=contribution.cohort).occupying_place().exists():
        raise ServiceError(f"{person} is not in {contribution.cohort}.")
    entry = ContributionEntry.objects.create(
        contribution=contribution, quantity=quantity, on=on, note=note, person=person, has_person=person is not None
    )
    partner = contribution.partner
    detail = f"{formatting.number(quantity)} {contribution.unit}: {contribution.what}"
    record(verb=Verb.STATED_AS_GIVEN, target=partner, workspace_id=partner.workspace_id, by=by, reason=detail)
    if by == person or _speaks_for(by, partner):
        confirm_entry(entry=entry, by=by)
    return entry


@transaction.atomic
def record_own_hours(
    *, person: PartnerPerson, quantity: Decimal, on: date, by: User, note: str = ""
) -> ContributionEntry:
    """Record hours that a lent person gave, in their own words. The partner's contacts are asked to confirm them."""
    if person.enrollment.user_id != by.pk or person.kind != PartnerPerson.Kind.LENT:
        raise ServiceError("Only the people whom a partner lends can enter their hours.")
    partner, cohort = person.partner, person.enrollment.cohort
    pledged = partner.contributions.filter(cohort=cohort, kind=Contribution.Kind.MENTOR_HOURS)
    contribution = pledged.order_by("pk").first() or Contribution.objects.create(
        partner=partner, cohort=cohort, kind=Contribution.Kind.MENTOR_HOURS, what="Paid time", pledged=Decimal(0)
    )
    entry = record_given(contribution=contribution, quantity=quantity, on=on, by=by, note=note, person=by)
    if entry.partner_confirmed_at is None:
        tell_contacts(partner)
    return entry


@transaction.atomic
def decline_entry(*, entry: ContributionEntry, reason: str, by: User) -> ContributionEntry:
    """Record that the partner doesn't confirm an entry, and why. Its own contacts only."""
    locked = (
        ContributionEntry.objects.select_for_update(of=("self",))
        .select_related("contribution__partner")
        .get(pk=entry.pk)
    )
    partner = locked.contribution.partner
    if not _speaks_for(by, partner):
        raise ServiceError(f"Only a contact of {partner} who confirms hours can decline this.")
    if locked.partner_confirmed_at:
        raise ServiceError("It has already been confirmed. Ask the coordinators to remove it.")
    if not reason:
        raise ServiceError("Say why, so that it can be put right.")
    locked.partner_declined_at, locked.partner_reason = timezone.now(), reason
    locked.save(update_fields=["partner_declined_at", "partner_reason"])
    detail = f"{formatting.number(locked.quantity)} {locked.contribution.unit}: {reason}"
    record(verb=Verb.DID_NOT_CONFIRM_AS_GIVEN, target=partner, workspace_id=partner.workspace_id, by=by, reason=detail)
    return locked


@transaction.atomic
def confirm_entries(*, partner: Partner, pks: Sequence[int], by: User) -> int:
    """Confirm all open entries among these for a partner, by one of its contacts. Returns how many."""
    if not _speaks_for(by, partner):
        raise ServiceError(f"Only a contact of {partner} who confirms hours can confirm this.")
    found = ContributionEntry.objects.filter(contribution__partner=partner, pk__in=pks).open_for_partner()
    return len([confirm_entry(entry=entry, by=by) for entry in found.order_by("pk")])


@transaction.atomic
def confirm_entry(*, entry: ContributionEntry, by: User, for_partner: bool = False) -> ContributionEntry:
    """Confirm an entry for the person or the partner.

    `for_partner` if a coordinator has its word in writing; refused where a contact can say so themselves.
    """
    locked = (
        ContributionEntry.objects.select_for_update(of=("self",))
        .select_related("contribution__partner")
        .get(pk=entry.pk)
    )
    partner, now, confirmed = locked.contribution.partner, timezone.now(), False
    if for_partner and not _speaks_for(by, partner) and somebody_may(partner, PartnerContact.Task.CONFIRMS_HOURS):
        raise ServiceError(f"A contact of {partner} confirms this on their own pages.")
    if locked.person_id == by.pk and locked.person_confirmed_at is None:
        locked.person_confirmed_at, confirmed = now, True
    if (for_partner or _speaks_for(by, partner)) and locked.partner_confirmed_at is None:
        locked.partner_confirmed_at, locked.partner_declined_at, locked.partner_reason = now, None, ""
        confirmed = True
    if confirmed:
        locked.save()
        what = f"{formatting.number(locked.quantity)} {locked.contribution.unit}: {locked.contribution.what}"
        record(verb=Verb.CONFIRMED_AS_GIVEN, target=partner, workspace_id=partner.workspace_id, by=by, reason=what)
    return locked


@transaction.atomic
def delete_entry(*, entry: ContributionEntry, by: User) -> None:
    """Delete an entry recorded by mistake."""
    partner = entry.contribution.partner
    detail = f"{formatting.number(entry.quantity)} {entry.contribution.unit}: {entry.contribution.what}"
    record(verb=Verb.TOOK_BACK_AS_GIVEN, target=partner, workspace_id=partner.workspace_id, by=by, reason=detail)
    entry.delete()


@transaction.atomic
def acknowledge(*, contribution: Contribution, on: date, by: User) -> None:
    """Record the day on which the partner was thanked."""
    contribution.acknowledged_on = on
    contribution.save(update_fields=["acknowledged_on"])
    partner = contribution.partner
    record(verb=Verb.ACKNOWLEDGED, target=partner, workspace_id=partner.workspace_id, by=by, reason=contribution.what)


def own_partner_rows(user: User) -> list[QuerySet[Any]]:
    """The rows of a person's own page about partners: partners, hours and quotes."""
    return [
        PartnerPerson.objects.filter(enrollment__user=user),
        ContributionEntry.objects.filter(person=user),
        Quote.objects.to_answer_by(user),
    ]


def _speaks_for(user: User, partner: Partner) -> bool:
    return may_act(user, partner, PartnerContact.Task.CONFIRMS_HOURS)

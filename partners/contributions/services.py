"""Pledge contributions; record, confirm and acknowledge their entries."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from cohorts.models import Cohort
from mentorship.core.accounts.models import User
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.errors import ServiceError
from partners.documents import formatting
from partners.models import Contribution, ContributionEntry, Partner, PartnerContact


@transaction.atomic
def pledge(*, partner: Partner, cohort: Cohort, by: User, **fields: Any) -> Contribution:
    """Record a partner's pledge. Raises ServiceError for another programme's cohort or money without currency."""
    if cohort.programme.workspace_id != partner.workspace_id:
        raise ServiceError(f"{cohort} is a cohort of another programme.")
    made = Contribution(partner=partner, cohort=cohort, **fields)
    if made.kind == Contribution.Kind.MONEY and not made.currency:
        raise ServiceError("Money needs a currency.")
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
def confirm_entry(*, entry: ContributionEntry, by: User, for_partner: bool = False) -> ContributionEntry:
    """Confirm an entry for the person or the partner; `for_partner` if a coordinator has its word in writing."""
    locked = (
        ContributionEntry.objects.select_for_update(of=("self",))
        .select_related("contribution__partner")
        .get(pk=entry.pk)
    )
    partner, now, confirmed = locked.contribution.partner, timezone.now(), False
    if locked.person_id == by.pk and locked.person_confirmed_at is None:
        locked.person_confirmed_at, confirmed = now, True
    if (for_partner or _speaks_for(by, partner)) and locked.partner_confirmed_at is None:
        locked.partner_confirmed_at, confirmed = now, True
    if confirmed:
        locked.save(update_fields=["person_confirmed_at", "partner_confirmed_at"])
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


def _speaks_for(user: User, partner: Partner) -> bool:
    return PartnerContact.objects.filter(partner=partner, user=user).exists()

"""Add, edit and remove sponsorships and their instalments."""

from calendar import monthrange
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Sum

from cohorts.models import Cohort
from mentorship.core.accounts.models import User
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.deletion import delete_row
from mentorship.core.errors import ServiceError
from partners.documents import formatting
from partners.models import Agreement, InstalmentDue, Partner, Sponsorship
from partners.money.currency import exact
from partners.money.split import SplitShare, split
from partners.sponsorships.frameworks import check_left_to_schedule, check_within_agreement


def add_sponsorship(
    *, partner: Partner, cohort: Cohort, scope: str, starts_on: date, ends_on: date, by: User, **terms: Any
) -> Sponsorship:
    """Add a sponsorship. Raises ServiceError for another programme's cohort, or a second one of the same cohort."""
    sponsorship = Sponsorship(
        partner=partner, cohort=cohort, scope=scope, starts_on=starts_on, ends_on=ends_on, **terms
    )
    _check_terms(sponsorship)
    try:
        with transaction.atomic():
            check_within_agreement(sponsorship)
            sponsorship.save()
            record(verb=Verb.CREATED, target=sponsorship, workspace_id=partner.workspace_id, by=by, partner=partner.pk)
    except IntegrityError as error:
        raise ServiceError(f"{partner} supports {cohort} already.") from error
    return sponsorship


@transaction.atomic
def save_sponsorship(*, sponsorship: Sponsorship, by: User) -> Sponsorship:
    """Save the terms. Refuses an amount below the instalments, and another currency once there are any."""
    before = Sponsorship.objects.select_for_update(of=("self",)).get(pk=sponsorship.pk)
    _check_terms(sponsorship)
    planned = _planned(sponsorship)
    if planned > sponsorship.amount:
        raise ServiceError(
            f"Its instalments make {formatting.money(planned, sponsorship.currency)}, more than the amount."
        )
    if planned and before.currency != sponsorship.currency:
        raise ServiceError("Its instalments are in the old currency. Take them away first.")
    check_within_agreement(sponsorship)
    if sponsorship.framework and sponsorship.framework_id != before.framework_id:
        check_left_to_schedule(sponsorship.framework, planned)
    sponsorship.save()
    amounts = f"{before.amount} {before.currency} → {sponsorship.amount} {sponsorship.currency}"
    record(verb=Verb.EDITED, target=sponsorship, workspace_id=sponsorship.partner.workspace_id, by=by, amount=amounts)
    return sponsorship


@transaction.atomic
def add_instalment(*, sponsorship: Sponsorship, due_on: date, amount: Decimal, what: str, by: User) -> InstalmentDue:
    """Add an instalment. Raises ServiceError if all together exceed the amount."""
    locked = Sponsorship.objects.select_for_update(of=("self",)).select_related("partner").get(pk=sponsorship.pk)
    amount = exact(amount, locked.currency)
    left = locked.amount - _planned(locked)
    if amount > left:
        raise ServiceError(
            f"{formatting.money(locked.amount, locked.currency)} are promised, and only "
            f"{formatting.money(left, locked.currency)} have no day yet."
        )
    if locked.framework_id:
        check_left_to_schedule(Agreement.objects.select_for_update().get(pk=locked.framework_id), amount)
    made = InstalmentDue.objects.create(sponsorship=locked, due_on=due_on, amount=amount, what=what)
    record(
        verb=Verb.ADDED_AN_INSTALMENT, target=locked, workspace_id=locked.partner.workspace_id, by=by, what=str(made)
    )
    return made


@transaction.atomic
def split_instalments(*, sponsorship: Sponsorship, number: int, first: date, months: int, by: User) -> None:
    """Split the unscheduled rest into equal instalments, on `first` and then every so many months."""
    locked = Sponsorship.objects.select_for_update(of=("self",)).get(pk=sponsorship.pk)
    left = locked.amount - _planned(locked)
    if left <= 0 or not 1 <= number <= 36:
        raise ServiceError("Nothing is left to split, or into a number of parts that makes no sense.")
    for n, part in enumerate(split(left, locked.currency, [SplitShare("head", Decimal(1))] * number)):
        day = months_later(first, n * months)
        add_instalment(sponsorship=locked, due_on=day, amount=part, what=f"instalment {n + 1} of {number}", by=by)


@transaction.atomic
def delete_instalment(*, instalment: InstalmentDue, by: User) -> None:
    """Delete an instalment. Refuses one that is on an invoice."""
    # Whoever bills it locks it, too.
    locked = InstalmentDue.objects.select_for_update(of=("self",)).filter(pk=instalment.pk).first()
    if locked is None:
        return
    if locked.invoice_id:
        raise ServiceError("It is on an invoice. Credit that first.")
    record(
        verb=Verb.REMOVED_AN_INSTALMENT,
        target=locked.terms,
        by=by,
        what=str(locked),
        workspace_id=locked.terms.partner.workspace_id,
    )
    locked.delete()


def _check_terms(sponsorship: Sponsorship) -> None:
    if sponsorship.cohort.programme.workspace_id != sponsorship.partner.workspace_id:
        raise ServiceError(f"{sponsorship.cohort} is a cohort of another programme.")
    if sponsorship.ends_on < sponsorship.starts_on:
        raise ServiceError("The end must not lie before the start.")
    if sponsorship.group is not None and sponsorship.group.cohort_id != sponsorship.cohort_id:
        raise ServiceError(f"{sponsorship.group} is a group of another cohort.")
    sponsorship.amount = exact(Decimal(sponsorship.amount), sponsorship.currency)
    sponsorship.seat_price = exact(Decimal(sponsorship.seat_price), sponsorship.currency)


def _planned(sponsorship: Sponsorship) -> Decimal:
    return sponsorship.instalments.aggregate(s=Sum("amount"))["s"] or Decimal(0)


def months_later(day: date, months: int) -> date:
    year, month = divmod(day.month - 1 + months, 12)
    last = monthrange(day.year + year, month + 1)[1]
    return day.replace(year=day.year + year, month=month + 1, day=min(day.day, last))


@transaction.atomic
def agree_sponsorship(*, sponsorship: Sponsorship, by: User) -> None:
    """Agree a draft, which shows it to the partner's contacts. Idempotent."""
    if Sponsorship.objects.filter(pk=sponsorship.pk, draft=True).update(draft=False):
        record(verb=Verb.AGREED, target=sponsorship, workspace_id=sponsorship.partner.workspace_id, by=by)


@transaction.atomic
def copy_sponsorships(*, like: Cohort, cohort: Cohort) -> None:
    """Copy the sponsorships of one cohort to another, as drafts with their dates shifted."""
    shift = cohort.starts_on - like.starts_on
    Sponsorship.objects.bulk_create(
        Sponsorship(
            partner_id=one.partner_id,
            cohort=cohort,
            scope=one.scope,
            draft=True,
            starts_on=one.starts_on + shift,
            ends_on=one.ends_on + shift,
            amount=one.amount,
            currency=one.currency,
            seat_price=one.seat_price,
            countries=one.countries,
            communities=one.communities,
        )
        for one in like.sponsorships.all()
    )


@transaction.atomic
def delete_sponsorship(*, sponsorship: Sponsorship, by: User) -> None:
    """Delete a sponsorship; the contacts lose the cohort's impact page."""
    if any(one.invoice_id for one in sponsorship.instalments.select_for_update(of=("self",))):
        raise ServiceError("An instalment of it is on an invoice. Credit that first.")
    record(verb=Verb.REMOVED, target=sponsorship, workspace_id=sponsorship.partner.workspace_id, by=by)
    delete_row(sponsorship)

"""Instalments of an agreement as a whole, which no round has to exist for."""

from datetime import date
from decimal import Decimal

from django.db import transaction

from mentorship.core.accounts.models import User
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.errors import ServiceError
from partners.models import Agreement, InstalmentDue
from partners.money.currency import exact
from partners.money.split import SplitShare, split
from partners.sponsorships.frameworks import check_left_to_schedule, left_to_schedule
from partners.sponsorships.services import months_later


@transaction.atomic
def plan_instalments(
    *, agreement: Agreement, due_on: date, amount: Decimal | None, what: str, parts: int, months: int, by: User
) -> list[InstalmentDue]:
    """Plan one instalment, or without an amount all that has no day yet in equal parts, every so many months.

    Raises ServiceError if the agreement and its rounds would have more instalments than money.
    """
    locked = Agreement.objects.select_for_update(of=("self",)).select_related("partner").get(pk=agreement.pk)
    if amount:
        rows = [(due_on, exact(amount, locked.currency), what)]
    else:
        rows = _in_parts(locked, due_on, parts, months, what)
    check_left_to_schedule(locked, sum((one for _, one, _ in rows), Decimal(0)))
    made = [
        InstalmentDue.objects.create(framework=locked, due_on=day, amount=one, what=words) for day, one, words in rows
    ]
    for one in made:
        workspace_id = locked.partner.workspace_id
        record(verb=Verb.ADDED_AN_INSTALMENT, target=locked, workspace_id=workspace_id, by=by, what=str(one))
    return made


def _in_parts(
    agreement: Agreement, first: date, number: int, months: int, what: str
) -> list[tuple[date, Decimal, str]]:
    left = left_to_schedule(agreement)
    if left <= 0:
        raise ServiceError("Nothing is left to split: all of the amount has a due date.")
    shares = split(left, agreement.currency, [SplitShare("head", Decimal(1))] * number)
    named = what or "instalment"
    return [
        (months_later(first, n * months), share, f"{named} {n + 1} of {number}" if number > 1 else what)
        for n, share in enumerate(shares)
    ]

"""Money that may only be spent for the people of some countries or communities."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

from django.db.models import Q, QuerySet

from cohorts.models import Cohort, Enrollment
from mentorship.core.accounts.models import User
from mentorship.core.errors import ServiceError
from mentorship.core.reference_data import country_name
from partners.documents.formatting import money
from partners.models import Cost, Fund
from partners.money.currency import MINOR_DIGITS
from training.models import TrainingBooking

EVERYBODY = "everybody in a round"


@dataclass(frozen=True)
class Origin:
    """Where somebody in a round is from, and the group that they are in; "" if unknown."""

    country: str
    community: str


def set_origin(cost: Cost, before: Cost | None) -> None:
    """Write down where the person is from for whom the cost is. Raises ServiceError if they aren't in its round.

    It stays when the person is no longer on record.
    """
    if cost.person is None:
        if before is None or before.person_id:
            cost.country, cost.community = "", ""
        return
    origin = origins_in(cost, sessions=False).get(cost.person.pk)
    if origin is None:
        raise ServiceError(f"{cost.person} is not in {cost.cohort}.")
    cost.country, cost.community = origin.country, origin.community


def origins_in(cost: Cost, *, sessions: bool = True) -> Mapping[int, Origin]:
    """User → origin of everybody for whom a cost is: who booked its session, else everybody accepted in its round."""
    found = Enrollment.objects.filter(cohort=cost.cohort).occupying_place()
    if sessions and cost.session_id:
        booked = TrainingBooking.objects.filter(session=cost.session_id, status__in=("booked", "came"))
        found = found.filter(pk__in=booked.values("enrollment"))
    origins: dict[int, Origin] = {}
    for one in found.select_related("user", "group").prefetch_related("members__user"):
        for person in one.people:
            said = one.country if person.pk == one.user_id else ""
            known = Origin(said or person.country, one.group.name if one.group else "")
            origins.setdefault(person.pk, known)
    return origins


def check_region(fund: Fund, cost: Cost, amount: Decimal) -> None:
    """Raise ServiceError if a fund would pay for people outside its region.

    A cost for one person is within it or not. Of a cost for many it pays at most the part that its people are of all.
    """
    region = fund.region
    if not region:
        return
    if cost.person_id or cost.country or cost.community:
        if not region.holds(cost.country, cost.community):
            where = ", ".join(filter(None, (cost.country and country_name(cost.country), cost.community)))
            raise ServiceError(f"{fund} is only for people in {region}; this cost is for {_somebody(where)}.")
        return
    origins = origins_in(cost)
    inside = sum(region.holds(one.country, one.community) for one in origins.values())
    most = _part(cost, inside, len(origins))
    if amount > most:
        raise ServiceError(
            f"{fund} is only for people in {region}, who are {inside} of the {len(origins)} people this cost is for: "
            f"it may pay {money(most, cost.currency)} of it at most. If the cost is for one person, say so on its page."
        )


def _somebody(where: str) -> str:
    return f"somebody in {where}" if where else "somebody whose country isn’t known"


def _part(cost: Cost, inside: int, everybody: int) -> Decimal:
    if not everybody:
        return Decimal(0)
    unit = Decimal(1).scaleb(-MINOR_DIGITS.get(cost.currency, 2))
    return (cost.amount * inside / everybody).quantize(unit, ROUND_DOWN)


def used_by_place(fund: Fund) -> Sequence[tuple[str, Decimal]]:
    """Sums of a fund’s agreed shares by the country of the person for whom they are, the most first."""
    sums: dict[str, Decimal] = {}
    for share in fund.shares.filter(status="agreed").select_related("cost"):
        place = country_name(share.cost.country) if share.cost.country else EVERYBODY
        sums[place] = sums.get(place, Decimal(0)) + share.payer_amount
    return sorted(sums.items(), key=lambda row: (row[0] == EVERYBODY, -row[1], row[0]))


def people_of_rounds(cohorts: QuerySet[Cohort]) -> QuerySet[User]:
    """The people for whom a cost of these rounds may be, by name."""
    taking = Enrollment.objects.filter(cohort__in=cohorts).occupying_place()
    leads, members = taking.values("user"), taking.filter(members__user__isnull=False).values("members__user")
    return User.objects.filter(Q(pk__in=leads) | Q(pk__in=members)).order_by("full_name", "pk")

"""Thanks in reports: support, gifts in kind and people, in the words in which they are to be acknowledged."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q

from cohorts.models import Cohort
from partners.documents.formatting import number
from partners.models import Contribution, Partner, PartnerPerson


def gifts_in_words(cohorts: Sequence[Cohort]) -> dict[int, list[str]]:
    """Partner → gifts in kind that both sides confirmed, with how much: `Posters (30 pieces)`."""
    found: dict[int, list[str]] = {}
    rows = Contribution.objects.filter(cohort__in=cohorts).with_given().exclude(kind=Contribution.Kind.MONEY)
    for one in rows.order_by("partner__name", "pk"):
        if not one.given:
            continue
        found.setdefault(one.partner_id, []).append(f"{one.what} ({number(one.given)} {one.unit})")
    return found


def thanks_to(partner: Partner, cohorts: Sequence[Cohort]) -> str:
    """Thanks to one partner for what it agreed to support, and for what it gave."""
    supported = partner.sponsorships.filter(cohort__in=cohorts, draft=False).order_by("starts_on")
    scopes = "; ".join(sponsorship.scope for sponsorship in supported)
    gifts = "; ".join(gifts_in_words(cohorts).get(partner.pk, []))
    also = f" You {'also ' if scopes else ''}gave: {gifts}." if gifts else ""
    return f"Thank you, {partner.name}" + (f": {scopes}." if scopes else "!") + also


def thanks_in_public(cohorts: Sequence[Cohort]) -> str:
    """Thanks to all partners who may be named, each with its gifts in kind; "" if there are none."""
    gifts = gifts_in_words(cohorts)
    supporting = Q(sponsorships__cohort__in=cohorts, sponsorships__draft=False)
    partners = Partner.objects.filter(Q(pk__in=gifts) | supporting).distinct()
    named = sorted((one.public_name, gifts.get(one.pk, [])) for one in partners if one.public_name)
    thanked = [f"{name} ({'; '.join(given)})" if given else name for name, given in named]
    return f"Thank you, {', '.join(thanked)}!" if thanked else ""


def lent_people(partner: Partner, cohorts: Sequence[Cohort]) -> list[list[Any]]:
    """How many people a partner lent, whom it knows by name, and how many of them came back."""
    lent = partner.people.known().filter(kind=PartnerPerson.Kind.LENT)
    here = set(lent.filter(enrollment__cohort__in=cohorts).values_list("enrollment__user", flat=True))
    first = min((cohort.starts_on for cohort in cohorts), default=None)
    if not here or first is None:
        return []
    before = lent.filter(enrollment__cohort__starts_on__lt=first).values_list("enrollment__user", flat=True)
    back = len(here & set(before))
    return [["People you lent", len(here)], *([["Back from an earlier round", back]] if back else [])]

"""Filters of the people of a cohort, for the list and for mailings.

Higher apps, such as training, add their own filters through the extension point PEOPLE_FILTERS.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from cohorts.models import Cohort, Enrollment, TeamDeparture
from cohorts.querysets import EnrollmentQuerySet
from mentorship.core.errors import ServiceError
from mentorship.core.extensions import ExtensionPoint

Choices = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Filter:
    """One filter: its label, its choices (None: any text), and how it narrows the list."""

    label: str
    choices: Callable[[Cohort], Choices] | None
    apply: Callable[[EnrollmentQuerySet, str], EnrollmentQuerySet]

    def choices_for(self, cohort: Cohort) -> Choices:
        return self.choices(cohort) if self.choices else []


def _took_part_before() -> Exists:
    return Exists(
        Enrollment.objects.filter(
            user=OuterRef("user"),
            role=OuterRef("role"),
            cohort__programme=OuterRef("cohort__programme"),
            cohort__starts_on__lt=OuterRef("cohort__starts_on"),
            status__in=Enrollment.OCCUPYING_PLACE,
        )
    )


def _by_past(found: EnrollmentQuerySet, value: str) -> EnrollmentQuerySet:
    return found.filter(_took_part_before()) if value == "returning" else found.filter(~_took_part_before())


def _by_offer(found: EnrollmentQuerySet, value: str) -> EnrollmentQuerySet:
    if value == "open":
        return found.with_open_offer()
    return found.filter(status="accepted", offer_expires_at__isnull=False, confirmed_at__isnull=False)


def _by_back(found: EnrollmentQuerySet, value: str) -> EnrollmentQuerySet:
    return found.filter(defers=True) if value == "defers" else found.exclude(comes_back_as=[])


def _role_choices(cohort: Cohort) -> Choices:
    return cohort.programme.roles


def _status_choices(_cohort: Cohort) -> Choices:
    return [(value, str(label)) for value, label in Enrollment.Status.choices]


LEFT_LATELY = timedelta(days=14)


def _left_lately(found: EnrollmentQuerySet, _value: str) -> EnrollmentQuerySet:
    """People who withdrew or let an offer lapse, and teams with departures; not removals by coordinators."""
    since = timezone.now() - LEFT_LATELY
    own = Enrollment.Departure.WITHDREW, Enrollment.Departure.LAPSED
    withdrew = Q(status=Enrollment.Status.WITHDRAWN, departure__in=own, left_at__gte=since)
    teams = TeamDeparture.objects.filter(removed=False, left_at__gte=since).values("enrollment")
    return found.filter(withdrew | Q(pk__in=teams))


PEOPLE_FILTERS: ExtensionPoint[Filter] = ExtensionPoint(
    "filters of people",
    asked_by=__name__,
    about="What the people of a cohort can be filtered by, in the list and for mailings.",
)
_OWN_FILTERS: dict[str, Filter] = {
    "q": Filter("Search", None, lambda found, text: found.search(text)),
    "role": Filter("Role", _role_choices, lambda found, role: found.filter(role=role)),
    "status": Filter("Status", _status_choices, lambda found, s: found.filter(status=s)),
    "place": Filter("Place", lambda cohort: [("yes", "has a place")], lambda found, _: found.occupying_place()),
    "group": Filter(
        "Group",
        lambda cohort: [*((g.slug, g.name) for g in cohort.groups.all()), ("-", "no group")],
        lambda found, slug: found.filter(group=None) if slug == "-" else found.filter(group__slug=slug),
    ),
    "past": Filter(
        "Earlier rounds",
        lambda cohort: [("first", "first time in the role"), ("returning", "was in the role before")],
        _by_past,
    ),
    "left": Filter("Left", lambda cohort: [("lately", "in the last two weeks")], _left_lately),
    "offer": Filter("Offer", lambda cohort: [("open", "not answered"), ("confirmed", "accepted")], _by_offer),
    "back": Filter("Next round", lambda cohort: [("would", "would come back"), ("defers", "put it off")], _by_back),
}


for _name, _filter in _OWN_FILTERS.items():
    PEOPLE_FILTERS.provide(_name, _filter, by="cohorts")


@dataclass(frozen=True)
class UnknownFilter:
    """A filter that a cohort does not have, or a value that is not one of its choices, such as a deleted group."""

    name: str
    value: str

    @property
    def label(self) -> str:
        return (PEOPLE_FILTERS[self.name].label if self.name in PEOPLE_FILTERS else self.name).lower()

    def __str__(self) -> str:
        return f"{self.label}: “{self.value}”"


class FilterError(ServiceError):
    """A filter can't be applied. Ignoring it would find other people."""

    def __init__(self, unknown: Sequence[UnknownFilter]) -> None:
        self.unknown = unknown
        listed = " and ".join(map(str, unknown))
        super().__init__(
            f"People can't be filtered by {listed} any more. It may have been deleted, cancelled or renamed."
        )


def split_filters(cohort: Cohort, given: Any) -> tuple[dict[str, str], list[UnknownFilter]]:
    """The filters in a query (a QueryDict or dict), and those with a value that the cohort does not offer."""
    found, unknown = {}, []
    for name, one in PEOPLE_FILTERS.items():
        value = given.get(name, "").replace("\0", "").strip()
        if value and (one.choices is None or value in dict(one.choices_for(cohort))):
            found[name] = value
        elif value:
            unknown.append(UnknownFilter(name, value))
    return found, unknown


def read_filters(cohort: Cohort, given: Any) -> dict[str, str]:
    """The filters in a query (a QueryDict or dict). Raises FilterError for a value that is not a choice."""
    found, unknown = split_filters(cohort, given)
    if unknown:
        raise FilterError(unknown)
    return found


def filter_enrollments(cohort: Cohort, given: Any) -> EnrollmentQuerySet:
    """The enrollments of a cohort that match the filters of a query. Raises FilterError."""
    # Filters may join tables, so the outer query removes repetitions.
    found: EnrollmentQuerySet = Enrollment.objects.filter(cohort=cohort)
    for name, value in read_filters(cohort, given).items():
        found = PEOPLE_FILTERS[name].apply(found, value)
    return Enrollment.objects.filter(pk__in=found.values("pk"))

"""The recipients of a mailing, and people left out with the reason."""

import math
from dataclasses import dataclass, field
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import QueryDict

from cohorts.models import Cohort, Enrollment, Mailing, OptOut
from cohorts.people.filters import (
    PEOPLE_FILTERS,
    FilterError,
    UnknownFilter,
    filter_enrollments,
    read_filters,
    split_filters,
)
from cohorts.querysets import EnrollmentQuerySet
from mentorship.core.accounts.models import User
from mentorship.core.outbox.delivery.suppression import who_is_left_out
from mentorship.core.timezones import first_zone

SWITCHED_OFF = "Their account is switched off."
OPTED_OUT = "They want necessary emails only."


@dataclass
class Recipient:
    """A person of the audience with their matching enrollments. `skipped` says why they get no mail."""

    user: User
    enrollments: list[Enrollment] = field(default_factory=list)
    skipped: str = ""

    @property
    def zone(self) -> ZoneInfo:
        """The person's time zone if known, otherwise the cohort's."""
        of_enrollments = [enrollment.time_zone for enrollment in self.enrollments]
        return first_zone(self.user.time_zone, *of_enrollments, self.enrollments[0].cohort.time_zone)


def read_audience(cohort: Cohort, query: str) -> dict[str, str]:
    """The filters of a stored query string. Raises FilterError if one of them no longer applies."""
    found, unknown = _split_audience(cohort, query)
    if unknown:
        raise FilterError(unknown)
    return found


def _split_audience(cohort: Cohort, query: str) -> tuple[dict[str, str], list[UnknownFilter]]:
    given = QueryDict(query)
    found, unknown = split_filters(cohort, given)
    others = [name for name in given if name not in PEOPLE_FILTERS]
    return found, [*unknown, *(UnknownFilter(name, given[name]) for name in others)]


def clean_audience(cohort: Cohort, query: str) -> str:
    """The filters of the people list as a query string. Raises FilterError if one can't be applied."""
    return urlencode(read_filters(cohort, QueryDict(query)))


def audience_in_words(cohort: Cohort, audience: str) -> str:
    """The audience in words, such as: accepted mentors, found by “soil”."""
    filters, unknown = _split_audience(cohort, audience)
    role, status, text = (filters.pop(name, "") for name in ("role", "status", "q"))
    people = f"{cohort.programme.label_of(role)}s" if role else "people"
    words = [f"{Enrollment.Status(status).label} {people}" if status else f"all {people} who signed up"]
    for name, value in filters.items():
        label = dict(PEOPLE_FILTERS[name].choices_for(cohort))[value]
        words.append(f"{PEOPLE_FILTERS[name].label.lower()}: {label}")
    words += [f"{one} (no longer available)" for one in unknown]
    return ", ".join(words + ([f"found by “{text}”"] if text else []))


def audience_of(mailing: Mailing) -> EnrollmentQuerySet:
    """The enrollments that the filters of a mailing find now. Raises FilterError."""
    return filter_enrollments(mailing.cohort, read_audience(mailing.cohort, mailing.audience))


def recipients_of(mailing: Mailing) -> list[Recipient]:
    """The people of the audience, each once, by name; those who get no mail too, with the reason. Five queries.

    Raises FilterError if the audience can't be computed.
    """
    everyone: dict[int, Recipient] = {}
    for enrollment in audience_of(mailing).select_related("user").prefetch_related("members__user").order_by("pk"):
        enrollment.cohort = mailing.cohort
        for user in enrollment.people:
            everyone.setdefault(user.pk, Recipient(user)).enrollments.append(enrollment)
    out: set[int] = set()
    if not mailing.necessary:
        opted_out = OptOut.objects.filter(workspace_id=mailing.cohort.workspace_id)
        out = set(opted_out.values_list("user_id", flat=True))
    addresses = [recipient.user.email for recipient in everyone.values()]
    against = who_is_left_out(mailing.cohort.workspace_id, addresses, necessary=mailing.necessary)
    for recipient in everyone.values():
        if not recipient.user.is_active:
            recipient.skipped = SWITCHED_OFF
        elif recipient.user.pk in out:
            recipient.skipped = OPTED_OUT
        elif why := against.get(recipient.user.email):
            why = why.partition(" (")[0]  # the mail server's answer is on the list of addresses
            recipient.skipped = f"{why[:1].upper()}{why[1:]}."
    return sorted(everyone.values(), key=lambda r: (str(r.user).casefold(), r.user.pk))


def allowed_growth(number: int) -> int:
    """The number of people that a mailing approved for `number` may reach without another look: a tenth more."""
    return number + math.ceil(number / 10)

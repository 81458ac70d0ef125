"""Signed link to the page where a person sees their status, answers an offer or leaves; whose links are.

The functions `lead` and `member` say for whom one acts by a link, from the values in it.
"""

from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import QuerySet

from cohorts.models import Cohort
from mentorship.core.accounts.models import User
from mentorship.core.links import SignedLink, end_afterwards


def lead(enrollment_id: int, *_more: Any) -> QuerySet[User]:
    """The owner of an enrollment; of a team the lead."""
    return User.objects.filter(enrollments=enrollment_id)


def end_with_cohort(cohort: Cohort) -> None:
    """Raise LinkError where a cohort is completed and was over some weeks ago, for links that only act in it."""
    if cohort.status in (Cohort.Status.COMPLETED, Cohort.Status.ARCHIVED):
        end_afterwards(datetime.combine(cohort.ends_on + timedelta(days=1), time(), cohort.tz))


def member(enrollment_id: int, person_id: int | None = None) -> QuerySet[User]:
    """The person that the link names, of an enrollment; links of earlier versions name nobody."""
    return User.objects.filter(pk=person_id) if person_id else lead(enrollment_id)


# Holds the ids of the enrollment and of the person it was made for. Links of earlier versions name no person. The page
# shows no answers.
PLACE = SignedLink(
    "cohorts:place-detail", "cohorts.place", (int, int), optional=1, whose=member, does="See your place, or give it up"
)


def place_link(enrollment_id: int, person_id: int) -> str:
    """The absolute address at which one person of an enrollment sees its status and acts on it."""
    return PLACE.url(enrollment_id, person_id)


def read_place(token: str) -> tuple[int, int | None]:
    """The ids of the enrollment and the person; None in a link that names nobody. Raises LinkError."""
    pk, *person = PLACE.read(token)
    return pk, person[0] if person else None

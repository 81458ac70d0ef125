"""The page of a pair, opened and used by one of its people."""

from django.urls import reverse

from mentorship.devtools.testing.factories import EnrollmentFactory, MatchFactory
from mentorship.devtools.testing.pages import SURE


def address(match, name="my-match", *more):
    return reverse(f"matching:{name}", args=[match.pk, *more])


def page_of(client, user, match):
    client.force_login(user)
    return client.get(address(match)).text


def do(client, user, match, what, **data):
    client.force_login(user)
    return client.post(address(match), {"do": what, **SURE, **data}, follow=True)


def co_mentor(cast):
    """Another mentor of the same team."""
    one = EnrollmentFactory(cohort=cast.cohort, role="mentor", user__full_name="Ben Ito")
    return MatchFactory(mentee=cast.mentee_enrollment, mentor=one)

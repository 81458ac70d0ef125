"""Pairs that a coordinator locks or forbids."""

import pytest

from matching.board import services as board_services
from matching.models import MatchPin
from matching.tests.enrolled import mentee, mentor
from mentorship.core.errors import ServiceError
from mentorship.devtools.testing.factories import CohortFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def cohort():
    return CohortFactory(status="matching", programme__code_of_conduct_url="https://example.org/kind")


def test_a_lock_past_the_places_is_refused(cohort):
    one = mentor(cohort)
    board_services.set_pin(mentee=mentee(cohort), mentor=one, kind="lock", by=None)
    with pytest.raises(ServiceError, match="Ada takes 1"):
        board_services.set_pin(mentee=mentee(cohort, "Other"), mentor=one, kind="lock", by=None)


def test_a_mentee_has_no_more_locks_than_mentors_wanted(cohort):
    team = mentee(cohort)
    board_services.set_pin(mentee=team, mentor=mentor(cohort), kind="lock", by=None)
    with pytest.raises(ServiceError, match="as many mentors"):
        board_services.set_pin(mentee=team, mentor=mentor(cohort, "Bo"), kind="lock", by=None)


def test_a_pair_is_locked_or_forbidden_never_both(cohort):
    team, one = mentee(cohort), mentor(cohort)
    board_services.set_pin(mentee=team, mentor=one, kind="lock", by=None)
    board_services.set_pin(mentee=team, mentor=one, kind="forbid", by=None)
    assert MatchPin.objects.get().kind == "forbid"
    board_services.remove_pin(mentee=team, mentor=one, by=None)
    assert not MatchPin.objects.exists()


def test_people_of_two_cohorts_are_no_pair(cohort):
    with pytest.raises(ServiceError, match="same cohort"):
        board_services.set_pin(mentee=mentee(cohort), mentor=mentor(CohortFactory()), kind="lock", by=None)

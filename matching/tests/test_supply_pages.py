"""The mentors that a cohort lacks while sign-up is open."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from cohorts.signup import links as signup_links
from matching.engine import services as engine_services
from matching.models import MatchSupply
from matching.supply import shortage_text
from matching.supply.services import sweep_supply, work_supply
from matching.tests.board import url
from mentorship.devtools.testing.factories import (
    EnrollmentFactory,
    TopicFactory,
)
from mentorship.devtools.testing.pages import text_in
from mentorship.operations.sweep import PARTS

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_wake_up")]


@pytest.fixture
def enrolling(cohort):
    cohort.status = "enrolling"
    cohort.save()
    soil = TopicFactory(programme=cohort.programme, name="Soil", key="soil")
    for _ in range(2):
        EnrollmentFactory(cohort=cohort, status="applied", languages=["es"]).topics.add(soil)
    EnrollmentFactory(cohort=cohort, role="mentor", status="applied", languages=["en"], capacity=3).topics.add(
        TopicFactory(programme=cohort.programme, name="Maps", key="maps")
    )
    return cohort


def test_shortages_show_before_any_run_with_a_page_that_recruits(coordinator, enrolling, client):
    assert "Working it out" in coordinator.get(url("board")).text
    work_supply(enrolling)
    for address in (url("board"), url("supply")):
        text = coordinator.get(address).text
        for words in ("Soil (2)", "Spanish (2)", "who know about Soil or who speak Spanish"):
            assert words in text, words
    link = shortage_text.recruiting_link(enrolling, MatchSupply.objects.get().shortages)
    text = Client().get(link).text
    assert "We’re still looking for mentors who know about Soil or who speak Spanish." in text
    assert "We’re still looking" not in Client().get(link[:-3]).text
    assert signup_links.read_sought("<b>made up</b>") == ""
    enrolling.status = "matching"
    enrolling.save()
    assert "Sign-up is closed" in coordinator.get(url("supply")).text


def test_the_page_that_a_board_leads_to_says_what_its_run_found(coordinator, enrolling):
    enrolling.enrollments.update(status="accepted")
    engine_services.run_now(cohort=enrolling, by=None)
    assert "Find more mentors" in coordinator.get(url("board")).text
    text = coordinator.get(url("supply")).text
    assert "Working it out" not in text
    for words in ("Found by Run 1", "Soil (2)", "who know about Soil or who speak Spanish"):
        assert words in text, words


def test_the_sweep_counts_again_once_somebody_signed_up(enrolling, no_wake_up, coordinator):
    now = timezone.now()
    assert sweep_supply in PARTS.values()
    assert sweep_supply(now) == 1
    assert sweep_supply(now + timedelta(hours=1)) == 0
    EnrollmentFactory(cohort=enrolling, role="mentor", capacity=2, languages=["es"])
    assert sweep_supply(now + timedelta(minutes=1)) == 0
    assert sweep_supply(now + timedelta(hours=1)) == 1
    assert MatchSupply.objects.get().mentors == 2
    assert not any(s["kind"] == "languages" for s in MatchSupply.objects.get().shortages)
    coordinator.post(url("supply"))
    assert no_wake_up == [enrolling.pk]


def test_where_any_mentor_would_do_the_plain_sign_up_page_is_shared(coordinator, enrolling):
    lacking = [{"kind": "places", "name": "", "places": 2}]
    MatchSupply.objects.create(cohort=enrolling, mentees=3, mentors=1, shortages=lacking, computed_at=timezone.now())
    text = text_in(coordinator.get(url("supply")))
    assert "Places 2 more" in text
    assert "Share the sign-up page for mentors." in text
    assert "sought=" not in shortage_text.recruiting_link(enrolling, lacking)


def test_no_mentors_are_sought_where_none_are_lacking():
    assert shortage_text.sought_of([]) == ""
    assert shortage_text.sought_of([{"kind": "hours", "name": "UTC-5", "places": 2}]) == "who live around UTC-5"

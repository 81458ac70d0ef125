"""The sentence of an intro about the first check-in, which follows the cohort's waves."""

from datetime import date
from types import SimpleNamespace

import pytest
import time_machine
from django.urls import reverse

from checkins.models import CheckInWave
from checkins.schedule.planning import default_wave_of, ensure_default_wave, outlasts_round
from checkins.waves.services import add_template
from cohorts.models import Cohort
from matching.intro.mails import intro_mail
from mentorship.core.outbox.mail_templates.services import save_wording
from mentorship.devtools.testing.pages import words_in

pytestmark = pytest.mark.django_db
TODAY = date(2027, 2, 3)  # two days after the start of the cohort, which ends on 28 May
NOTHING = "Whenever there’s something we should know, write to us."
IN = "The next thing you hear from us is a short check-in in about {}."


def intro(cast):
    why = SimpleNamespace(mentor=cast.mentor_enrollment, reasons=[])
    return intro_mail(cast.mentee_enrollment, [why], today=TODAY).text


@pytest.fixture
def default(cast):
    with time_machine.travel(TODAY):
        yield ensure_default_wave(cohort=cast.cohort)


def test_a_cohort_without_any_gets_the_default_one(cast):
    assert IN.format("three months") in intro(cast)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, IN.format("three months")),
        ({"offset": 6, "unit": "days"}, IN.format("six days")),
        ({"anchor": "starts", "offset": 56, "unit": "days"}, IN.format("two months")),
        ({"anchor": "ends", "offset": -7, "unit": "days"}, IN.format("four months")),
        ({"anchor": "starts", "offset": 2, "unit": "days"}, NOTHING),  # not of who comes after it
        ({"audience": "facilitators"}, NOTHING),
        ({"paused_at": "2027-01-01T00:00Z"}, NOTHING),
    ],
)
def test_the_intro_says_what_this_cohort_has(cast, default, fields, words):
    CheckInWave.objects.filter(pk=default.pk).update(**fields)
    assert f" {words}\n" in intro(cast)


def test_the_first_of_several_that_go_on_counts(cast, default):
    add_template(cohort=cast.cohort, key="mid-term", by=cast.coordinator)
    assert IN.format("two months") in intro(cast)
    CheckInWave.objects.filter(name="Mid-term").update(paused_at="2027-02-01T00:00Z")
    assert IN.format("three months") in intro(cast)


def test_words_of_a_programme_from_before_are_still_right(cast, default):
    save_wording(
        kind="matching/intro",
        workspace=cast.programme.workspace,
        scope="",
        by=cast.coordinator,
        subject="{cohort}: hello",
        body="{mentees}{mentors}We ask you in three months. {contact}",
    )
    assert "We ask you in three months. hello@example.org" in intro(cast)


def test_in_a_short_round_the_default_one_is_before_its_end(cast):
    Cohort.objects.filter(pk=cast.cohort.pk).update(ends_on=date(2027, 4, 25))  # twelve weeks
    cast.cohort.refresh_from_db()
    wave = default_wave_of(cast.cohort)
    assert (wave.name, wave.when) == ("Check-in before the end", "14 days before the end of the cohort")
    assert IN.format("two months") in intro(cast)


def test_what_comes_after_the_round_is_not_announced_as_the_next_thing(client, cast, default):
    Cohort.objects.filter(pk=cast.cohort.pk).update(ends_on=date(2027, 4, 25))
    cast.mentee_enrollment.cohort.refresh_from_db()
    assert f" {NOTHING}\n" in intro(cast)
    client.force_login(cast.coordinator)
    page = reverse("checkins:wave-detail", args=[cast.cohort.slug, default.pk])
    assert "after it ends on 25 April 2027" in words_in(client.get(page))
    add_template(cohort=cast.cohort, key="half-year", by=cast.coordinator)
    later = CheckInWave.objects.get(name="Six months later")
    assert not outlasts_round(later)  # it is about what lasted
    edit = reverse("checkins:wave-edit", args=[cast.cohort.slug, later.pk])
    assert 'name="mails_who_did_not_meet"' in client.get(edit).content.decode()

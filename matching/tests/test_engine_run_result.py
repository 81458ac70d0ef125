"""From enrollments to an answer and back."""

from datetime import date

import pytest
from django.utils import timezone

from cohorts.models import Review, TeamMember
from matching.engine.input import external_names, read_pool
from matching.engine.matcher import EngineError, match_cohort
from matching.models import MatchPin, SpeedEvent, SpeedWish
from matching.scoring.factors import default_weights
from mentorship.core.timezones import clock_name
from mentorship.devtools.testing.factories import (
    CohortFactory,
    EnrollmentFactory,
    MatchFactory,
    ProgrammeFactory,
    TopicFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def cohort():
    return CohortFactory(status="matching")


def with_topics(enrollment, *names):
    enrollment.topics.set([TopicFactory(name=name, key=name.casefold()) for name in names])
    return enrollment


def mentor(cohort, *topics, **fields):
    return with_topics(EnrollmentFactory(cohort=cohort, role="mentor", **fields), *topics)


def mentee(cohort, *topics, **fields):
    return with_topics(EnrollmentFactory(cohort=cohort, title=fields.pop("title", "A plan"), **fields), *topics)


def pairs(found):
    return {(pair.mentee, pair.mentor) for pair in found.chosen}


def test_those_who_share_topics_meet_and_are_told_why(cohort):
    soil, birds = mentee(cohort, "Soil"), mentee(cohort, "Birds")
    farmer, watcher = mentor(cohort, "Soil"), mentor(cohort, "Birds")
    found = match_cohort(cohort, default_weights())
    assert pairs(found) == {(soil, farmer), (birds, watcher)}
    first = next(pair for pair in found.chosen if pair.mentee == soil)
    assert "Soil" in first.reasons.sentence
    assert sum(factor["part"] for factor in first.factors) == pytest.approx(first.score, abs=1e-3)


def test_only_accepted_people_with_room_take_part(cohort):
    waiting = mentee(cohort)
    mentee(cohort, status="applied")
    mentor(cohort, status="withdrawn")
    free, full = mentor(cohort, capacity=2), mentor(cohort, capacity=1)
    MatchFactory(mentee=mentee(cohort), mentor=full)
    MatchFactory(mentee=mentee(cohort), mentor=free)
    pool = read_pool(cohort)
    assert (pool.mentees, pool.mentors, pool.capacity) == ([waiting], [free], [1])


def test_a_place_is_free_again_once_a_match_ended_and_the_pair_does_not_come_back(cohort):
    waiting, one = mentee(cohort), mentor(cohort)
    MatchFactory(mentee=waiting, mentor=one, status="ended")
    pool = read_pool(cohort)
    assert (pool.capacity, pool.forbidden) == ([1], [(0, 0)])


def test_several_mentors_for_one_mentee_are_different_people(cohort):
    mentee(cohort, mentors_wanted=2)
    both = {mentor(cohort, capacity=3), mentor(cohort, capacity=3)}
    assert {pair.mentor for pair in match_cohort(cohort, default_weights()).chosen} == both
    assert match_cohort(cohort, default_weights()).solution.matched == 1


def test_mentees_who_suit_all_mentors_alike_are_spread_and_earlier_matches_count(cohort):
    mentors = [mentor(cohort, capacity=4) for _ in range(3)]
    MatchFactory(mentee=mentee(cohort), mentor=mentors[0])
    for number in range(5):
        mentee(cohort, title=f"Plan {number}")
    solution = match_cohort(cohort, {"languages": 1}).solution
    assert [solution.load[j] for j in range(3)] == [1, 2, 2]


def test_who_is_mentor_and_mentee_is_not_matched_with_themselves(cohort):
    both = mentor(cohort, "Soil")
    own = mentee(cohort, "Soil", user=both.user)
    found = match_cohort(cohort, default_weights())
    assert not found.chosen
    assert found.unmatched == [(own, ["The only mentor: the same person.", "One more mentor: 1 more matched."])]


def test_a_member_of_the_team_is_not_its_mentor(cohort):
    inside = mentor(cohort)
    team = mentee(cohort)
    team.members.create(user=inside.user)
    assert not match_cohort(cohort, default_weights()).chosen


def test_no_common_language_rules_a_pair_out_unless_the_cohort_says_otherwise(cohort):
    mentee(cohort, languages=["pt"])
    mentor(cohort, languages=["en"])
    assert match_cohort(cohort, default_weights()).unmatched[0][1] == [
        "The only mentor: no shared language.",
        "Allow pairs without a language in common: 1 more matched.",
    ]
    assert len(match_cohort(cohort, default_weights(), require_common_language=False).chosen) == 1


def test_locked_and_forbidden_pairs_are_kept(cohort):
    soil, birds = mentee(cohort, "Soil"), mentee(cohort, "Birds")
    farmer, watcher = mentor(cohort, "Soil"), mentor(cohort, "Birds")
    MatchPin.objects.create(mentee=soil, mentor=watcher, kind="lock")
    assert pairs(match_cohort(cohort, default_weights())) == {(soil, watcher), (birds, farmer)}
    MatchPin.objects.update(mentee=soil, mentor=farmer, kind="forbid")
    assert pairs(match_cohort(cohort, default_weights())) == {(soil, watcher), (birds, farmer)}


def test_more_locks_than_places_are_explained_with_the_name(cohort):
    one = mentor(cohort, user__full_name="Ada")
    for _ in range(2):
        MatchPin.objects.create(mentee=mentee(cohort), mentor=one, kind="lock")
    with pytest.raises(EngineError, match="Ada has 1 free place, but 2 pairs are locked"):
        match_cohort(cohort, default_weights())


def test_who_is_left_over_is_told_which_place_would_help(cohort):
    for _ in range(2):
        mentee(cohort)
    mentor(cohort, user__full_name="Ada")
    found = match_cohort(cohort, default_weights())
    assert len(found.unmatched) == 1
    assert "Ada" in found.unmatched[0][1][1]


def test_earlier_cohorts_of_the_programme_speak_for_a_mentor_and_later_ones_do_not():
    programme = ProgrammeFactory()
    past, now, later = (
        CohortFactory(programme=programme, starts_on=date(year, 1, 1), ends_on=date(year, 5, 1))
        for year in (2025, 2026, 2027)
    )
    soil = mentee(now, title="Mapping volcanic glass")
    known, other = mentor(now), mentor(now, description="Birds and their songs")
    before = EnrollmentFactory(cohort=past, title="Volcanic glass in museums")
    MatchFactory(mentee=before, mentor=mentor(past, user=known.user), status="ended", imported=True, intro=None)
    after = EnrollmentFactory(cohort=later, title="Mapping volcanic glass")
    MatchFactory(mentee=after, mentor=mentor(later, user=other.user))
    assert pairs(match_cohort(now, default_weights())) == {(soil, known)}


def test_a_project_in_a_team_speaks_for_a_mentor_and_not_for_the_next_project():
    programme = ProgrammeFactory()
    past, now = (
        CohortFactory(programme=programme, starts_on=date(year, 1, 1), ends_on=date(year, 5, 1))
        for year in (2025, 2026)
    )
    soil, birds = mentee(now, title="Mapping volcanic glass"), mentee(now, title="Songs of birds")
    member, other = mentor(now), mentor(now, description="Birds and their songs")
    team = EnrollmentFactory(cohort=past, title="Volcanic glass in museums", user=birds.user)
    TeamMember.objects.create(enrollment=team, user=member.user)
    found = match_cohort(now, default_weights())
    assert pairs(found) == {(soil, member), (birds, other)}
    assert [bool(person.history) for person in found.scores.mentees] == [False, False]
    assert [person.first_time for person in found.scores.mentees] == [True, False]


def test_only_who_took_part_in_no_role_before_is_new():
    programme = ProgrammeFactory()
    past, now = (
        CohortFactory(programme=programme, starts_on=date(year, 1, 1), ends_on=date(year, 5, 1))
        for year in (2025, 2026)
    )
    mentored, waited, _ = mentee(now, title="One"), mentee(now, title="Two"), mentor(now)
    mentor(past, user=mentored.user)
    EnrollmentFactory(cohort=past, user=waited.user, status="waitlisted")
    found = match_cohort(now, default_weights())
    assert {e: p.first_time for e, p in zip(found.pool.mentees, found.scores.mentees, strict=True)} == {
        mentored: False,
        waited: True,
    }


def test_whom_people_wish_after_they_met_counts(cohort):
    soil, birds = mentee(cohort, title="One"), mentee(cohort, title="Two")
    one, two = mentor(cohort), mentor(cohort)
    event = SpeedEvent.objects.create(cohort=cohort, name="Evening", starts_at=timezone.now(), rounds=2)
    for by, whom in ((soil, two), (two, soil), (birds, one)):
        SpeedWish.objects.create(event=event, by=by, whom=whom)
    found = match_cohort(cohort, default_weights())
    assert pairs(found) == {(soil, two), (birds, one)}
    wishes = found.scores.factors["wishes"]
    rows, columns = found.pool.mentees.index, found.pool.mentors.index
    assert (wishes[rows(soil), columns(two)], wishes[rows(birds), columns(one)]) == (0.5, 0.25)
    # A reviewer who would rather not, and a mentee who would, meet in the middle.
    Review.objects.create(enrollment=birds, reviewer=one.user, recommendation=Review.Recommendation.NO)
    found = match_cohort(cohort, default_weights())
    assert found.scores.factors["wishes"][rows(birds), columns(one)] == pytest.approx((0.75 + 0.2) / 2 - 0.5)


def test_a_run_without_anybody_to_match_says_so(cohort):
    mentor(cohort)
    with pytest.raises(EngineError, match="Nobody is waiting"):
        match_cohort(cohort, default_weights())


def test_external_names_are_unique(cohort):
    lead = mentee(cohort, title="One")
    second = mentee(cohort, title="Two", user=lead.user)
    third = mentee(cohort, external_id="ols-1")
    assert external_names([lead, second, third]) == {
        lead.pk: f"{lead.user.email}: One",
        second.pk: f"{lead.user.email}: Two",
        third.pk: "ols-1",
    }


def test_the_answer_takes_a_constant_number_of_queries(cohort, django_assert_max_num_queries):
    for _ in range(6):
        mentee(cohort, "Soil")
        mentor(cohort, "Soil")
    with django_assert_max_num_queries(15):
        assert len(match_cohort(cohort, default_weights()).chosen) == 6


def test_time_zones_without_a_place_are_named_by_their_offset():
    assert [clock_name(z) for z in ("Etc/GMT-3", "Etc/GMT+5", "Etc/GMT", "UTC")] == ["UTC+3", "UTC-5", "UTC", "UTC"]

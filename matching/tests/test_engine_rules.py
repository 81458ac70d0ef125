"""Rules, limits and objectives of a cohort, the words where they leave somebody out, and shortages of mentors."""

import re
from datetime import date

import pytest
from django.utils import timezone

from cohorts.models import Enrollment, Group, Review, SignupAnswer, SignupQuestion
from matching.engine import services as engine_services
from matching.engine.matcher import EngineError, match_cohort
from matching.engine.shortages import shortages
from matching.models import MatchPolicy
from matching.pauses.services import pause_mentor
from matching.policy import services as policy_services
from matching.policy.employers import employer_words
from matching.profiles import MatchProfile
from matching.scoring.factors import default_weights
from matching.scoring.rules import PairRules
from matching.scoring.scores import score
from mentorship.core.audit.services import history_of
from mentorship.core.errors import ServiceError
from mentorship.devtools.testing.factories import (
    CohortFactory,
    EnrollmentFactory,
    MatchFactory,
    ProgrammeFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
PLACE = {"place": 1}


@pytest.fixture
def cohort():
    return CohortFactory(status="matching")


def mentor(cohort, **fields):
    return EnrollmentFactory(cohort=cohort, role="mentor", **fields)


def mentee(cohort, title="A plan", **fields):
    return EnrollmentFactory(cohort=cohort, title=title, **fields)


def pairs(found):
    return {(pair.mentee, pair.mentor) for pair in found.chosen}


def solved(cohort, objective="total", **rules):
    return match_cohort(cohort, default_weights(), rules=rules, objective=objective)


def earlier(cohort, year=2025):
    return CohortFactory(programme=cohort.programme, starts_on=date(year, 1, 1), ends_on=date(year, 4, 1))


def pair_before(cohort, lead, with_mentor, year=2025):
    past = earlier(cohort, year)
    return MatchFactory(mentee=mentee(past, user=lead.user), mentor=mentor(past, user=with_mentor.user))


def test_too_few_shared_hours_rule_a_pair_out_and_the_smallest_relaxation_is_named(cohort):
    far = mentee(cohort, time_zone="Pacific/Auckland")
    mentor(cohort, time_zone="Europe/Berlin")
    assert len(solved(cohort, least_hours=4).chosen) == 1
    ((left, reasons),) = solved(cohort, least_hours=6).unmatched
    assert left == far
    assert reasons[0] == "The only mentor: too few shared waking hours."
    assert reasons[1] == "Lower the minimum of shared waking hours from 6 to 4: 1 more matched."


def test_another_mentor_is_advised_for_what_stands_in_the_way_and_nothing_else(cohort):
    mentee(cohort, time_zone="Pacific/Auckland"), mentor(cohort, time_zone="Europe/Berlin")
    advice = [
        [w.change for w in solved(cohort, least_hours=hours).what_ifs if "one more" in w.change] for hours in (0, 6)
    ]
    assert advice == [[], ["one more mentor who lives around UTC+13"]]
    near = [mentee(cohort, time_zone="Europe/Berlin") for _ in range(2)]
    found = solved(cohort, least_hours=6)
    (plain,) = [w for w in found.what_ifs if w.change == "one more mentor"]
    assert {found.pool.mentees[i] for i in plain.mentees} <= set(near)


def test_a_mentor_who_pauses_is_named_where_they_could_have_helped(cohort):
    spanish = mentee(cohort, languages=["es"])
    paused = mentor(cohort, languages=["es"], user__full_name="Ada Okafor")
    pause_mentor(enrollment=paused, by=None, until=date(2127, 5, 12))
    with pytest.raises(EngineError, match=r"can be proposed: Ada Okafor \(paused until 12 May 2127\)\. Accept"):
        solved(cohort)
    mentor(cohort, languages=["en"])
    ((left, reasons),) = solved(cohort).unmatched
    assert left == spanish
    assert reasons[:2] == [
        "The only mentor: no shared language.",
        "Could have a mentor who is not in this run: Ada Okafor (paused until 12 May 2127).",
    ]
    Enrollment.objects.filter(pk=paused.pk).update(languages=["fr"])
    assert "Ada" not in " ".join(solved(cohort).unmatched[0][1])


def test_hours_are_those_of_the_whole_cohort_with_its_summer_time(cohort):
    cohort.starts_on, cohort.ends_on = date(2027, 3, 1), date(2027, 3, 21)  # New York is an hour nearer from the 14th
    cohort.save()
    mentee(cohort, time_zone="America/New_York"), mentor(cohort, time_zone="Europe/Berlin")
    (pair,) = solved(cohort).chosen
    phrase = next(f["phrase"] for f in pair.factors if f["key"] == "hours")
    assert phrase == "about 8 waking hours a day in common"


@pytest.mark.parametrize(("rule", "together"), [("ignore", True), ("never", False), ("prefer", True)])
def test_former_pairs_are_treated_by_the_rule(cohort, rule, together):
    lead, one = mentee(cohort), mentor(cohort)
    pair_before(cohort, lead, one)
    found = solved(cohort, former=rule)
    assert (pairs(found) == {(lead, one)}) is together
    if rule == "never":
        assert found.unmatched[0][1][0] == "The only mentor: were a pair in an earlier round."
        assert "Allow pairs from earlier rounds: 1 more matched." in found.unmatched[0][1]
    wish = found.scores.factors["wishes"][0, 0]
    assert wish == (0.5 if rule == "prefer" else 0)


def test_a_mentor_rests_after_some_rounds_in_a_row(cohort):
    mentee(cohort)
    busy, lead = mentor(cohort), mentee(cohort, status="withdrawn")
    for year in (2024, 2025):
        pair_before(cohort, lead, busy, year)
    assert len(solved(cohort, rest_after=3).chosen) == 1
    assert solved(cohort, rest_after=2).unmatched[0][1][0] == "The only mentor: the mentor rests this round."
    earlier(cohort, 2026)  # a round without them
    assert len(solved(cohort, rest_after=2).chosen) == 1


def test_a_declared_conflict_rules_a_pair_out_and_a_first_choice_is_a_wish(cohort):
    disputed, wished = mentee(cohort, "One"), mentee(cohort, "Two")
    reviewer, other = mentor(cohort), mentor(cohort)
    Review.objects.create(enrollment=disputed, reviewer=reviewer.user, conflict=True)
    Review.objects.create(enrollment=wished, reviewer=reviewer.user, preference=1)
    found = solved(cohort)
    assert pairs(found) == {(disputed, other), (wished, reviewer)}
    assert found.scores.blocked(found.pool.mentees.index(disputed), found.pool.mentors.index(reviewer)) == (
        "a declared conflict of interest"
    )
    assert found.scores.with_rules(PairRules(conflicts=False)).eligible.all()


def question(cohort, role, **fields):
    return SignupQuestion.objects.create(cohort=cohort, role=role, key=f"{role}-{fields['text'][:4]}", **fields)


def test_answers_to_the_same_question_bring_people_together(cohort):
    team, one, other = mentee(cohort), mentor(cohort), mentor(cohort)
    for role in ("mentee", "mentor"):
        question(cohort, role, kind="one", text="How do you like to start?", used_for_matching=True)
    asked = {q.role: q for q in SignupQuestion.objects.all()}
    SignupAnswer.objects.create(enrollment=team, question=asked["mentee"], value="With a plan")
    SignupAnswer.objects.create(enrollment=one, question=asked["mentor"], value="With a plan")
    SignupAnswer.objects.create(enrollment=other, question=asked["mentor"], value="By doing")
    (pair,) = solved(cohort).chosen
    assert pair.mentor == one
    phrase = next(f["phrase"] for f in pair.factors if f["key"] == "answers")
    assert phrase == "same answer to “How do you like to start?”"


def test_the_same_employer_is_ruled_out_by_the_questions_that_ask_for_it(cohort):
    team, colleague = mentee(cohort), mentor(cohort)
    asked = {
        "mentee": question(cohort, "mentee", kind="short", text="Where do you earn your bread?"),
        "mentor": question(
            cohort, "mentor", kind="one", text="Your organisation", options=[["fs", "FIELD-SCHOOL, Ltd"]]
        ),
    }
    SignupAnswer.objects.create(enrollment=team, question=asked["mentee"], value="The Field School")
    SignupAnswer.objects.create(enrollment=colleague, question=asked["mentor"], value="fs")
    bound = {"employer_questions": {role: one.key for role, one in asked.items()}}
    assert len(solved(cohort, **bound).chosen) == 1
    found = solved(cohort, other_employer=True, **bound)
    assert (found.unmatched[0][1][0], found.idle) == ("The only mentor: the same employer.", "")
    stranger = mentor(cohort)
    assert pairs(solved(cohort, other_employer=True, **bound)) == {(team, stranger)}


def test_a_rule_about_employers_without_its_question_says_that_it_does_nothing(cohort):
    mentee(cohort), mentor(cohort)
    asked = {role: question(cohort, role, kind="short", text="Your employer") for role in ("mentee", "mentor")}
    keys = {role: one.key for role, one in asked.items()}
    for bound, words in (({}, "choose the question that asks mentees"), ({"mentee": keys["mentee"]}, "asks mentors")):
        assert words in solved(cohort, other_employer=True, employer_questions=bound).idle
    SignupQuestion.objects.filter(role="mentor").update(retired_at=timezone.now())
    found = solved(cohort, other_employer=True, employer_questions=keys)
    assert "mentors are no longer asked" in found.idle
    assert found.findings()["idle"] == found.idle


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("The Field School Ltd.", "field-school", True),
        ("Müller & Söhne GmbH & Co. KG", "MULLER AND SOHNE", True),
        ("L'Atelier S.A.", "latelier", True),
        ("Field School", "Field Schools", False),
        ("Company", "Co", False),
        ("self-employed", "Self employed", False),  # neither has one
        ("None", "none", False),
    ],
)
def test_names_of_employers_are_compared_without_what_makes_no_difference(one, other, alike):
    here, there = employer_words(one), employer_words(other)
    assert bool(here and here == there) is alike


def test_private_answers_are_never_used(cohort):
    asked = question(cohort, "mentor", kind="short", text="Your employer", seen_by="private", used_for_matching=True)
    SignupAnswer.objects.create(enrollment=mentor(cohort), question=asked, value="Museum")
    mentee(cohort)
    found = solved(cohort)
    assert not found.scores.data.questions
    assert found.scores.mentors[0].employer == ""


def test_at_most_so_many_first_timers_for_each_mentor(cohort):
    old = earlier(cohort)
    back = mentee(cohort, "Third", user=mentee(old, status="completed").user)
    mentee(cohort, "First"), mentee(cohort, "Second")
    mentor(cohort, capacity=3)
    assert len(solved(cohort).chosen) == 3
    found = solved(cohort, most_first_timers=1)
    assert len(found.chosen) == 2
    assert back in {pair.mentee for pair in found.chosen}
    (left,) = found.unmatched
    assert "Raise the maximum from 1 to 2 first-time mentees per mentor: 1 more matched." in left[1]


def test_at_most_so_many_first_time_mentors_for_who_is_new(cohort):
    old = earlier(cohort)
    used, done = mentor(old), mentee(old, status="completed")
    MatchFactory(mentee=done, mentor=used)
    new = mentee(cohort, "New", mentors_wanted=2)
    known = mentor(cohort, user=used.user)
    mentor(cohort), mentor(cohort)
    assert len(solved(cohort).chosen) == 2
    assert len(solved(cohort, most_new_mentors=1).chosen) == 2
    found = solved(cohort, most_new_mentors=0)
    assert pairs(found) == {(new, known)}
    known.delete()
    back = mentee(cohort, "Back", user=done.user)
    found = solved(cohort, most_new_mentors=0)
    assert {pair.mentee for pair in found.chosen} == {back}
    ((left, reasons),) = found.unmatched
    assert left == new
    assert "Raise the maximum from 0 to 1 first-time mentors per new mentee: 1 more matched." in reasons


def test_former_pairs_that_are_preferred_come_together_again(cohort):
    lead, other = mentee(cohort, "a"), mentee(cohort, "b")
    one, two = mentor(cohort), mentor(cohort)
    ((_, usual), (_, else_)) = sorted(pairs(solved(cohort)), key=lambda pair: pair[0].pk)
    assert {usual, else_} == {one, two}
    pair_before(cohort, lead, else_)  # the other way round from what the order of the keys settles
    assert pairs(solved(cohort, former="prefer")) == {(lead, else_), (other, usual)}
    assert pairs(solved(cohort, former="never")) == {(lead, usual), (other, else_)}


def test_limits_for_a_group_and_partners_mentors_first(cohort):
    partner = Group.objects.create(cohort=cohort, name="Partner", slug="partner")
    inside, outside = mentee(cohort, "In", group=partner, country="KE"), mentee(cohort, "Out", country="DE")
    theirs, free = mentor(cohort, group=partner, country="DE"), mentor(cohort, country="KE")
    assert pairs(solved(cohort)) == {(inside, free), (outside, theirs)}
    assert pairs(solved(cohort, partners_first=True)) == {(inside, theirs), (outside, free)}
    mentee(cohort, "Also in", group=partner)
    theirs.capacity = 3
    theirs.save()
    free.delete()
    assert len(solved(cohort).chosen) == 3
    assert len(solved(cohort, most_of_group=1).chosen) == 2
    earlier(cohort)
    with pytest.raises(EngineError, match="Two limits overlap"):
        solved(cohort, most_of_group=1, most_first_timers=1) if not _nested(cohort) else _cross(cohort)


def _nested(cohort):
    """Whether two are matched while the group lies within the first-timers, so that no limits cross."""
    return len(solved(cohort, most_of_group=1, most_first_timers=2).chosen) == 2


def _cross(cohort):
    old = CohortFactory(programme=cohort.programme, starts_on=date(2024, 1, 1), ends_on=date(2024, 4, 1))
    inside = cohort.enrollments.get(title="In")
    mentee(old, user=inside.user, status="completed")
    solved(cohort, most_of_group=1, most_first_timers=2)


def test_a_minimum_score_leaves_people_out_and_says_so(cohort):
    mentee(cohort), mentor(cohort, country="KE")
    found = solved(cohort, least_score=0.99)
    assert not [w for w in found.what_ifs if "one more" in w.change]  # who would score as low
    ((_, reasons),) = found.unmatched
    assert re.fullmatch(
        r"Every mentor they could have scores below the minimum of 0\.99\. The best is Person \d+ \(0\.\d\d\)\.",
        reasons[0],
    )
    assert reasons[1].startswith("Lower the minimum score from 0.99 to ")


def test_objectives_are_compared_and_pairs_have_a_price(cohort):
    for country in ("KE", "DE", "BR"):
        mentee(cohort, country, country=country)
        mentor(cohort, country=country)
    for objective in ("total", "fairest", "stable"):
        found = solved(cohort, objective)
        assert set(found.comparison) == {"total", "fairest", "stable"}
        assert found.comparison["stable"].blocking == 0
        assert found.comparison["total"].total >= found.comparison["fairest"].total
    total = solved(cohort)
    every = [cost for i in range(3) for cost in total.costs.of(i, range(3))]
    assert [cost.points for cost in every].count(0) == 3
    assert all(cost.points >= 0 for cost in every)


def test_a_run_follows_the_policy_and_keeps_what_was_found(cohort):
    mentee(cohort, time_zone="Pacific/Auckland"), mentor(cohort, time_zone="Europe/Berlin")
    by = UserFactory()
    policy_services.save_weights(
        cohort=cohort,
        weights=default_weights(),
        require_common_language=True,
        by=by,
        rules={"least_hours": 6, "own_team": True},
        objective="fairest",
    )
    policy = MatchPolicy.objects.get()
    assert (policy.rules, policy.objective) == ({"least_hours": 6}, "fairest")
    assert history_of(policy)[0].data["objective"] == "fairest"
    run, _ = engine_services.run_now(cohort=cohort, by=None)
    assert run.matched == 0
    assert run.findings["objective"] == "fairest"
    assert run.findings["what_ifs"][0]["change"] == "lower the minimum of shared waking hours from 6 to 4"
    assert set(run.findings["comparison"]) == {"total", "fairest", "stable"}
    policy_services.save_weights(cohort=cohort, weights=PLACE, require_common_language=False, by=by)
    assert policy_services.rules_of(cohort)[1] == "fairest"
    with pytest.raises(ServiceError, match="No such rule"):
        policy_services.save_weights(
            cohort=cohort, weights=PLACE, require_common_language=False, by=by, rules={"luck": 1}
        )


def test_what_mentors_lack_is_counted():
    mentees = [
        MatchProfile("a", topics=("Soil",), languages=("es",), utc_offset=0),
        MatchProfile("b", topics=("Soil", "Birds"), languages=("es", "en"), utc_offset=0),
        MatchProfile("c", topics=("Birds",), languages=("en",), utc_offset=11.5),
        MatchProfile("silent"),
    ]
    mentors = [MatchProfile("m", topics=("Birds",), languages=("en",), utc_offset=0)]
    found = [(s.kind, s.name, s.places) for s in shortages(mentees, mentors, [1] * 4, [9])]
    assert found == [("topics", "Soil", 1), ("languages", "Spanish", 1)]
    tight = [(s.kind, s.name, s.places) for s in shortages(mentees, mentors, [1] * 4, [9], least_hours=6)]
    assert ("hours", "UTC+11:30", 1) in tight


def test_a_gap_is_named_by_the_topic_that_most_people_name():
    mentees = [MatchProfile("a", topics=("Alder", "Maps")), MatchProfile("b", topics=("Maps", "Birch"))]
    found = shortages(mentees, [MatchProfile("m", topics=("Oaks",))], [1, 1], [2])
    assert [(s.name, s.places) for s in found] == [("Maps", 2)]


def test_where_places_are_lacking_a_kind_is_named_only_if_more_of_the_same_mentors_would_not_help():
    english = [MatchProfile(name, topics=("Birds",), languages=("en",), utc_offset=0) for name in "abc"]
    mentors = [MatchProfile("m", topics=("Birds",), languages=("en",), utc_offset=0)]
    found = [(s.kind, s.name, s.places) for s in shortages(english, mentors, [1] * 3, [1])]
    assert found == [("places", "", 2)]
    spanish = MatchProfile("d", topics=("Birds",), languages=("es",), utc_offset=0)
    found = [(s.kind, s.name, s.places) for s in shortages([*english, spanish], mentors, [1] * 4, [1])]
    assert found[0] == ("places", "", 3)
    assert ("languages", "Spanish", 1) in found
    assert not any(kind == "topics" for kind, *_ in found)


def test_new_mentees_prefer_experienced_mentors():
    new, old = MatchProfile("new", first_time=True), MatchProfile("old", first_time=False)
    scores = score([new, old], [MatchProfile("m", experienced=True), MatchProfile("n", experienced=False)])
    assert scores.factors["experience"].tolist() == [[1, 0], [0, 0]]
    assert scores.phrases(0, 0)["experience"] == "the mentee is new, and the mentor has mentored here before"
    assert scores.phrases(1, 0)["experience"] == "not known"
    assert scores.reasons(0, 0).support == []  # nothing that the two have in common
    people = [
        MatchProfile(p.key, p.topics, style="calls", first_time=p.first_time, experienced=p.experienced)
        for p in (new, MatchProfile("m", experienced=True))
    ]
    assert score(people[:1], people[1:]).reasons(0, 0).sentence == (
        "They both chose “calls” and bring together a mentee who is new here and a mentor who has done this before."
    )


def test_nobody_counts_as_new_in_a_programme_without_a_past():
    cohort = CohortFactory(status="matching", programme=ProgrammeFactory())
    mentee(cohort), mentor(cohort)
    assert not solved(cohort).scores.known["experience"].any()

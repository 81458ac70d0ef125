"""The policy of a cohort: its form, and advice that opens it filled in."""

from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection
from django.http import QueryDict

from cohorts.models import SignupQuestion
from matching.board import advice
from matching.engine import services as engine_services
from matching.models import MatchPolicy, MatchRun
from matching.policy.choices import DEFAULT_RULES
from matching.policy.forms import NUMBERS, SWITCHES, PolicyForm, suggested_values
from matching.scoring.factors import FACTORS, default_weights
from matching.tests.board import url
from mentorship.devtools.testing.factories import CohortFactory, EnrollmentFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_wake_up")]
POLICY = {
    **dict.fromkeys(FACTORS, 0),
    "interests": 5,
    **{name: 0 for name in NUMBERS if DEFAULT_RULES[name] is not None},
    "former": "ignore",
    "named_wishes": "wish",
    "objective": "total",
}


def test_the_policy_page_has_every_factor_rule_and_aim():
    form = PolicyForm()
    asked = {"employer_question_of_mentee", "employer_question_of_mentor"}
    rules = {*DEFAULT_RULES} - {"employer_questions"}
    assert {*FACTORS, *rules, *asked, "require_common_language", "objective"} == set(form.fields)
    assert {*FACTORS, *SWITCHES, *NUMBERS, *asked, "former", "named_wishes", "objective"} == set(form.fields)


def test_the_policy_is_saved_and_checked(coordinator, cohort):
    assert coordinator.get(url("policy-edit")).status_code == 200
    for wrong, words in (
        ({"interests": 0}, "At least one weight"),
        ({"interests": 11}, "Enter 10 or less"),
        ({"least_hours": 15}, "Enter 14 or less"),
        ({"least_score": "half"}, "Enter a number"),
        ({"objective": "luck"}, "not one of the available choices"),
        ({"former": ""}, "Choose the pairs from earlier rounds."),
    ):
        response = coordinator.post(url("policy-edit"), {**POLICY, "rest_after": 3, **wrong})
        assert response.status_code == 422, wrong
        assert words in response.text, wrong
        assert 'value="3"' in response.text
    assert not MatchPolicy.objects.exists()
    right = {**POLICY, "least_hours": "2.5", "own_team": "on", "former": "never", "objective": "fairest"}
    assert coordinator.post(url("policy-edit"), right).status_code == 302
    policy = MatchPolicy.objects.get()
    assert (policy.weights["interests"], policy.require_common_language, policy.objective) == (5, False, "fairest")
    assert policy.rules == {"least_hours": 2.5, "former": "never", "declared_conflicts": False}
    text = coordinator.get(url("policy-edit")).text
    assert 'value="2.5"' in text


def test_what_would_help_opens_the_policy_filled_in(coordinator, cohort):
    EnrollmentFactory(cohort=cohort, time_zone="Asia/Tokyo", languages=["pt"])
    EnrollmentFactory(cohort=cohort, time_zone="America/Lima", languages=["en"])
    EnrollmentFactory(cohort=cohort, role="mentor", capacity=3, time_zone="Europe/Berlin", languages=["en"])
    MatchPolicy.objects.create(cohort=cohort, weights=default_weights(), rules={"least_hours": 9})
    engine_services.run_now(cohort=cohort, by=None)
    response = coordinator.get(url("board"))
    found = {one.query: address for one, address in response.context["advice"]}
    assert any(query.startswith("least_hours=") for query in found), found
    address = next(address for query, address in found.items() if query.startswith("least_hours="))
    response = coordinator.get(address)
    assert "We’ve filled this in for you: Minimum shared waking hours" in response.text
    hours = address.partition("=")[2]
    assert response.context["form"]["least_hours"].value() == float(hours)
    assert MatchPolicy.objects.get().rules == {"least_hours": 9}


@pytest.mark.parametrize(
    ("setting", "query"),
    [
        ({"least_hours": 2}, "least_hours=2"),
        ({"least_hours": 0}, "least_hours=0"),
        ({"require_common_language": False}, "require_common_language="),
        ({"former": "ignore"}, "former=ignore"),
        ({"least_score": 0.45}, "least_score=0.45"),
        ({"most_of_group": 3}, "most_of_group=3"),
        ({}, ""),
    ],
)
def test_advice_opens_the_policy_with_its_setting(cohort, setting, query):
    run = MatchRun(cohort=cohort, findings={"what_ifs": [{"change": "a change", "matched": 1, "setting": setting}]})
    (found,) = advice.advice_of(run, [])
    assert found.query == query
    if query:
        assert suggested_values(QueryDict(query, mutable=False)) == setting


def test_advice_counts_those_who_still_wait_and_says_what_is_saved_already(cohort):
    hours = {"change": "no minimum of hours", "matched": 2, "mentees": [1, 2], "setting": {"least_hours": 0}}
    mentor = {"change": "one more mentor", "matched": 1, "mentees": [3], "setting": {}}
    run = MatchRun(cohort=cohort, findings={"what_ifs": [hours, mentor]})
    assert [(one.matched, one.is_saved) for one in advice.advice_of(run, [2, 4])] == [(1, True)]
    MatchPolicy.objects.create(cohort=cohort, weights={}, rules={"least_hours": 3})
    assert [(one.matched, one.is_saved) for one in advice.advice_of(run, [1, 2, 3])] == [(2, False), (1, False)]


# --- the question that asks for the employer ---


def employer_question(cohort, role, text="Your employer", **fields):
    return SignupQuestion.objects.create(
        cohort=cohort, role=role, text=text, **{"kind": "short", "key": f"{role[:4]}{text[:6]}", **fields}
    )


def test_the_rule_about_employers_needs_its_questions_and_suggests_them(coordinator, cohort):
    asked = employer_question(cohort, "mentee")
    response = coordinator.post(url("policy-edit"), {**POLICY, "other_employer": "on", "rest_after": 3})
    assert response.status_code == 422
    assert "Choose a question, or allow pairs from the same employer." in response.text
    assert "has none yet: add a short question to it." in response.text
    assert 'value="3"' in response.text
    other = employer_question(cohort, "mentor", "Where do you work?", kind="one")
    form = coordinator.get(url("policy-edit")).context["form"]
    assert form["employer_question_of_mentee"].value() == asked.key, "suggested by its words"
    assert form["employer_question_of_mentor"].value() == ""
    chosen = {"employer_question_of_mentee": asked.key, "employer_question_of_mentor": other.key}
    assert coordinator.post(url("policy-edit"), {**POLICY, "other_employer": "on", **chosen}).status_code == 302
    rules = MatchPolicy.objects.get().rules
    assert rules["employer_questions"] == {"mentee": asked.key, "mentor": other.key}
    assert "does nothing" not in coordinator.get(url("policy-edit")).text
    other.delete()
    assert "does nothing" in coordinator.get(url("policy-edit")).text


@pytest.mark.parametrize(("number", "kept"), [(0, []), (1, ["mentee", "mentor"]), (2, ["mentor"])])
def test_rules_from_before_keep_the_question_that_they_matched_if_it_was_one(cohort, number, kept):
    for n in range(number):
        employer_question(cohort, "mentee", f"{n} employer", key=f"m{n}")
    if number:
        employer_question(cohort, "mentor", "Your organisation")
        employer_question(cohort, "mentor", "Your company, in secret", seen_by="private")
    policy = MatchPolicy.objects.create(cohort=cohort, weights={"style": 1}, rules={"other_employer": True})
    off = MatchPolicy.objects.create(cohort=CohortFactory(), weights={"style": 1}, rules={})
    migration = import_module("matching.migrations.0004_employer_questions")
    migration.name_the_questions(apps, SimpleNamespace(connection=connection))
    policy.refresh_from_db(), off.refresh_from_db()
    assert (sorted(policy.rules["employer_questions"]), off.rules) == (kept, {})

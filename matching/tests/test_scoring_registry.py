"""Every factor is known wherever it has to be, and a new one needs nothing beside its class and its entry."""

import inspect
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from django.conf import settings
from django.urls import reverse

from cohorts.models import SignupAnswer, SignupQuestion
from matching.board.candidates import fold_unknown_factors
from matching.engine import services as engine_services
from matching.engine.matcher import match_cohort
from matching.engine.score_table import factors_of
from matching.models import MatchPolicy
from matching.policy.choices import DEFAULT_RULES
from matching.policy.forms import SWITCHES, PolicyForm
from matching.policy.services import weights_of
from matching.profiles import MatchProfile, MatchQuestion, SharedAnswers
from matching.scoring import factors as factors_module
from matching.scoring import measures
from matching.scoring.factor import Factor
from matching.scoring.factors import FACTORS, default_weights
from matching.scoring.scores import score
from mentorship.devtools.testing.factories import CohortFactory, EnrollmentFactory, RoleFactory

QUESTION = MatchQuestion("why", "one", "Why?")
# A pair about which everything is known. A factor with a `read` of its own finds its fact in this sign-up or among
# these answers, by the text of the question: add what a new one reads.
SIGNUP = SimpleNamespace(
    role="mentee",
    title="Soil",
    description="Maps of soil",
    goals="",
    mentoring_type="career",
    interaction_style="calls",
    hours_per_month=4,
    country="KE",
    time_zone="Africa/Nairobi",
    weekly_hours=None,
    town=None,
    cohort=SimpleNamespace(starts_on=date(2027, 2, 1), meets_in_person=False),
    languages=["en"],
)
ANSWERS: dict[str, object] = {"Which made-up pet do you keep?": "A unicorn"}


def complete(key: str, **more) -> MatchProfile:
    read = {name: factor.read(SIGNUP, SharedAnswers(ANSWERS)) for name, factor in FACTORS.items()}
    return MatchProfile(
        key,
        topics=("Soil science",),
        text="Maps of genomes",
        mentoring_type="career",
        style="spoken",
        languages=("en",),
        utc_offset=3,
        region="AF",
        answers={"why": "To learn"},
        facts={name: found for name, found in read.items() if found is not None},
        **more,
    )


class MadeUpClock(Factor):
    """A factor that is not among the product's own, from a field of the sign-up."""

    name = "made_up_clock"
    label = "Made-up clock"
    help = "Both set their clocks by the same time zone."
    default_weight = 2

    def read(self, enrollment, answers):
        return enrollment.time_zone or None

    def values(self, data):
        return measures.equal(*data.facts(self.name))

    def phrase(self, pair):
        here, there = pair.mentee.facts[self.name], pair.mentor.facts[self.name]
        return f"both by {here}" if pair.value else f"{here} and {there}"

    def reason(self, pair):
        return f"both set their clocks by {pair.mentee.facts[self.name]}"


class MadeUpPet(MadeUpClock):
    """A factor from an answer."""

    name = "made_up_pet"
    label = "Made-up pet"
    help = "Both keep the same pet."

    def read(self, enrollment, answers):
        return answers.to("Which made-up pet do you keep?")


@pytest.fixture
def made_up_clock(monkeypatch):
    monkeypatch.setitem(FACTORS, "made_up_clock", MadeUpClock())


@pytest.fixture
def cohort():
    cohort = CohortFactory(status="matching")
    EnrollmentFactory(cohort=cohort, title="Near", time_zone="Africa/Nairobi")
    EnrollmentFactory(cohort=cohort, role="mentor", time_zone="Africa/Nairobi")
    EnrollmentFactory(cohort=cohort, role="mentor", time_zone="Africa/Lagos")
    return cohort


def test_every_class_of_the_module_is_in_the_registry():
    here = {
        value
        for value in vars(factors_module).values()
        if inspect.isclass(value) and issubclass(value, Factor) and value.__module__ == factors_module.__name__
    }
    missed = sorted(cls.__name__ for cls in here - {type(factor) for factor in FACTORS.values()})
    assert not missed, f"not in FACTORS of matching/scoring/factors.py, or under a name twice: {', '.join(missed)}"


@pytest.mark.parametrize("name", FACTORS)
def test_a_factor_is_complete_and_known_in_every_place(name):
    factor, missed = FACTORS[name], []

    def check(holds: bool, place: str) -> None:
        if not holds:
            missed.append(place)

    where = f"{type(factor).__module__}.{type(factor).__name__}"
    check(factor.name == name and name.isidentifier(), f"{where}.name: it is the key in FACTORS and a form field")
    check(name not in {*DEFAULT_RULES, *SWITCHES, "former", "objective"}, f"{where}.name: a rule has this name")
    check(bool(factor.label) and factor.label[0].isupper(), f"{where}.label")
    check(factor.help.endswith("."), f"{where}.help: a sentence")
    check(0 <= factor.default_weight <= 10, f"{where}.default_weight: from 0 to 10")
    scores = score(
        [complete("a", first_time=True)],
        [complete("b", experienced=True), MatchProfile("c")],
        questions=[QUESTION],
        preferences={(0, 0): 1},
    )
    values = scores.factors[name]
    check(values.shape == (1, 2) and bool(((values >= 0) & (values <= 1)).all()), f"{where}.values: from 0 to 1")
    known = bool(scores.known[name][0, 0])
    check(known, f"{where}.values: unknown of complete profiles; see SIGNUP, ANSWERS here")
    check(not scores.known[name][0, 1], f"{where}.values: NaN where a mentor said nothing")
    pair = scores.pair(name, 0, 0)
    for part in (factor.phrase, factor.reason, factor.objection) if known else ():  # as nobody asks for words otherwise
        text = part(pair)
        may_be_empty = part == factor.objection
        check(text == text.strip().rstrip(".") and bool(text or may_be_empty), f"{where}.{part.__name__}: {text!r}")
    check(name in {part["key"] for part in scores.parts(0, 0)}, "Scores.parts: what proposals store")
    if factor.visible:
        field = PolicyForm().fields.get(name)
        check(field is not None and field.help_text == factor.help, "PolicyForm: no slider")
        table = (settings.BASE_DIR / "docs" / "matching.md").read_text()
        check(f"| {factor.label} | {factor.default_weight:g} |" in table, "docs/matching.md: no row with this weight")
    tests = (
        Path(__file__).parent / f"test_{part}.py"
        for part in ("scoring_factors", "scoring_related_texts", "engine_rules")
    )
    check(any(f'"{name}"' in path.read_text() for path in tests), "matching/tests/test_scoring_factors.py: no test")
    assert not missed, f"{name} is missed in: {'; '.join(missed)}"


def test_the_parts_of_a_pair_sum_to_its_score_whatever_the_factors(made_up_clock):
    scores = score([complete("a")], [complete("b")])
    assert sum(part["part"] for part in scores.parts(0, 0)) == pytest.approx(scores.total[0, 0], abs=0.001)
    assert np.isclose(sum(scores.weights.values()), 1)


@pytest.mark.django_db
def test_a_new_factor_counts_is_explained_and_is_stored_by_its_name(cohort, made_up_clock):
    run, _ = engine_services.run_now(cohort=cohort, by=None)
    pair = run.proposals.get(kind="chosen")
    assert pair.mentor.time_zone == "Africa/Nairobi"
    assert {"key": "made_up_clock", "label": "Made-up clock", "value": 1.0}.items() <= pair.factors[-1].items()
    assert pair.factors[-1]["phrase"] == "both by Africa/Nairobi"
    assert "both set their clocks by Africa/Nairobi" in pair.reasons
    assert "both set their clocks by Africa/Nairobi" in pair.why
    assert factors_of(run, pair.mentee_id, [pair.mentor_id])[pair.mentor_id]["made_up_clock"] == (1, True)


@pytest.mark.django_db
def test_a_policy_saved_before_a_factor_existed_gives_it_no_weight(cohort, made_up_clock):
    assert weights_of(cohort)[0]["made_up_clock"] == 2
    MatchPolicy.objects.create(cohort=cohort, weights={"interests": 5, "gone_since": 3})
    weights, _ = weights_of(cohort)
    assert (weights["interests"], weights["made_up_clock"]) == (5, 0)
    assert "gone_since" not in weights


@pytest.mark.django_db
def test_a_run_keeps_the_names_of_its_factors_when_there_is_another_one_or_another_order(cohort, client, monkeypatch):
    run, _ = engine_services.run_now(cohort=cohort, by=None)
    pair = run.proposals.get(kind="chosen")
    before = factors_of(run, pair.mentee_id, [pair.mentor_id])
    kept = dict(reversed(FACTORS.items()))
    del kept["style"]
    for module in ("matching.engine.score_table", "matching.scoring.factors"):
        monkeypatch.setattr(f"{module}.FACTORS", {"made_up_clock": MadeUpClock(), **kept})
    assert factors_of(run, pair.mentee_id, [pair.mentor_id]) == before
    coordinator = RoleFactory(workspace=cohort.programme.workspace, role="coordinator").user
    client.force_login(coordinator)
    address = reverse("matching:candidate-list", args=[cohort.slug, run.number, pair.mentee_id])
    page = client.get(address).content.decode()
    assert "Shared hours" in page
    assert "Made-up clock" not in page


@pytest.mark.django_db
def test_a_hidden_factor_counts_with_its_default_weight_and_is_shown_as_other(cohort, monkeypatch):
    monkeypatch.setattr(MadeUpClock, "visible", False)
    monkeypatch.setitem(FACTORS, "made_up_clock", MadeUpClock())
    MatchPolicy.objects.create(cohort=cohort, weights={"interests": 5})
    assert weights_of(cohort)[0]["made_up_clock"] == default_weights()["made_up_clock"] == 2
    assert "made_up_clock" not in PolicyForm().fields
    run, _ = engine_services.run_now(cohort=cohort, by=None)
    factors = run.proposals.get(kind="chosen").factors
    shown = fold_unknown_factors(factors)
    assert "Other" in [f["label"] for f in shown]
    assert "Made-up clock" not in [f["label"] for f in shown]
    assert sum(f["part"] for f in shown) == pytest.approx(sum(f["part"] for f in factors))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("seen_by", "found"), [("match", "A unicorn"), ("review", None), ("coordinators", None), ("private", None)]
)
def test_a_factor_reads_only_the_answers_that_the_match_may_read(cohort, monkeypatch, seen_by, found):
    monkeypatch.setitem(FACTORS, "made_up_pet", MadeUpPet())
    for enrollment in cohort.enrollments.all():
        asked, _ = SignupQuestion.objects.get_or_create(
            cohort=cohort,
            role=enrollment.role,
            key="pet",
            defaults={"kind": "short", "text": "Which made-up  pet do you keep?", "seen_by": seen_by},
        )
        SignupAnswer.objects.create(enrollment=enrollment, question=asked, value="A unicorn")
    result = match_cohort(cohort, default_weights())
    (pair,) = result.chosen
    assert {profile.facts.get("made_up_pet") for profile in [*result.scores.mentees, *result.scores.mentors]} == {found}
    assert ("both set their clocks by A unicorn" in pair.reasons.sentence) == (found is not None)


def test_an_answer_left_empty_is_none():
    answers = SharedAnswers({"A?": "", "B?": [], "C?": False, "D?": 0})
    assert [answers.to(text) for text in ("A?", "B?", "c?", "D?", "E?")] == [None, None, False, 0, None]

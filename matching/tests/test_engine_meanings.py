"""Meanings of sign-ups: read as they arrive, stored once, looked up by runs, and gone when nobody needs it."""

from datetime import timedelta
from importlib import import_module
from types import SimpleNamespace

import numpy as np
import pytest
from django.apps import apps
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from cohorts.models import Enrollment
from matching.board.advice import rules_of_run
from matching.engine import meanings
from matching.engine import services as engine_services
from matching.engine.meanings import sweep_meanings
from matching.meaning.services import meanings_of
from matching.models import MatchPolicy, MatchRun, TextVector
from matching.policy.services import weights_of
from matching.rematch import replacement_search
from matching.scoring.factors import default_weights
from mentorship.core.accounts.models import User
from mentorship.devtools.testing.factories import (
    CohortFactory,
    EnrollmentFactory,
    MatchFactory,
    RoleFactory,
    TopicFactory,
)
from mentorship.operations.persons.erase import erase_person
from mentorship.operations.retention.classes import find_class
from mentorship.operations.retention.services import delete_some

pytestmark = pytest.mark.django_db
SOIL, ERODED, GLAZES = "Soil that washes away", "Erosion on hillside farms", "Glazes for museums"


class MadeUpModel:
    """Knows English, or what has no upside-down question mark; everything about land is alike."""

    def __init__(self) -> None:
        self.read: list[str] = []

    def knows_language(self, text):
        return "¿" not in text

    def vectors(self, texts):
        self.read += texts
        return np.array([[1, 0] if {"Soil", "Erosion"} & {*text.split()} else [0, 1] for text in texts], dtype="f4")


@pytest.fixture
def model(monkeypatch):
    made_up = MadeUpModel()
    monkeypatch.setattr("matching.meaning.services.sentence_model", lambda: made_up)
    monkeypatch.setattr("matching.engine.meanings.is_installed", lambda: True)
    return made_up


@pytest.fixture
def cohort():
    """A mentee, a mentor of the same in other words, and another mentor."""
    cohort = CohortFactory(status="matching")
    EnrollmentFactory(cohort=cohort, title=SOIL)
    EnrollmentFactory(cohort=cohort, role="mentor", user__full_name="Ada", goals=ERODED)
    EnrollmentFactory(cohort=cohort, role="mentor", user__full_name="Bo", goals=GLAZES)
    return cohort


def run_of(cohort):
    return engine_services.run_now(cohort=cohort, by=None)[0]


def test_a_run_finds_the_mentor_who_is_about_the_same_in_other_words(cohort, model):
    run = run_of(cohort)
    assert str(run.proposals.get(kind="chosen").mentor.user) == "Ada"
    assert (run.findings["missing_model"], run.findings["unread"]) == ("", [])
    assert rules_of_run(run)["notes"] == []


def test_a_text_is_read_once_and_belongs_to_its_sign_up(cohort, model):
    topic = TopicFactory(programme=cohort.programme, name="Maps")
    mentee = cohort.enrollments.get(role="mentee")
    mentee.topics.add(topic)
    run_of(cohort)
    assert sorted(model.read) == [ERODED, GLAZES, "Maps", f"Maps\n{SOIL}"]
    run_of(cohort)
    assert len(model.read) == 4
    owners = TextVector.objects.values_list("enrollment", flat=True)
    assert {*owners} == {None, *cohort.enrollments.values_list("pk", flat=True)}
    mentee.delete()
    assert TextVector.objects.count() == 3


def test_an_earlier_project_belongs_to_the_sign_up_that_told_of_it(cohort, model):
    before = CohortFactory(programme=cohort.programme, starts_on=cohort.starts_on - timedelta(days=365))
    match = MatchFactory(mentee=EnrollmentFactory(cohort=before, title="Rivers"), status="graduated")
    EnrollmentFactory(cohort=cohort, role="mentor", user=match.mentor.user)
    run_of(cohort)
    assert TextVector.objects.filter(enrollment=match.mentee).count() == 1
    assert "Rivers" in model.read


def test_without_a_model_words_are_compared_and_the_board_says_so(cohort, client):
    run = run_of(cohort)
    assert run.proposals.filter(kind="chosen").count() == 1
    assert run.findings["unread"] == []
    assert rules_of_run(run)["notes"] == [
        "The sentence model is not installed. What people wrote was compared by words alone. Tell the operator of this "
        "installation."
    ]
    assert not TextVector.objects.exists()
    client.force_login(RoleFactory(workspace=cohort.programme.workspace, role="coordinator").user)
    page = client.get(reverse("matching:board", args=[cohort.slug])).text
    assert "The sentence model is not installed. What people wrote was compared by words alone." in page


def test_whose_language_the_model_does_not_know_is_named(cohort, model):
    unread = EnrollmentFactory(cohort=cohort, title="¿Suelos?")
    run = run_of(cohort)
    assert run.findings["unread"] == [unread.pk]
    assert rules_of_run(run)["notes"] == [
        "Compared by words alone, because the sentence model reads only English: ¿Suelos?."
    ]
    run_of(cohort)
    assert len(model.read) == 3
    for number in range(6):
        EnrollmentFactory(cohort=cohort, title=f"¿{number}?")
    (note,) = rules_of_run(run_of(cohort))["notes"]
    assert note.endswith(" and 2 more.")


def test_what_has_no_weight_is_not_read(cohort, model):
    MatchPolicy.objects.create(cohort=cohort, weights={"interests": 5})
    assert run_of(cohort).findings["unread"] == []
    assert model.read == []


def test_the_search_for_another_mentor_compares_meaning(cohort, model):
    search = replacement_search.request_search(mentee=cohort.enrollments.get(role="mentee"), by=None)
    replacement_search.work_search(search.pk)
    search.refresh_from_db()
    best = Enrollment.objects.get(pk=search.found[0]["mentor"])
    assert str(best.user) == "Ada"
    assert len(model.read) == 3


def test_the_sweep_reads_sign_ups_of_open_cohorts_once(cohort, model, monkeypatch):
    EnrollmentFactory(cohort=CohortFactory(status="running"), title="Elsewhere")
    EnrollmentFactory(cohort=cohort, title="Left", status="withdrawn")
    EnrollmentFactory(cohort=cohort, title="Just applied", status="applied")
    monkeypatch.setattr(meanings, "MOST", 3)
    now = timezone.now()
    assert [sweep_meanings(now) for _ in range(3)] == [3, 1, 0]
    assert sorted(model.read) == [ERODED, GLAZES, "Just applied", SOIL]
    mentee = cohort.enrollments.get(title=SOIL)
    mentee.title = "Soil and water"
    mentee.save()
    assert [sweep_meanings(now), sweep_meanings(now)] == [1, 0]
    run_of(cohort)
    assert len(model.read) == 5  # the run waited for none


def test_sign_ups_of_the_same_moment_are_read_together(cohort, model, monkeypatch):
    cohort.enrollments.update(updated_at=timezone.now())
    monkeypatch.setattr(meanings, "MOST", 1)
    assert [sweep_meanings(timezone.now()) for _ in range(2)] == [3, 0]


def test_the_sweep_leaves_sign_ups_where_there_is_no_model(cohort, model, monkeypatch):
    monkeypatch.setattr("matching.engine.meanings.is_installed", lambda: False)
    assert sweep_meanings(timezone.now()) == 0
    monkeypatch.setattr("matching.engine.meanings.is_installed", lambda: True)
    assert sweep_meanings(timezone.now()) == 3


def test_vectors_that_no_match_needs_are_deleted(model, time_machine):
    start = timezone.now()
    time_machine.move_to(start, tick=False)
    meanings_of({SOIL: None, GLAZES: None})
    time_machine.move_to(start + timedelta(days=50), tick=False)
    meanings_of({SOIL: None})
    kind = find_class("meanings")
    assert delete_some(kind, start + timedelta(days=60)) == 0
    assert delete_some(kind, start + timedelta(days=61)) == 1
    time_machine.move_to(start + timedelta(days=61), tick=False)
    meanings_of({SOIL: None})
    assert model.read == [SOIL, GLAZES]
    assert delete_some(kind, start + timedelta(days=200)) == 1


def test_vectors_go_with_the_person(cohort, model):
    run_of(cohort)
    erase_person(email=User.objects.get(full_name="Ada").email)
    assert TextVector.objects.count() == 2


def test_another_worker_may_store_the_same_text_first(model):
    meanings_of({SOIL: None})
    first = TextVector.objects.get()
    read = model.vectors

    def meanwhile(texts):
        TextVector.objects.update(key=first.key, model=first.model)
        return read(texts)

    TextVector.objects.update(model="being written")
    model.vectors = meanwhile
    assert meanings_of({SOIL: None}).vectors[SOIL].tolist() == [1, 0]
    assert TextVector.objects.count() == 1


def test_the_weight_of_fields_of_work_passes_to_meaning(cohort):
    pass_weight_on = import_module("matching.migrations.0002_meanings").pass_weight_on
    saved = {"interests": 6, "fields": 9}
    policy = MatchPolicy.objects.create(cohort=cohort, weights=saved)
    for _ in range(2):
        pass_weight_on(apps, SimpleNamespace(connection=connection))
        policy.refresh_from_db()
        assert policy.weights == {**saved, "meaning": 9}
    assert weights_of(cohort)[0]["meaning"] == 9


def test_a_run_that_waited_through_an_upgrade_goes_by_the_factors_of_now(cohort):
    run = MatchRun.objects.create(cohort=cohort, number=1, weights={"interests": 6, "fields": 6})
    assert engine_services.work_run(run.pk)
    run.refresh_from_db()
    assert (run.status, {*run.weights}) == ("ready", {*default_weights()})

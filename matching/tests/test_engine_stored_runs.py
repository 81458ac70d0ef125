"""Runs that were stored before factors had names keep their figures."""

from importlib import import_module
from types import SimpleNamespace

import numpy as np
import pytest
from django.apps import apps
from django.db import connection

from matching.engine import services as engine_services
from matching.engine.score_table import STEPS, factors_of, pack, score_table_of
from matching.models import MatchTable
from mentorship.devtools.testing.factories import CohortFactory, EnrollmentFactory

THEN = ("interests", "fields", "hours", "place", "type", "style", "languages", "experience", "answers", "wishes")


@pytest.mark.django_db
def test_the_migration_gives_a_stored_run_the_names_of_the_order_of_then():
    cohort = CohortFactory(status="matching")
    mentee = EnrollmentFactory(cohort=cohort)
    mentor = EnrollmentFactory(cohort=cohort, role="mentor")
    other = EnrollmentFactory(cohort=cohort, role="mentor", languages=["pt"])
    run, _ = engine_services.run_now(cohort=cohort, by=None)
    table = MatchTable.objects.get(run=run)
    # As it was stored then: by position, with a value that differs from factor to factor.
    values = np.zeros((len(THEN), len(table.mentees), len(table.mentors)), dtype=np.uint8)
    values[:, 0, 0] = np.arange(len(THEN)) * 10
    factors = pack({"values": values, "known": np.ones(values.shape, dtype=bool)})
    MatchTable.objects.filter(run=run).update(factors=factors, factor_names=[], rule_names=[])
    migration = import_module("matching.migrations.0003_runs_by_name")
    migration.name_what_runs_stored(apps, SimpleNamespace(connection=connection))
    found = factors_of(run, mentee.pk, [table.mentors[0]])[table.mentors[0]]
    assert [(name, round(value.value * STEPS)) for name, value in found.items()] == [
        (name, at * 10) for at, name in enumerate(THEN)
    ]
    assert score_table_of(run).bar(mentee.pk, other.pk) == "no shared language"
    assert score_table_of(run).bar(mentee.pk, mentor.pk) == ""


@pytest.mark.parametrize(
    ("change", "setting"),
    [
        ("relax the shared hours from 3 to 2", {"least_hours": 2}),
        ("ask for no shared hours", {"least_hours": 0}),
        ("allow pairs without a language in common", {"require_common_language": False}),
        ("lower the minimum score from 0.60 to 0.45", {"least_score": 0.45}),
        ("allow 2 instead of 1 of: first-time mentees a mentor", {"most_first_timers": 2}),
        ("allow 3 instead of 2 of: first-time mentors for a mentee who is new", {"most_new_mentors": 3}),
        ("allow 3 instead of 2 of: Partner people a mentor", {"most_of_group": 3}),
        ("one more mentor who speaks Spanish", {}),
    ],
)
def test_the_migration_reads_the_setting_of_a_change_that_was_stored_in_words(change, setting):
    assert import_module("matching.migrations.0004_runs_say_in_columns").setting_of(change) == setting


def test_the_migration_reads_the_reasons_for_a_pair_from_the_sentence_that_was_stored():
    reasons_in = import_module("matching.migrations.0008_reasons_of_pairs").reasons_in
    assert reasons_in("They share R and are both in Europe, but 3 shared waking hours.") == [
        "share R and are both in Europe"
    ]
    assert reasons_in("Little is known about this pair.") == reasons_in("") == []


def test_the_migration_parts_what_speaks_for_a_pair_from_what_stood_against_it():
    split = import_module("matching.migrations.0004_runs_say_in_columns").split
    against = "All places are taken; with this pair 1 fewer would be matched."
    assert split(f"They share soil. {against}") == ("They share soil.", against)
    assert split("They both speak English.") == ("They both speak English.", "")

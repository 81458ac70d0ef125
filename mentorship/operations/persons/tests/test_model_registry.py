"""Every model about people has its rule for exports and erasures."""

import pytest
from django.apps import apps
from django.db.models import CharField, EmailField, FileField, ForeignKey, JSONField, TextField

from mentorship.core.accounts.models import User
from mentorship.core.personal_data import BLANK, DELETE, KEEP, PROGRAMME, TEAM, THEMSELVES
from mentorship.operations.persons.free_text import NOT_OURS, texts_of
from mentorship.operations.persons.model_registry import MAILS, books, organisation_columns, personal_data_rules

HOW = "Add it to models/personal_data.py of its app (how is written in mentorship/core/personal_data.py)."
KNOWN = personal_data_rules()
# Columns of the framework that hold an address without this type.
NAMES = ("email", "address")


def models():
    return [m for m in apps.get_models(include_auto_created=True) if m._meta.label_lower not in NOT_OURS]


def first_steps(known):
    return {path.split("__")[0] for path in (*known.whose, *known.addresses)}


def missing():
    """Every column that leads to a person and that no entry names, with what to do."""
    about_people = {label for label, known in KNOWN.items() if known.is_about_people}
    for model in models():
        label = model._meta.label_lower
        known = KNOWN.get(label)
        named = {*first_steps(known), *known.actors} if known else set()
        for field in model._meta.concrete_fields:
            column = f"{label}.{field.name}"
            if isinstance(field, ForeignKey):
                to = field.related_model._meta.label_lower
                if to == User._meta.label_lower and field.name not in named:
                    yield f"{column} points to a person. {HOW}"
                elif to in about_people and to != User._meta.label_lower and known is None:
                    yield f"{column} points to a row about a person. {HOW}"
            holds_address = isinstance(field, EmailField) or (isinstance(field, CharField) and field.name in NAMES)
            belongs = column in organisation_columns() or column == "accounts.user.email" or field.name in named
            if holds_address and not belongs:
                yield f"{column} holds an address. {HOW} If it is an organisation's: as `organisations`."


def test_every_model_about_people_has_a_rule():
    assert list(missing()) == []


def test_a_model_without_its_rule_is_named(monkeypatch):
    monkeypatch.delitem(KNOWN, "checkins.graduation")
    monkeypatch.delitem(KNOWN, "training.trainingguest")
    found = "\n".join(missing())
    assert "checkins.graduation.user points to a person" in found
    assert "checkins.graduation.enrollment points to a row about a person" in found
    assert "training.trainingguest.email holds an address" in found


@pytest.mark.parametrize("label", KNOWN)
def test_an_entry_fits_its_model(label):
    known, model = KNOWN[label], apps.get_model(label)
    for path in (*known.whose, *known.addresses):
        model._base_manager.filter(**{f"{path}__in": []})  # raises FieldError where it leads nowhere
    names = {f.name for f in model._meta.get_fields()}
    for name in (*known.actors, *known.written_by, *known.blank, *known.held_back, *known.stays):
        assert name in names, f"{label} has no {name}."
    assert known.erase in (DELETE, BLANK, KEEP)
    assert (known.erase == BLANK) == bool(known.blank)
    assert bool(known.title) == known.is_about_people


@pytest.mark.parametrize("label", [label for label, known in KNOWN.items() if known.is_about_people])
def test_every_text_column_of_a_row_is_blanked_or_named_as_kept(label):
    """A new text of such a row is either blanked or named among what stays: nobody forgets to decide."""
    known, model = KNOWN[label], apps.get_model(label)
    if known.erase == DELETE:
        return
    texts = {
        f.name
        for f in model._meta.concrete_fields
        if isinstance(f, CharField | TextField | JSONField | FileField) and not f.choices and not f.primary_key
    }
    assert texts <= {*known.blank, *known.stays}, HOW


@pytest.mark.parametrize(
    "label", [label for label, known in KNOWN.items() if known.is_about_people or known.written_by]
)
def test_every_text_says_who_wrote_it(label):
    """Who asks for a copy of their data gets what they wrote and what was written for them, and nothing else."""
    known, model = KNOWN[label], apps.get_model(label)
    texts = {field.name for field in texts_of(model)}
    assert texts <= {*known.words, *known.held_back}, f"Say in `words` who wrote it. {HOW}"
    for name, by in known.words.items():
        model._meta.get_field(name)
        if isinstance(by, str) and by not in (THEMSELVES, PROGRAMME, TEAM):
            model._base_manager.filter(**{f"{by}__in": []})  # raises FieldError where it leads nowhere
    if known.author:
        model._base_manager.filter(**{f"{known.author}__in": []})


def test_rules_name_models_and_columns_that_exist():
    for label in (*books(), MAILS):
        apps.get_model(label)
    for column in organisation_columns():
        label, name = column.rsplit(".", 1)
        apps.get_model(label)._meta.get_field(name)

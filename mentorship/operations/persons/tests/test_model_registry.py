"""Every model about people has its rule for exports and erasures."""

from dataclasses import replace

import pytest
from django.apps import apps
from django.db.models import (
    BinaryField,
    CharField,
    EmailField,
    FileField,
    ForeignKey,
    GenericIPAddressField,
    JSONField,
    TextField,
)

from mentorship.core.accounts.models import User
from mentorship.core.personal_data import BLANK, DELETE, KEEP, PROGRAMME, TEAM, THEMSELVES, PersonalDataRule
from mentorship.operations.persons.free_text import texts_of
from mentorship.operations.persons.model_registry import MAILS, books, organisation_columns, personal_data_rules

HOW = "Add it to personal_data.py of its app (how is written in mentorship/core/personal_data.py)."
KNOWN = personal_data_rules()
# Columns of the framework that hold an address without this type.
NAMES = ("email", "address")


HOLD_ANYTHING = (CharField, TextField, JSONField, FileField, BinaryField, GenericIPAddressField)


def models():
    return apps.get_models(include_auto_created=True)


def missing():
    """Every column that can hold something about people and that no rule names, with what to do."""
    for model in models():
        label = model._meta.label_lower
        rule = KNOWN.get(label, PersonalDataRule())
        for field in model._meta.concrete_fields:
            if field.name not in rule.listed and (what := holds(field, rule)):
                yield f"{label}.{field.name} {what}. {HOW}"


def holds(field, rule):
    """The kind of data about people that a column can hold, in words; "" for none."""
    if isinstance(field, ForeignKey):
        to = field.related_model._meta.label_lower
        if to == User._meta.label_lower:
            return "points to a person"
        about_people = to in KNOWN and KNOWN[to].is_about_people
        return "points to a row about a person" if about_people and not rule.is_about_people else ""
    if isinstance(field, EmailField) or (isinstance(field, CharField) and field.name in NAMES):
        return "holds an address"
    is_free = isinstance(field, HOLD_ANYTHING) and not field.choices
    return "can hold words, a list or a file" if is_free else ""


def test_every_model_about_people_has_a_rule():
    assert list(missing()) == []


def test_a_model_without_its_rule_is_named(monkeypatch):
    monkeypatch.delitem(KNOWN, "checkins.graduation")
    monkeypatch.delitem(KNOWN, "training.trainingguest")
    monkeypatch.delitem(KNOWN, "cohorts.weeklymail")
    user = KNOWN["usersessions.usersession"]
    monkeypatch.setitem(KNOWN, "usersessions.usersession", replace(user, words={}))
    found = "\n".join(missing())
    assert "checkins.graduation.user points to a person" in found
    assert "checkins.graduation.enrollment points to a row about a person" in found
    assert "training.trainingguest.email holds an address" in found
    assert "cohorts.weeklymail.words can hold words" in found
    assert "usersessions.usersession.ip can hold words" in found


@pytest.mark.parametrize("label", KNOWN)
def test_an_entry_fits_its_model(label):
    known, model = KNOWN[label], apps.get_model(label)
    for path in (*known.whose, *known.addresses):
        model._base_manager.filter(**{f"{path}__in": []})  # raises FieldError where it leads nowhere
    names = {f.name for f in model._meta.get_fields()}
    for name in {*known.listed, *known.written_by}:
        assert name == "pk" or name in names, f"{label} has no {name}."
    nobodys = {*known.mentions, *known.impersonal, *known.technical}
    assert len(nobodys) == len(known.mentions) + len(known.impersonal) + len(known.technical)
    assert not nobodys & {*known.words, *known.blank, *known.actors}, "Either it is about people or it is not."
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
    """A copy of a person's data has their own texts and those written for them, and nothing else."""
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

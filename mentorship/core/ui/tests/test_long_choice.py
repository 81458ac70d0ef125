"""Choices among many rows: a list while they are few, otherwise a typed name."""

import pytest
from django import forms

from cohorts.models import Cohort
from mentorship.core.ui.forms import long_choice
from mentorship.core.ui.forms.long_choice import LongChoiceField, SuggestInput
from mentorship.devtools.testing.factories import CohortFactory

pytestmark = pytest.mark.django_db


class Form(forms.Form):
    cohort = LongChoiceField()


def form_of(*data, **kwargs):
    form = Form(*data, **kwargs)
    form.fields["cohort"].offer(Cohort.objects.order_by("-pk"))
    return form


@pytest.fixture
def rounds(monkeypatch):
    monkeypatch.setattr(long_choice, "OFFERED", 2)
    return [CohortFactory(name=name, slug=slug) for name, slug in (("Spring", "a"), ("Autumn", "b"), ("Autumn", "c"))]


def test_a_few_rows_are_a_list(rounds, monkeypatch):
    monkeypatch.setattr(long_choice, "OFFERED", 3)
    form = form_of({"cohort": rounds[0].pk})
    assert isinstance(form.fields["cohort"].widget, forms.Select)
    assert form.is_valid()
    assert form.cleaned_data["cohort"] == rounds[0]


def test_of_many_rows_a_name_is_typed_and_the_first_are_suggested(rounds):
    spring, autumn, last = rounds
    form = form_of(initial={"cohort": spring.pk})
    assert isinstance(form.fields["cohort"].widget, SuggestInput)
    page = str(form["cohort"])
    assert f'value="{spring} (a)"' in page
    suggested = [f'<option value="{one}' in page for one in (f"{last} (c)", f"{autumn} (b)", f"{spring} (a)")]
    assert suggested == [True, True, False]
    for typed, found in (("spring", spring), (" c ", last), (f"{autumn} (b)", autumn)):
        form = form_of({"cohort": typed})
        assert form.is_valid(), form.errors
        assert form.cleaned_data["cohort"] == found


@pytest.mark.parametrize(("typed", "error"), [("autumn", "More than one"), ("Winter", "Nothing has this name")])
def test_what_is_typed_and_not_found_stays_in_its_field(rounds, typed, error):
    form = form_of({"cohort": typed})
    assert not form.is_valid()
    assert error in form.errors["cohort"][0]
    assert f'value="{typed}"' in str(form["cohort"])

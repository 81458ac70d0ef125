"""Error messages of forms."""

import pytest
from django import forms
from django.http import QueryDict

from mentorship.core.accounts.people.addresses import AddressField
from mentorship.core.ui.forms.error_words import required_words


@pytest.mark.parametrize(
    ("label", "words"),
    [
        ("Your name", "Enter your name."),
        ("Email address", "Enter the email address."),
        ("IBAN or account number", "Enter the IBAN or account number."),
        ("A goal", "Enter a goal."),
        ("How much", "Enter how much."),
        ("Why", "Fill in “Why”."),
        ("Paid on", "Fill in “Paid on”."),
        ("What happened?", "Answer “What happened?”."),
    ],
)
def test_an_empty_field_is_named_in_a_sentence(label, words):
    assert required_words(label, forms.CharField()) == words


def test_a_choice_is_chosen_and_a_box_ticked():
    assert required_words("Country", forms.ChoiceField()) == "Choose the country."
    assert required_words("To", forms.ChoiceField()) == "Choose an option for “To”."
    assert required_words("I agree", forms.BooleanField()) == "Tick “I agree”."


class Person(forms.Form):
    name = forms.CharField(label="Your name", max_length=5)
    reason = forms.CharField(error_messages={"required": "Say why."})
    age = forms.IntegerField(min_value=18, max_value=99)


def test_no_form_speaks_as_a_database_does():
    assert Person({}).errors["name"] == ["Enter your name."]
    assert Person({}).errors["reason"] == ["Say why."]
    assert Person({"name": "Ada\0"}).errors["name"] == ["This holds a character that can’t be saved. Type it again."]
    assert Person({"name": "Ada Vogt"}).errors["name"] == ["Use at most 5 characters. You have used 8."]
    assert Person({"age": "7"}).errors["age"] == ["Enter 18 or more."]
    assert Person({"age": "700"}).errors["age"] == ["Enter 99 or less."]


def test_rows_that_are_too_many_are_named_as_rows():
    rows = forms.formset_factory(Person, max_num=1, validate_max=True)
    sent = QueryDict("form-TOTAL_FORMS=2&form-INITIAL_FORMS=0&form-0-name=A&form-1-name=B")
    assert rows(sent).non_form_errors() == ["Only 1 fit here. Leave out the others."]
    assert "ManagementForm" not in str(rows({}).non_form_errors())


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" Ada@Example.ORG. ", "ada@example.org"),
        ("mailto:ada@example.org", "ada@example.org"),
        ("Ada Vogt <ada@example.org>", "ada@example.org"),
        ("ada@xn--mller-kva.example", "ada@müller.example"),
        ("\u200bada@ＥＸＡＭＰＬＥ.org", "ada@example.org"),
    ],
)
def test_an_address_is_kept_in_one_form_however_it_is_typed(typed, kept):
    assert AddressField().clean(typed) == kept


def test_what_is_no_address_is_refused():
    for typed in ("ada", "ada@", "<ada>"):
        with pytest.raises(forms.ValidationError):
            AddressField().clean(typed)

"""The error summary that every layout shows above a page whose form was refused."""

import pytest
from django import forms
from django.contrib.auth.models import AnonymousUser
from django.template import Context, engines
from django.test import RequestFactory
from lxml import etree

from mentorship.core.ui.forms.error_summary import FormError, errors_of_page


class PersonForm(forms.Form):
    name = forms.CharField(label="Your name")
    colours = forms.MultipleChoiceField(
        label="Which colours?", choices=[("r", "Red"), ("b", "Blue")], widget=forms.CheckboxSelectMultiple
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def clean(self):
        raise forms.ValidationError("Sign-up is closed.")


PersonFormSet = forms.formset_factory(PersonForm, extra=2)
POST = RequestFactory().post("/")


def checked(form):
    form.is_valid()
    return form


def of(**context):
    return errors_of_page(Context({"request": POST, **context}))


def test_errors_are_named_and_lead_to_their_fields():
    assert of(form=checked(PersonForm({}))) == [
        FormError("Sign-up is closed."),
        FormError("Enter your name.", "id_name"),
        FormError("Choose an answer to “Which colours?”.", "id_colours_0"),
        FormError("Enter the seen."),
    ]


def test_words_of_the_field_itself_are_not_put_behind_its_label():
    class Leave(forms.Form):
        how = forms.CharField(label="What would you like to do?", error_messages={"required": "Choose one of the two."})
        day = forms.DateField(label="Day")

    assert of(form=checked(Leave({"day": "soon"}))) == [
        FormError("Choose one of the two.", "id_how"),
        FormError("Day: Enter a valid date.", "id_day"),
    ]


def test_forms_are_found_in_lists_and_formsets_and_nothing_else_is_touched():
    class Lazy:
        def __getattribute__(self, name):
            raise AssertionError(f"{name} was evaluated")

    rows = [("row", checked(PersonForm({"name": ""}, prefix="a")))]
    assert [error.field_id for error in of(rows=rows, lazy=Lazy())][1] == "id_a-name"
    sent = {"p-TOTAL_FORMS": "2", "p-INITIAL_FORMS": "2", "p-0-name": "Ana", "p-1-name": ""}
    found = of(people=checked(PersonFormSet(sent, prefix="p")))
    assert FormError("2. Enter your name.", "id_p-1-name") in found


def test_a_form_that_was_not_sent_or_not_checked_has_no_summary():
    assert of(form=PersonForm(), other=PersonForm({})) == []
    assert errors_of_page(Context({"request": RequestFactory().get("/"), "form": checked(PersonForm({}))})) == []
    assert errors_of_page(Context({"form": checked(PersonForm({}))})) == []


@pytest.mark.parametrize("layout", ["base", "form", "public"])
def test_every_layout_shows_the_summary_and_says_so_in_the_title(db, layout):
    template = engines["django"].from_string(
        f'{{% extends "layouts/{layout}.html" %}}{{% block title %}}Join{{% endblock %}}'
    )
    request = RequestFactory().post("/")
    request.user = AnonymousUser()
    page = etree.HTML(template.render({"form": checked(PersonForm({}))}, request))
    assert page.xpath("string(//title)").startswith("Error: Join")
    summary = page.xpath("//main/*[@data-error-summary]")[0]
    assert (summary.get("role"), summary.get("tabindex")) == ("alert", "-1")
    assert summary.xpath(".//a/@href") == ["#id_name", "#id_colours_0"]
    assert page.xpath("//main/*")[0] is summary


@pytest.mark.parametrize("address", ["/accounts/login/", "/accounts/login/code/"])
def test_the_pages_of_signing_in_have_it_too(db, client, address):
    page = etree.HTML(client.post(address, {}).content)
    assert page.xpath("string(//title)").startswith("Error: ")
    links = page.xpath("//*[@data-error-summary]//a/@href")
    assert links
    assert all(page.xpath(f"//*[@id='{link[1:]}']") for link in links)

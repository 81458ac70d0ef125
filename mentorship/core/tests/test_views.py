from typing import Any

import pytest
from django import forms
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages import get_messages
from django.contrib.messages.storage.fallback import FallbackStorage
from django.http import Http404, HttpResponse
from django.template import engines
from django.urls import reverse

from cohorts.cohort_view import CohortObjectView, CohortView
from cohorts.models import Enrollment
from mentorship.core import views
from mentorship.core.errors import ServiceError
from mentorship.core.links import LinkError
from mentorship.core.views import FormPage, LookupView, errors_as_messages


class NoteForm(forms.Form):
    note = forms.CharField()


class Note(FormPage, CohortObjectView[Enrollment]):
    error_field = "note"

    def get_rows(self):
        return self.cohort.enrollments.all()

    def get_form(self, *data: Any) -> NoteForm:
        return NoteForm(*data)

    def save(self, form: NoteForm) -> HttpResponse:
        if form.cleaned_data["note"] == "bad":
            raise ServiceError("Another word, please.")
        return HttpResponse(f"{self.object.pk}: {form.cleaned_data['note']} by {self.user}")


class Plan(CohortView):
    def get(self, request):
        return self.page(words="Here.")


class ForEditors(Plan):
    for_editors = True


@pytest.fixture
def ask(rf, monkeypatch):
    template = engines["django"].from_string("{{ cohort }}|{{ may_edit }}|{{ form.errors.as_text }}|{{ words }}")

    def show(request, name, context, status=200):
        found = {"form": None, "words": "", **context}
        response = HttpResponse(template.render(found, request), status=status)
        response.context = found
        return response

    monkeypatch.setattr(views, "render", show)

    def asked(view, user, data=None, **kwargs):
        request = rf.post("/", data) if data is not None else rf.get("/")
        request.user = user
        return view.as_view()(request, **kwargs)

    return asked


def test_reading_is_for_everybody_with_a_role_and_changing_for_editors(cast, ask):
    here = {"cohort_slug": cast.cohort.slug, "pk": cast.mentee_enrollment.pk}
    assert "|True|" in ask(Note, cast.coordinator, **here).content.decode()
    assert "|False|" in ask(Note, cast.viewer, **here).content.decode()
    assert ask(Note, cast.coordinator, {"note": "x"}, **here).content.decode().startswith(f"{here['pk']}: x by ")
    for user, data in [(cast.viewer, {"note": "x"}), (cast.stranger, None), (cast.mentor, None)]:
        with pytest.raises(Http404):
            ask(Note, user, data, **here)
    with pytest.raises(Http404):
        ask(ForEditors, cast.viewer, cohort_slug=cast.cohort.slug)


def test_who_is_not_signed_in_is_asked_to_before_anything_is_looked_up(ask, db):
    answer = ask(Plan, AnonymousUser(), cohort_slug="there-is-none")
    assert answer.status_code == 302
    assert reverse("account_login") in answer.url


def test_objects_of_other_cohorts_and_new_ones_where_none_can_be_made_are_404(cast, ask):
    for slug, pk in [("nowhere", cast.mentee_enrollment.pk), (cast.cohort.slug, 0), (cast.cohort.slug, None)]:
        with pytest.raises(Http404):
            ask(Note, cast.coordinator, cohort_slug=slug, **({} if pk is None else {"pk": pk}))


@pytest.mark.parametrize(("note", "error"), [("", "Enter the "), ("bad", "Another word, please.")])
def test_a_form_that_cannot_be_saved_is_shown_again_with_422(cast, ask, note, error):
    here = {"cohort_slug": cast.cohort.slug, "pk": cast.mentee_enrollment.pk}
    answer = ask(Note, cast.coordinator, {"note": note}, **here)
    assert answer.status_code == 422
    assert error in answer.content.decode()
    assert list(answer.context["form"].errors) == ["note"]


def test_whether_somebody_may_edit_costs_a_query_only_where_it_is_asked(
    cast, ask, django_assert_num_queries, monkeypatch
):
    asked = []
    monkeypatch.setattr(views, "may_edit", lambda *args: asked.append(args) or False)
    monkeypatch.setattr(views, "render", lambda *args, **kwargs: HttpResponse())
    ask(Plan, cast.viewer, cohort_slug=cast.cohort.slug)
    assert not asked


def test_a_link_that_cannot_be_read_has_a_page_of_its_own(rf, monkeypatch):
    class ByLink(LookupView):
        def look_up(self) -> None:
            raise LinkError

    monkeypatch.setattr(views, "render", lambda request, name, status: HttpResponse(name, status=status))
    answer = ByLink.as_view()(rf.get("/"))
    assert (answer.status_code, answer.content) == (404, b"links/bad_link.html")


def test_an_error_of_a_service_becomes_a_message(rf):
    request = rf.post("/")
    request.session = {}
    request._messages = FallbackStorage(request)
    done = []
    with errors_as_messages(request):
        raise ServiceError("It is over.")
        done.append("success")
    assert [str(message) for message in get_messages(request)] == ["It is over."]
    assert not done

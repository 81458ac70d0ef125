"""The same form sent twice has one effect; another one, or one that was refused, goes through."""

import threading
from datetime import timedelta

import pytest
from django.db import connections
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cohorts.models import CohortDate
from mentorship.core.accounts.models import User
from mentorship.core.accounts.people.services import people_by_email, person_by_email
from mentorship.core.submissions.models import Submission
from mentorship.devtools.testing.walks.forms import post_forms
from mentorship.operations.retention.classes import find_class
from mentorship.operations.retention.services import delete_some

pytestmark = pytest.mark.django_db


@pytest.fixture
def client():
    return Client(enforce_csrf_checks=True)


def form_on(client, url, name):
    """The form of a page that has a field of this name, as it would be sent."""
    forms = post_forms(client.get(url).content.decode(), url)
    (form,) = [form for form in forms if name in form.values]
    return form.action, next(form.sendings())


@pytest.fixture
def date_form(client, cast):
    """The form of a new date, filled in."""
    client.force_login(cast.coordinator)
    action, sent = form_on(client, reverse("cohorts:plan-detail", args=[cast.cohort.slug]), "date-name")
    return action, {**sent, "date-name": ["Call"], "date-on": ["2027-03-01"]}


def test_the_same_form_is_saved_once_and_leads_where_it_led(client, date_form):
    action, sent = date_form
    first = client.post(action, sent)
    second = client.post(action, sent, follow=True)
    assert first.status_code == 302
    assert second.redirect_chain == [(first["Location"], 302)]
    assert "You sent this form twice. Only the first one counted." in second.content.decode()
    assert CohortDate.objects.filter(name="Call").count() == 1


def test_another_text_or_another_page_with_the_form_is_another_sending(client, cast, date_form):
    action, sent = date_form
    client.post(action, sent)
    client.post(action, {**sent, "date-name": ["Second call"]})
    _, again = form_on(client, action, "date-name")
    client.post(action, {**again, "date-name": ["Call"], "date-on": ["2027-03-01"]})
    assert sorted(CohortDate.objects.values_list("name", flat=True)) == ["Call", "Call", "Second call"]


def test_what_was_refused_may_be_sent_again(client, date_form):
    action, sent = date_form
    for _ in range(2):
        assert client.post(action, {**sent, "date-name": [""]}).status_code == 422
    assert not Submission.objects.exists()


def test_what_only_said_what_is_wrong_may_be_sent_again(client, cast):
    client.force_login(cast.coordinator)
    url = reverse("cohorts:waitlist-edit", args=[cast.cohort.slug, "mentee"])
    token = client.get(reverse("cohorts:people-list", args=[cast.cohort.slug])).context["csrf_token"]
    for _ in range(2):
        page = client.post(url, {"offer": "1", "first": "77", "csrfmiddlewaretoken": str(token)}, follow=True)
        assert "The waitlist has changed" in page.content.decode()
        assert "twice" not in page.content.decode()


def test_an_unknown_outcome_is_said_and_nothing_is_done(client, date_form, monkeypatch):
    action, sent = date_form
    client.post(action, sent)
    # As after a worker that was killed: claimed, and never settled.
    Submission.objects.update(location="", at=timezone.now() - timedelta(minutes=1))
    answer = client.post(action, sent)
    assert answer.status_code == 409
    assert "You sent this form twice" in answer.content.decode()
    assert CohortDate.objects.filter(name="Call").count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_a_double_click_the_second_waits_for_the_first(client, date_form):
    action, sent = date_form
    other = Client(enforce_csrf_checks=True)
    other.cookies = client.cookies
    gate, answers = threading.Barrier(2), []

    def click(browser):
        try:
            gate.wait()
            answers.append(browser.post(action, sent))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=click, args=(browser,)) for browser in (client, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer.status_code for answer in answers] == [302, 302]
    assert len({answer["Location"] for answer in answers}) == 1
    assert CohortDate.objects.filter(name="Call").count() == 1


def test_old_submissions_are_forgotten(client, date_form):
    action, sent = date_form
    client.post(action, sent)
    kind = find_class("submissions")
    assert delete_some(kind, timezone.now()) == 0
    assert delete_some(kind, timezone.now() + timedelta(days=14, minutes=1)) == 1


def test_a_submission_holds_nothing_of_what_was_typed(client, date_form):
    action, sent = date_form
    client.post(action, sent)
    row = Submission.objects.get()
    assert len(row.key) == 64
    assert "Call" not in f"{row.key}{row.location}"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "make",
    [
        lambda: person_by_email(email="new@example.org", full_name="New One"),
        lambda: people_by_email(names={"new@example.org": "New One"})["new@example.org"],
    ],
)
def test_two_confirmations_of_one_new_address_make_one_person(make):
    gate, found = threading.Barrier(4), []

    def confirm():
        try:
            gate.wait()
            found.append(make())
        finally:
            connections.close_all()

    threads = [threading.Thread(target=confirm) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {user.pk for user in found} == {User.objects.get(email="new@example.org").pk}
    assert len(found) == 4

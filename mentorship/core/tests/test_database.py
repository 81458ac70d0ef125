"""A busy database is a page that says so soon and keeps the input; on PostgreSQL with a lock that is held."""

import re
from unittest.mock import patch

import psycopg
import pytest
from django.db import OperationalError, close_old_connections, connection
from django.test import Client
from django.urls import reverse

from cohorts.models import CohortDate
from mentorship.core.web.database import LimitedConnection, is_busy, prepare_for_web
from mentorship.devtools.testing.cast import make_cast
from mentorship.devtools.testing.walks.forms import post_forms

on_postgres = pytest.mark.skipif(connection.vendor != "postgresql", reason="is about PostgreSQL")


def wrapped(cause: Exception) -> OperationalError:
    error = OperationalError(str(cause))
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (wrapped(psycopg.errors.LockNotAvailable()), True),
        (wrapped(psycopg.errors.QueryCanceled()), True),
        (wrapped(psycopg.errors.TooManyConnections()), True),
        (wrapped(psycopg.errors.AdminShutdown()), True),
        (wrapped(psycopg.OperationalError("connection refused")), True),
        (OperationalError("database is locked"), True),
        (OperationalError("no such table: cohorts_cohort"), False),
        (wrapped(psycopg.errors.DiskFull()), True),
        (ValueError("locked"), False),
        (None, False),
    ],
)
def test_what_counts_as_busy(error, expected):
    assert is_busy(error) is expected


@pytest.fixture(autouse=True)
def _limits_of_this_test(monkeypatch):
    for name in ("answer_seconds", "is_there_seconds"):
        monkeypatch.setattr(LimitedConnection, name, getattr(LimitedConnection, name))


def test_only_the_web_on_postgresql_has_time_limits_and_a_pool(settings):
    settings.DATABASE_LOCK_SECONDS, settings.DATABASE_STATEMENT_SECONDS, settings.DATABASE_POOL = 2.5, 30, 3
    database = {"ENGINE": "django.db.backends.postgresql", "OPTIONS": {"options": "-c geqo=off"}}
    prepare_for_web(database)
    assert database["OPTIONS"]["options"] == "-c geqo=off -c lock_timeout=2500 -c statement_timeout=30000"
    assert (database["OPTIONS"]["pool"]["max_size"], database["CONN_MAX_AGE"]) == (3, 0)
    assert database["OPTIONS"]["pool"]["connection_class"] is LimitedConnection
    assert (LimitedConnection.answer_seconds, LimitedConnection.is_there_seconds) == (35, 2.5)
    sqlite = {"ENGINE": "django.db.backends.sqlite3"}
    prepare_for_web(sqlite)
    assert sqlite == {"ENGINE": "django.db.backends.sqlite3"}


@pytest.fixture
def client():
    return Client(enforce_csrf_checks=True, raise_request_exception=False)


def date_form(client, cast):
    """The form of a new date, filled in."""
    client.force_login(cast.coordinator)
    url = reverse("cohorts:plan-detail", args=[cast.cohort.slug])
    (form,) = [form for form in post_forms(client.get(url).content.decode(), url) if "date-name" in form.values]
    return form.action, {**next(form.sendings()), "date-name": ["Call <b>"], "date-on": ["2027-03-01"]}


def send_again(client, page):
    """Press the button of the busy page."""
    (form,) = post_forms(page.content.decode(), page.request["PATH_INFO"])
    return client.post(form.action, next(form.sendings()))


@pytest.mark.django_db
def test_a_form_that_met_a_busy_database_is_sent_again_from_the_page_that_says_so(client, cast):
    action, sent = date_form(client, cast)
    away = wrapped(psycopg.errors.LockNotAvailable("canceling statement due to lock timeout"))
    with patch.object(CohortDate, "save", side_effect=away):
        page = client.post(action, sent)
        # Its record is out of reach, as with a database that went away in between.
        assert send_again(client, page).status_code == 503
    assert (page.status_code, page["Retry-After"]) == (503, "10")
    assert not CohortDate.objects.filter(name="Call <b>").exists()
    assert send_again(client, page).status_code == 302
    assert CohortDate.objects.filter(name="Call <b>").count() == 1


@pytest.mark.django_db
def test_a_form_that_may_have_been_saved_says_so(client, cast):
    action, sent = date_form(client, cast)
    gone = wrapped(psycopg.OperationalError("The database server does not answer."))
    with patch.object(CohortDate, "save", side_effect=gone):
        html = client.post(action, sent).content.decode()
    assert "we don’t know whether it was saved" in html
    assert "was not saved" not in html


@pytest.mark.django_db
def test_passwords_are_never_on_the_page_and_the_page_says_so(client):
    url = reverse("account_login")
    (form,) = [form for form in post_forms(client.get(url).content.decode(), url) if "password" in form.values]
    sent = {**next(form.sendings()), "login": ["ana@example.org"], "password": ["very secret 9"]}
    with (
        patch("allauth.account.views.LoginView.form_valid", side_effect=OperationalError("database is locked")),
        patch("allauth.account.forms.LoginForm.is_valid", return_value=True),
    ):
        html = client.post(url, sent).content.decode()
    assert "ana@example.org" in html
    assert "very secret" not in html
    assert "except files and passwords" in html


@pytest.mark.expects_errors  # the one with another cause
@pytest.mark.django_db
def test_a_full_or_absent_database_is_no_error_page_and_the_next_request_goes_on(client, cast):
    client.force_login(cast.coordinator)
    full = wrapped(psycopg.errors.TooManyConnections("sorry, too many clients already"))
    with patch("django.contrib.sessions.backends.db.SessionStore.load", side_effect=full):
        page = client.get(reverse("home"))
    assert page.status_code == 503
    assert "busy" in page.content.decode()
    with patch("django.contrib.sessions.backends.db.SessionStore.load", side_effect=ValueError):
        assert client.get(reverse("home")).status_code == 500
    assert client.get(reverse("home")).status_code == 200


@on_postgres
@pytest.mark.postgresql
@pytest.mark.django_db
def test_a_server_that_keeps_the_connection_and_answers_nothing_is_given_up(monkeypatch):
    monkeypatch.setattr(LimitedConnection, "answer_seconds", 0.1)
    with LimitedConnection.connect(**connection.get_connection_params() | {"cursor_factory": None}) as other:
        assert other.execute("SELECT 1")
        with pytest.raises(psycopg.OperationalError, match="does not answer"):
            other.execute("SELECT pg_sleep(1)")
        assert other.closed


@on_postgres
@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_lock_that_is_held_stops_one_form_for_a_moment_and_nothing_else(client, settings):
    settings.DATABASE_LOCK_SECONDS, settings.DATABASE_POOL = 0.2, 0
    before = connection.settings_dict["OPTIONS"].get("options", "")
    prepare_for_web(connection.settings_dict)
    connection.close()
    try:
        action, sent = date_form(client, make_cast())
        with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": None}) as other:
            other.execute("LOCK TABLE cohorts_cohortdate IN ACCESS EXCLUSIVE MODE")
            page = client.post(action, sent)
            assert page.status_code == 503
            assert client.get(reverse("accounts:profile")).status_code == 200
        assert send_again(client, page).status_code == 302
        assert CohortDate.objects.filter(name="Call <b>").count() == 1
        # A restart of the database ends every connection; the next request has a new one.
        with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": None}) as other:
            other.execute("SELECT pg_terminate_backend(%s)", [connection.connection.info.backend_pid])
        close_old_connections()  # what the beginning of a request does
        assert client.get(reverse("accounts:profile")).status_code == 200
    finally:
        connection.settings_dict["OPTIONS"]["options"] = before
        connection.close()


@pytest.mark.parametrize("example", ["Procfile", "Dockerfile", "docs/deploy/systemd/mentorship-web.service"])
def test_every_web_process_has_more_threads_than_connections(example, settings):
    words = (settings.BASE_DIR / example).read_text()
    (threads,) = re.findall(r'--threads"?,? "?(?:\$\{WEB_THREADS:-)?(\d+)', words)
    assert int(threads) > settings.DATABASE_POOL, "probes need a thread while others wait for a lock"

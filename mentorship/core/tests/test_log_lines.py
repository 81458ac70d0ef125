"""The log: one line each, without personal data."""

import json
import logging
import secrets

import pytest
from django.contrib.auth.tokens import default_token_generator
from django.core import signing

from mentorship.core.web.log_lines import JSONFormatter, LineFormatter, RepeatedOutages, without_personal_data
from mentorship.devtools.testing.factories import UserFactory
from mentorship.error_reports import without_people


def record(name="django.request", level=logging.WARNING, message="Hello", line=1, **more):
    made = logging.LogRecord(name, level, "/code/module.py", line, message, (), more.pop("exc_info", None))
    made.__dict__.update(more)
    return made


@pytest.mark.django_db
def test_addresses_and_signed_links_stay_out_of_the_log():
    dated, plain = signing.dumps([3, "x"], salt="a"), signing.Signer(sep=".", salt="a").sign("3-4")
    password = default_token_generator.make_token(UserFactory())
    text = f"Not Found: /answers/{dated}/ /calendar/{plain}.ics /reset/5-{password}/ <ana.b+c@mail.example.org>, "
    text += f"Key (email)=(é@x.org) /partners/shared/{secrets.token_urlsafe(32)}/"
    assert without_personal_data(text) == (
        "Not Found: /answers/[token]/ /calendar/[token].ics /reset/[token]/ <[address]>, Key (email)=([address]) "
        "/partners/shared/[token]/"
    )
    harmless = (
        "File /srv/site-packages/allauth/account/internal/flows/reauthentication_and_more.py, line 3, run 7 at 12:30:15"
    )
    assert without_personal_data(harmless) == harmless


def test_json_lines_are_one_object_each_with_the_traceback_in_it():
    try:
        raise ValueError("ana@example.org\nis wrong")
    except ValueError as error:
        made = record(message="It failed", exc_info=(ValueError, error, error.__traceback__))
    text = JSONFormatter().format(made)
    line = json.loads(text)
    assert "\n" not in text
    assert (line["level"], line["logger"], line["message"]) == ("WARNING", "django.request", "It failed")
    assert "[address]\nis wrong" in line["error"]
    assert "ana@example.org" not in LineFormatter().format(made)


def test_an_outage_of_the_broker_is_one_line_of_each_kind(monkeypatch):
    now = [1000.0]
    monkeypatch.setattr("mentorship.core.web.log_lines.time.monotonic", lambda: now[0])
    outages, name = RepeatedOutages(), "celery.worker.consumer.consumer"
    passed = [outages.filter(record(name, exc_info=(None, None, None))) for _ in range(100)]
    assert passed.count(True) == 1
    assert outages.filter(record(name, line=2)), "something else"
    assert outages.filter(record("celery.app.trace")), "a task that fails is told each time"
    assert outages.filter(record("celery.app.trace"))
    now[0] += 600
    assert outages.filter(record(name))


@pytest.mark.django_db
def test_a_request_is_one_line_with_the_pattern_of_its_address(client, cast, caplog):
    client.force_login(cast.coordinator)
    answer = client.get(cast.cohort.get_absolute_url() + "?q=ana@example.org", headers={"x-request-id": "proxy-12345"})
    (line,) = [one for one in caplog.records if one.name == "mentorship.access"]
    assert line.fields["route"] == "/cohorts/<slug:cohort_slug>/"
    assert (line.fields["method"], line.fields["status"]) == ("GET", 200)
    assert answer["X-Request-ID"] == "proxy-12345"
    assert "request_id" in JSONFormatter().format(line)
    assert client.get("/nothing/", headers={"x-request-id": "a b\n"})["X-Request-ID"] not in ("a b\n", "")
    assert [one.fields["route"] for one in caplog.records if one.name == "mentorship.access"][-1] == "-"


def test_a_report_of_an_error_names_nobody():
    event = {
        "user": {"email": "ana@example.org"},
        "request": {
            "url": "https://x.org/answers/secret/",
            "method": "POST",
            "data": {"name": "Ana"},
            "cookies": "a=b",
        },
        "exception": {"values": [{"type": "ValueError", "value": "ana@example.org is wrong"}]},
    }
    assert without_people(event, {}) == {
        "request": {"method": "POST"},
        "exception": {"values": [{"type": "ValueError", "value": "[address] is wrong"}]},
    }

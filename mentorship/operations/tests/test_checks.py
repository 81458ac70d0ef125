"""The checks of an installation."""

import pytest

from mentorship.operations.checks import check_installation

GOOD = {
    "TRYING_OUT": False,
    "SITE_URL": "https://mentors.example.org",
    "ALLOWED_HOSTS": ["mentors.example.org"],
    "DEFAULT_FROM_EMAIL": "Mentors <hello@example.org>",
    "REDIS_URL": "",
    "OUTBOX_LEASE_SECONDS": 120,
    "EMAIL_TIMEOUT": 20,
}


def ids(settings, **changes) -> list[str]:
    for name, value in {**GOOD, **changes}.items():
        setattr(settings, name, value)
    found = check_installation(None)
    assert all(message.hint for message in found), "each says what to do"
    return [message.id for message in found]


def test_a_sound_installation_passes_the_checks(settings):
    assert ids(settings) == []
    assert ids(settings, ALLOWED_HOSTS=[".example.org"]) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"EMAIL_TIMEOUT": 61}, "mentorship.E001"),
        ({"EMAIL_TIMEOUT": None}, "mentorship.E001"),
        ({"SITE_URL": "http://mentors.example.org"}, "mentorship.W001"),
        ({"ALLOWED_HOSTS": ["www.example.org"]}, "mentorship.E003"),
        ({"DEFAULT_FROM_EMAIL": "Mentorship <mentorship@localhost>"}, "mentorship.W003"),
    ],
)
def test_each_fault_is_named(settings, changes, expected):
    assert ids(settings, **changes) == [expected]


def test_sqlite_beside_redis_is_a_warning(settings, monkeypatch):
    monkeypatch.setitem(settings.DATABASES["default"], "ENGINE", "django.db.backends.sqlite3")
    assert ids(settings, REDIS_URL="redis://localhost") == ["mentorship.W002"]


def test_checks_of_production_are_silent_in_a_demo(settings):
    assert ids(settings, TRYING_OUT=True, SITE_URL="http://127.0.0.1:8000") == []

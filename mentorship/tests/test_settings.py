"""Settings that would give an installation away are refused as they are read; a clone without any runs as a demo."""

import runpy
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

import manage
from mentorship.core.web.demo_only_here import refuse_others
from mentorship.safe_settings import KNOWN_KEY, refuse_unsafe

KEY = "V4q9-Zb1xT7_mR0cJ8sLw2eYh6uKa3oD"
SAFE = {
    "debug": False,
    "demo": False,
    "secret_key": KEY,
    "old_keys": [],
    "hosts": ["mentors.example.org"],
    "site_url": "https://mentors.example.org",
    "proxies": "127.0.0.1",
}
LOCAL = {"hosts": ["localhost", "127.0.0.1", "[::1]", ".localhost"], "site_url": "http://127.0.0.1:8000"}


@pytest.mark.parametrize(
    "changes",
    [{}, {"demo": True, **LOCAL}, {"debug": True, "demo": True, **LOCAL}, {"debug": True, "secret_key": "x", **LOCAL}],
)
def test_a_real_site_and_a_demo_at_this_machine_start(changes):
    refuse_unsafe(**{**SAFE, **changes})


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"demo": True}, "Set DEBUG=off and DEMO=off"),
        ({"demo": True, **LOCAL, "hosts": ["*"]}, "anybody can read every email"),
        ({"demo": True, **LOCAL, "site_url": "https://mentors.example.org"}, "anybody can read every email"),
        ({"demo": True, **LOCAL, "hosts": ["127.0.0.1.example.org"]}, "anybody can read every email"),
        ({"debug": True}, "Set DEBUG=off."),
        ({"debug": True, **LOCAL, "hosts": ["10.0.0.5"]}, "Set DEBUG=off."),
        ({"secret_key": ""}, "Set SECRET_KEY"),
        ({"secret_key": KNOWN_KEY}, "SECRET_KEY has a key that is publicly known"),
        ({"secret_key": "django-insecure-" + KEY}, "SECRET_KEY has a key that is publicly known"),
        ({"secret_key": KEY[:31]}, "at least 32 random characters"),
        ({"secret_key": "ab" * 30}, "at least 32 random characters"),
        ({"old_keys": [KEY, "short"]}, "SECRET_KEY_FALLBACKS has a key that can be guessed"),
        ({"hosts": []}, "Set ALLOWED_HOSTS"),
        ({"proxies": ""}, "Set TRUSTED_PROXIES"),
        *(
            ({"site_url": wrong}, "SITE_URL is")
            for wrong in ("", "mentors.example.org", "javascript:alert(1)", "https://x:y")
        ),
    ],
)
def test_an_unsafe_combination_is_refused_and_says_what_to_set(changes, said):
    with pytest.raises(ImproperlyConfigured) as refused:
        refuse_unsafe(**{**SAFE, **changes})
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("environ", "status"),
    [
        ({"REMOTE_ADDR": "127.0.0.1"}, 200),
        ({"REMOTE_ADDR": "::1"}, 200),
        ({"REMOTE_ADDR": ""}, 200),
        ({"REMOTE_ADDR": "203.0.113.9"}, 403),
        ({"REMOTE_ADDR": "172.17.0.1"}, 403),
        ({"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "203.0.113.9"}, 403),
    ],
)
def test_a_demo_answers_to_its_own_machine_whatever_the_host_name(environ, status):
    """Somebody else may send `Host: localhost`, and would read every mail."""
    answered = []
    demo = refuse_others(lambda environ, start: start("200 OK", []) or [b""])
    demo({**environ, "HTTP_HOST": "localhost"}, lambda words, headers: answered.append(int(words[:3])))
    assert answered == [status]


def read_settings(monkeypatch, **environ) -> dict:
    """The settings of an installation with this environment alone."""
    for name in ("DEBUG", "DEMO", "SECRET_KEY", "SECRET_KEY_FALLBACKS", "ALLOWED_HOSTS", "SITE_URL", "REDIS_URL"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("environ.Env.read_env", lambda path: None)
    return runpy.run_path(str(Path(__file__).parents[1] / "settings.py"))


def test_a_clone_without_an_environment_is_a_demo_with_the_pages_of_the_product(monkeypatch):
    found = read_settings(monkeypatch)
    assert (found["DEMO"], found["DEBUG"]) == (True, False)
    assert found["EMAIL_BACKEND"].endswith("filebased.EmailBackend")


def test_a_demo_at_a_public_address_is_refused_as_the_settings_are_read(monkeypatch):
    with pytest.raises(ImproperlyConfigured, match="DEBUG=off and DEMO=off"):
        read_settings(monkeypatch, DEBUG="off", DEMO="on", SECRET_KEY=KEY, ALLOWED_HOSTS="mentors.example.org")
    found = read_settings(monkeypatch, DEBUG="off", SECRET_KEY=KEY, ALLOWED_HOSTS="mentors.example.org")
    assert (found["DEMO"], found["TRYING_OUT"]) == (False, False)


def test_a_command_says_what_to_set_in_one_sentence(monkeypatch):
    def refuse(argv):
        raise ImproperlyConfigured("Set SECRET_KEY.")

    monkeypatch.setattr("manage.execute_from_command_line", refuse)
    with pytest.raises(SystemExit, match=r"^These settings can't be used\. Set SECRET_KEY\.$"):
        manage.main()

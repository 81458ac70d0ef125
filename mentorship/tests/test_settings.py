"""Settings that would give an installation away are refused at start; a clone without any runs as a demo."""

import runpy
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.utils.functional import SimpleLazyObject

import manage
from mentorship import celery_app, environment
from mentorship.celery import Loader
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
SETTINGS = (
    "DEBUG",
    "DEMO",
    "SECRET_KEY",
    "SECRET_KEY_FALLBACKS",
    "ALLOWED_HOSTS",
    "SITE_URL",
    "REDIS_URL",
    "DATABASE_URL",
)
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
    """A stranger may send `Host: localhost`, and would read every mail."""
    answered = []
    demo = refuse_others(lambda environ, start: start("200 OK", []) or [b""])
    demo({**environ, "HTTP_HOST": "localhost"}, lambda words, headers: answered.append(int(words[:3])))
    assert answered == [status]


def read_settings(monkeypatch, **environ) -> dict:
    """The settings of an installation with this environment alone."""
    for name in SETTINGS:
        monkeypatch.delenv(name, raising=False)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("mentorship.environment.read_file", lambda path: None)
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


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("DEBUG", "maybe", "DEBUG is “maybe”. Give on or off."),
        ("DEBUG", "", "DEBUG is empty. Give on or off, or leave the line out."),
        ("REAUTHENTICATE_MINUTES", "abc", "REAUTHENTICATE_MINUTES is “abc”. Give a whole number, 1 to 100000."),
        ("SECOND_FACTOR_GRACE_DAYS", "-1", "Give a whole number, 0 to 365."),
        ("DATABASE_POOL", "", "DATABASE_POOL is empty. Give a whole number, 0 to 1000, or leave the line out."),
        ("DATABASE_LOCK_SECONDS", "nan", "DATABASE_LOCK_SECONDS is “nan”. Give a number, 0.1 to 600."),
        ("DATABASE_URL", "", "DATABASE_URL is empty. Give postgres://"),
        ("DATABASE_URL", "mysql://host/name", "DATABASE_URL is “mysql://host/name”. Give postgres://"),
        ("DATABASE_URL", "postgres://host", "Give postgres://"),
        ("DATABASE_URL", "sqlite://my.sqlite3", "or sqlite:////path/of/a/file."),
        ("DATABASE_URL", "postgres://me:pass/word@host:x/name", "DATABASE_URL is “postgres://…@host:x/name”."),
        ("DATABASE_URL", "me:password@host/name", "DATABASE_URL is “…@host/name”."),
        ("DATABASE_URL", "postgres:///?password=word", "DATABASE_URL is “postgres:///?password=…”."),
        ("DATABASE_URL", "sqlite:////dev/null/x/y", "DATABASE_URL needs the folder /dev/null/x, which can't be made"),
        ("VAR_DIR", "", "VAR_DIR is empty. Give the path of a folder, or leave the line out."),
        ("REDIS_URL", "localhost", "REDIS_URL is “localhost”. Give an address such as redis://localhost:6379/0."),
        ("REDIS_URL", "redis://localhost/cache", "Give an address such as redis://"),
        ("TRUSTED_PROXIES", "10.0.0.300", "TRUSTED_PROXIES is “10.0.0.300”."),
        ("ALLOWED_HOSTS", "https://mentors.example.org", "Give host names alone"),
        ("LOG_LEVEL", "LOUD", "Give one of DEBUG, INFO, WARNING, ERROR, CRITICAL."),
        ("LOG_FORMAT", "xml", "LOG_FORMAT is “xml”. Give one of line, json."),
        ("DEFAULT_FROM_EMAIL", "Mentorship", "Give an address such as Mentorship <mentors@example.org>."),
        ("EMAIL_PROVIDER", "pigeon", "EMAIL_PROVIDER is “pigeon”."),
        ("SECOND_FACTOR_ROLES", "owner,co-ordinator", "Give any of coordinator, operator, owner, partner, viewer"),
        ("LIMITS", "many", "LIMITS is “many”. Give names and values"),
        ("LIMITS", "sign_up_by_surce=500/h", "LIMITS knows no “sign_up_by_surce”."),
        ("LIMITS", "sign_up_by_source=many", "LIMITS has sign_up_by_source=many. Give a rate"),
        ("KEEP_DAYS", "audit", "KEEP_DAYS is “audit”. Give names and values"),
        ("MEDIA_S3_BUCKET", "uploads", "MEDIA_S3_BUCKET is set, but Python finds no storages and no boto3"),
        ("SENTRY_DSN", "https://key@example.org/1", "SENTRY_DSN is set, but Python finds no sentry_sdk"),
    ],
)
def test_a_variable_that_cannot_be_used_is_named_with_what_it_holds_and_what_is_allowed(monkeypatch, name, value, said):
    monkeypatch.setattr("mentorship.environment.find_spec", lambda package: None)
    with pytest.raises(ImproperlyConfigured) as refused:
        read_settings(monkeypatch, **{name: value})
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_mail_server_needs_a_scheme_and_a_host(monkeypatch):
    real = {"DEBUG": "off", "SECRET_KEY": KEY, "ALLOWED_HOSTS": "localhost"}
    for wrong in ("mail.example.org", "smtp://", "smtp://host:x"):
        with pytest.raises(ImproperlyConfigured, match=r"Give an address such as smtp\+tls://"):
            read_settings(monkeypatch, **real, EMAIL_URL=wrong)
    found = read_settings(monkeypatch, **real, EMAIL_URL="smtp+ssl://mail.example.org:465")
    assert (found["EMAIL_HOST"], found["EMAIL_PORT"], found["EMAIL_USE_SSL"]) == ("mail.example.org", 465, True)


def test_settings_are_read_whatever_their_capitals_and_spaces(monkeypatch):
    found = read_settings(
        monkeypatch,
        DEBUG="Off",
        SECRET_KEY=KEY,
        ALLOWED_HOSTS="mentors.example.org, .example.net",
        SITE_URL="https://mentors.example.org/",
        SECURE_SSL_REDIRECT="No",
        TRUSTED_PROXIES=" 1 ",
        LOG_LEVEL="debug",
        LIMITS="sign_up_by_source=500/h, post_by_source=900/10m",
        SECOND_FACTOR_ROLES="",
        SWEEP_SECONDS=" 2.5 ",
        REDIS_URL="rediss://:a%2Fb@[::1]:6380/1",
        DATABASE_URL="postgres://me:a%2Fb@host:5433/name?sslmode=require",
    )
    assert (found["DEBUG"], found["LOG_LEVEL"], found["SWEEP_SECONDS"]) == (False, "DEBUG", 2.5)
    assert (found["SITE_URL"], found["SECURE_SSL_REDIRECT"]) == ("https://mentors.example.org", False)
    assert found["ALLOWED_HOSTS"] == ["mentors.example.org", ".example.net"]
    assert (found["LIMITS"]["sign_up_by_source"], found["SECOND_FACTOR_ROLES"]) == ("500/h", [])
    database = found["DATABASES"]["default"]
    assert (database["PASSWORD"], database["PORT"], database["OPTIONS"]["sslmode"]) == ("a/b", 5433, "require")
    assert database["OPTIONS"]["connect_timeout"] == 5


def test_a_file_of_settings_that_cannot_be_read_is_no_demo(tmp_path, monkeypatch):
    """Without it the installation would start as a demo, and nobody would know why."""
    monkeypatch.delenv("MADE_UP", raising=False)
    file = tmp_path / ".env"
    environment.read_file(file)
    file.write_text("# a note\n\nexport MADE_UP=a b # c\n")
    environment.read_file(file)
    assert environment.text("MADE_UP").startswith("a b")
    file.write_text("MADE_UP=1\nDEBUG = off\n")
    with pytest.raises(ImproperlyConfigured, match=r"Line 2 of .* can't be read"):
        environment.read_file(file)
    file.write_bytes(b"MADE_UP=\xff")
    with pytest.raises(ImproperlyConfigured, match="not a text in UTF-8"):
        environment.read_file(file)
    with pytest.raises(ImproperlyConfigured, match="can't be read"):
        environment.read_file(tmp_path)


def test_commands_servers_and_workers_say_what_to_set_in_one_line(monkeypatch, capfd):
    def refuse(*args):
        raise ImproperlyConfigured("Set SECRET_KEY.")

    def load_worker():
        Loader(celery_app).config_from_object({})

    monkeypatch.setattr("manage.execute_from_command_line", refuse)
    monkeypatch.setattr("django.core.wsgi.get_wsgi_application", refuse)
    monkeypatch.setattr("mentorship.celery.settings", SimpleLazyObject(refuse))
    for start in (manage.main, lambda: runpy.run_module("mentorship.wsgi"), load_worker):
        with pytest.raises(SystemExit) as ended:
            start()
        assert ended.value.code == environment.NOT_STARTED
        assert capfd.readouterr().err == "These settings can't be used. Set SECRET_KEY.\n"


def test_gunicorn_says_so_once_and_starts_no_worker(monkeypatch, capfd):
    root = Path(manage.__file__).parent
    monkeypatch.chdir(root)
    monkeypatch.setenv("LOG_LEVEL", "LOUD")
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(root / "gunicorn.conf.py"))["on_starting"](None)
    assert ended.value.code == environment.NOT_STARTED
    assert capfd.readouterr().err.startswith("These settings can't be used. LOG_LEVEL is “LOUD”.")

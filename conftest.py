"""What every test may use."""

import gc

import pytest
import typst
from django.db import connection
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from mentorship.celery import app
from mentorship.core.papers.fonts import font_folders
from mentorship.devtools.testing.cast import Cast, make_cast

pytest_plugins = ["mentorship.devtools.testing.strict"]

# A busy machine is slow; that is no fault of a test.
hypothesis_settings.register_profile("ours", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("ours")

# No test wakes a worker that happens to run on this machine; those that are about the broker start their own.
app.conf.broker_url = "memory://"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL leave out what knows no database: it runs on SQLite."""
    if connection.vendor != "postgresql":
        return
    about_rows = [item for item in items if _needs_database(item)]
    config.hook.pytest_deselected(items=[item for item in items if not _needs_database(item)])
    items[:] = about_rows


def _needs_database(item: pytest.Item) -> bool:
    fixtures = {"db", "transactional_db", "live_server"} & set(getattr(item, "fixturenames", ()))
    return bool(fixtures) or item.get_closest_marker("django_db") is not None


def pytest_collection_finish() -> None:
    """Whatever is loaded by now stays; looking through it for garbage again and again takes a tenth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """SQLite in a file, as in real life: in memory, threads share one connection's locks and nothing waits.

    On PostgreSQL every process has a database of its own, by the suffix.
    """
    if connection.vendor == "sqlite":
        connection.settings_dict["TEST"]["NAME"] = str(tmp_path_factory.mktemp("database") / "test.sqlite3")
        # Two hundred who write at once take long on a busy machine.
        connection.settings_dict["OPTIONS"]["timeout"] = 300


@pytest.fixture
def cast(db: None) -> Cast:
    """A programme with its people, and strangers to keep out."""
    return make_cast()


@pytest.fixture
def no_server_fonts(monkeypatch) -> None:
    """Papers have the fonts of the installation alone, as on a server without any."""
    fonts = typst.Fonts(include_system_fonts=False, font_paths=font_folders())
    monkeypatch.setattr("mentorship.core.papers.pdf.installed_fonts", lambda: fonts)


@pytest.fixture(autouse=True)
def quick_and_quiet(settings, tmp_path, monkeypatch) -> None:
    """No test reaches a broker, a mail server or the cache of another test by accident."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    monkeypatch.setattr("mentorship.core.wake_up._away_until", 0.0)
    settings.MEDIA_ROOT = tmp_path / "media"
    # Pages in tests need no collected files; WhiteNoise warns where the folder is missing.
    settings.STATIC_ROOT = tmp_path


@pytest.fixture
def site(request, transactional_db, settings, monkeypatch) -> str:
    """The address of this process's own server, for a browser. Prepare rows before the browser opens."""
    # The server's threads end with the browser's connections; none may keep one to the database beyond a request.
    monkeypatch.setitem(connection.settings_dict, "CONN_MAX_AGE", 0)
    url = request.getfixturevalue("live_server").url  # late: its settings are those of `quick_and_quiet`
    settings.SITE_URL = url
    return url

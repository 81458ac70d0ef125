"""Fixtures and hooks for all tests."""

import gc
import itertools
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import typst
from django.core.cache import cache
from django.db import connection
from django.db.backends.base.operations import BaseDatabaseOperations
from django.template import Context, Template
from django.utils.safestring import SafeString
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from matching.engine import score_table
from matching.meaning.model import ModelMissingError
from mentorship.celery import app
from mentorship.core import frozen_rows
from mentorship.core.fallback_cache import FallbackCache
from mentorship.core.papers.fonts import font_folders
from mentorship.devtools.testing.cast import Cast, make_cast

# Tests of these share a demo that takes long to fill, so they run in one process. The matrix takes as long as all other
# walks and has a demo of its own.
SHARE_A_DEMO = ("mentorship/devtools/demo/tests/", "mentorship/tests/walks/test_access.py", "mentorship/tests/walks/")

pytest_plugins = ["mentorship.devtools.testing.strict"]
_count = itertools.count()

# A busy machine is slow; that is no fault of a test.
hypothesis_settings.register_profile("ours", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("ours")

# No test wakes a worker that happens to run on this machine; those that are about the broker start their own.
app.conf.broker_url = "memory://"


class SharedDemoScheduling(LoadScopeScheduling):
    """Each module has its tests in one process; some folders have all of theirs there."""

    def _split_scope(self, nodeid: str) -> str:
        return next((folder for folder in SHARE_A_DEMO if nodeid.startswith(folder)), super()._split_scope(nodeid))


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> SharedDemoScheduling:
    return SharedDemoScheduling(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL leave out what SQLite has answered for both; EVERY_TEST=1 runs it there, too.

    What stays is about locks and transactions, is marked `postgresql`, or is the first test with rows of its module, so
    that the queries of each subject are asked there. The walks open every page and send every form. What takes longest
    begins first, so that no process waits for it at the end.
    """
    if connection.vendor == "postgresql" and not os.environ.get("EVERY_TEST"):
        modules: set[str] = set()
        kept = {item for item in items if _is_about_postgresql(item, modules)}
        config.hook.pytest_deselected(items=[item for item in items if item not in kept])
        items[:] = [item for item in items if item in kept]
    items.sort(key=lambda item: not (item.nodeid.startswith(SHARE_A_DEMO) or item.get_closest_marker("servers")))


def _is_about_postgresql(item: pytest.Item, modules: set[str]) -> bool:
    """Whether a test runs on PostgreSQL; `modules` has those of which one does already."""
    if item.get_closest_marker("postgresql"):
        return True
    if item.get_closest_marker("browser"):  # is about scripts
        return False
    uses = set(getattr(item, "fixturenames", ()))
    mark = item.get_closest_marker("django_db")
    if "transactional_db" in uses or (mark and mark.kwargs.get("transaction")):
        return True
    module = item.nodeid.partition("::")[0]
    is_first = bool(mark or "db" in uses) and not uses & {"client", "live_server"} and module not in modules
    if is_first:
        modules.add(module)
    return is_first


def pytest_collection_finish() -> None:
    """Keep the modules loaded by now out of garbage collection, which takes a tenth of the time otherwise."""
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
        # Two hundred who write at once take long on a busy machine. Nothing of it has to outlive a loss of power.
        connection.settings_dict["OPTIONS"] |= {
            "timeout": 300,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; PRAGMA recursive_triggers=ON;",
        }


@pytest.fixture(scope="session", autouse=True)
def tables_can_be_emptied() -> Iterator[None]:
    """Tests that commit empty the tables afterwards. Triggers that refuse this go before it; they come back with it."""
    empty = BaseDatabaseOperations.execute_sql_flush

    def without_triggers(operations: BaseDatabaseOperations, statements: list[str]) -> None:
        frozen_rows.remove(using=operations.connection.alias)
        empty(operations, statements)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseDatabaseOperations, "execute_sql_flush", without_triggers)
        yield


@pytest.fixture(scope="session", autouse=True)
def only_pages_are_recorded(django_test_environment: None) -> Iterator[None]:
    """`response.context` and `.templates` have what pages and mails are drawn with, not what each option of a field is.

    The test client copies the context of every template that is drawn; a sign-up form has 1,600, a third of its time.
    """
    record = Template._render

    def render(template: Template, context: Context) -> SafeString:
        if template.name and template.name.startswith(("django/forms/", "bootstrap5/", "components/")):
            return template.nodelist.render(context)
        return record(template, context)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Template, "_render", render)
        yield


@pytest.fixture
def cast(db: None) -> Cast:
    """A programme with its people, and strangers to keep out."""
    return make_cast()


@pytest.fixture
def broker_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing listens where the broker should be.

    It is set as an item: an attribute would be put back as what it was computed from, `broker_url`, and every later
    test would have that broker whatever it sets.
    """
    monkeypatch.setitem(app.conf, "broker_read_url", "redis://:secret@127.0.0.1:1/0")


@pytest.fixture
def no_server_fonts(monkeypatch) -> None:
    """Papers have the fonts of the installation alone, as on a server without any."""
    fonts = typst.Fonts(include_system_fonts=False, font_paths=font_folders())
    monkeypatch.setattr("mentorship.core.papers.compiler.installed_fonts", lambda: fonts)


@pytest.fixture(scope="session")
def folder_of_process(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """For what few tests write: a folder for each test would be made, and removed, four thousand times for nothing."""
    folder = tmp_path_factory.mktemp("process")
    (folder / "static").mkdir()
    return folder


def no_sentence_model() -> None:
    raise ModelMissingError("The sentence model is not installed.")


@pytest.fixture(autouse=True)
def quick_and_quiet(settings, folder_of_process, monkeypatch) -> None:
    """No test reaches a broker, a mail server or what another test left behind in a cache by accident."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    monkeypatch.setattr("mentorship.core.background.wake_up._away_until", 0.0)
    monkeypatch.setattr(FallbackCache, "_away_until", 0.0)
    monkeypatch.setattr("mentorship.operations.health._broker", None)
    # Runs of two tests have the same number, and the same time where it stands still.
    for read in (score_table._read, score_table._read_factors):
        read.cache_clear()
    # The sentence model takes time and memory: tests that are about it have it by a fixture.
    monkeypatch.setattr("matching.meaning.services.sentence_model", no_sentence_model)
    monkeypatch.setattr("matching.engine.meanings.is_installed", lambda: False)
    settings.REAUTHENTICATE_MINUTES = None  # tests sign in without a page; those that are about it set it
    cache.clear()  # limits count what the tests before did
    settings.MEDIA_ROOT = folder_of_process / f"media-{next(_count)}"
    # Pages in tests need no collected files; WhiteNoise warns where the folder is missing.
    settings.STATIC_ROOT = folder_of_process / "static"


@pytest.fixture
def site(request, transactional_db, settings, monkeypatch) -> str:
    """The address of this process's own server, for a browser. Prepare rows before the browser opens."""
    # The server's threads end with the browser's connections; none may keep one to the database beyond a request.
    monkeypatch.setitem(connection.settings_dict, "CONN_MAX_AGE", 0)
    url = request.getfixturevalue("live_server").url  # late: its settings are those of `quick_and_quiet`
    settings.SITE_URL = url
    return url

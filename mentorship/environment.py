"""Read the settings of an installation from the environment.

A value that can't be used raises ImproperlyConfigured with one sentence: the variable, its value, the allowed values.
"""

import io
import os
import re
import sys
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from email.utils import parseaddr
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

T = TypeVar("T")

# A worker of gunicorn that ends with this status is not started again and again.
NOT_STARTED = 3
ON, OFF = ("on", "true", "yes", "y", "ok", "1"), ("off", "false", "no", "n", "0")
LINE = re.compile(r"\s*(#.*|(export\s+)?\w+=.*)?")
HOST = re.compile(r"\*|\.?[\w-]+(\.[\w-]+)*\.?|\[[0-9A-Fa-f:.]+\]")
POSTGRESQL, SQLITE = "django.db.backends.postgresql", "django.db.backends.sqlite3"
DATABASES_ALLOWED = "postgres://user:password@host/name or sqlite:////path/of/a/file"
# Whoever waits for a machine that is gone learns so within a minute; without this it may be hours.
REACH = {
    "connect_timeout": 5,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
}
# PostgreSQL plans the order of eight joins and keeps the written order of any more, so it reads whole tables before the
# condition that leaves one row. Planning ten takes no longer, and hardly any page has more.
PLANNING = "-c join_collapse_limit=10 -c from_collapse_limit=10"


@contextmanager
def refused_in_one_line() -> Iterator[None]:
    """End the process with one line, not a traceback, if its settings can't be used."""
    try:
        yield
    except ImproperlyConfigured as error:
        print(f"These settings can't be used. {error}", file=sys.stderr, flush=True)
        raise SystemExit(NOT_STARTED) from None


def read_file(path: Path) -> None:
    """Add the variables of a file, if there is one, to the environment. What the environment has already wins."""
    try:
        content = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not a text in UTF-8"
        raise ImproperlyConfigured(f"{path} can't be read: {reason}.") from None
    for number, line in enumerate(content.splitlines(), 1):
        if not LINE.fullmatch(line):
            raise ImproperlyConfigured(f"Line {number} of {path} can't be read. Write NAME=value, or # before a note.")
    environ.Env.read_env(io.StringIO(content))


def text(name: str, default: str = "") -> str:
    """Any text, or none."""
    return os.environ.get(name, default)


def boolean(name: str, default: bool) -> bool:
    def parse(given: str) -> bool:
        if given.lower() not in ON + OFF:
            raise ValueError
        return given.lower() in ON

    return _read(name, default, parse, "Give on or off")


def integer(name: str, default: int, low: int, high: int) -> int:
    return _read(name, default, lambda given: _within(int(given), low, high), f"Give a whole number, {low} to {high}")


def number(name: str, default: float, low: float, high: float) -> float:
    return _read(name, default, lambda given: _within(float(given), low, high), f"Give a number, {low} to {high}")


def choice(name: str, default: str, allowed: Sequence[str]) -> str:
    """One of some words. Capitals don't matter; the word is returned as in `allowed`."""
    words = {word.lower(): word for word in allowed}
    return _read(name, default, lambda given: words[given.lower()], f"Give one of {', '.join(allowed)}")


def listed(name: str, default: Collection[str] = (), allowed: Collection[str] = ()) -> list[str]:
    """Words, comma-separated; none if it is empty."""

    def parse(given: str) -> list[str]:
        words = _parts(given)
        if allowed and set(words) - set(allowed):
            raise ValueError
        return words

    return _read(name, list(default), parse, f"Give any of {', '.join(sorted(allowed))}, comma-separated")


def hosts(name: str, default: Collection[str]) -> list[str]:
    """Host names, comma-separated. `.example.org` stands for all its subdomains, too."""

    def parse(given: str) -> list[str]:
        if not all(HOST.fullmatch(host) for host in _parts(given)):
            raise ValueError
        return _parts(given)

    return _read(name, list(default), parse, "Give host names alone, comma-separated, such as mentors.example.org")


def pairs(name: str, example: str) -> dict[str, str]:
    """Names and their values, such as a=1,b=2; none if it is empty."""

    def parse(given: str) -> dict[str, str]:
        found = [part.partition("=") for part in _parts(given)]
        if not all(key and sign for key, sign, _ in found):
            raise ValueError
        return {key.strip(): value.strip() for key, _, value in found}

    return _read(name, {}, parse, f"Give names and values, comma-separated, such as {example}")


def folder(name: str, default: Path) -> Path:
    def parse(given: str) -> Path:
        if not given:
            raise ValueError
        return Path(given)

    return _read(name, default, parse, "Give the path of a folder")


def make_folder(path: Path, name: str) -> None:
    """Create the folder that a setting asks for, with those above it."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(
            f"{name} needs the folder {path}, which can't be made: {error.strerror}. "
            "Choose a folder that this user may write to."
        ) from None


def address(name: str, schemes: Collection[str], example: str) -> str:
    """The address of a server, or an empty text."""

    def parse(given: str) -> str:
        parts = urlsplit(given)
        if given and (parts.scheme not in schemes or not parts.hostname or parts.port == 0):
            raise ValueError
        # Both libraries that read it take a number of a database, and one of them ignores anything else.
        if parts.scheme.startswith("redis") and not re.fullmatch(r"/?\d*", parts.path):
            raise ValueError
        return given

    return _read(name, "", parse, f"Give an address such as {example}")


def sender(name: str, default: str) -> str:
    def parse(given: str) -> str:
        before, at, domain = parseaddr(given)[1].rpartition("@")
        if not (before and at and domain):
            raise ValueError
        return given

    return _read(name, default, parse, "Give an address such as Mentorship <mentors@example.org>")


def mail_server(name: str, default: str) -> dict[str, Any]:
    """The settings of Django for a mail server."""

    def parse(given: str) -> dict[str, Any]:
        found: dict[str, Any] = environ.Env.email_url_config(given)
        if given.startswith("smtp") and not found["EMAIL_HOST"]:
            raise ValueError
        return found

    return _read(name, parse(default), parse, "Give an address such as smtp+tls://user:password@mail.example.org:587")


def mail_provider(name: str) -> str:
    """A provider that takes mail by HTTP, as django-anymail names it, or an empty text."""

    def parse(given: str) -> str:
        if given and not (given.isidentifier() and find_spec(f"anymail.backends.{given}")):
            raise ValueError
        return given

    return _read(name, "", parse, "Give a provider that django-anymail knows, such as postmark, or leave it empty")


def database(name: str, default: Path) -> dict[str, Any]:
    """The entry of DATABASES, with what our connections need. Without the variable it is a file of SQLite."""
    usual: dict[str, Any] = {"ENGINE": SQLITE, "NAME": str(default)}
    found = _read(name, usual, parse_database, f"Give {DATABASES_ALLOWED}")
    if found["ENGINE"] == SQLITE:
        make_folder(Path(found["NAME"]).parent, name if name in os.environ else "VAR_DIR")
        # WAL without IMMEDIATE answers "database is locked" at once when two writers meet.
        found["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            # A statement that replaces a row runs the triggers of a deletion only with the last one.
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA recursive_triggers=ON;",
        }
    else:
        given = found.get("OPTIONS", {})
        found["OPTIONS"] = REACH | given | {"options": f"{PLANNING} {given.get('options', '')}".strip()}
    return {**found, "CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}


def parse_database(url: str) -> dict[str, Any]:
    """A database's address as an entry of DATABASES. Raises ValueError."""
    parts = urlsplit(url)
    if not parts.scheme or (parts.scheme == "sqlite" and parts.netloc):
        raise ValueError  # after two slashes the name of a file would be ignored, and all data lost at the end
    found: dict[str, Any] = environ.Env.db_url_config(url)
    if found.get("ENGINE") not in (POSTGRESQL, SQLITE) or not found["NAME"]:
        raise ValueError
    return found


def file_queue(path: Path) -> dict[str, str | float]:
    """The options of a broker made of files: one machine, no server."""
    names = {"data_folder_in": "messages", "data_folder_out": "messages", "processed_folder": "processed"}
    folders = {option: path / name for option, name in {**names, "control_folder": "control"}.items()}
    for one in folders.values():
        make_folder(one, "VAR_DIR")
    # The default polling of one second starves beat.
    return {**{option: str(one) for option, one in folders.items()}, "polling_interval": 0.1}


def s3_storage(name: str, bucket: str) -> dict[str, Any]:
    """The entry of STORAGES for a private bucket, with the variables that begin with a name."""
    need_packages(f"{name}_BUCKET", "storages", "boto3")
    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": bucket,
            "endpoint_url": address(f"{name}_ENDPOINT", ("https", "http"), "https://s3.example.org") or None,
            "region_name": text(f"{name}_REGION") or None,
            "access_key": text(f"{name}_ACCESS_KEY") or None,
            "secret_key": text(f"{name}_SECRET_KEY") or None,
            "default_acl": None,  # private: pages hand a file to whoever may read it
            "file_overwrite": False,
        },
    }


def need_packages(name: str, *packages: str) -> None:
    """Refuse a setting whose packages are not installed."""
    if missing := [package for package in packages if find_spec(package) is None]:
        raise ImproperlyConfigured(
            f"{name} is set, but Python finds no {' and no '.join(missing)}: pip install -r requirements-extras.txt"
        )


def _read(name: str, default: T, parse: Callable[[str], T], allowed: str) -> T:
    given = os.environ.get(name)
    if given is None:
        return default
    try:
        return parse(given.strip())
    except (ValueError, KeyError, ImproperlyConfigured):
        holds = f"“{without_password(given.strip())}”" if given.strip() else "empty"
        also = "" if given.strip() else ", or leave the line out"
        raise ImproperlyConfigured(f"{name} is {holds}. {allowed}{also}.") from None


def without_password(url: str) -> str:
    """An address as logs may have it, also where it is none: a password may hold a slash, and the scheme be missing."""
    return re.sub(r"^([\w+.-]+://)?.*@", r"\1…@", re.sub(r"(?<=password=)[^&]*", "…", url, flags=re.IGNORECASE))


def _within(found: T, low: float, high: float) -> T:
    if not low <= found <= high:  # type: ignore[operator]
        raise ValueError
    return found


def _parts(given: str) -> list[str]:
    return [part.strip() for part in given.split(",") if part.strip()]

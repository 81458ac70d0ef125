"""Log lines for people or as JSON, without addresses and signed links, and with one line for each outage."""

import json
import logging
import re
import time
from collections.abc import Callable
from contextvars import ContextVar
from datetime import UTC, datetime
from uuid import uuid4

from django.http import HttpRequest, HttpResponse

from mentorship.core.links import without_tokens

access = logging.getLogger("mentorship.access")

ADDRESS = re.compile(r"(?<![^\s<>\"'(),;:=\[\]])[^\s<>\"'(),;:=\[\]]+@[\w-]+(?:\.[\w-]+)+")
# Django's token for a password reset, with the id of the account.
PASSWORD_TOKEN = re.compile(r"(?<!\w)\w+-\w+-[0-9a-f]{32}\b")
# The secret of a link to a published report.
SECRET = re.compile(r"(?<![\w-])[\w-]{43}(?![\w-])")
GIVEN_ID = re.compile(r"[\w-]{8,64}")
# Probes ask every few seconds, and static files are of no interest.
NOT_LOGGED = ("/healthz", "/readyz", "/health/", "/metrics", "/static/")
REPEAT_SECONDS = 600
OF_OUTAGES = ("celery.worker", "celery.beat", "kombu", "psycopg.pool")

request_id: ContextVar[str] = ContextVar("request_id", default="")


def without_personal_data(text: str) -> str:
    """The text without e-mail addresses, and without links and tokens that let somebody act."""
    return SECRET.sub("[token]", PASSWORD_TOKEN.sub("[token]", without_tokens(ADDRESS.sub("[address]", text))))


class LineFormatter(logging.Formatter):
    """A line for people, such as an operator at a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        return without_personal_data(super().format(record))


class JSONFormatter(logging.Formatter):
    """An object on one line, for a program that collects logs. Times are UTC."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "request_id": request_id.get(),
            "error": self.formatException(record.exc_info) if record.exc_info else "",
            **getattr(record, "fields", {}),
        }
        kept = {name: value for name, value in line.items() if value != ""}
        return without_personal_data(json.dumps(kept, ensure_ascii=False, default=str))


class RepeatedOutages(logging.Filter):
    """Lets one line in ten minutes through of each kind that libraries log while the broker or database is down."""

    def __init__(self) -> None:
        super().__init__()
        self._last: dict[tuple[str, str, int], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno < logging.WARNING or not record.name.startswith(OF_OUTAGES):
            return True
        place = (record.name, record.pathname, record.lineno)
        if time.monotonic() - self._last.get(place, -REPEAT_SECONDS) < REPEAT_SECONDS:
            return False
        self._last[place] = time.monotonic()
        record.exc_info = None  # hundreds of library lines that say no more than the message
        return True


class AccessLogMiddleware:
    """One line for each request: the pattern of its address, not the address itself, the status and the duration."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        request_id.set(given if GIVEN_ID.fullmatch(given) else uuid4().hex)
        started = time.monotonic()
        response = self.get_response(request)
        response["X-Request-ID"] = request_id.get()
        if not request.path.startswith(NOT_LOGGED):
            milliseconds = round((time.monotonic() - started) * 1000)
            fields = {
                "method": request.method,
                "route": route_of(request),
                "status": response.status_code,
                "ms": milliseconds,
            }
            access.info("%(method)s %(route)s %(status)s %(ms)s ms", fields, extra={"fields": fields})
        return response


def route_of(request: HttpRequest) -> str:
    """The URL pattern of a request, which names no object, person or token; `-` if none matched."""
    match = request.resolver_match
    return f"/{match.route}" if match else "-"

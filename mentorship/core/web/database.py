"""Respond quickly when the database is busy, unreachable or full, and keep people's input."""

import logging
import secrets
import sys
from collections.abc import Callable
from typing import Any

import psycopg
from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.http.request import RawPostDataException, UnreadablePostError
from django.template.loader import render_to_string
from django.views.defaults import server_error
from psycopg.pq import TransactionStatus
from psycopg_pool import PoolTimeout

logger = logging.getLogger(__name__)

RETRY_SECONDS = 10
# The server ends a statement that takes too long. Where it doesn't even do that, it has stopped or is out of reach.
GRACE_SECONDS = 5
# Prefixes of PostgreSQL's codes for temporary failures: connection, rollback because of a conflict, too many
# connections, lock, and intervention by an operator or a time limit.
NOT_NOW = ("08", "40", "53", "55P03", "57")


class LimitedConnection(psycopg.Connection[Any]):
    """Gives up on a server that keeps the connection open but answers nothing, such as one that was frozen.

    The limits of PostgreSQL are kept by the server itself, so they don't help then, and TCP sees no fault.
    """

    answer_seconds: float = 35
    is_there_seconds: float = 3

    def wait(self, *args: Any, **kwargs: Any) -> Any:
        """Wait for an answer. Raises OperationalError, with the connection closed, where there is none in time."""
        try:
            return super().wait(*args, **{"timeout": self.answer_seconds, **kwargs})
        except psycopg.OperationalError as error:
            if self.pgconn.transaction_status != TransactionStatus.ACTIVE:
                raise  # it did answer
            self.pgconn.finish()
            raise psycopg.OperationalError("The database server does not answer.") from error

    def execute(self, query: Any, *args: Any, **kwargs: Any) -> Any:
        """Run a statement. Before each request the pool sends an empty one, which is answered at once or never."""
        if query == "":
            self.answer_seconds = self.is_there_seconds
        try:
            return super().execute(query, *args, **kwargs)
        finally:
            self.__dict__.pop("answer_seconds", None)


def prepare_for_web(database: dict[str, Any]) -> None:
    """Limit how long connections of this process wait for a lock or a statement. Workers and commands may wait.

    Threads share a pool of connections. If there are more threads than connections, some stay free for requests without
    database access, such as probes, while the others wait.
    """
    if database["ENGINE"] != "django.db.backends.postgresql":
        return
    limits = {"lock_timeout": settings.DATABASE_LOCK_SECONDS, "statement_timeout": settings.DATABASE_STATEMENT_SECONDS}
    options = database.setdefault("OPTIONS", {})
    words = [options.get("options", ""), *(f"-c {name}={round(seconds * 1000)}" for name, seconds in limits.items())]
    options["options"] = " ".join(words).strip()
    if settings.DATABASE_POOL:
        LimitedConnection.answer_seconds = settings.DATABASE_STATEMENT_SECONDS + GRACE_SECONDS
        LimitedConnection.is_there_seconds = settings.DATABASE_LOCK_SECONDS
        pool = {"min_size": 1, "max_size": settings.DATABASE_POOL, "timeout": settings.DATABASE_LOCK_SECONDS}
        database["CONN_MAX_AGE"], options["pool"] = 0, {**pool, "connection_class": LimitedConnection}


def is_busy(error: BaseException | None) -> bool:
    """Whether a request failed because the database was busy, unreachable or full, not because of the query."""
    if isinstance(error, InterfaceError):
        return True  # the connection was closed
    if not isinstance(error, OperationalError):
        return False
    cause: Any = error.__cause__
    if hasattr(cause, "sqlstate"):
        return cause.sqlstate is None or cause.sqlstate.startswith(NOT_NOW)
    return "locked" in str(error) or "unable to open" in str(error)


class BusyMiddleware:
    """Responds with 503 and a way to try again if the database did not answer a view in time."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Return the page for a request that failed for that reason; None for any other."""
        return busy_response(request, exception) if is_busy(exception) else None


def error_response(request: HttpRequest) -> HttpResponse:
    """The site's `handler500`: only failures outside views arrive here, such as reading the session."""
    error = sys.exc_info()[1]
    return busy_response(request, error) if is_busy(error) else server_error(request)


def busy_response(request: HttpRequest, error: BaseException | None) -> HttpResponse:
    """A page without queries, with the submitted form and a button to send it again."""
    code = getattr(getattr(error, "__cause__", None), "sqlstate", None)
    logger.warning("The database did not answer a request in time: %s", code or type(error).__name__)
    fields, left_out = _what_was_sent(request)
    context = {
        "address": request.get_full_path(),
        "fields": fields,
        "left_out": left_out,
        "unsure": isinstance(error, OperationalError | InterfaceError) and _may_have_saved(error),
    }
    response = HttpResponse(render_to_string("503.html", context), status=503)
    response["Retry-After"] = str(RETRY_SECONDS)
    response["Cache-Control"] = "no-store"
    response._has_been_logged = True  # type: ignore[attr-defined]  # by the line above: a traceback each would say no more
    return response


def _may_have_saved(error: OperationalError | InterfaceError) -> bool:
    """Whether the connection was lost, perhaps after the server had saved the data."""
    cause: Any = error.__cause__
    return isinstance(cause, psycopg.Error) and cause.sqlstate is None and not isinstance(cause, PoolTimeout)


def _what_was_sent(request: HttpRequest) -> tuple[list[tuple[str, str]], bool]:
    """The fields of one of our forms, and whether some can't be kept: files and passwords."""
    try:
        sent = [(name, value) for name, values in request.POST.lists() for value in values]
        has_files = bool(request.FILES)
    except (RawPostDataException, UnreadablePostError, DatabaseError):
        return [], False
    if "csrfmiddlewaretoken" not in request.POST:
        return [], False
    kept = [(name, value) for name, value in sent if "password" not in name and name != "again"]
    left_out = has_files or any("password" in name for name, _ in sent)
    # Sending again counts as a new submission: this one may be recorded as being processed, and the record unreachable.
    return [*kept, ("again", secrets.token_hex(8))], left_out

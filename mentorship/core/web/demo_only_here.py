"""A demo answers to the machine that it runs on, whatever name a request gives as its host."""

from collections.abc import Callable, Iterable
from typing import Any

from mentorship.safe_settings import is_local

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
WORDS = (
    b"This is a demo, where anybody can read every email, so it answers to its own machine only. "
    b"For a real site set DEBUG=off and DEMO=off.\n"
)


def refuse_others(application: Application) -> Application:
    """Wrap an application: 403 for peers at another machine. A Unix socket has no address, and is of this machine."""

    def guarded(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        peer = environ.get("REMOTE_ADDR", "")
        # Whoever is behind a proxy of this machine may be anywhere: a demo has none.
        if (peer and not is_local(peer)) or environ.get("HTTP_X_FORWARDED_FOR"):
            start_response("403 Forbidden", [("Content-Type", "text/plain; charset=utf-8")])
            return [WORDS]
        return application(environ, start_response)

    return guarded

"""Deletions ask first: found from the URL list, by the services that a view calls."""

import inspect
import re

from django.urls import URLResolver, get_resolver

from mentorship.core.views import AsksFirst

DELETES = re.compile(r"\b(?:delete|remove|revoke|retire|drop)_[a-z_]+\(")


def views(resolver: URLResolver | None = None, prefix: str = ""):
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            yield from views(pattern, prefix + (f"{pattern.namespace}:" if pattern.namespace else ""))
        elif (view := getattr(pattern.callback, "view_class", None)) and hasattr(view, "post"):
            yield f"{prefix}{pattern.name}", view


def test_every_view_that_deletes_asks_first():
    silent, deleting = set(), 0
    for name, view in views():
        if not view.__module__.startswith(("cohorts", "training", "matching", "checkins", "partners", "mentorship")):
            continue
        code = "".join(inspect.getsource(one) for one in view.__mro__ if one.__module__ == view.__module__)
        asks = issubclass(view, AsksFirst) and (view.asks or view.ask_first is not AsksFirst.ask_first)
        deleting += bool(DELETES.search(code))
        if DELETES.search(code) and not asks:
            silent.add(name)
    assert silent == set()
    assert deleting > 20, "the search finds them"

"""Shortages of mentors in words, and the sign-up link that recruits for them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cohorts.models import Cohort
from cohorts.signup import links as signup_links
from mentorship.core.links import absolute_url

KINDS = {"places": "Places", "topics": "Topics", "languages": "Languages", "hours": "Hours"}
MOST_NAMED = 4  # of a kind, in the sentence that recruits


def shortages_by_kind(shortages: Sequence[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    """The shortages by label of their kind: [(“Topics”, [{name, places}])], the largest first."""
    found = []
    for kind, label in KINDS.items():
        some = sorted((s for s in shortages if s["kind"] == kind), key=lambda s: (-s["places"], s["name"]))
        if some:
            found.append((label, some))
    return found


def sought_of(shortages: Sequence[dict[str, Any]]) -> str:
    """`who know about maps or soil, who speak Spanish, or who live around UTC-5`; "" if nothing is lacking."""
    names = {label: [s["name"] for s in some[:MOST_NAMED]] for label, some in shortages_by_kind(shortages)}
    said = []
    if topics := names.get("Topics"):
        said.append(f"who know about {_any_of(topics)}")
    if languages := names.get("Languages"):
        said.append(f"who speak {_any_of(languages)}")
    if hours := names.get("Hours"):
        said.append(f"who live around {_any_of(hours)}")
    return _any_of(said)


def recruiting_link(cohort: Cohort, shortages: Sequence[dict[str, Any]]) -> str:
    """Return the mentors' sign-up page, which says whom the cohort looks for; "" if nothing is lacking."""
    if not shortages:
        return ""
    sought = sought_of(shortages)
    if not sought:  # any mentor will do
        return absolute_url("cohorts:signup-create", cohort.slug, "mentor")
    return signup_links.sought_link(cohort.slug, "mentor", sought)


def _any_of(items: Sequence[str]) -> str:
    return " or ".join(filter(None, [", ".join(items[:-1]), items[-1]])) if items else ""

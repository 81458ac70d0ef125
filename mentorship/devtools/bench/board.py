"""The matching board with 500 mentees and 300 mentors, by real requests: each beside the bare query of its rows, and
beside the 300 ms within which a change is to show its cost. In processor time: a busy machine is no fault of a page."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import date
from statistics import median
from time import process_time
from typing import Any

from django.conf import settings
from django.test import Client
from django.urls import reverse

Row = tuple[str, str, float, float]
MENTEES, MENTORS, TIMES, AIM = 500, 300, 9, 0.3
WORDS = (
    "soil",
    "bird",
    "map",
    "river",
    "school",
    "health",
    "genome",
    "code",
    "climate",
    "water",
    "farm",
    "energy",
    "city",
)
ZONES = ("Europe/Berlin", "Africa/Nairobi", "America/Lima", "Asia/Kolkata", "Asia/Tokyo", "America/New_York")
LANGUAGES = (["en"], ["en", "es"], ["en", "pt"], ["fr", "en"], ["es"], ["pt"])


def rows() -> Iterator[Row]:
    """(what, yardstick, seconds, seconds of the yardstick)."""
    from matching.board.candidates import cheapest_way  # noqa: PLC0415 apps not ready: the bench sets Django up first
    from matching.board.state import read_state  # noqa: PLC0415 apps not ready: the bench sets Django up first
    from matching.engine.services import run_now  # noqa: PLC0415 apps not ready: the bench sets Django up first

    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]
    cohort, user = _round()
    run, _ = run_now(cohort=cohort, by=None)
    client = Client()
    client.force_login(user)
    state = read_state(run)
    size = f"{MENTEES} × {MENTORS}"
    mentee = next(pk for pk in state.mentors_of)
    bare = _typical(lambda: _bare_rows(run, list(state.mentors_of)[:100]))
    base = [cohort.slug]
    board = reverse("matching:board", args=base)
    others = (mentors[0] for mentors in state.mentors_of.values() if mentors != state.mentors_of[mentee])
    ways = (cheapest_way(state, mentee, mentor)[0] for mentor in others)
    swap = next(way for way in ways if way and way.wish.do == "swap")
    wish = {name: getattr(swap.wish, name) for name in ("do", "mentee", "mentor", "other", "theirs")}
    change = reverse("matching:board-change", args=[*base, run.number])
    news = reverse("matching:board-news", args=[*base, run.number])
    pages: dict[str, Callable[[], Any]] = {
        "board, page of 100": lambda: _get(client, board),
        "the reasons for one row": lambda: _get_panel(client, board, mentee),
        "what a swap would cost": lambda: _get(client, change, wish),
        "candidates side by side": lambda: _get(
            client, reverse("matching:candidate-list", args=[*base, run.number, mentee])
        ),
        "what others changed (every 4 s)": lambda: _get(client, news, {"seen": "old"}),
    }
    for what, call in pages.items():
        took = _typical(call)
        yield f"{what}, {size}", "bare query of 100 rows", took, bare
        yield f"{what}, {size}", "the aim of 300 ms", took, AIM
    took = _typical(lambda: _swap_and_back(client, change, wish, run)) / 2
    yield f"a swap or its undo, made and written, {size}", "the aim of 300 ms", took, AIM


def _round() -> tuple[Any, Any]:
    """A made-up round with fewer seats than mentees, and its coordinator."""
    from cohorts.models import Cohort, Enrollment, Programme, Topic  # noqa: PLC0415 apps not ready: the bench sets Django up first
    from mentorship.core.accounts.models import User, Workspace, WorkspaceRole  # noqa: PLC0415 apps not ready: the bench sets Django up first

    rng = random.Random(1)  # noqa: S311  (made-up people)
    workspace = Workspace.objects.create(name="Bench board")
    programme = Programme.objects.create(workspace=workspace, name="Bench board", slug="bench-board")
    cohort = Cohort.objects.create(
        programme=programme,
        name="Bench",
        slug="bench-board",
        status="matching",
        starts_on=date(2027, 2, 1),
        ends_on=date(2027, 5, 28),
    )
    topics = Topic.objects.bulk_create(Topic(programme=programme, key=w, name=w.title()) for w in WORDS)
    users = User.objects.bulk_create(
        User(email=f"bench{n}@example.org", full_name=f"Bench Person {n}") for n in range(MENTEES + MENTORS)
    )
    people = Enrollment.objects.bulk_create(
        Enrollment(
            cohort=cohort,
            user=user,
            status="accepted",
            role="mentee" if n < MENTEES else "mentor",
            title=f"{rng.choice(WORDS)} and {rng.choice(WORDS)} {n}" if n < MENTEES else "",
            goals=" ".join(rng.choices(WORDS, k=12)),
            time_zone=rng.choice(ZONES),
            languages=rng.choice(LANGUAGES),
            capacity=1 if n < MENTEES else rng.choice([1, 1, 2, 2]),
        )
        for n, user in enumerate(users)
    )
    link = Enrollment.topics.through
    link.objects.bulk_create(link(enrollment_id=e.pk, topic_id=t.pk) for e in people for t in rng.sample(topics, 3))
    user = User.objects.create(email="bench-coordinator@example.org", full_name="Bench Coordinator")
    WorkspaceRole.objects.create(workspace=workspace, user=user, role="coordinator")
    return cohort, user


def _bare_rows(run: Any, ids: list[int]) -> None:
    from cohorts.models import Enrollment  # noqa: PLC0415 apps not ready: the bench sets Django up first

    list(Enrollment.objects.with_people().filter(pk__in=ids))
    list(run.proposals.filter(mentee__in=ids, kind="chosen").select_related("mentor__user"))


def _get(client: Client, url: str, data: Any = None) -> None:
    response = client.get(url, data or {})
    if response.status_code != 200:
        raise RuntimeError(f"{url}: {response.status_code}")


def _get_panel(client: Client, board: str, mentee: int) -> None:
    client.get(board, {"mentee": mentee}, HTTP_HX_REQUEST="true", HTTP_HX_TARGET="why-place")


def _swap_and_back(client: Client, change: str, wish: dict[str, Any], run: Any) -> None:
    from matching.board.state import version_of  # noqa: PLC0415 apps not ready: the bench sets Django up first

    client.post(change, {**wish, "version": version_of(run.cohort_id)})
    client.post(
        reverse("matching:board-undo", args=[run.cohort.slug, run.number]), {"version": version_of(run.cohort_id)}
    )


def _typical(work: Callable[[], object]) -> float:
    """The median of some calls, after one that fills the caches."""
    work()
    return median(_processor_seconds(work) for _ in range(TIMES))


def _processor_seconds(work: Callable[[], object]) -> float:
    began = process_time()
    work()
    return process_time() - began

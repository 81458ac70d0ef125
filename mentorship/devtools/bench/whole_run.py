"""A whole matching run of the product, as a worker does it, beside SciPy on the same scores; time and memory of each.

The cohorts are made up: sign-ups of some eighty words around a few of sixty subjects, their topics, clocks, languages
and places, and fewer seats than mentees. What the texts mean is made up too and read beforehand, as the sweep does.
Each run is a process of its own. Seconds are those of the processors, of all threads together. MiB are the most that
the process had in memory at once, with Python, Django and the libraries.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np

Row = tuple[str, str, float, float]
SIZES = ((500, 300), (2_000, 1_500), (10_000, 6_000))
SEATS = 0.92  # for each mentee
WORDS, SUBJECTS, TOPICS = 6_000, 60, 240
ZONES = (
    *("Europe/Berlin", "Europe/Lisbon", "Africa/Nairobi", "Africa/Lagos", "America/Lima", "America/New_York"),
    *("America/Los_Angeles", "Asia/Kolkata", "Asia/Tokyo", "Asia/Jakarta", "Australia/Sydney", "UTC"),
)
LANGUAGES = (["en"], ["en"], ["en", "es"], ["en", "pt"], ["fr", "en"], ["es"], ["pt", "es"], ["fr"])
COUNTRIES = ("DE", "PT", "KE", "NG", "PE", "US", "IN", "JP", "ID", "AU", "")
MIB = 2**20


def rows(sizes: tuple[tuple[int, int], ...] = SIZES) -> Iterator[Row]:
    """(what, yardstick, seconds, seconds of the yardstick)."""
    for n, m in sizes:
        slug = f"bench-{n}"
        make_cohort(slug, n, m)
        with tempfile.TemporaryDirectory() as folder:
            ours = _child("run", slug, folder)
            theirs = _child("scipy", slug, folder)
        if ours["answer"] != theirs["answer"]:
            raise RuntimeError(f"not the same: {ours['answer']} and {theirs['answer']}")
        matched, total = ours["answer"]
        what = f"{n:,}×{m:,} whole run: {matched:,}, {total / 1e6:,.1f}; {ours['mib']:,.0f} MiB"
        yield what, f"SciPy dense LSA alone; {theirs['mib']:,.0f} MiB", ours["seconds"], theirs["seconds"]


def _told(rng: random.Random, vocabulary: list[str], subjects: list[int], *, is_mentee: bool) -> dict[str, Any]:
    """The words of a sign-up, as columns."""
    return {
        "role": "mentee" if is_mentee else "mentor",
        "title": _text(rng, vocabulary, subjects, 6) if is_mentee else "",
        "description": _text(rng, vocabulary, subjects, 45) if is_mentee else "",
        "goals": _text(rng, vocabulary, subjects, 30),
        "time_zone": rng.choice(ZONES),
        "country": rng.choice(COUNTRIES),
        "languages": rng.choice(LANGUAGES),
        "mentoring_type": rng.choice(["technical", "career", "both", ""]),
        "interaction_style": rng.choice(["calls", "writing", "mixed", ""]),
    }


def make_cohort(slug: str, n: int, m: int) -> Any:
    """A made-up cohort in the database, with what its texts mean."""
    from cohorts.models import Cohort, Enrollment, Programme, Topic  # noqa: PLC0415 apps not ready: the bench sets Django up first
    from mentorship.core.accounts.models import User, Workspace  # noqa: PLC0415 apps not ready: the bench sets Django up first

    rng = random.Random(n)  # noqa: S311  (made-up people)
    vocabulary = _vocabulary(rng)
    workspace = Workspace.objects.create(name=slug)
    programme = Programme.objects.create(workspace=workspace, name=slug, slug=slug)
    days = {"starts_on": date(2027, 2, 1), "ends_on": date(2027, 5, 28)}
    cohort = Cohort.objects.create(programme=programme, name=slug, slug=slug, status="matching", **days)
    named = [" ".join(rng.sample(vocabulary[:800], 2)) for _ in range(TOPICS)]
    topics = Topic.objects.bulk_create(Topic(programme=programme, key=f"{t} {k}", name=t) for k, t in enumerate(named))
    users = User.objects.bulk_create(
        (User(email=f"{slug}-{k}@example.org", full_name=f"Person {k}") for k in range(n + m)), batch_size=500
    )
    seats = round(SEATS * n)
    capacity = [1] * n + ([1 + (k < seats - m) for k in range(m)] if seats >= m else [1] * m)
    people, about = [], []
    for k, user in enumerate(users):
        subjects = rng.sample(range(SUBJECTS), 2)
        about.append(subjects)
        told = _told(rng, vocabulary, subjects, is_mentee=k < n)
        people.append(Enrollment(cohort=cohort, user=user, status="accepted", capacity=capacity[k], **told))
    Enrollment.objects.bulk_create(people, batch_size=500)
    link = Enrollment.topics.through
    chosen = [
        (e, {rng.choice(subjects) * 4 + rng.randrange(4) for _ in range(4)})
        for e, subjects in zip(people, about, strict=True)
    ]
    link.objects.bulk_create(
        (link(enrollment_id=e.pk, topic_id=topics[t].pk) for e, own in chosen for t in own), batch_size=500
    )
    _read_beforehand(cohort, {e.pk: subjects for e, subjects in zip(people, about, strict=True)})
    return cohort


def _read_beforehand(cohort: Any, about: dict[int, list[int]]) -> None:
    """Store what every text means, as the sweep does as sign-ups arrive, with numbers made up of the subjects."""
    import hashlib  # noqa: PLC0415 apps not ready: beside what needs Django

    from django.utils import timezone  # noqa: PLC0415 apps not ready: the bench sets Django up first

    from matching.engine.history import read_history  # noqa: PLC0415 apps not ready: the bench sets Django up first
    from matching.engine.input import profile_of, read_pool  # noqa: PLC0415 apps not ready: the bench sets Django up first
    from matching.meaning.model import MODEL  # noqa: PLC0415 apps not ready: the bench sets Django up first
    from matching.models import TextVector  # noqa: PLC0415 apps not ready: the bench sets Django up first
    from matching.texts.meaning_similarity import own_words, texts_of  # noqa: PLC0415 apps not ready: the bench sets Django up first

    pool, rng = read_pool(cohort), np.random.default_rng(1)
    known = read_history(cohort, pool.mentees, pool.mentors)
    centres, rows, today = rng.normal(size=(SUBJECTS, 384)), {}, timezone.now().date()
    for enrollment in [*pool.mentees, *pool.mentors]:
        profile = profile_of(enrollment, cohort, known)
        for text in texts_of(profile):
            own = enrollment.pk if text == own_words(profile) else None
            key = hashlib.sha256(text.encode()).hexdigest()
            if key not in rows:
                row = centres[about[enrollment.pk]].sum(axis=0) + 1.5 * rng.normal(size=384)
                data = (row / np.linalg.norm(row)).astype("<f2").tobytes()
                rows[key] = TextVector(model=MODEL, key=key, vector=data, enrollment_id=own, used_on=today)
    TextVector.objects.bulk_create(rows.values(), batch_size=200, ignore_conflicts=True)


def _vocabulary(rng: random.Random) -> list[str]:
    parts = [c + v for c in "bcdfghklmnprstvwz" for v in ("a", "e", "i", "o", "u", "ar", "en", "is", "or")]
    return sorted({"".join(rng.choices(parts, k=rng.randint(2, 4))) for _ in range(2 * WORDS)})[:WORDS]


def _text(rng: random.Random, vocabulary: list[str], subjects: list[int], length: int) -> str:
    """Half common words, half of a subject's own hundred."""
    common = (int(len(vocabulary) * rng.random() ** 3) for _ in range(length))
    own = (100 * rng.choice(subjects) % len(vocabulary) + rng.randrange(100) for _ in range(length))
    return " ".join(
        vocabulary[(a if rng.random() < 0.5 else b) % len(vocabulary)] for a, b in zip(common, own, strict=True)
    )


def _child(*arguments: str) -> dict[str, Any]:
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "mentorship.devtools.bench.whole_run", *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "mentorship.settings"},
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def _run(slug: str, folder: Path) -> dict[str, Any]:
    import django  # noqa: PLC0415 apps not ready: this is what makes them so

    django.setup()
    from cohorts.models import Cohort  # noqa: PLC0415 apps not ready: the bench sets Django up first
    from matching.engine.services import run_now  # noqa: PLC0415 apps not ready: the bench sets Django up first

    began = process_time()
    run, result = run_now(cohort=Cohort.objects.select_related("programme").get(slug=slug), by=None)
    took = process_time() - began
    memory = _peak_mib()
    if not run.certified:
        raise RuntimeError("not certified")
    np.save(folder / "points.npy", result.problem.points)
    np.save(folder / "capacity.npy", result.problem.capacity)
    return {"seconds": took, "mib": memory, "answer": [run.matched, run.total_points]}


def _scipy(folder: Path) -> dict[str, Any]:
    from scipy.optimize import linear_sum_assignment  # noqa: PLC0415 slow library: the yardstick's

    points, capacity = np.load(folder / "points.npy", mmap_mode="r"), np.load(folder / "capacity.npy")
    began = process_time()
    seats = np.repeat(np.arange(len(capacity)), capacity)
    cost = np.empty((len(points), len(seats)))
    for at in range(0, len(points), 256):
        some = points[at : at + 256, seats]
        cost[at : at + 256] = np.where(some >= 0, -some - 1e10, 0)
    row, column = linear_sum_assignment(cost)
    taken = cost[row, column]
    answer = [int((taken < 0).sum()), int(-(taken[taken < 0] + 1e10).sum())]
    took = process_time() - began
    return {"seconds": took, "mib": _peak_mib(), "answer": answer}


def _peak_mib() -> float:
    """The most memory that this process has had, in MiB.

    `getrusage` would answer with what the bench had when it started this process, where that is more: Linux passes the
    figure on to a child, through fork and exec.
    """
    fields = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(fields["VmHWM"].split()[0]) / 1024


if __name__ == "__main__":
    what, slug, folder = sys.argv[1:]
    print(json.dumps(_run(slug, Path(folder)) if what == "run" else _scipy(Path(folder))))

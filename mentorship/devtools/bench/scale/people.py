"""Fill programmes, cohorts, people and what they signed up with."""

from collections.abc import Iterator

from cohorts.models import (
    Cohort,
    Criterion,
    Enrollment,
    Mailing,
    Programme,
    Review,
    TeamMember,
    Topic,
    WeeklyMail,
)
from matching.models import CohortReading, MatchSupply
from mentorship.core.accounts.models import User, Workspace, WorkspaceRole
from mentorship.core.audit.models import AuditEntry
from mentorship.devtools.bench.scale.bulk import Row, put
from mentorship.devtools.bench.scale.sizes import TOPICS, Sizes

# Names repeat as they do among people; a search for one finds few in a cohort and thousands in all.
FIRST = ("Ana", "Ben", "Chidi", "Dalia", "Emre", "Farah", "Gita", "Hugo", "Ines", "Jonas", "Kofi", "Lena", "Mara")
LAST = ("Adeyemi", "Bauer", "Costa", "Diaz", "Eriksen", "Fofana", "Garcia", "Hoang", "Ito", "Jensen", "Kamau", "Novak")
WORDS = ("soil", "bird", "map", "river", "school", "health", "genome", "code", "climate", "water", "farm", "energy")


def fill_people(sizes: Sizes) -> None:
    """Fill programmes, people and sign-ups, with the mails that coordinators planned."""
    numbers = range(1, sizes.programmes + 1)
    put(Workspace, "id name", ((n, f"Programme {n}") for n in numbers))
    slugs = ((n, n, f"Programme {n}", f"programme-{n}", "team@example.org") for n in numbers)
    put(Programme, "id workspace_id name slug contact_email", slugs)
    put(Cohort, "id programme_id name slug status starts_on ends_on time_zone fill_from_waitlist", _cohorts(sizes))
    put(User, "id email full_name time_zone password", _users(sizes))
    put(WorkspaceRole, "workspace_id user_id role", _roles(sizes))
    names = ((p, f"{w} {i}") for p in numbers for i, w in enumerate((WORDS * 4)[:TOPICS]))
    put(Topic, "id programme_id key name", ((n, p, name, name.title()) for n, (p, name) in enumerate(names, 1)))
    put(
        Enrollment,
        "id cohort_id user_id role status departure left_at title goals capacity time_zone country offer_expires_at "
        "created_at updated_at",
        _enrollments(sizes),
    )
    put(Enrollment.topics.through, "enrollment_id topic_id", _topics(sizes))
    put(TeamMember, "enrollment_id user_id", _members(sizes))
    put(AuditEntry, "workspace_id actor_id verb object_type object_id at", _trail(sizes))
    _fill_reviews(sizes)
    _fill_mailings(sizes)


def _cohorts(sizes: Sizes) -> Iterator[Row]:
    for one in sizes.cohorts:
        name = f"Round {one.number}"
        ends = one.starts + 180
        days = sizes.day(one.starts), sizes.day(ends)
        yield one.number, one.programme, name, f"round-{one.number}", one.status, *days, "Europe/Berlin", False


def _users(sizes: Sizes) -> Iterator[Row]:
    for number in range(1, sizes.contact + 3 * sizes.programmes):
        name = f"{FIRST[number % len(FIRST)]} {LAST[number // len(FIRST) % len(LAST)]}"
        yield number, f"person{number}@example.org", name, "Europe/Berlin", "!"


def _roles(sizes: Sizes) -> Iterator[Row]:
    for programme in range(1, sizes.programmes + 1):
        yield programme, sizes.owner, "owner"
        yield programme, sizes.coordinator + programme - 1, "coordinator"


def _status(sizes: Sizes, cohort_status: str, seat: int) -> str:
    if cohort_status == "completed":
        return "completed" if seat % 10 else "withdrawn"
    if cohort_status in ("enrolling", "draft"):
        return "applied" if seat % 3 else "accepted"
    has_match = cohort_status == "running" and seat % sizes.mentees < sizes.pairs
    return ("accepted", "declined")[seat % 25 == 24 and not has_match]


def _enrollments(sizes: Sizes) -> Iterator[Row]:
    for cohort in sizes.cohorts:
        signed = sizes.moment(min(cohort.starts - 60, -2))
        # An offer that nobody is reminded of yet.
        offer = sizes.moment(12) if cohort.is_open else None
        for seat in range(sizes.people):
            number, role = cohort.first_person + seat, sizes.role_of(seat)
            status = _status(sizes, cohort.status, seat)
            left = status == "withdrawn"
            title = (
                f"{WORDS[number % len(WORDS)]} and {WORDS[number // len(WORDS) % len(WORDS)]} {number}"
                if role == "mentee"
                else ""
            )
            yield (
                number,
                cohort.number,
                sizes.person(cohort, seat),
                role,
                status,
                "withdrew" if left else "",
                sizes.moment(cohort.starts) if left else None,
                title,
                f"Learn more about {WORDS[number % len(WORDS)]}, meet people who work on it, and publish.",
                1 + seat % 2,
                "Europe/Berlin",
                "DE",
                offer if status == "accepted" and not seat % 9 else None,
                signed,
                signed,
            )


def _topics(sizes: Sizes) -> Iterator[Row]:
    for cohort in sizes.cohorts:
        first = (cohort.programme - 1) * TOPICS + 1
        for number in range(cohort.first_person, cohort.first_person + sizes.people):
            yield number, first + number % TOPICS
            yield number, first + (number * 7 + 3) % TOPICS


def _members(sizes: Sizes) -> Iterator[Row]:
    """Every tenth mentee leads a team with the one after them."""
    for cohort in sizes.cohorts:
        for seat in range(0, sizes.mentees - 1, 10):
            yield cohort.first_person + seat, sizes.person(cohort, seat + 1)


def _trail(sizes: Sizes) -> Iterator[Row]:
    for cohort in sizes.cohorts:
        by = sizes.coordinator + cohort.programme - 1
        at = sizes.moment(min(cohort.starts - 50, -1))
        for number in range(cohort.first_person, cohort.first_person + sizes.people):
            yield cohort.programme, by, "accepted", "cohorts.enrollment", str(number), at


def _fill_reviews(sizes: Sizes) -> None:
    opened = [cohort for cohort in sizes.cohorts if cohort.is_open]
    put(
        Criterion, "cohort_id name position", ((c.number, n, p) for c in opened for p, n in enumerate(("Idea", "Plan")))
    )
    put(
        Review,
        "enrollment_id reviewer_id recommendation",
        (
            (cohort.first_person + seat, sizes.coordinator + cohort.programme - 1, "yes")
            for cohort in opened
            for seat in range(0, sizes.mentees, 2)
        ),
    )
    # Shortages that were counted and texts that were read: a sweep has nothing to do.
    put(MatchSupply, "cohort_id computed_at", ((cohort.number, sizes.moment(0)) for cohort in opened))
    read = ((cohort.number, sizes.moment(1)) for cohort in sizes.cohorts if cohort.status != "completed")
    put(CohortReading, "cohort_id until", read)


def _fill_mailings(sizes: Sizes) -> None:
    put(
        WeeklyMail,
        "cohort_id on planned_at",
        ((c.number, c.status == "running", sizes.moment(0)) for c in sizes.cohorts),
    )
    put(
        Mailing,
        "cohort_id status audience subject body send_at most approved_audience created_by_id",
        (
            (c.number, status, "status=accepted", f"News {n}", "Hello.", at, 100, "accepted", sizes.coordinator)
            for c in sizes.cohorts
            for n, (status, at) in enumerate((("sent", None), ("draft", None), ("scheduled", sizes.moment(9))))
            if status != "scheduled" or c.status == "running"
        ),
    )

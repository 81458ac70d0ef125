"""Fill what goes on beside the pairs: plans, forms, matching runs, groups, shared trainings, public pages, alumni."""

from collections.abc import Iterator

from checkins.models import (
    AlumniConsent,
    DigestPlan,
    GraduationCriterion,
    Honorarium,
    Opportunity,
    PairPause,
    Reply,
    ServiceCertificate,
)
from cohorts.models import (
    Channel,
    ChecklistItem,
    CohortDate,
    ImportBatch,
    OptOut,
    ProjectPage,
    PublicPage,
    PublicRound,
    SignupAnswer,
    SignupQuestion,
    TeamDeparture,
)
from matching.models import (
    AskedPair,
    AskedSide,
    GoalChoice,
    GoalGroup,
    GoalPlace,
    MatchPin,
    MatchProposal,
    MatchRun,
    MentorPause,
    RematchWish,
)
from mentorship.core.accounts.models import DataRequest, SavedView
from mentorship.core.audit.models import ReadEntry
from mentorship.core.outbox.models import PlannedChange, Suppression
from mentorship.devtools.bench.scale.bulk import Row, put
from mentorship.devtools.bench.scale.rounds import begun
from mentorship.devtools.bench.scale.sizes import Cohort, Sizes, uuid_of
from training.models import SeatHold, SeatRequest

GROUPS = 3


def fill_alongside(sizes: Sizes) -> None:
    """Fill what pages show that are about neither people nor pairs alone."""
    _fill_plans(sizes)
    _fill_forms(sizes)
    _fill_matching(sizes)
    _fill_pairs(sizes)
    _fill_public_pages(sizes)
    _fill_alumni(sizes)
    _fill_team(sizes)


def _of_status(sizes: Sizes, *statuses: str) -> list[Cohort]:
    return [cohort for cohort in sizes.cohorts if cohort.status in statuses]


def _fill_plans(sizes: Sizes) -> None:
    """Dates and a checklist for each round; what other programmes may have of its training."""
    several = [(c, n) for c in sizes.cohorts for n in range(5)]
    put(CohortDate, "cohort_id name on", ((c.number, f"Call {n}", sizes.day(c.starts + 30 * n)) for c, n in several))
    done = sizes.moment(-1)
    items = (
        (c.number, f"Task {n}", sizes.day(c.starts + 9 * n), done if c.starts + 9 * n < 9 else None) for c, n in several
    )
    put(ChecklistItem, "cohort_id name due_on done_at", items)
    others = [(c, 1 + c.programme % sizes.programmes) for c in sizes.cohorts]
    held = ((c.number, host, 3) for c, host in others if c.status in ("running", "matching"))
    put(SeatHold, "session_id programme_id seats", held)
    asked = ((c.number, host, 5) for c, host in others if c.status in ("running", "matching", "enrolling"))
    put(SeatRequest, "cohort_id host_id seats", asked)


def _fill_forms(sizes: Sizes) -> None:
    """Two questions of mentees in each round, which they answered, and the sheet that some came with."""
    put(
        SignupQuestion,
        "id cohort_id role key kind text position",
        (
            (2 * c.number + n, c.number, "mentee", f"question-{n}", "short", f"Question {n}", n)
            for c in sizes.cohorts
            for n in range(2)
        ),
    )
    answers = ((c, seat, n) for c in sizes.cohorts for seat in range(sizes.mentees) for n in range(2))
    said = '"Maps, and how to draw them"'
    rows = ((c.first_person + seat, 2 * c.number + n, said) for c, seat, n in answers)
    put(SignupAnswer, "enrollment_id question_id value", rows)
    put(ImportBatch, "cohort_id role status filename rows", _sheets(sizes))


def _sheets(sizes: Sizes) -> Iterator[Row]:
    return ((c.number, "mentee", "applied", "people.csv", '[["Name"]]') for c in sizes.cohorts)


def _fill_matching(sizes: Sizes) -> None:
    """A run for each round that is matched or was, with its proposals; groups and questions where it is being."""
    matched = _of_status(sizes, "matching", "running", "completed")
    runs = ((c.number, c.number, 1, "ready" if c.is_open else "confirmed", sizes.pairs) for c in matched)
    put(MatchRun, "id cohort_id number status matched", runs)
    pairs = [(c, c.first_person + seat, c.first_person + sizes.mentees + seat) for c, seat in _seats(sizes, matched)]
    put(
        MatchProposal,
        "run_id mentee_id mentor_id score factors why",
        ((c.number, mentee, mentor, 0.8, "[]", "Both know soil.") for c, mentee, mentor in pairs),
    )
    asked = [(c, mentee, mentor) for c, mentee, mentor in pairs if c.is_open and mentee % 9 == 0]
    forbidden = ((mentee, mentor, "forbid") for c, mentee, mentor in pairs if c.is_open and mentee % 9 == 1)
    put(MatchPin, "mentee_id mentor_id kind", forbidden)
    put(AskedPair, "id mentee_id mentor_id run_id", ((m, m, mentor, c.number) for c, m, mentor in asked))
    put(
        AskedSide,
        "pair_id side status answer_by",
        ((m, side, "asked", sizes.moment(9)) for _, m, _ in asked for side in ("mentor", "mentee")),
    )
    _fill_groups(sizes)


def _seats(sizes: Sizes, cohorts: list[Cohort]) -> Iterator[tuple[Cohort, int]]:
    """The places of pairs whose two people are in the round."""
    free = [n for n in range(sizes.pairs) if n % 25 != 24 and (sizes.mentees + n) % 25 != 24]
    return ((cohort, seat) for cohort in cohorts for seat in free)


def _fill_groups(sizes: Sizes) -> None:
    matching = _of_status(sizes, "matching")
    groups = ((GROUPS * c.number + n, c.number, f"Goal {n}") for c in matching for n in range(GROUPS))
    put(GoalGroup, "id cohort_id name", groups)
    some = [(c, seat) for c, seat in _seats(sizes, matching) if seat % 4 == 0]
    chosen = ((GROUPS * c.number + seat % GROUPS, c.first_person + seat, 1) for c, seat in some)
    put(GoalChoice, "group_id enrollment_id rank", chosen)
    placed = ((GROUPS * c.number + seat % GROUPS, c.first_person + seat) for c, seat in some)
    put(GoalPlace, "group_id enrollment_id", placed)


def _fill_pairs(sizes: Sizes) -> None:
    """Fill replies, breaks and wishes of pairs under way."""
    running = [(before, c) for before, c in begun(sizes) if c.status == "running"]
    pairs = [(c, seat, before + seat + 1) for before, c in running for seat in range(0, sizes.pairs, 10)]
    day, ends = sizes.day(-8), sizes.moment(-8)
    put(
        Reply,
        "cohort_id match_id user_id side day ends_at how",
        ((c.number, pk, sizes.person(c, seat), "mentee", day, ends, "well") for c, seat, pk in pairs),
    )
    put(RematchWish, "match_id by_id words", ((pk, sizes.person(c, s), "Our hours differ.") for c, s, pk in pairs[::2]))
    put(PairPause, "match_id since until", ((pk, sizes.moment(-2), sizes.day(20)) for _, _, pk in pairs[1::2]))
    resting = ((c.first_person + sizes.mentees + 1, sizes.day(20)) for _, c in running)
    put(MentorPause, "enrollment_id until", resting)
    left = ((c.first_person, sizes.person(c, 2), sizes.moment(-3), "Gone", "invited") for _, c in running)
    put(TeamDeparture, "enrollment_id user_id left_at named_as reason", left)
    criteria = ((c.number, "own", f"Criterion {n}", n) for _, c in begun(sizes) for n in range(2))
    put(GraduationCriterion, "cohort_id kind name position", criteria)


def _fill_public_pages(sizes: Sizes) -> None:
    put(
        PublicPage,
        "programme_id slug is_on thanks_on",
        ((p, f"programme-{p}", True, True) for p in range(1, sizes.programmes + 1)),
    )
    rounds = ((c.number, f"round-{c.number}", True) for c in sizes.cohorts if c.begun)
    put(PublicRound, "cohort_id slug is_on", rounds)
    over = _of_status(sizes, "completed")
    projects = (
        (c.first_person + seat, f"project-{seat}", sizes.moment(-9)) for c in over for seat in range(0, sizes.pairs, 10)
    )
    put(ProjectPage, "enrollment_id slug agreed_at", projects)


def _fill_alumni(sizes: Sizes) -> None:
    """People who stay in touch after their round, what is offered to them, and thanks to helpers."""
    numbers = range(1, sizes.programmes + 1)
    over = _of_status(sizes, "completed")
    # Every fifth seat is somebody of all rounds, who would agree twice.
    some = [(c, seat) for c in over for seat in range(sizes.mentees, sizes.mentees + sizes.share(10)) if seat % 5 < 4]
    agreed = ((c.programme, sizes.person(c, seat), '["mentor"]') for c, seat in some)
    put(AlumniConsent, "programme_id user_id roles", agreed)
    offers = ((p, "job", f"Post {n}", "A post.", "https://example.org/", "proposed") for p in numbers for n in range(5))
    put(Opportunity, "programme_id kind title text url status", offers)
    put(DigestPlan, "programme_id every day next_on", ((p, 1, 28, sizes.day(25)) for p in numbers))
    thanked = ((c.number, sizes.person(c, seat), "Mentoring", "50", "EUR") for c, seat in some)
    put(Honorarium, "cohort_id user_id what amount currency", thanked)
    put(
        ServiceCertificate,
        "id enrollment_id name what decided_on",
        ((uuid_of(c.first_person + s), c.first_person + s, "Ana", "mentored", sizes.day(-9)) for c, s in some),
    )


def _fill_team(sizes: Sizes) -> None:
    """Fill views of lists, readings in confidence, requests about data, and who opted out."""
    numbers = range(1, sizes.programmes + 1)
    everybody = [sizes.owner, *(sizes.coordinator + p - 1 for p in numbers)]
    views = ((pk, "cohorts:people-list", f"View {n}", f"q=view{n}") for pk in everybody for n in range(3))
    put(SavedView, "user_id list_name name query", views)
    read = [(c, c.first_person + seat) for c in sizes.cohorts for seat in range(sizes.share(5))]
    put(
        ReadEntry,
        "workspace_id reader_id about_id day at kind way object_type object_id",
        (
            (
                *(c.programme, sizes.coordinator + c.programme - 1, sizes.person(c, n - c.first_person)),
                *(sizes.day(-20), sizes.moment(-20), "needs", "page", "cohorts.enrollment", str(n)),
            )
            for c, n in read
        ),
    )
    first = [(p, next(c for c in sizes.cohorts if c.programme == p)) for p in numbers]
    put(DataRequest, "id user_id kind due_on", ((p, c.first_person + 1, "copy", sizes.day(20)) for p, c in first))
    put(DataRequest.workspaces.through, "datarequest_id workspace_id", ((p, p) for p in numbers))
    put(OptOut, "workspace_id user_id", ((p, c.first_person + 2) for p, c in first))
    gone = ((p, f"gone{n}@example.org", "bounced", "") for p in numbers for n in range(20))
    put(Suppression, "workspace_id address reason note", gone)
    later = ((p, f"planned:{p}", sizes.moment(40)) for p in numbers)
    put(PlannedChange, "workspace_id key due_at", later)
    put(
        Channel,
        "programme_id kind name about link",
        ((p, "forum", "Talk", "All", "https://example.org/") for p in numbers),
    )

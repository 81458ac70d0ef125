"""Read earlier rounds, answers, reviews and meetings of the people in a pool."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from cohorts.models import Cohort, Enrollment, Review, SignupAnswer, SignupQuestion
from matching.engine.named_wishes import NamedWishes, resolve_wishes
from matching.models import Match, SpeedWish
from matching.policy.employers import KINDS, QUESTIONS, employer_words
from matching.profiles import MatchQuestion
from matching.scoring.factors import BOTH_WISHED

# A wish from 0 to 1, where 0.5 is none, and its words for coordinators: after review, and after speed mentoring.
CHOICES = {
    1: (1.0, "the mentor’s first choice"),
    2: (0.85, "the mentor’s second choice"),
    3: (0.7, "the mentor’s third choice"),
}
RATHER_NOT = 0.2, "the mentor would rather not"
BOTH_WISH, ONE_WISHES = 1.0, 0.75
TOOK_PART = (Enrollment.Status.ACCEPTED, Enrollment.Status.COMPLETED)
MEETINGS = {BOTH_WISH: BOTH_WISHED, ONE_WISHES: "one of them wished for the other"}


@dataclass
class CohortHistory:
    """Facts about the people of a pool beyond the columns of their own enrollments. Pairs are (row, column)."""

    topics: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))  # by enrollment, by name
    questions: list[MatchQuestion] = field(default_factory=list)
    answers: dict[int, dict[str, Any]] = field(default_factory=lambda: defaultdict(dict))  # by enrollment
    shared: dict[int, dict[str, Any]] = field(default_factory=lambda: defaultdict(dict))  # those the match may read
    employer: dict[int, str] = field(default_factory=dict)  # by enrollment, in words for comparison
    told: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))  # by user: a text for each project
    source: dict[str, int] = field(default_factory=dict)  # such a text → the enrollment that it is from
    told_as: dict[tuple[int, str], str] = field(
        default_factory=dict
    )  # user and text → “mentored “Reef notes” in Spring”
    wishes: dict[tuple[int, int], float] = field(default_factory=dict)
    wish_words: dict[tuple[int, int], str] = field(default_factory=dict)  # for coordinators
    asked_for: list[tuple[int, str, bool]] = field(default_factory=list)  # by enrollment; whether the match may read it
    named: NamedWishes = field(default_factory=NamedWishes)
    conflicts: list[tuple[int, int]] = field(default_factory=list)
    former: list[tuple[int, int]] = field(default_factory=list)
    rounds: dict[int, int] = field(default_factory=dict)  # by user: rounds in a row as a mentor
    mentored: set[int] = field(default_factory=set)  # users
    took_part: set[int] = field(default_factory=set)  # users who were mentees or mentors before
    has_past: bool = False


def read_history(
    cohort: Cohort,
    mentees: Sequence[Enrollment],
    mentors: Sequence[Enrollment],
    rules: Mapping[str, Any] | None = None,
) -> CohortHistory:
    """Read everything that was known before this cohort is matched.

    `rules` of the policy say which questions ask for the employer, whether people asked for by name count, and whether
    pairs of before are wished for.
    """
    known, by = CohortHistory(), rules or {}
    _read_topics(known, [*mentees, *mentors])
    _read_answers(known, cohort, [*mentees, *mentors], by.get(QUESTIONS) or {})
    _read_past(known, cohort, mentees, mentors)
    _read_reviews(known, mentees, mentors)
    _read_meetings(known, cohort, mentees, mentors)
    if by.get("named_wishes", "ignore") != "ignore":
        known.named = resolve_wishes(mentees, mentors, known.asked_for)
        for pair, (value, words) in known.named.wishes.items():
            before = known.wish_words.get(pair, "")
            _add_wish(known, pair, value, before if before == BOTH_WISHED else "; ".join(filter(None, [before, words])))
    for pair in known.former if by.get("former") == "prefer" else ():
        known.wishes.setdefault(pair, 1.0)
        known.wish_words.setdefault(pair, "were a pair before")
    return known


def _read_topics(known: CohortHistory, enrollments: Sequence[Enrollment]) -> None:
    """Read the names of topics alone: a row of the model for each would take a tenth of a large run."""
    chosen = Enrollment.topics.through.objects.filter(enrollment__in=[one.pk for one in enrollments])
    for pk, name in chosen.order_by("topic__name").values_list("enrollment_id", "topic__name"):
        known.topics[pk].append(name)


def _read_answers(
    known: CohortHistory, cohort: Cohort, enrollments: Sequence[Enrollment], employer: Mapping[str, str]
) -> None:
    """Read the answers that the match may read, whom people asked for by name, and who employs them.

    Also those to questions that both roles are asked for matching: the same text and kind of question.
    """
    questions = {
        q.pk: q
        for q in SignupQuestion.objects.filter(cohort=cohort).exclude(seen_by=SignupQuestion.Seen.PRIVATE)
        if q.used_for_matching
        or q.seen_by == SignupQuestion.Seen.MATCH
        or q.behaviour.names_person
        or employer.get(q.role) == q.key
    }
    if not questions:
        return
    for answer in SignupAnswer.objects.filter(question__in=questions, enrollment__in=enrollments).order_by("pk"):
        question = questions[answer.question_id]
        if employer.get(question.role) == question.key and question.kind in KINDS:
            known.employer[answer.enrollment_id] = employer_words(question.in_words(answer.value))
        if question.behaviour.names_person:
            is_told = question.seen_by == SignupQuestion.Seen.MATCH
            known.asked_for.append((answer.enrollment_id, str(answer.value), is_told))
        if question.seen_by == SignupQuestion.Seen.MATCH:
            known.shared[answer.enrollment_id][question.text] = answer.value
        if question.used_for_matching:
            known.answers[answer.enrollment_id][_key(question)] = answer.value
    asked = {_key(q): q for q in questions.values() if q.used_for_matching}
    known.questions = [
        MatchQuestion(key, q.behaviour.compared_as, q.text, q.seen_by == SignupQuestion.Seen.MATCH)
        for key, q in sorted(asked.items())
        if q.behaviour.compared_as
    ]


def _key(question: SignupQuestion) -> str:
    return f"{question.kind}: {' '.join(question.text.casefold().split())}"


def _read_past(
    known: CohortHistory, cohort: Cohort, mentees: Sequence[Enrollment], mentors: Sequence[Enrollment]
) -> None:
    """Read strictly earlier cohorts of the programme: projects, pairs, who is new, and rounds in a row."""
    users = {person.pk for e in mentees for person in e.people} | {e.user_id for e in mentors}
    earlier = list(
        Cohort.objects.filter(programme=cohort.programme_id, starts_on__lt=cohort.starts_on)
        .order_by("-starts_on", "-pk")
        .values_list("pk", flat=True)
    )
    known.has_past = bool(earlier)
    team = {e.user_id: j for j, e in enumerate(mentors)}
    row_of: dict[int, list[int]] = defaultdict(list)
    for i, mentee in enumerate(mentees):
        for person in mentee.people:
            row_of[person.pk].append(i)
    rounds: dict[int, set[int]] = defaultdict(set)
    former: set[tuple[int, int]] = set()
    matches = (
        Match.objects.filter(mentor__user__in=users, mentee__cohort__in=earlier)
        .select_related("mentee__cohort", "mentor")
        .prefetch_related("mentee__topics", "mentee__members")
        .order_by("mentee_id", "pk")
    )
    for match in matches:
        user = match.mentor.user_id
        _tell(known, user, match.mentee, "mentored")
        known.mentored.add(user)
        rounds[user].add(match.mentee.cohort_id)
        if user in team:
            had = [match.mentee.user_id, *(m.user_id for m in match.mentee.members.all())]
            former |= {(i, team[user]) for pk in had for i in row_of[pk]}
    known.former = sorted(former)
    known.rounds = {user: _in_a_row(there, earlier) for user, there in rounds.items()}
    _read_own(known, cohort, earlier, users, [e.pk for e in [*mentees, *mentors]])
    _tell_each_other(known, mentees, mentors)


def _read_own(
    known: CohortHistory, cohort: Cohort, earlier: Sequence[int], users: set[int], pool: Sequence[int]
) -> None:
    """Read their own projects, including those as a team member, and their offers as mentors.

    This includes enrollments in this cohort that are outside the pool.
    """
    own = (
        Enrollment.objects.filter(Q(user__in=users) | Q(members__user__in=users), cohort__in=[*earlier, cohort.pk])
        .filter(role__in=Enrollment.MATCHED_ROLES)
        .exclude(pk__in=pool)
        .exclude(status__in=["declined", "withdrawn"])
        .select_related("cohort")
        .prefetch_related("topics", "members")
        .order_by("pk")
        .distinct()
    )
    for enrollment in own:
        for user in {enrollment.user_id, *(member.user_id for member in enrollment.members.all())} & users:
            _tell(known, user, enrollment, "took part in" if enrollment.role == Enrollment.Role.MENTEE else "")
            if enrollment.cohort_id != cohort.pk and enrollment.status in TOOK_PART:
                known.took_part.add(user)


def _tell_each_other(known: CohortHistory, mentees: Sequence[Enrollment], mentors: Sequence[Enrollment]) -> None:
    """Add the team's project to mentors who are also in a team of this cohort."""
    by_user = {e.user_id: e for e in mentors}
    for mentee in mentees:
        for person in mentee.people:
            if person.pk in by_user:
                _tell(known, person.pk, mentee, "takes part in")


def _in_a_row(there: set[int], latest_first: Sequence[int]) -> int:
    """Count the latest cohorts in a row that somebody was in."""
    count = 0
    for cohort in latest_first:
        if cohort not in there:
            break
        count += 1
    return count


def _tell(known: CohortHistory, user: int, enrollment: Enrollment, verb: str) -> None:
    """Add the subject of an enrollment, and the person's part in it, to what is known about them."""
    topics = ", ".join(topic.name for topic in enrollment.topics.all())
    text = "\n".join(part for part in (topics, enrollment.title, enrollment.description) if part)
    if text:
        known.told[user].append(text)
        known.source[text] = enrollment.pk
        if verb and enrollment.title:
            known.told_as[user, text] = f"{verb} “{enrollment.title}” in {enrollment.cohort.name}"


def _read_reviews(known: CohortHistory, mentees: Sequence[Enrollment], mentors: Sequence[Enrollment]) -> None:
    """Read mentors' reviews: whom they would mentor, whom rather not, and conflicts of interest."""
    row = {e.pk: i for i, e in enumerate(mentees)}
    column = {e.user_id: j for j, e in enumerate(mentors)}
    said = Review.objects.filter(enrollment__in=mentees, reviewer__in=list(column)).order_by("pk")
    for review in said:
        pair = row[review.enrollment_id], column[review.reviewer_id]
        if review.conflict:
            known.conflicts.append(pair)
        elif review.preference:
            known.wishes[pair], known.wish_words[pair] = CHOICES[review.preference]
        elif review.recommendation == Review.Recommendation.NO:
            known.wishes[pair], known.wish_words[pair] = RATHER_NOT


def _read_meetings(
    known: CohortHistory, cohort: Cohort, mentees: Sequence[Enrollment], mentors: Sequence[Enrollment]
) -> None:
    """Read wishes after speed mentoring. If both sources are positive the stronger counts, else the mean."""
    row = {e.pk: i for i, e in enumerate(mentees)}
    column = {e.pk: j for j, e in enumerate(mentors)}
    for (mentee, mentor), value in meeting_wishes(cohort).items():
        if mentee in row and mentor in column:
            words = MEETINGS[value], known.wish_words.get((row[mentee], column[mentor]), "")
            joined = BOTH_WISHED if value == BOTH_WISH else "; ".join(filter(None, words))
            _add_wish(known, (row[mentee], column[mentor]), value, joined)


def _add_wish(known: CohortHistory, pair: tuple[int, int], value: float, words: str) -> None:
    """Add what another source says of a pair, and set its words for coordinators."""
    said = [value, known.wishes.get(pair, value)]
    known.wishes[pair] = max(said) if min(said) >= 0.5 else sum(said) / 2
    known.wish_words[pair] = words


def meeting_wishes(cohort: Cohort) -> dict[tuple[int, int], float]:
    """Read wishes after speed mentoring: (mentee's, mentor's enrollment id) → 1 if both wished, 0.75 if one did.

    Pairs that nobody wished for are left out: they are unknown, not unwanted.
    """
    said = SpeedWish.objects.filter(event__cohort=cohort).values_list("by_id", "whom_id", "by__role")
    votes: dict[tuple[int, int], set[str]] = {}
    for by, whom, role in said:
        votes.setdefault((by, whom) if role == Enrollment.Role.MENTEE else (whom, by), set()).add(role)
    return {pair: BOTH_WISH if len(roles) == 2 else ONE_WISHES for pair, roles in votes.items()}

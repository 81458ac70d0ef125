"""Selection rules of a cohort: their JSON format, and their validation.

Cohort.selection holds them as JSON:

    {"tracks": [{"name": "Tuesday", "seats": 40}],          one track without a name: the cohort has one kind of place
     "quotas": [{"attribute": "country" | "group" | "question:<key>", "value": null | "KE", "most": 18}],
     "points": [{"from": "reviews", "points": 1} | {"first_time": true, "points": 2}
                | {"question": key, "answer": "yes", "points": 1}],
     "priority": [{"first_time": true} | {"question": key, "answer": "yes"}],
     "override": [enrollment ids],                           let in first
     "availability_question": null | key | {track: key},
     "seed": "spring"}
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from cohorts.models import Cohort, Group, SignupQuestion
from cohorts.models.question_kinds import answer_values, kind_names
from cohorts.questions.kinds import OneOf, YesOrNo
from cohorts.selection.track_assignment import IF_NECESSARY, NO, YES
from mentorship.core.reference_data import countries

Policy = dict[str, Any]
Questions = Mapping[str, SignupQuestion]

CHOOSING = kind_names(lambda kind: kind.is_chosen)
# A quota needs one answer from each person; a question about one track is answered by yes, if necessary or no.
ONE_ANSWER = kind_names(lambda kind: kind.is_counted)
NAMING_TRACKS = kind_names(lambda kind: kind.lists_choices)
ABOUT_A_TRACK = (OneOf.name, YesOrNo.name)
MOST_POINTS = 1000


@dataclass(frozen=True)
class PolicyProblem:
    """A problem and its place: the part of the policy, the number of its row, the key in the row."""

    text: str
    part: str = ""
    row: int | None = None
    key: str = ""


def rule_questions(cohort: Cohort) -> dict[str, SignupQuestion]:
    """Questions to mentees that rules may use, by key. Private needs are never used in selection."""
    found = cohort.questions.filter(role="mentee", retired_at=None, kind__in=CHOOSING)
    return {q.key: q for q in found.exclude(seen_by=SignupQuestion.Seen.PRIVATE)}


def policy_of(cohort: Cohort) -> Policy:
    """The cohort's rules with every part present; if none are set, only its seats."""
    kept: dict[str, Any] = cohort.selection
    tracks = [{"name": t.get("name") or "", "seats": t.get("seats")} for t in kept.get("tracks") or []]
    if not tracks and cohort.mentee_seats is not None:
        tracks = [{"name": "", "seats": cohort.mentee_seats}]
    return {
        "tracks": tracks,
        "quotas": [{key: q.get(key) for key in ("attribute", "value", "most")} for q in kept.get("quotas") or []],
        "points": list(kept.get("points") or []),
        "priority": list(kept.get("priority") or []),
        "override": list(kept.get("override") or []),
        "availability_question": kept.get("availability_question") or None,
        "seed": kept.get("seed") or "",
    }


def groups_with_seats(cohort: Cohort, policy: Policy) -> list[Group]:
    """Groups with their own seats that are not tracks: these seats are reserved for their people."""
    tracks = {str(t["name"]).casefold() for t in policy["tracks"]}
    return [g for g in cohort.groups.all() if g.seats is not None and g.name.casefold() not in tracks]


def answer_options(question: SignupQuestion) -> list[str]:
    """The possible answers in words."""
    return [value for value, _label in question.choices]


def answer_about_track(value: Any, track: str) -> str:
    """The answer about one track, from an answer that names tracks. “Tuesday (if necessary)” is an option, too."""
    found = NO
    for option in answer_values(value):
        name, rest = option[: len(track)].casefold(), option[len(track) :].strip(" ,;:()–-").casefold()
        if name == track.casefold() and not rest:
            return YES
        if name == track.casefold() and rest.startswith(("if necessary", "if needed")):
            found = IF_NECESSARY
    return found


def answer_about_attending(value: Any) -> str:
    """The answer to the question about one track: yes, if necessary or no."""
    text = " ".join(answer_values(value)).casefold()
    if text.startswith("yes"):
        return YES
    unsure = ("necessary", "if needed", "maybe", "perhaps", "possibly", "not sure", "unsure")
    return IF_NECESSARY if any(word in text for word in unsure) else NO


def policy_problems(policy: Policy, cohort: Cohort, questions: Questions) -> list[PolicyProblem]:
    """The problems of the rules, as sentences for coordinators; [] if they can be used."""
    return [
        *_track_problems(policy["tracks"], cohort),
        *_quota_problems(policy["quotas"], questions, {g.name for g in cohort.groups.all()}),
        *_condition_problems("points", policy["points"], questions),
        *_condition_problems("priority", policy["priority"], questions),
        *_availability_problems(policy, questions),
        *_seed_problems(policy["seed"]),
    ]


def _track_problems(tracks: list[dict], cohort: Cohort) -> Iterable[PolicyProblem]:
    if not tracks:
        yield PolicyProblem("Say how many seats there are.", "tracks")
    groups = {g.name.casefold(): g for g in cohort.groups.all()}
    names = Counter(str(t["name"]).casefold() for t in tracks)
    for row, track in enumerate(tracks):
        if not _is_count(track["seats"]):
            yield PolicyProblem("Write a number of seats.", "tracks", row, "seats")
        if not track["name"] and len(tracks) > 1:
            yield PolicyProblem("Where there are several tracks, each needs a name.", "tracks", row, "name")
        elif names[str(track["name"]).casefold()] > 1:
            yield PolicyProblem("Another track has this name.", "tracks", row, "name")
        group = groups.get(str(track["name"]).casefold())
        if group and group.seats is not None and _is_count(track["seats"]) and track["seats"] > group.seats:
            yield PolicyProblem(
                f"The group {group} has {group.seats} seats; change that first.", "tracks", row, "seats"
            )
    total = sum(t["seats"] for t in tracks if _is_count(t["seats"]))
    if cohort.mentee_seats is not None and total > cohort.mentee_seats:
        yield PolicyProblem(f"These are {total} seats; the cohort has {cohort.mentee_seats}.", "tracks", 0, "seats")


def _quota_problems(quotas: list[dict], questions: Questions, groups: set[str]) -> Iterable[PolicyProblem]:
    seen: set[tuple] = set()
    for row, quota in enumerate(quotas):
        attribute, value = quota["attribute"], quota["value"]
        if not _is_count(quota["most"]):
            yield PolicyProblem("Write how many there may be at most.", "quotas", row, "most")
        if (attribute, value) in seen:
            yield PolicyProblem("There is a quota for this already.", "quotas", row, "value")
        seen.add((attribute, value))
        if attribute == "country":
            if value is not None and value not in dict(countries()):
                yield PolicyProblem(f"“{value}” is not a country.", "quotas", row, "value")
        elif attribute == "group":
            if value is not None and value not in groups:
                yield PolicyProblem(f"The cohort has no group called “{value}”.", "quotas", row, "value")
        else:
            key = str(attribute).removeprefix("question:")
            yield from _question_problems(questions.get(key), ONE_ANSWER, "quotas", row, "attribute")
            yield from _answer_problems(questions.get(key), value, "quotas", row, "value")


def _condition_problems(part: str, conditions: list[dict], questions: Questions) -> Iterable[PolicyProblem]:
    for row, condition in enumerate(conditions):
        points = condition.get("points", 1)
        number = isinstance(points, int | float) and not isinstance(points, bool)
        if part == "points" and not (number and abs(points) <= MOST_POINTS):
            yield PolicyProblem(f"Write a number from -{MOST_POINTS} to {MOST_POINTS}.", part, row, "points")
        if condition.get("first_time") or (part == "points" and condition.get("from") == "reviews"):
            continue
        if "question" not in condition:
            yield PolicyProblem("Choose what this depends on.", part, row, "what")
            continue
        question = questions.get(condition["question"])
        yield from _question_problems(question, CHOOSING, part, row, "what")
        if not condition.get("answer"):
            yield PolicyProblem("Write which answer counts.", part, row, "answer")
        else:
            yield from _answer_problems(question, condition["answer"], part, row, "answer")


def _availability_problems(policy: Policy, questions: Questions) -> Iterable[PolicyProblem]:
    asked, names = policy["availability_question"], [t["name"] for t in policy["tracks"]]
    if not asked:
        return
    if names == [""]:
        yield PolicyProblem("Who can attend which track can only be asked where the tracks have names.", "availability")
    elif isinstance(asked, dict):
        for row, name in enumerate(names):
            if not asked.get(name):
                yield PolicyProblem(
                    "Say for every track which question asks about it, or for none.", "tracks", row, "asked"
                )
            else:
                yield from _question_problems(questions.get(asked[name]), ABOUT_A_TRACK, "tracks", row, "asked")
    elif (question := questions.get(asked)) is None or question.kind not in NAMING_TRACKS:
        yield PolicyProblem("This question is not asked any more.", "availability")
    else:
        options = answer_options(question)
        for row, name in enumerate(names):
            if answer_about_track(options, name) == NO:
                offered = ", ".join(options)
                yield PolicyProblem(
                    f"No option of the question has this name. They are: {offered}.", "tracks", row, "name"
                )


def _question_problems(
    question: SignupQuestion | None, kinds: tuple[str, ...], part: str, row: int, key: str
) -> Iterable[PolicyProblem]:
    if question is None:
        yield PolicyProblem("This question is not asked any more. Choose another one.", part, row, key)
    elif question.kind not in kinds:
        yield PolicyProblem("This kind of question can't be used here.", part, row, key)


def _answer_problems(question: SignupQuestion | None, value: str | None, part: str, row: int, key: str) -> Iterable:
    if question is None or value is None:
        return
    options = answer_options(question)
    if str(value).casefold() not in [o.casefold() for o in options]:
        yield PolicyProblem(f"“{value}” can't be answered there. Possible are: {', '.join(options)}.", part, row, key)


def _seed_problems(seed: Any) -> Iterable[PolicyProblem]:
    if not isinstance(seed, str) or len(seed) > 40:
        yield PolicyProblem("At most 40 characters.", "seed")


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0

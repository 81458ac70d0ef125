"""Read the applications of a cohort as input of the algorithm: points, priority, groups and availability.

Everything is read in a constant number of queries, however many apply.
"""

from dataclasses import dataclass
from typing import Any

from cohorts.models import Cohort, Enrollment, SignupAnswer, SignupQuestion, TeamMember
from cohorts.models.question_kinds import answer_values
from cohorts.review.summary import ReviewSummary, summaries_of
from cohorts.selection.algorithm import Applicant, Quota
from cohorts.selection.policy import (
    Policy,
    Questions,
    answer_about_attending,
    answer_about_track,
    groups_with_seats,
    rule_questions,
)
from cohorts.selection.track_assignment import YES
from mentorship.core.reference_data import country_name

Answers = dict[str, Any]


@dataclass(frozen=True)
class ApplicantPool:
    """Applicants and accepted people, and the quotas with names for people."""

    people: list[Applicant]
    quotas: list[Quota]


def read_applicants(cohort: Cohort, policy: Policy) -> ApplicantPool:
    """Read every undecided application of mentees, and everybody accepted, since they keep their seats and count."""
    questions = rule_questions(cohort)
    enrollments = list(
        cohort.enrollments.filter(role="mentee", status__in=[*Enrollment.UNDECIDED, *Enrollment.OCCUPYING_PLACE])
        .select_related("group")
        .prefetch_related("members")
    )
    answers = _answers_of(cohort)
    points = _Points(cohort, policy)
    tracks = [t["name"] for t in policy["tracks"]]
    own = {g.name for g in groups_with_seats(cohort, policy)}
    people = []
    for e in enrollments:
        said = answers.get(e.pk, {})
        group = e.group.name if e.group else ""
        people.append(
            Applicant(
                id=e.pk,
                points=points.of(e, said),
                priority=any(points.holds(c, e, said) for c in policy["priority"]),
                override=e.pk in policy["override"],
                groups=_groups(e, said, questions, group if group not in tracks else ""),
                availability={group: YES} if group in own else _availability(policy, said, tracks, group),
                keeps=(group if group in (*tracks, *own) else "") if e.occupies_place else None,
            )
        )
    return ApplicantPool(people, [_in_words(quota, questions) for quota in policy["quotas"]])


def _answers_of(cohort: Cohort) -> dict[int, Answers]:
    """enrollment id → key of the question → answer, by the newest version of each question."""
    found: dict[int, Answers] = {}
    rows = (
        SignupAnswer.objects.filter(enrollment__cohort=cohort, enrollment__role="mentee")
        .exclude(question__seen_by=SignupQuestion.Seen.PRIVATE)
        .order_by("question__version")
        .values_list("enrollment_id", "question__key", "value")
    )
    for enrollment, key, value in rows:
        found.setdefault(enrollment, {})[key] = value
    return found


class _Points:
    """Evaluates the conditions of the policy for applications."""

    def __init__(self, cohort: Cohort, policy: Policy) -> None:
        self.conditions: list[dict[str, Any]] = policy["points"]
        conditions = [*policy["points"], *policy["priority"]]
        self.reviews: dict[int, ReviewSummary] = {}
        if any(c.get("from") == "reviews" for c in conditions):
            self.reviews = summaries_of(cohort)
        self.known = _people_of_other_rounds(cohort) if any(c.get("first_time") for c in conditions) else set()

    def of(self, enrollment: Enrollment, said: Answers) -> float:
        """All points of an application. Reviews count by their mean, from 0 to 1."""
        total = 0.0
        for condition in self.conditions:
            worth = condition.get("points", 1)
            if condition.get("from") == "reviews":
                total += worth * (self.reviews.get(enrollment.pk, ReviewSummary()).mean or 0)
            elif self.holds(condition, enrollment, said):
                total += worth
        return round(total, 4)

    def holds(self, condition: dict[str, Any], enrollment: Enrollment, said: Answers) -> bool:
        """Whether a condition other than the reviews holds."""
        if condition.get("first_time"):
            people = {enrollment.user_id, *(m.user_id for m in enrollment.members.all())}
            return not people & self.known
        wanted = str(condition.get("answer", "")).casefold()
        return wanted in [word.casefold() for word in answer_values(said.get(condition.get("question", "")))]


def _people_of_other_rounds(cohort: Cohort) -> set[int]:
    """People who took part in another cohort of the programme, in any role."""
    others = Enrollment.objects.occupying_place().filter(cohort__programme=cohort.programme_id).exclude(cohort=cohort)
    members = TeamMember.objects.filter(enrollment__in=others)
    return {*others.values_list("user_id", flat=True), *members.values_list("user_id", flat=True)}


def _groups(enrollment: Enrollment, said: Answers, questions: Questions, group: str) -> dict[str, str]:
    """Values that quotas may count, in words."""
    found = {"country": country_name(enrollment.country) if enrollment.country else "", "group": group}
    for key, question in questions.items():
        found[_named(question)] = ", ".join(answer_values(said.get(key)))
    return found


def _availability(policy: Policy, said: Answers, tracks: list[str], group: str) -> dict[str, str]:
    """An applicant's answer about each track. People who signed up through a track's own form go there."""
    asked = policy["availability_question"]
    if isinstance(asked, dict):
        return {track: answer_about_attending(said.get(asked.get(track, ""))) for track in tracks}
    if asked:
        return {track: answer_about_track(said.get(asked), track) for track in tracks}
    return {group: YES} if group and group in tracks else dict.fromkeys(tracks, YES)


def _in_words(quota: dict[str, Any], questions: Questions) -> Quota:
    attribute, value = str(quota["attribute"]), quota["value"]
    if attribute == "country":
        return Quota(attribute, country_name(value) if value else None, quota["most"])
    if attribute == "group":
        return Quota(attribute, value or None, quota["most"])
    return Quota(_named(questions[attribute.removeprefix("question:")]), value or None, quota["most"])


def _named(question: SignupQuestion) -> str:
    return f"“{question.text}”"

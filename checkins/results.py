"""What was said, added up. Who may see it as it is, and who only in large numbers, is decided by who calls."""

from collections import Counter
from dataclasses import dataclass

from checkins.models import Answer, CheckIn, SurveyQuestion
from cohorts.models import Cohort


@dataclass(frozen=True)
class QuestionTally:
    """One question that is no text: how many people answered it, and how many chose what, in order."""

    question: SurveyQuestion
    answered: int
    rows: list[tuple[str, int]]


def tally(*, cohort: Cohort) -> list[QuestionTally]:
    """Every countable question of the cohort's surveys, zeros included, in three queries. People are counted once.

    A mentor with several teams answers for each of them; for a tally of people only the latest answer counts.
    """
    questions = SurveyQuestion.objects.filter(survey__waves__cohort=cohort).exclude(kind=SurveyQuestion.Kind.TEXT)
    latest: dict[tuple[int, int], str] = {}
    answers = Answer.objects.filter(
        checkin__wave__cohort=cohort, checkin__status=CheckIn.Status.ANSWERED, question__in=questions
    ).order_by("checkin__answered_at", "checkin_id")
    for question_id, user_id, value in answers.values_list("question_id", "checkin__user_id", "value"):
        latest[question_id, user_id] = value
    counts: dict[int, Counter[str]] = {}
    for (question_id, _user), value in latest.items():
        counts.setdefault(question_id, Counter())[value] += 1
    return [_tally(question, counts.get(question.pk, Counter())) for question in questions.distinct()]


def _tally(question: SurveyQuestion, counted: Counter[str]) -> QuestionTally:
    rows = [(label, counted[value]) for value, label in question.choices]
    return QuestionTally(question=question, answered=counted.total(), rows=rows)

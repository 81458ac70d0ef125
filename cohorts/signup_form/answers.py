"""Answers to own questions, in words."""

from collections.abc import Collection
from typing import Any

from cohorts.models import Enrollment, SignupAnswer, SignupFile


def shown_answers(enrollment: Enrollment, seen_by: Collection[str]) -> list[tuple[str, str, Any]]:
    """Answers that `seen_by` may read, as (question, words, SignupFile or None). Two queries."""
    answers = answers_for(enrollment, seen_by)
    files = SignupFile.objects.in_bulk([a.value for a in answers if a.question.behaviour.is_file and a.value])
    by_id = {str(pk): file for pk, file in files.items()}
    found = []
    for answer in answers:
        file = by_id.get(str(answer.value))
        found.append((answer.question.text, file.name if file else answer.question.in_words(answer.value), file))
    return found


def answers_for(enrollment: Enrollment, seen_by: Collection[str]) -> list[SignupAnswer]:
    """Answers that `seen_by` may read. One query, or none if `answers__question` is prefetched."""
    fetched = "answers" in getattr(enrollment, "_prefetched_objects_cache", {})
    answers = enrollment.answers.all() if fetched else enrollment.answers.select_related("question")
    return [answer for answer in answers if answer.question.seen_by in seen_by]

"""Answers to own questions, as people read and type them."""

from collections.abc import Mapping, Sequence
from typing import Any

from cohorts.models import Enrollment, SignupFile, SignupQuestion
from cohorts.questions.files import sign_file_id


def answers_by_key(enrollment: Enrollment) -> dict[str, Any]:
    """What a person said so far, by the key of the question."""
    return {a.question.key: a.value for a in enrollment.answers.select_related("question")}


def shown_answers(enrollment: Enrollment, seen_by: Sequence[str] | None = None) -> list[tuple[str, str, Any]]:
    """(question, answer in words, SignupFile or None) of what may be read; without `seen_by` all. Two queries."""
    answers = [
        a for a in enrollment.answers.select_related("question") if seen_by is None or a.question.seen_by in seen_by
    ]
    files = SignupFile.objects.in_bulk(
        [a.value for a in answers if a.question.kind == SignupQuestion.Kind.FILE and a.value]
    )
    by_id = {str(pk): file for pk, file in files.items()}
    return [(a.question.text, answer_text(a.question, a.value, by_id), by_id.get(str(a.value))) for a in answers]


def answer_text(question: SignupQuestion, value: Any, files: Mapping[str, SignupFile] | None = None) -> str:
    """An answer as people read it."""
    if question.kind == SignupQuestion.Kind.FILE:
        file = (files or {}).get(str(value))
        return file.name if file else "a file"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(value)


def as_typed(question: SignupQuestion, value: Any) -> Any:
    """A stored answer as the form shows it."""
    if question.kind == SignupQuestion.Kind.YES_NO and isinstance(value, bool):
        return "yes" if value else "no"
    if question.kind == SignupQuestion.Kind.FILE:
        return sign_file_id(value)
    return value

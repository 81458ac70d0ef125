"""Questions that are asked only after an answer to another one: in sign-up forms and in surveys."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from cohorts.models.question_kinds import answer_values
from cohorts.models.questions import ConditionalQuestion

Q = TypeVar("Q", bound=ConditionalQuestion)


def condition_of(question: Q, by_key: Mapping[str, Q]) -> Q | None:
    """The question that this one depends on; None if everybody is asked.

    A condition that no answer can meet is ignored: asking too much loses no answer.
    """
    parent = by_key.get(question.shown_if)
    possible = dict(parent.choices) if parent else {}
    return parent if question.shown_if_value in possible else None


def asked_keys(questions: Sequence[Q], said: Mapping[str, Any]) -> set[str]:
    """The keys of the questions to ask, given answers by key; questions may come in any order.

    A conditional question is asked if the one that it depends on is asked and has that answer.
    """
    by_key = {question.key: question for question in questions}

    def is_asked(question: Q, above: tuple[str, ...] = ()) -> bool:
        parent = condition_of(question, by_key)
        if parent is None or question.key in above:  # circular conditions hide nothing
            return True
        return question.shown_if_value in answer_values(said.get(parent.key)) and is_asked(
            parent, (*above, question.key)
        )

    return {question.key for question in questions if is_asked(question)}

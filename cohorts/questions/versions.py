"""Write the questions of a sign-up form or survey: add, reword, retire and move them."""

import secrets
from typing import TypeVar

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from cohorts.models import Question
from mentorship.core.accounts.models import User
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.deletion import delete_row
from mentorship.core.errors import ServiceError

Q = TypeVar("Q", bound=Question)


@transaction.atomic
def save_question(*, question: Q, by: User) -> Q:
    """Save a new or changed question. If its words change after somebody answered, a new version is created.

    Raises ServiceError if somebody else changed it meanwhile, or if the questions are fixed.
    """
    _lock(question)
    if question.pk is None:
        question.refuse_change()
        last = question.siblings().aggregate(last=Max("position"))["last"] or 0
        question.key, question.position = secrets.token_hex(4), last + 1
    else:
        before = question.siblings().get(pk=question.pk)
        if before.retired_at:
            raise ServiceError("Somebody else has changed or removed this question meanwhile. Look at it again.")
        reworded = any(getattr(before, name) != getattr(question, name) for name in question.MEANING_FIELDS)
        if reworded and before.is_answered():
            question.refuse_change()
            question.siblings().filter(pk=before.pk).update(retired_at=timezone.now())
            question.pk, question.version = None, before.version + 1
            question._state.adding = True
        question.carry_dependants(before)
    question.save()
    _record(question, Verb.QUESTION_SAVED, by)
    return question


@transaction.atomic
def retire_question(*, question: Question, by: User) -> None:
    """Stop asking a question. Answers stay readable; if there are none it is deleted. Raises as `save_question`."""
    question.refuse_change()
    question.release_dependants()
    if question.is_answered():
        question.siblings().filter(pk=question.pk, retired_at=None).update(retired_at=timezone.now())
    else:
        delete_row(question)
    _record(question, Verb.QUESTION_REMOVED, by)


@transaction.atomic
def move_question(*, question: Question, up: bool, by: User) -> None:
    """Move a question one place up or down among the current ones; at the end it stays."""
    _lock(question)
    asked = list(question.siblings().filter(retired_at=None))
    place = [one.pk for one in asked].index(question.pk)
    to = place - 1 if up else place + 1
    if 0 <= to < len(asked):
        asked[place], asked[to] = asked[to], asked[place]
        for number, one in enumerate(asked, 1):
            one.position = number
        question.siblings().bulk_update(asked, ["position"])
        _record(question, Verb.QUESTION_MOVED, by)


def _lock(question: Question) -> None:
    owner = question.owner
    type(owner)._default_manager.select_for_update(of=("self",)).get(pk=owner.pk)


def _record(question: Question, verb: Verb, by: User) -> None:
    owner = question.owner
    role = {"role": question.role} if hasattr(question, "role") else {}  # surveys are for both
    record(verb=verb, target=owner, workspace_id=owner.workspace_id, by=by, question=question.key, **role)

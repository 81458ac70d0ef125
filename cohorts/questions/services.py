"""Change the sign-up form of a cohort, and write what people answered."""

import secrets
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from cohorts.models import Cohort, Enrollment, SignupAnswer, SignupFile, SignupQuestion
from cohorts.questions.form_definition import OFF, ON, REQUIRED, STANDARD, current_questions
from mentorship.core.accounts.models import User
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.errors import ServiceError

# What an edit changes about the meaning of the answers given before.
WORDS = ("kind", "text", "choices")


@transaction.atomic
def save_standard_fields(*, cohort: Cohort, role: str, states: Mapping[str, str], by: User) -> None:
    """Switch standard fields. What is not named keeps its usual state."""
    known = STANDARD[role]
    cohort.standard_fields = {
        **cohort.standard_fields,
        role: {n: s for n, s in states.items() if n in known and s in (OFF, ON, REQUIRED)},
    }
    cohort.save(update_fields=["standard_fields"])
    record(verb=Verb.FORM_EDITED, target=cohort, workspace_id=cohort.workspace_id, by=by, role=role)


@transaction.atomic
def save_question(*, question: SignupQuestion, by: User) -> SignupQuestion:
    """Save a new or changed question. Where its words changed after somebody answered, the next version is made."""
    cohort = question.cohort
    if question.pk is None:
        last = cohort.questions.filter(role=question.role).aggregate(last=Max("position"))["last"] or 0
        question.key, question.position = secrets.token_hex(4), last + 1
        question.save()
    else:
        before = SignupQuestion.objects.select_for_update().get(pk=question.pk)
        if before.retired_at:
            raise ServiceError("Somebody else has changed or removed this question meanwhile. Look at it again.")
        if before.answers.exists() and any(getattr(before, w) != getattr(question, w) for w in WORDS):
            SignupQuestion.objects.filter(pk=before.pk).update(retired_at=timezone.now())
            question.pk, question.version = None, before.version + 1
            question._state.adding = True
        question.save()
    record(verb=Verb.QUESTION_SAVED, target=cohort, workspace_id=cohort.workspace_id, by=by, question=question.key)
    return question


@transaction.atomic
def retire_question(*, question: SignupQuestion, by: User) -> None:
    """Ask it no longer. Answers stay readable; one that nobody answered is deleted."""
    cohort = question.cohort
    cohort.questions.filter(role=question.role, shown_if=question.key, retired_at=None).update(shown_if="")
    if question.answers.exists():
        SignupQuestion.objects.filter(pk=question.pk, retired_at=None).update(retired_at=timezone.now())
    else:
        question.delete()
    record(verb=Verb.QUESTION_REMOVED, target=cohort, workspace_id=cohort.workspace_id, by=by, question=question.key)


@transaction.atomic
def move_question(*, question: SignupQuestion, up: bool, by: User) -> None:
    """One place up or down among those that are asked; at the end it stays."""
    Cohort.objects.select_for_update(of=("self",)).get(pk=question.cohort_id)
    asked = current_questions(question.cohort, question.role)
    place = [q.pk for q in asked].index(question.pk)
    to = place - 1 if up else place + 1
    if 0 <= to < len(asked):
        asked[place], asked[to] = asked[to], asked[place]
        for number, one in enumerate(asked, 1):
            one.position = number
        SignupQuestion.objects.bulk_update(asked, ["position"])


@transaction.atomic
def save_own_answers(*, enrollment: Enrollment, answers: Mapping[str, Any]) -> bool:
    """Write what was said to the cohort's own questions, by key; an empty answer takes the old one away.

    Questions that `answers` does not name stay as they are. Returns whether anything changed.
    """
    asked = {q.key: q for q in current_questions(enrollment.cohort, enrollment.role) if q.key in answers}
    before = {a.question.key: a for a in enrollment.answers.select_related("question") if a.question.key in asked}
    changed = False
    for key, question in asked.items():
        value, old = answers[key], before.get(key)
        if value in (None, "", []):
            if old:
                old.delete()
                changed = True
        elif old is None or old.question_id != question.pk or old.value != value:
            # The answer belongs to the words it was given to: the version that was asked.
            if old:
                old.delete()
            SignupAnswer.objects.create(enrollment=enrollment, question=question, value=value)
            if question.kind == SignupQuestion.Kind.FILE:
                SignupFile.objects.filter(pk=value, cohort=enrollment.cohort).update(enrollment=enrollment)
            changed = True
    return changed


@transaction.atomic
def save_eligibility(*, cohort: Cohort, role: str, rules: Mapping[str, Any], by: User) -> None:
    """Say who may sign up in a role; rules that are empty ask nothing."""
    cohort.eligibility = {**cohort.eligibility, role: {name: value for name, value in rules.items() if value}}
    cohort.save(update_fields=["eligibility"])
    record(verb=Verb.ELIGIBILITY_EDITED, target=cohort, workspace_id=cohort.workspace_id, by=by, role=role)


@transaction.atomic
def record_eligibility_override(*, cohort: Cohort, role: str, email: str, note: str, by: User) -> None:
    """Put on record why somebody may sign up whom the rules would not let."""
    record(
        verb=Verb.LET_PAST_THE_RULES,
        target=cohort,
        workspace_id=cohort.workspace_id,
        by=by,
        role=role,
        email=email,
        reason=note,
    )

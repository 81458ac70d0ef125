"""Change the sign-up form of a cohort, and save people's answers."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from cohorts.models import Cohort, Enrollment, SignupAnswer, SignupFile
from cohorts.models.question_kinds import answer_values
from cohorts.questions.files import delete_file
from cohorts.signup_form.form_definition import OFF, ON, REQUIRED, STANDARD, current_questions
from mentorship.core.accounts.models import User
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb


@transaction.atomic
def save_standard_fields(*, cohort: Cohort, role: str, states: Mapping[str, str], by: User) -> None:
    """Switch standard fields on or off or make them required. Fields not named get their default."""
    known = STANDARD[role]
    cohort.standard_fields = {
        **cohort.standard_fields,
        role: {n: s for n, s in states.items() if n in known and s in (OFF, ON, REQUIRED)},
    }
    cohort.save(update_fields=["standard_fields"])
    record(verb=Verb.FORM_EDITED, target=cohort, workspace_id=cohort.workspace_id, by=by, role=role)


@transaction.atomic
def save_own_answers(*, enrollment: Enrollment, answers: Mapping[str, Any]) -> bool:
    """Save answers to the cohort's own questions, by key. An empty answer deletes the old one.

    Questions missing from `answers` are not changed. Returns whether anything changed.
    """
    asked = {q.key: q for q in current_questions(enrollment.cohort, enrollment.role)}
    changed = changed_answers(cohort=enrollment.cohort, role=enrollment.role, given={enrollment.pk: answers})[
        enrollment.pk
    ]
    for key, old in changed.items():
        question, value = asked[key], answers[key]
        # An answer belongs to the version of the question that was asked.
        if old:
            _delete_answer(old, unless_file=value)
        if answer_values(value):
            SignupAnswer.objects.create(enrollment=enrollment, question=question, value=value)
    claim_files(cohort=enrollment.cohort, role=enrollment.role, answers=answers, enrollment=enrollment)
    return bool(changed)


def changed_answers(
    *, cohort: Cohort, role: str, given: Mapping[int, Mapping[str, Any]]
) -> dict[int, dict[str, SignupAnswer | None]]:
    """Answers that differ from the stored ones: for each enrollment id, question key → the stored answer or None."""
    asked = {q.key: q for q in current_questions(cohort, role)}
    kept: dict[tuple[int, str], SignupAnswer] = {}
    for answer in SignupAnswer.objects.filter(enrollment__in=list(given)).select_related("question"):
        kept[answer.enrollment_id, answer.question.key] = answer
    changed: dict[int, dict[str, SignupAnswer | None]] = {pk: {} for pk in given}
    for pk, answers in given.items():
        for key in answers.keys() & asked.keys():
            old, filled = kept.get((pk, key)), bool(answer_values(answers[key]))
            same = old is not None and old.question_id == asked[key].pk and old.value == answers[key]
            if (filled and not same) or (old is not None and not filled):
                changed[pk][key] = old
    return changed


def claim_files(*, cohort: Cohort, role: str, answers: Mapping[str, Any], enrollment: Enrollment | None = None) -> None:
    """Keep the files that arrived with a sign-up, drafts until then; once confirmed they belong to its enrollment."""
    ids = [answers[q.key] for q in current_questions(cohort, role) if q.behaviour.is_file and answers.get(q.key)]
    owner = {"enrollment": enrollment} if enrollment else {}
    if ids:
        SignupFile.objects.filter(pk__in=ids, cohort=cohort).update(draft_until=None, **owner)


def _delete_answer(answer: SignupAnswer, *, unless_file: Any) -> None:
    """Delete an answer, and its file once the transaction commits."""
    file = SignupFile.objects.filter(pk=answer.value).first() if answer.question.behaviour.is_file else None
    answer.delete()
    if file and str(file.pk) != str(unless_file):
        transaction.on_commit(lambda: delete_file(file))


@transaction.atomic
def save_eligibility(*, cohort: Cohort, role: str, rules: Mapping[str, Any], by: User) -> None:
    """Save the eligibility rules of a role. Empty rules are left out."""
    cohort.eligibility = {**cohort.eligibility, role: {name: value for name, value in rules.items() if value}}
    cohort.save(update_fields=["eligibility"])
    record(verb=Verb.ELIGIBILITY_EDITED, target=cohort, workspace_id=cohort.workspace_id, by=by, role=role)


@transaction.atomic
def record_eligibility_override(*, cohort: Cohort, role: str, email: str, note: str, by: User) -> None:
    """Record why somebody may sign up without meeting the rules."""
    record(
        verb=Verb.LET_PAST_THE_RULES,
        target=cohort,
        workspace_id=cohort.workspace_id,
        by=by,
        role=role,
        email=email,
        reason=note,
    )

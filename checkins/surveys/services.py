"""Create, edit, copy and delete surveys; a question keeps the words that people answered."""

import secrets
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from checkins.models import AnonymousBox, CheckIn, Survey, SurveyQuestion
from cohorts.models import Programme
from mentorship.core.accounts.models import User
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.errors import ServiceError

# What an edit changes about the meaning of the answers given before.
MEANING_FIELDS = ("kind", "text", "options")


def asked_questions(survey: Survey) -> list[SurveyQuestion]:
    """The questions that are asked now, in order. One query."""
    return list(survey.questions.filter(retired_at=None))


def first_question(survey: Survey) -> SurveyQuestion | None:
    """The first one that is no heading: it can be answered from the mail."""
    return next((q for q in asked_questions(survey) if q.kind != SurveyQuestion.Kind.SECTION), None)


@transaction.atomic
def make_survey(
    *, programme: Programme, name: str, questions: Iterable[Mapping[str, Any]] = (), anonymous: bool = False
) -> Survey:
    """The programme's survey of this name, made with these questions where there is none."""
    survey, new = Survey.objects.get_or_create(programme=programme, name=name, defaults={"anonymous": anonymous})
    if new:
        SurveyQuestion.objects.bulk_create(
            SurveyQuestion(survey=survey, position=n, **({**question, "flags": {}} if anonymous else question))
            for n, question in enumerate(questions, 1)
        )
    return survey


@transaction.atomic
def save_survey(*, survey: Survey, by: User) -> Survey:
    """Save name, introduction and kind. Raises ServiceError where people were told already how it is kept."""
    new = survey.pk is None
    if not new:
        before = Survey.objects.select_for_update().get(pk=survey.pk)
        if before.anonymous != survey.anonymous and survey_was_asked(survey):
            raise ServiceError("People were asked already, and told how their answers are kept. Make a copy instead.")
    survey.save()
    if survey.anonymous:
        survey.questions.exclude(flags={}).update(flags={})
    record(
        verb=Verb.MADE_THE_SURVEY if new else Verb.EDITED,
        target=survey,
        workspace_id=survey.programme.workspace_id,
        by=by,
    )
    return survey


@transaction.atomic
def copy_survey(*, survey: Survey, by: User) -> Survey:
    """The same questions under a new name, for those who want to change them."""
    base, number = f"{survey.name[:100]} (copy", 1
    taken = set(survey.programme.surveys.values_list("name", flat=True))
    while (name := f"{base} {number})" if number > 1 else f"{base})") in taken:
        number += 1
    copied = Survey.objects.create(
        programme=survey.programme, name=name, intro=survey.intro, anonymous=survey.anonymous
    )
    for question in asked_questions(survey):
        question.pk, question.survey, question.version = None, copied, 1
        question._state.adding = True
        question.save()
    record(verb=Verb.MADE_THE_SURVEY, target=copied, workspace_id=survey.programme.workspace_id, by=by)
    return copied


@transaction.atomic
def delete_survey(*, survey: Survey, by: User) -> None:
    """Delete a survey that no wave uses. Raises ServiceError for any other."""
    if survey.waves.exists():
        raise ServiceError(f"“{survey}” belongs to a check-in. Give that another survey first.")
    record(verb=Verb.DELETED, target=survey, workspace_id=survey.programme.workspace_id, by=by, name=survey.name)
    survey.delete()


def survey_was_asked(survey: Survey) -> bool:
    """Whether somebody got a mail about it."""
    return CheckIn.objects.filter(wave__survey=survey, mails_sent__gt=0).exists()


@transaction.atomic
def save_question(*, question: SurveyQuestion, by: User) -> SurveyQuestion:
    """Save a new or changed question. Where its words changed after somebody answered, the next version is made.

    Raises ServiceError where it was changed meanwhile, and for an anonymous survey that somebody answered.
    """
    survey = Survey.objects.select_for_update(of=("self",)).select_related("programme").get(pk=question.survey_id)
    if survey.anonymous:
        question.flags = {}
    if question.pk is None:
        last = survey.questions.aggregate(last=Max("position"))["last"] or 0
        _keep_alike(survey)
        question.key, question.position = secrets.token_hex(4), last + 1
        question.save()
    else:
        before = SurveyQuestion.objects.get(pk=question.pk)
        if before.retired_at:
            raise ServiceError("Somebody else has changed or removed this question meanwhile. Look at it again.")
        if _was_answered(before) and any(getattr(before, w) != getattr(question, w) for w in MEANING_FIELDS):
            _keep_alike(survey)
            SurveyQuestion.objects.filter(pk=before.pk).update(retired_at=timezone.now())
            question.pk, question.version = None, before.version + 1
            question._state.adding = True
        question.save()
    record(
        verb=Verb.QUESTION_SAVED,
        target=survey,
        workspace_id=survey.programme.workspace_id,
        by=by,
        question=question.key,
    )
    return question


@transaction.atomic
def retire_question(*, question: SurveyQuestion, by: User) -> None:
    """Ask it no longer. Answers stay readable; one that nobody answered is deleted. Raises as `save_question`."""
    survey = question.survey
    _keep_alike(survey)
    if _was_answered(question):
        SurveyQuestion.objects.filter(pk=question.pk, retired_at=None).update(retired_at=timezone.now())
    else:
        question.delete()
    record(
        verb=Verb.QUESTION_REMOVED,
        target=survey,
        workspace_id=survey.programme.workspace_id,
        by=by,
        question=question.key,
    )


@transaction.atomic
def move_question(*, question: SurveyQuestion, up: bool, by: User) -> None:
    """One place up or down among those that are asked; at the end it stays."""
    Survey.objects.select_for_update(of=("self",)).get(pk=question.survey_id)
    asked = asked_questions(question.survey)
    place = [q.pk for q in asked].index(question.pk)
    to = place - 1 if up else place + 1
    if 0 <= to < len(asked):
        asked[place], asked[to] = asked[to], asked[place]
        for number, one in enumerate(asked, 1):
            one.position = number
        SurveyQuestion.objects.bulk_update(asked, ["position"])


def _keep_alike(survey: Survey) -> None:
    """Everybody answers the same anonymous questions: by another one, who answered later could be told."""
    if survey.anonymous and _in_a_box(survey.pk):
        raise ServiceError("Somebody has answered, and it is anonymous: its questions stay as they are. Make a copy.")


def _was_answered(question: SurveyQuestion) -> bool:
    # What lies in an anonymous box names its question only inside of it.
    return question.answers.exists() or _in_a_box(question.survey_id)


def _in_a_box(survey_id: int) -> bool:
    return AnonymousBox.objects.filter(wave__survey=survey_id, number__gt=0).exists()

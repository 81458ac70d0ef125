"""Create, edit, copy and delete surveys; answered questions keep their words."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.db import transaction

from checkins.models import CheckIn, Survey, SurveyQuestion
from checkins.surveys.starter_templates import WAVE_TEMPLATES, WaveTemplate
from cohorts.models import Programme
from mentorship.core.accounts.models import User
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.deletion import delete_row
from mentorship.core.errors import ServiceError


def asked_questions(survey: Survey) -> list[SurveyQuestion]:
    """The current questions, in order. One query."""
    return list(survey.questions.filter(retired_at=None))


def first_question(survey: Survey) -> SurveyQuestion | None:
    """The first question with an answer, which can be answered from the mail."""
    return next((q for q in asked_questions(survey) if q.behaviour.is_asked), None)


@transaction.atomic
def make_survey(
    *,
    programme: Programme,
    name: str,
    questions: Iterable[Mapping[str, Any]] = (),
    anonymous: bool = False,
    by: User | None = None,
) -> Survey:
    """The programme's survey of this name, created with these questions if there is none."""
    survey, new = Survey.objects.get_or_create(programme=programme, name=name, defaults={"anonymous": anonymous})
    if new:
        SurveyQuestion.objects.bulk_create(
            SurveyQuestion(survey=survey, position=n, **({**question, "flags": {}} if anonymous else question))
            for n, question in enumerate(questions, 1)
        )
        record(verb=Verb.MADE_THE_SURVEY, target=survey, workspace_id=programme.workspace_id, by=by)
    return survey


def unused_survey_templates(names: Collection[str]) -> list[WaveTemplate]:
    """Templates for surveys that a programme with surveys of these names does not have yet."""
    return list({t.survey: t for t in WAVE_TEMPLATES if t.survey not in names}.values())


def add_survey_template(*, programme: Programme, key: str, by: User) -> Survey:
    """Make the survey of a template, unless the programme has it. Raises ServiceError for an unknown template."""
    template = next((t for t in WAVE_TEMPLATES if t.key == key), None)
    if template is None:
        raise ServiceError("There is no such template.")
    return make_survey(
        programme=programme, name=template.survey, questions=template.questions, anonymous=template.anonymous, by=by
    )


@transaction.atomic
def save_survey(*, survey: Survey, by: User) -> Survey:
    """Save name, introduction and anonymity. Raises ServiceError if people have been told how answers are kept."""
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
    """Copy a survey under a new name."""
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
    delete_row(survey)


def survey_was_asked(survey: Survey) -> bool:
    """Whether a check-in with this survey was sent."""
    return CheckIn.objects.filter(wave__survey=survey, mails_sent__gt=0).exists()

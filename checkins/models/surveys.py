"""Surveys and their questions."""

from typing import Any

from django.db import models
from django.db.models import Q

from checkins.querysets import SurveyQuerySet
from cohorts.models import ConditionalQuestion, Programme
from cohorts.models.question_kinds import survey_kind_choices
from mentorship.core.errors import ServiceError


class Survey(models.Model):
    """The questions of a check-in. Each programme gets one to start with."""

    # Up to four people in a group of anonymous answers may be the reader's accomplices; five others remain.
    SMALLEST_GROUP = 4 + 5

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="surveys")
    name = models.CharField(max_length=120, help_text="What the person reads above the questions.")
    intro = models.TextField("introduction", blank=True, help_text="Shown above the questions.")
    anonymous = models.BooleanField(
        default=False,
        help_text="Answers are kept without the person, the pair and the moment. Nobody can act on one, or change it.",
    )

    objects = SurveyQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["programme", "name"], name="survey_name_unique")]

    def __str__(self) -> str:
        return self.name

    @property
    def workspace_id(self) -> int:
        return self.programme.workspace_id


class SurveyQuestion(ConditionalQuestion):
    """One question of a survey."""

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="questions")
    kind = models.CharField(max_length=20, choices=survey_kind_choices)
    shown_if = models.CharField(
        max_length=40, blank=True, default="", db_default="", help_text="key of the other question"
    )
    shown_if_value = models.CharField(max_length=200, blank=True, default="", db_default="")
    flags = models.JSONField(default=dict, blank=True, help_text="value → kind of the case that this answer opens")

    class Meta(ConditionalQuestion.Meta):
        constraints = [
            models.UniqueConstraint(fields=["survey", "key", "version"], name="survey_question_version_once"),
            models.UniqueConstraint(
                fields=["survey", "key"], condition=Q(retired_at=None), name="survey_question_asked_once"
            ),
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.survey.anonymous:
            self.flags = {}  # nobody can act on an anonymous answer
        super().save(*args, **kwargs)

    @property
    def notes(self) -> list[str]:
        cases = ["opens cases"] if self.flags else []
        times = {1: [], 2: ["reworded"]}.get(self.version, [f"reworded {self.version - 1} times"])
        return [*super().notes, *cases, *times]

    @property
    def owner(self) -> Survey:
        return self.survey

    def siblings(self) -> models.QuerySet["SurveyQuestion"]:
        return SurveyQuestion.objects.filter(survey=self.survey_id)

    def is_answered(self) -> bool:
        # An anonymous box names its questions only inside its JSON.
        return self.answers.exists() or self._is_in_a_box()

    def refuse_change(self) -> None:
        # A new question would distinguish people who answered later from those before.
        if self.survey.anonymous and self._is_in_a_box():
            raise ServiceError(
                "Somebody has already answered this anonymous survey, so its questions can’t be changed. Make a copy."
            )

    def _is_in_a_box(self) -> bool:
        said = Q(box__number__gt=0) | Q(checkins__sealed__isnull=False)
        return self.survey.waves.filter(said).exists()

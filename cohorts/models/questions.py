"""The coordinators' own questions in a sign-up form, and what people answered."""

import uuid
from abc import abstractmethod
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from cohorts.models.enrollment import Enrollment
from cohorts.models.question_kinds import QUESTION_KINDS, QuestionKind, kind_choices
from cohorts.models.setup import Cohort


class Question(models.Model):
    """A question that coordinators write, of a sign-up form or of a survey.

    Once somebody answered it, its words never change: an edit retires the row and makes the next `version` under the
    same `key`, and the answers given stay with the words they were given to.
    """

    # What an edit changes about the meaning of the answers given before.
    MEANING_FIELDS: ClassVar[tuple[str, ...]] = ("kind", "text", "options")

    key = models.CharField(max_length=40, editable=False, help_text="Stays the same when the wording changes.")
    version = models.PositiveIntegerField(default=1, editable=False)
    retired_at = models.DateTimeField(null=True, blank=True, editable=False)
    position = models.PositiveIntegerField(default=0, editable=False)
    kind = models.CharField(max_length=20, choices=kind_choices)
    text = models.CharField("question", max_length=300)
    help_text = models.TextField("help", blank=True)
    options = models.JSONField(default=list, blank=True, help_text="[[value, label], …] where choices are listed.")
    required = models.BooleanField(default=False)

    class Meta:
        abstract = True
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.text

    @property
    def behaviour(self) -> QuestionKind:
        """What its kind does."""
        return QUESTION_KINDS[self.kind]

    @property
    def choices(self) -> list[tuple[str, str]]:
        """Value and label of everything that can be chosen, in order; nothing for a text, or before it has a kind."""
        return self.behaviour.choices(self) if self.kind else []

    def in_words(self, stored: Any) -> str:
        """An answer as people read it."""
        return self.behaviour.in_words(self, stored)

    @property
    def must_be_answered(self) -> bool:
        """Whether its field refuses to stay empty."""
        return self.required

    @property
    def field_attributes(self) -> dict[str, str]:
        """Further attributes of its widget."""
        return {}

    @property
    def notes(self) -> list[str]:
        """What the list of questions says below its text."""
        return [dict(kind_choices())[self.kind]]

    @property
    @abstractmethod
    def owner(self) -> Any:
        """The cohort or survey that it belongs to."""

    @abstractmethod
    def siblings(self) -> models.QuerySet[Any]:
        """Every question of the same form, retired ones included."""

    @abstractmethod
    def is_answered(self) -> bool:
        """Whether somebody answered this version."""

    def refuse_change(self) -> None:
        """Raise ServiceError where what is asked may not change any more."""

    def release_dependants(self) -> None:
        """Let questions that depend on this one be asked without it."""


class SignupQuestion(Question):
    """One question of a cohort's sign-up form to one role."""

    class Seen(models.TextChoices):
        MATCH = "match", "The match, too"
        REVIEW = "review", "Coordinators and reviewers"
        COORDINATORS = "coordinators", "Coordinators only"
        PRIVATE = "private", "Private needs: coordinators only, never for selection"

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="questions")
    role = models.CharField(max_length=20, choices=Enrollment.Role)
    seen_by = models.CharField("who reads the answer", max_length=20, choices=Seen, default=Seen.REVIEW)
    used_for_matching = models.BooleanField(
        default=False, help_text="People with the same or similar answers suit each other better."
    )
    # Asked only of those who answered another question this way.
    shown_if = models.CharField(max_length=12, blank=True, help_text="key of the other question")
    shown_if_value = models.CharField(max_length=200, blank=True)

    class Meta(Question.Meta):
        constraints = [
            models.UniqueConstraint(fields=["cohort", "role", "key", "version"], name="question_version_once"),
            models.UniqueConstraint(
                fields=["cohort", "role", "key"], condition=Q(retired_at=None), name="question_asked_once"
            ),
        ]

    @property
    def must_be_answered(self) -> bool:
        # The form knows the other answers, and asks for a conditional one itself.
        return self.required and not self.shown_if

    @property
    def field_attributes(self) -> dict[str, str]:
        if not self.shown_if:
            return {}
        return {"data-shown-if": f"q_{self.shown_if}", "data-shown-value": self.shown_if_value}

    @property
    def notes(self) -> list[str]:
        matching = ["used for matching"] if self.used_for_matching else []
        condition = ["only after another answer"] if self.shown_if else []
        return [*super().notes, self.get_seen_by_display(), *matching, *condition]

    @property
    def owner(self) -> Cohort:
        return self.cohort

    def siblings(self) -> models.QuerySet["SignupQuestion"]:
        return SignupQuestion.objects.filter(cohort=self.cohort_id, role=self.role)

    def is_answered(self) -> bool:
        return self.answers.exists()

    def release_dependants(self) -> None:
        self.siblings().filter(shown_if=self.key, retired_at=None).update(shown_if="")


class SignupAnswer(models.Model):
    """What one person answered: plain JSON, by the kind of the question; for a file the id of the SignupFile."""

    enrollment = models.ForeignKey(Enrollment, on_delete=models.CASCADE, related_name="answers")
    question = models.ForeignKey(SignupQuestion, on_delete=models.PROTECT, related_name="answers")
    value = models.JSONField()

    class Meta:
        ordering = ["question__position", "id"]
        constraints = [models.UniqueConstraint(fields=["enrollment", "question"], name="signup_answer_once")]

    def __str__(self) -> str:
        return f"{self.question}: {self.value}"


class SignupFile(models.Model):
    """A file that an applicant gave. It is kept under its id and served as an attachment only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="files")
    enrollment = models.ForeignKey(Enrollment, null=True, on_delete=models.CASCADE, related_name="files")
    file = models.FileField(upload_to="sign-up")
    name = models.CharField(max_length=200)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name

"""The coordinators' own questions in a sign-up form, and what people answered."""

import uuid
from abc import abstractmethod
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q

from cohorts.models.enrollment import Enrollment
from cohorts.models.question_kinds import QUESTION_KINDS, QuestionKind, kind_choices
from cohorts.models.setup import Cohort
from mentorship.core.errors import ServiceError


class Question(models.Model):
    """A question that coordinators write, in a sign-up form or a survey.

    Once somebody has answered it, its words never change: an edit retires the row and creates the next `version` under
    the same `key`; earlier answers keep the wording they were given to.
    """

    # Fields whose change alters the meaning of earlier answers.
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
        """The class of its kind."""
        return QUESTION_KINDS[self.kind]

    @property
    def choices(self) -> list[tuple[str, str]]:
        """Value and label of every choice, in order; [] for a text, or before it has a kind."""
        return self.behaviour.choices(self) if self.kind else []

    def renamed_choices(self, before: Self) -> dict[str, str]:
        """The new value of each choice that was reworded since `before`, an earlier version."""
        old, new = [value for value, _ in before.choices], [value for value, _ in self.choices]
        if before.kind != self.kind or len(old) != len(new):
            return {}
        # Choices that only moved still exist.
        return {was: now for was, now in zip(old, new, strict=True) if was not in new and now not in old}

    def in_words(self, stored: Any) -> str:
        """An answer in words."""
        return self.behaviour.in_words(self, stored)

    @property
    def notes(self) -> list[str]:
        """Notes below its text in the list of questions."""
        return [dict(kind_choices())[self.kind]]

    @property
    @abstractmethod
    def owner(self) -> Any:
        """The cohort or survey of the question."""

    @abstractmethod
    def siblings(self) -> models.QuerySet[Any]:
        """Every question of the same form, retired ones included."""

    @abstractmethod
    def is_answered(self) -> bool:
        """Whether somebody answered this version."""

    def refuse_change(self) -> None:
        """Raise ServiceError if the questions of this form may no longer change."""

    def release_dependants(self) -> None:
        """Let questions that depend on this one be asked without it."""

    def carry_dependants(self, before: Self) -> None:
        """Make questions that depend on this one follow its new choices. Raises ServiceError if one can't."""


class ConditionalQuestion(Question):
    """A question that may be asked only of people who gave an answer to another one of the same form.

    Its models have the key of that question in `shown_if`, and the value of the answer in `shown_if_value`.
    """

    shown_if: Any
    shown_if_value: Any

    class Meta(Question.Meta):
        abstract = True

    @property
    def notes(self) -> list[str]:
        return [*super().notes, *(["only after another answer"] if self.shown_if else [])]

    def release_dependants(self) -> None:
        self.dependants().update(shown_if="", shown_if_value="")

    def dependants(self) -> models.QuerySet[Any]:
        """The questions that are asked only after an answer to this one."""
        return self.siblings().filter(shown_if=self.key, retired_at=None)

    def new_conditions(self, before: Self) -> dict[int, str]:
        """The new `shown_if_value` of each dependant whose choice was reworded since `before`, by id.

        Raises ServiceError if the choice of a dependant no longer exists.
        """
        possible, renamed = dict(self.choices), self.renamed_choices(before)
        found = {}
        for question in self.dependants():
            value = question.shown_if_value
            if value in possible:
                continue
            if value not in renamed:
                raise ServiceError(
                    f"“{question.text}” is asked only of those who answer “{dict(before.choices).get(value, value)}” "
                    "here. Keep that choice, or change that question first."
                )
            found[question.pk] = renamed[value]
        return found

    def carry_dependants(self, before: Self) -> None:
        for pk, value in self.new_conditions(before).items():
            self.dependants().filter(pk=pk).update(shown_if_value=value)


class SignupQuestion(ConditionalQuestion):
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
    # Asked only of people who gave this answer to another question.
    shown_if = models.CharField(max_length=12, blank=True, help_text="key of the other question")
    shown_if_value = models.CharField(max_length=200, blank=True)

    class Meta(ConditionalQuestion.Meta):
        constraints = [
            models.UniqueConstraint(fields=["cohort", "role", "key", "version"], name="question_version_once"),
            models.UniqueConstraint(
                fields=["cohort", "role", "key"], condition=Q(retired_at=None), name="question_asked_once"
            ),
        ]

    @property
    def notes(self) -> list[str]:
        matching = ["used for matching"] if self.used_for_matching else []
        return [*super().notes, self.get_seen_by_display(), *matching]

    @property
    def owner(self) -> Cohort:
        return self.cohort

    def siblings(self) -> models.QuerySet["SignupQuestion"]:
        return SignupQuestion.objects.filter(cohort=self.cohort_id, role=self.role)

    def is_answered(self) -> bool:
        return self.answers.exists()


class SignupAnswer(models.Model):
    """One person's answer: plain JSON, by the kind of the question; for a file the id of the SignupFile."""

    enrollment = models.ForeignKey(Enrollment, on_delete=models.CASCADE, related_name="answers")
    question = models.ForeignKey(SignupQuestion, on_delete=models.PROTECT, related_name="answers")
    value = models.JSONField()

    class Meta:
        ordering = ["question__position", "id"]
        constraints = [models.UniqueConstraint(fields=["enrollment", "question"], name="signup_answer_once")]

    def __str__(self) -> str:
        return f"{self.question}: {self.value}"


class SignupFile(models.Model):
    """A file uploaded by an applicant. It is stored under its id and served as an attachment only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="files")
    enrollment = models.ForeignKey(Enrollment, null=True, on_delete=models.CASCADE, related_name="files")
    file = models.FileField(upload_to="sign-up")
    name = models.CharField(max_length=200)
    size = models.PositiveIntegerField(default=0, help_text="Bytes.")
    created_at = models.DateTimeField(auto_now_add=True)
    draft_until = models.DateTimeField(
        null=True, db_index=True, help_text="Deleted then, unless a sign-up with it arrives."
    )

    def __str__(self) -> str:
        return self.name

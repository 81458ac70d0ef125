"""The coordinators' own questions in a sign-up form, and what people answered."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q

from cohorts.models.enrollment import Enrollment
from cohorts.models.setup import Cohort


class SignupQuestion(models.Model):
    """One question of a cohort to one role.

    Once somebody answered it, its words never change: an edit retires the row and makes the next `version` under the
    same `key`, and the answers given stay with the words they were given to.
    """

    class Kind(models.TextChoices):
        SHORT = "short", "Short text"
        LONG = "long", "Long text"
        ONE = "one", "One of"
        MANY = "many", "Many of"
        SCALE = "scale", "Scale from 1 to 5"
        YES_NO = "yes_no", "Yes or no"
        NUMBER = "number", "Number"
        DATE = "date", "Date"
        FILE = "file", "File (PDF, image or text)"
        SECTION = "section", "Heading with help"

    class Seen(models.TextChoices):
        MATCH = "match", "The match, too"
        REVIEW = "review", "Coordinators and reviewers"
        COORDINATORS = "coordinators", "Coordinators only"
        PRIVATE = "private", "Private needs: coordinators only, never for selection"

    WITH_CHOICES: ClassVar[tuple[str, ...]] = (Kind.ONE, Kind.MANY)

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="questions")
    role = models.CharField(max_length=20, choices=Enrollment.Role)
    key = models.CharField(max_length=12, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    retired_at = models.DateTimeField(null=True, blank=True, editable=False)
    position = models.PositiveIntegerField(default=0, editable=False)
    kind = models.CharField(max_length=20, choices=Kind)
    text = models.CharField("question", max_length=300)
    help = models.TextField(blank=True)
    choices = models.JSONField(default=list, blank=True)
    required = models.BooleanField(default=False)
    seen_by = models.CharField("who reads the answer", max_length=20, choices=Seen, default=Seen.REVIEW)
    used_for_matching = models.BooleanField(
        default=False, help_text="People with the same or similar answers suit each other better."
    )
    # Asked only of those who answered another question this way.
    shown_if = models.CharField(max_length=12, blank=True, help_text="key of the other question")
    shown_if_value = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["cohort", "role", "key", "version"], name="question_version_once"),
            models.UniqueConstraint(
                fields=["cohort", "role", "key"], condition=Q(retired_at=None), name="question_asked_once"
            ),
        ]

    def __str__(self) -> str:
        return self.text


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

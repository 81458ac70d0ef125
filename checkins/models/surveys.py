"""What is asked: surveys and their questions."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from checkins.querysets import SurveyQuerySet
from cohorts.models import Programme


class Survey(models.Model):
    """The questions of a check-in. Each programme gets one to start with."""

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


class SurveyQuestion(models.Model):
    """One question of a survey.

    Once somebody answered it, its words never change: an edit retires the row and makes the next `version` under the
    same `key`, and the answers given stay with the words they were given to.
    """

    class Kind(models.TextChoices):
        ONE_OF = "one_of", "One of"
        MANY = "many", "Many of"
        SCALE = "scale", "Scale from 1 to 5"
        YES_NO = "yes_no", "Yes or no"
        SHORT = "short", "Short text"
        TEXT = "text", "Long text"
        SECTION = "section", "Heading with help"

    WITH_CHOICES: ClassVar[tuple[str, ...]] = (Kind.ONE_OF, Kind.MANY)
    IN_WORDS: ClassVar[tuple[str, ...]] = (Kind.SHORT, Kind.TEXT)
    # Each person is in exactly one row of a count of these.
    COUNTABLE: ClassVar[tuple[str, ...]] = (Kind.ONE_OF, Kind.SCALE, Kind.YES_NO)

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="questions")
    key = models.SlugField(max_length=40, help_text="Stays the same when the wording changes.")
    version = models.PositiveIntegerField(default=1, editable=False)
    retired_at = models.DateTimeField(null=True, blank=True, editable=False)
    position = models.PositiveSmallIntegerField(default=0, editable=False)
    kind = models.CharField(max_length=20, choices=Kind)
    text = models.CharField("question", max_length=300)
    help_text = models.CharField("help", max_length=300, blank=True)
    options = models.JSONField(default=list, blank=True, help_text="[[value, label], …] of a question with choices")
    flags = models.JSONField(default=dict, blank=True, help_text="value → kind of the case that this answer opens")
    required = models.BooleanField(default=False)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["survey", "key", "version"], name="survey_question_version_once"),
            models.UniqueConstraint(
                fields=["survey", "key"], condition=Q(retired_at=None), name="survey_question_asked_once"
            ),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def choices(self) -> list[tuple[str, str]]:
        """The value and label of everything that can be chosen, in order; nothing for a text."""
        if self.kind == self.Kind.SCALE:
            return [(str(n), str(n)) for n in range(1, 6)]
        if self.kind == self.Kind.YES_NO:
            return [("yes", "Yes"), ("no", "No")]
        return [(value, label) for value, label in self.options] if self.kind in self.WITH_CHOICES else []

    def in_words(self, value: str) -> str:
        """An answer as people read it."""
        return dict(self.choices).get(value, value)

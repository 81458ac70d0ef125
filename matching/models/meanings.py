"""Meanings of texts, as numbers, and how far the sign-ups of a cohort have been read for it."""

from django.db import models

from cohorts.models import Cohort, Enrollment


class TextVector(models.Model):
    """The meaning of one text as the sentence model reads it, kept so that no run waits for it."""

    model = models.CharField(max_length=60, help_text="Which model read it.")
    key = models.CharField(max_length=64, help_text="SHA-256 of the text.")
    vector = models.BinaryField(help_text="float16 numbers; empty if the model does not know the language.")
    enrollment = models.ForeignKey(
        Enrollment,
        null=True,
        on_delete=models.CASCADE,
        related_name="+",
        help_text="The sign-up that the text is from; empty for the name of a topic.",
    )
    used_on = models.DateField(db_index=True, help_text="When a match last needed it; see KEEP_DAYS.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["model", "key"], name="text_vector_once")]

    def __str__(self) -> str:
        return f"{self.model}: {self.key[:12]}"


class CohortReading(models.Model):
    """Up to which change the sign-ups of a cohort have been read for their meaning."""

    cohort = models.OneToOneField(Cohort, on_delete=models.CASCADE, related_name="reading")
    until = models.DateTimeField(null=True, help_text="The last change that was read.")

    def __str__(self) -> str:
        return f"Sign-ups of {self.cohort} read until {self.until}"

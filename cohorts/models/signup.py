"""Sign-ups whose address is not confirmed yet."""

from django.conf import settings
from django.db import models

from cohorts.models.enrollment import Enrollment
from cohorts.models.setup import Cohort
from mentorship.core.languages.known import LONGEST_CODE


class PendingSignup(models.Model):
    """A sign-up whose address is not confirmed yet.

    Nothing is stored about a person before then: anybody can type anybody's address.
    """

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="pending_signups")
    role = models.CharField(max_length=20, choices=Enrollment.Role)
    email = models.EmailField()
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="pending_signups",
        help_text="Whose address it was when they signed up; they may have another one by now.",
    )
    answers = models.JSONField()
    language = models.CharField(
        max_length=LONGEST_CODE,
        blank=True,
        default="",
        db_default="",
        help_text="The code of the language in which they filled in the form; empty where the cohort has only one.",
    )
    created_at = models.DateTimeField(auto_now_add=True)
    enrollment = models.ForeignKey(
        Enrollment, null=True, on_delete=models.SET_NULL, related_name="signups", help_text="Set when confirmed."
    )

    def __str__(self) -> str:
        return f"{self.email} as {self.role}"

    @property
    def address(self) -> str:
        """The address to use: the person's current one, otherwise the one that was typed."""
        return self.person.email if self.person and self.person.is_active else self.email

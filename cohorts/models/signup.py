"""Sign-ups that wait for their address to be confirmed."""

from django.db import models

from cohorts.models.enrollment import Enrollment
from cohorts.models.setup import Cohort


class PendingSignup(models.Model):
    """A sign-up whose address is not confirmed yet.

    Nothing about a person changes before that: anybody can type anybody's address.
    """

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="pending_signups")
    role = models.CharField(max_length=20, choices=Enrollment.Role)
    email = models.EmailField()
    answers = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)
    enrollment = models.ForeignKey(
        Enrollment, null=True, on_delete=models.SET_NULL, related_name="signups", help_text="Set when confirmed."
    )

    def __str__(self) -> str:
        return f"{self.email} as {self.role}"

"""The operator's details in the privacy notice, and counts of data that was deleted because its time was over."""

from typing import Any

from django.conf import settings
from django.db import models


class PrivacyDetails(models.Model):
    """The one row of what an operator tells for the privacy notice. The rest the product knows by itself."""

    responsible = models.TextField(
        "who is responsible", blank=True, help_text="The organisation, its postal address and who speaks for it."
    )
    contact_email = models.EmailField(
        "contact address", blank=True, help_text="Whoever reads it answers questions about personal data."
    )
    officer = models.TextField(
        "data protection officer", blank=True, help_text="Name and address. Leave it empty where there is none."
    )
    authority = models.TextField(
        "supervisory authority", blank=True, help_text="Where people can complain, with its website."
    )
    processors = models.TextField(
        "who processes data for you",
        blank=True,
        help_text="One on each line, such as: Example Hosting, Germany: the server and its backups.",
    )
    more = models.TextField(
        "anything else", blank=True, help_text="Such as transfers to other countries, and on which legal basis."
    )
    changed_at = models.DateTimeField(auto_now=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )

    class Meta:
        verbose_name_plural = "privacy details"

    def __str__(self) -> str:
        return "Privacy notice"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save over the only row."""
        self.pk = 1
        super().save(*args, **kwargs)

    @classmethod
    def read(cls) -> "PrivacyDetails":
        """The row, or an empty one if nobody has told anything yet."""
        return cls.objects.filter(pk=1).first() or cls()


class DeletionCount(models.Model):
    """How many of one kind of data were deleted on one day, and when its turn was over. Names nobody."""

    key = models.CharField(max_length=40, help_text="the kind, see mentorship/operations/retention/classes.py")
    on = models.DateField()
    number = models.PositiveIntegerField(default=0)
    done_at = models.DateTimeField(null=True, help_text="When nothing was left to delete. Empty while there is more.")

    class Meta:
        ordering = ["-on", "key"]
        constraints = [models.UniqueConstraint(fields=["key", "on"], name="deletion_count_one_a_day")]

    def __str__(self) -> str:
        return f"{self.key} on {self.on}: {self.number}"

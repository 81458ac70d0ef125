"""The audit trail: who did what to which object, when; and who read confidential texts."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from mentorship.core.audit.shown_verbs import shown


class Unchanging(models.Model):
    """A row that is added, never changed or deleted. The database refuses it, too: see `append_only`."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk:
            raise TypeError("An audit entry never changes.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError("An audit entry is never deleted.")


class AuditEntry(Unchanging):
    """One action on an object: its verb, who did it, and when (UTC)."""

    at = models.DateTimeField(auto_now_add=True)
    workspace = models.ForeignKey("accounts.Workspace", null=True, on_delete=models.PROTECT, related_name="audit")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="deeds", help_text="empty = system"
    )
    verb = models.CharField(max_length=60)
    object_type = models.CharField(max_length=60)
    object_id = models.CharField(max_length=40)
    data = models.JSONField(default=dict)

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["object_type", "object_id"], name="audit_object"),
            models.Index(fields=["at"], name="audit_at"),
            models.Index(fields=["workspace", "at"], name="audit_of_team"),
        ]
        verbose_name_plural = "audit entries"

    def __str__(self) -> str:
        return f"{self.verb} {self.object_type} {self.object_id}"

    @property
    def details(self) -> list[str]:
        """The details for histories: the fields that were changed, the share of a cost, and how that stands now."""
        fields = self.data.get("fields") or self.data.get("changed") or []
        words = [str(name).replace("_", " ") for name in (fields if isinstance(fields, list) else [])]
        after = self.data.get("after")
        named = filter(None, [self.data.get("name"), self.data.get("share")])
        return [*words, *map(str, named), *(after if isinstance(after, list) else [])]

    @property
    def words(self) -> str:
        """The verb as histories show it."""
        return shown(self.verb)


class ReadEntry(Unchanging):
    """A reading of what a person told in confidence: one for each day, row, kind and way. Never the text."""

    class Kind(models.TextChoices):
        NEEDS = "needs", "private needs"
        CONCERN = "concern", "conduct concern"

    class Way(models.TextChoices):
        PAGE = "page", "on a page"
        FILE = "file", "in a file"

    day = models.DateField(help_text="in UTC")
    at = models.DateTimeField(default=timezone.now, help_text="the first time on that day")
    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.PROTECT, related_name="readings")
    reader = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="readings",
        help_text="empty = operator",
    )
    about = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", help_text="who told it"
    )
    kind = models.CharField(max_length=20, choices=Kind)
    way = models.CharField(max_length=10, choices=Way)
    object_type = models.CharField(max_length=60)
    object_id = models.CharField(max_length=40)

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["day", "reader", "about", "kind", "way", "object_type", "object_id"],
                name="read_once_a_day",
            )
        ]
        indexes = [models.Index(fields=["workspace", "at"], name="readings_list")]
        verbose_name_plural = "readings in confidence"

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.about_id} read by {self.reader_id}"

    @property
    def what(self) -> str:
        """The object read, in words that don't say whose it is: "conduct concern 12"."""
        number = f" {self.object_id}" if self.kind == self.Kind.CONCERN else ""
        return f"{self.get_kind_display()}{number}"


class TrailOpening(models.Model):
    """Tells the triggers that guard the trail to let changes through. Never outlives its transaction."""

    reason = models.CharField(max_length=40)

    def __str__(self) -> str:
        return self.reason

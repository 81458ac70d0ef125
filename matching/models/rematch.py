"""Requests for another match, and searches for a replacement mentor."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from cohorts.models import Enrollment
from matching.querysets import WishQuerySet
from mentorship.core.background.claimed_work import ClaimedWork, ClaimedWorkQuerySet


class RematchWish(models.Model):
    """A person's request for another match, shown to coordinators until it is settled."""

    match = models.ForeignKey("matching.Match", on_delete=models.CASCADE, related_name="wishes")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    words = models.CharField("in their words", max_length=1000, blank=True)
    at = models.DateTimeField(auto_now_add=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    objects = WishQuerySet.as_manager()

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["match", "by"], condition=Q(settled_at=None), name="rematch_wish_once"),
        ]

    def __str__(self) -> str:
        return f"{self.by} asks for another match"


class ReplacementSearch(ClaimedWork):
    """A worker's search for a replacement mentor: every mentor with room, with scores as of that moment."""

    mentee = models.ForeignKey(Enrollment, on_delete=models.CASCADE, related_name="replacement_searches")
    found = models.JSONField(default=list, help_text="[{mentor, score, factors, why, reasons}], the best first")

    objects = ClaimedWorkQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "replacement searches"

    def __str__(self) -> str:
        return f"Another mentor for {self.mentee}"

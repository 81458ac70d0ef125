"""Topics that people share, and merges of topics."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from cohorts.models.setup import Programme


class Topic(models.Model):
    """A subject that people may have in common. `key` is the name without case and outer punctuation.

    A merged topic remains, so that people who type its name get the topic that it was merged into.
    """

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="topics")
    key = models.CharField(max_length=120)
    name = models.CharField(max_length=120)
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged")
    # Topics that coordinators marked as different, so that they are not suggested again.
    different_from = models.ManyToManyField("self", symmetrical=True, blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["programme", "key"], name="topic_key_once")]

    def __str__(self) -> str:
        return self.name


class TopicMerge(models.Model):
    """Topics that a coordinator merged, with everybody who had them, so that the merge can be undone."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="topic_merges")
    kept = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="+")
    before = models.JSONField(help_text="topic id → ids of the enrollments that had it; the kept one included")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"into {self.kept}"

"""The requirements that a programme has of its partners, as numbered lists, and the answers to them."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from mentorship.core.accounts.models import Workspace
from partners.models.records import Partner


class RequirementList(models.Model):
    """One version of the requirements. A published version never changes; a change is the next version."""

    workspace = models.ForeignKey(Workspace, on_delete=models.PROTECT, related_name="requirement_lists")
    number = models.PositiveSmallIntegerField()
    items = models.JSONField(help_text="sentences, in order")
    published_at = models.DateTimeField(default=timezone.now)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["workspace", "number"], name="requirement_list_once")]

    def __str__(self) -> str:
        return f"requirements, version {self.number}"


class RequirementAnswer(models.Model):
    """The answer of a partner's contact to one version: the sentences that they accept, and what they say."""

    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="requirement_answers")
    requirements = models.ForeignKey(RequirementList, on_delete=models.PROTECT, related_name="answers")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    accepted = models.JSONField(default=list, help_text="the accepted sentences")
    note = models.TextField(blank=True, help_text="What doesn’t fit, or is to be agreed.")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.partner} about {self.requirements}"

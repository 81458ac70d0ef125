"""Cases with an owner, a due date and a next step, their notes, and readers of conduct concerns."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from checkins.models.answering import Reply
from checkins.models.waves import CheckIn
from checkins.querysets import CaseQuerySet
from cohorts.models import Cohort
from matching.models import Match
from mentorship.core.accounts.models import Workspace


class ConductReader(models.Model):
    """A person who may read the conduct concerns of a workspace. Nobody else may, in any role."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="conduct_readers")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="conduct_readings")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "user"], name="conduct_reader_once")]

    def __str__(self) -> str:
        return f"{self.user} reads concerns of {self.workspace}"


class Case(models.Model):
    """A case: a person's request or a coordinator's observation."""

    class Kind(models.TextChoices):
        NOT_MET = "not_met", "Have not met"
        OTHER_MENTOR = "other_mentor", "Wants another match"
        HELP = "help", "Needs help"
        CONDUCT = "conduct", "Conduct concern"
        OTHER = "other", "Something else"

    class Status(models.TextChoices):
        OPEN = "open", "open"
        WORKING = "working", "in work"
        WAITING = "waiting", "waiting for an answer"
        DONE = "done", "done"

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="cases")
    kind = models.CharField(max_length=20, choices=Kind)
    status = models.CharField(max_length=20, choices=Status, default=Status.OPEN)
    about = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="cases")
    match = models.ForeignKey(Match, null=True, blank=True, on_delete=models.PROTECT, related_name="cases")
    checkin = models.ForeignKey(CheckIn, null=True, blank=True, on_delete=models.SET_NULL, related_name="cases")
    reply = models.ForeignKey(
        Reply, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", help_text="What opened it."
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="owned_cases"
    )
    due_on = models.DateField("next step by")
    next_step = models.CharField(max_length=300)
    summary = models.TextField(blank=True, help_text="What was said.")
    outcome = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    done_at = models.DateTimeField(null=True, blank=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "id"]
        constraints = [
            # An answer that is changed repeatedly opens one case of a kind, not many.
            models.UniqueConstraint(
                fields=["checkin", "kind"], condition=~Q(kind="conduct") & Q(checkin__isnull=False), name="case_once"
            ),
            models.CheckConstraint(
                condition=Q(status="done", done_at__isnull=False) | (~Q(status="done") & Q(done_at__isnull=True)),
                name="case_done_has_moment",
            ),
        ]
        indexes = [models.Index(fields=["cohort", "status", "due_on"], name="case_list")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.about or self.cohort}"

    def get_absolute_url(self) -> str:
        return reverse("checkins:case-detail", args=[self.cohort.slug, self.pk])

    def is_late(self, today: date) -> bool:
        """Whether its next step is overdue."""
        return self.status != self.Status.DONE and self.due_on < today


class CaseNote(models.Model):
    """A note on a case."""

    class Kind(models.TextChoices):
        NOTE = "note", "note"
        NO_LONGER_ASKED = "no_longer_asked", "they answered since"
        REPLY = "reply", "they wrote"

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="notes")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    kind = models.CharField(max_length=20, choices=Kind, default=Kind.NOTE)
    reply = models.ForeignKey(
        Reply, null=True, on_delete=models.SET_NULL, related_name="+", help_text="What they wrote that it quotes."
    )
    text = models.TextField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return self.text

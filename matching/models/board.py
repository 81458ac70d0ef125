"""Manual decisions of coordinators: pins, their own sentences, changes of the board, people left for later; and
shortages of mentors.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from cohorts.models import Cohort, Enrollment


class MatchPin(models.Model):
    """A pair that a coordinator locked or forbade for every later run."""

    class Kind(models.TextChoices):
        LOCK = "lock", "locked"
        FORBID = "forbid", "forbidden"

    mentee = models.ForeignKey(Enrollment, on_delete=models.CASCADE, related_name="pins_as_mentee")
    mentor = models.ForeignKey(Enrollment, on_delete=models.CASCADE, related_name="pins_as_mentor")
    kind = models.CharField(max_length=20, choices=Kind)
    reason = models.CharField(max_length=300, blank=True, help_text="Why, where somebody said so; such as a decline.")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mentee", "mentor"], name="match_pin_once")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.mentee} with {self.mentor}"


class PairSentence(models.Model):
    """A coordinator's sentence for a pair, in place of the one that a run wrote, whichever run proposes them."""

    mentee = models.ForeignKey(Enrollment, on_delete=models.CASCADE, related_name="+")
    mentor = models.ForeignKey(Enrollment, on_delete=models.CASCADE, related_name="+")
    text = models.CharField(max_length=400, blank=True, help_text="Empty: the two are told no reason.")
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mentee", "mentor"], name="pair_sentence_once"),
            models.CheckConstraint(condition=~Q(mentee=F("mentor")), name="pair_sentence_two_enrollments"),
        ]

    def __str__(self) -> str:
        return f"Sentence for {self.mentee} with {self.mentor}"


class BoardChange(models.Model):
    """One change by hand that can be undone as one step. Its number is the version of the board."""

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="board_changes")
    number = models.PositiveIntegerField()
    run = models.ForeignKey("matching.MatchRun", on_delete=models.CASCADE, related_name="changes")
    words = models.CharField(max_length=500, help_text="What was done, as a sentence without its subject.")
    cost = models.CharField(max_length=200, blank=True, help_text="What it cost, in words, at the time.")
    effects = models.JSONField(help_text="[{what, mentee, mentor, before, after}]")
    undoes = models.OneToOneField("self", null=True, on_delete=models.CASCADE, related_name="undone_by")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["cohort", "number"], name="board_change_number_unique")]

    def __str__(self) -> str:
        return self.words


class HeldBack(models.Model):
    """A person who is left out of this run and later ones until they are brought back."""

    enrollment = models.OneToOneField(Enrollment, on_delete=models.CASCADE, related_name="held_back")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "held back"

    def __str__(self) -> str:
        return f"{self.enrollment}, for later"


class MatchSupply(models.Model):
    """The mentors lacking while sign-up is open, recomputed now and then for everybody who signed up so far."""

    cohort = models.OneToOneField(Cohort, on_delete=models.CASCADE, related_name="match_supply")
    mentees = models.PositiveIntegerField(default=0)
    mentors = models.PositiveIntegerField(default=0)
    shortages = models.JSONField(default=list, help_text="[{kind, name, places}]")
    computed_at = models.DateTimeField(help_text="Later sign-ups are not in it yet.")

    class Meta:
        verbose_name_plural = "match supplies"

    def __str__(self) -> str:
        return f"Supply of {self.cohort}"

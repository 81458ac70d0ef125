"""Goal groups, people's choices, and who is in which group."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from cohorts.models import Cohort, Enrollment
from matching.querysets import OfCohortQuerySet
from mentorship.core.outbox.models import OutboxMessage


class GoalGroup(models.Model):
    """A few mentors and mentees who work towards one goal together, such as giving a first talk."""

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="goal_groups")
    name = models.CharField("goal", max_length=120)
    about = models.TextField(blank=True, max_length=2000, help_text="What the group does, in a sentence or two.")
    mentor_places = models.PositiveSmallIntegerField(
        "places for mentors", default=3, validators=[MinValueValidator(1), MaxValueValidator(50)]
    )
    mentee_places = models.PositiveSmallIntegerField(
        "places for mentees", default=8, validators=[MinValueValidator(1), MaxValueValidator(200)]
    )
    intro = models.ForeignKey(OutboxMessage, null=True, editable=False, on_delete=models.PROTECT, related_name="+")
    finished_at = models.DateTimeField(null=True, editable=False)
    reached = models.BooleanField(null=True, editable=False, help_text="Whether it reached its goal; once it is over.")
    created_at = models.DateTimeField(auto_now_add=True)

    quoted_in_mails = ("name", "about", "reached")

    objects = OfCohortQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["cohort", "name"], name="goal_group_name_once"),
            models.CheckConstraint(
                condition=Q(finished_at__isnull=True, reached__isnull=True)
                | Q(finished_at__isnull=False, reached__isnull=False, intro__isnull=False),
                name="goal_group_finished_after_intro",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def confirmed(self) -> bool:
        """Whether its people have been introduced to each other."""
        return self.intro_id is not None

    def places_for(self, role: str) -> int:
        """The number of places for a role."""
        return self.mentor_places if role == Enrollment.Role.MENTOR else self.mentee_places


class GoalChoice(models.Model):
    """A person's choice of a group; rank 1 is their first choice."""

    group = models.ForeignKey(GoalGroup, on_delete=models.CASCADE, related_name="choices")
    enrollment = models.ForeignKey(Enrollment, on_delete=models.CASCADE, related_name="goal_choices")
    rank = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["enrollment_id", "rank"]
        constraints = [models.UniqueConstraint(fields=["group", "enrollment"], name="goal_choice_once")]

    def __str__(self) -> str:
        return f"{self.rank}. {self.group}"


class GoalPlace(models.Model):
    """A person's place in a group. Filling the groups never moves people who were placed by hand."""

    group = models.ForeignKey(GoalGroup, on_delete=models.CASCADE, related_name="places")
    enrollment = models.OneToOneField(Enrollment, on_delete=models.CASCADE, related_name="goal_place")
    by_hand = models.BooleanField(default=False)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.enrollment.user} in {self.group}"

"""Programmes, their cohorts, and the people in them."""

from datetime import date, datetime
from typing import ClassVar
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from cohorts.places import country_name, language_name
from cohorts.querysets import CohortQuerySet, EnrollmentQuerySet, ProgrammeQuerySet
from mentorship.accounts.models import Workspace, validate_time_zone


class Programme(models.Model):
    """The offer that recurs. It owns its coordinators (the roles of its workspace), defaults and wording."""

    workspace = models.OneToOneField(Workspace, on_delete=models.PROTECT, related_name="programme")
    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=60, unique=True, help_text="The short name in addresses, such as open-seeds.")
    summary = models.TextField(blank=True, help_text="Shown above every sign-up form.")
    contact_email = models.EmailField(help_text="Where answers to our mails go.")
    code_of_conduct_url = models.URLField("code of conduct", blank=True)
    mentor_label = models.CharField("word for mentor", max_length=40, default="mentor")
    mentee_label = models.CharField("word for mentee", max_length=40, default="mentee")

    objects = ProgrammeQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("cohorts:programme", args=[self.slug])

    def label_of(self, role: str) -> str:
        """The programme's own word for a role."""
        return {"mentor": self.mentor_label, "mentee": self.mentee_label}.get(role, role)


class Cohort(models.Model):
    """One dated run of a programme."""

    class Status(models.TextChoices):
        DRAFT = "draft", "draft"
        ENROLLING = "enrolling", "enrolling"
        MATCHING = "matching", "matching"
        RUNNING = "running", "running"
        COMPLETED = "completed", "completed"
        ARCHIVED = "archived", "archived"

    # A step back is allowed as long as it undoes no mail: sign-up may be opened again.
    TRANSITIONS: ClassVar[dict[str, tuple[str, ...]]] = {
        "draft": ("enrolling",),
        "enrolling": ("matching", "draft"),
        "matching": ("running", "enrolling"),
        "running": ("completed", "matching"),
        "completed": ("archived", "running"),
        "archived": ("completed",),
    }

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="cohorts")
    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=60, unique=True, help_text="The short name in addresses, such as seeds-9.")
    status = models.CharField(max_length=20, choices=Status, default=Status.DRAFT)
    starts_on = models.DateField(help_text="First day of week 1.")
    ends_on = models.DateField()
    time_zone = models.CharField(max_length=60, default="UTC", validators=[validate_time_zone])
    signup_closes_at = models.DateTimeField("sign-up closes", null=True, blank=True)
    suggested_topics = models.TextField(
        blank=True, help_text="Offered in the sign-up form, separated by commas. Everybody may add their own."
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = CohortQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "name"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="cohort_ends_after_start"),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "enrolling", "matching", "running", "completed", "archived"]),
                name="cohort_status_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("cohorts:cohort", args=[self.slug])

    def clean(self) -> None:
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            raise ValidationError({"ends_on": "The end must not lie before the start."})

    @property
    def tz(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def workspace_id(self) -> int:
        return self.programme.workspace_id

    @property
    def next_statuses(self) -> list[tuple[str, str]]:
        """The statuses it may move to, as (value, label), the way forward first."""
        return [(s, self.Status(s).label) for s in self.TRANSITIONS[self.status]]

    def accepts_signups(self, now: datetime | None = None) -> bool:
        """Whether the public forms are open now."""
        now = now or timezone.now()
        return self.status == self.Status.ENROLLING and (self.signup_closes_at is None or now < self.signup_closes_at)

    def week_on(self, day: date) -> int | None:
        """The number of the week that `day` lies in, from 1; None before the start and after the end."""
        return (day - self.starts_on).days // 7 + 1 if self.starts_on <= day <= self.ends_on else None


class Topic(models.Model):
    """A subject that people can share. `key` is the name without case and outer punctuation."""

    key = models.CharField(max_length=120, unique=True)
    name = models.CharField(max_length=120)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Enrollment(models.Model):
    """A person in a cohort in one role. A mentee's enrollment is their application, for a whole team its lead's."""

    class Role(models.TextChoices):
        MENTOR = "mentor", "mentor"
        MENTEE = "mentee", "mentee"
        FACILITATOR = "facilitator", "facilitator"
        EXPERT = "expert", "expert"

    class Status(models.TextChoices):
        APPLIED = "applied", "applied"
        ACCEPTED = "accepted", "accepted"
        WAITLISTED = "waitlisted", "waitlisted"
        DECLINED = "declined", "declined"
        WITHDRAWN = "withdrawn", "withdrawn"
        COMPLETED = "completed", "completed"

    class MentoringType(models.TextChoices):
        TECHNICAL = "technical", "Technical"
        CAREER = "career", "Career"
        BOTH = "both", "Both"

    class InteractionStyle(models.TextChoices):
        CALLS = "calls", "Regular calls"
        WRITING = "writing", "Writing, at our own pace"
        MIXED = "mixed", "A mix of both"

    TRANSITIONS: ClassVar[dict[str, tuple[str, ...]]] = {
        "applied": ("accepted", "waitlisted", "declined", "withdrawn"),
        "waitlisted": ("accepted", "declined", "withdrawn", "applied"),
        "accepted": ("waitlisted", "declined", "withdrawn", "completed", "applied"),
        "declined": ("accepted", "waitlisted", "applied"),
        "withdrawn": ("applied",),
        "completed": ("accepted",),
    }

    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="enrollments")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="enrollments")
    role = models.CharField(max_length=20, choices=Role)
    status = models.CharField(max_length=20, choices=Status, default=Status.APPLIED)
    external_id = models.CharField(max_length=80, blank=True, help_text="The id in the sheet it was imported from.")

    title = models.CharField("project title", max_length=300, blank=True)
    description = models.TextField("about the project", blank=True)
    topics = models.ManyToManyField(Topic, blank=True, related_name="enrollments")
    goals = models.TextField(blank=True)
    mentoring_type = models.CharField(max_length=20, choices=MentoringType, blank=True)
    interaction_style = models.CharField(max_length=20, choices=InteractionStyle, blank=True)
    hours_per_month = models.PositiveSmallIntegerField(null=True, blank=True, validators=[MaxValueValidator(200)])
    capacity = models.PositiveSmallIntegerField(default=1, validators=[MaxValueValidator(50)])
    mentors_wanted = models.PositiveSmallIntegerField(
        default=1, validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    # What was true at sign-up: the cohort's figures stay right when a person moves later.
    country = models.CharField(max_length=2, blank=True)
    time_zone = models.CharField(max_length=60, blank=True, validators=[validate_time_zone])
    languages = models.JSONField(default=list, blank=True)

    private_needs = models.TextField(blank=True, help_text="Read by coordinators only.")
    shares_address = models.BooleanField(default=False, help_text="The match may see the e-mail address.")
    listed_publicly = models.BooleanField(default=False)
    note = models.TextField(blank=True, help_text="The coordinators' own note.")
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(auto_now=True)

    objects = EnrollmentQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["cohort", "user", "role"], condition=~Q(role="mentee"), name="enrollment_one_per_role"
            ),
            # Real cohorts have people who lead two projects.
            models.UniqueConstraint(
                fields=["cohort", "user", "title"], condition=Q(role="mentee"), name="enrollment_one_per_project"
            ),
            models.UniqueConstraint(
                fields=["cohort", "role", "external_id"],
                condition=~Q(external_id=""),
                name="enrollment_external_id_unique",
            ),
            models.CheckConstraint(condition=Q(mentors_wanted__gte=1), name="enrollment_wants_a_mentor"),
        ]
        indexes = [models.Index(fields=["cohort", "role", "status"], name="enrollment_list")]

    def __str__(self) -> str:
        return self.title or str(self.user)

    def get_absolute_url(self) -> str:
        return reverse("cohorts:enrollment", args=[self.cohort.slug, self.pk])

    @property
    def country_name(self) -> str:
        return country_name(self.country)

    @property
    def language_names(self) -> list[str]:
        return [language_name(code) for code in self.languages]

    @property
    def people(self) -> list:
        """The lead and the team members, as users. Prefetch `members__user` for lists."""
        return [self.user, *(m.user for m in self.members.all())]

    @property
    def next_statuses(self) -> list[tuple[str, str]]:
        return [(s, self.Status(s).label) for s in self.TRANSITIONS[self.status]]


class TeamMember(models.Model):
    """A mentee who applied together with the lead; the lead holds the enrollment."""

    enrollment = models.ForeignKey(Enrollment, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="team_memberships")

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["enrollment", "user"], name="team_member_once")]

    def __str__(self) -> str:
        return str(self.user)


class PendingSignup(models.Model):
    """What somebody typed into the public form, until they prove that the address is theirs.

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


class ImportBatch(models.Model):
    """An uploaded sheet on its way into a cohort: columns mapped, previewed, then applied once."""

    class Status(models.TextChoices):
        UPLOADED = "uploaded", "uploaded"
        APPLIED = "applied", "applied"

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="imports")
    role = models.CharField(max_length=20, choices=Enrollment.Role)
    status = models.CharField(max_length=20, choices=Status, default=Status.UPLOADED)
    filename = models.CharField(max_length=200)
    rows = models.JSONField(help_text="The sheet as lists of texts, headers first.")
    mapping = models.JSONField(default=dict, help_text="header → field")
    result = models.JSONField(default=dict)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.filename

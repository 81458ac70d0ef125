"""The people of a cohort: enrollments, team members, and who is not the same person."""

from copy import copy
from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import pgettext_lazy

from cohorts.models.setup import Cohort, Group, Programme
from cohorts.models.topics import Topic
from cohorts.querysets import EnrollmentQuerySet
from cohorts.towns import Town, find_town
from cohorts.weekly_hours import WeeklyHours
from mentorship.core.accounts.models import User, validate_time_zone
from mentorship.core.reference_data import country_name, language_name
from mentorship.core.text import with_article
from mentorship.core.timezones import zone_name
from mentorship.core.ui.word_search import OnPostgreSQL, WordsOf


class Enrollment(models.Model):
    """A person in a cohort in one role. A mentee's enrollment is their application; a team's belongs to its lead."""

    class Role(models.TextChoices):
        MENTOR = "mentor", "mentor"
        MENTEE = "mentee", "mentee"
        FACILITATOR = "facilitator", "facilitator"
        EXPERT = "expert", "expert"

    class Status(models.TextChoices):
        APPLIED = "applied", pgettext_lazy("a sign-up", "applied")
        ACCEPTED = "accepted", pgettext_lazy("a sign-up", "accepted")
        WAITLISTED = "waitlisted", pgettext_lazy("a sign-up", "waitlisted")
        DECLINED = "declined", pgettext_lazy("a sign-up", "declined")
        WITHDRAWN = "withdrawn", pgettext_lazy("a sign-up", "withdrawn")
        COMPLETED = "completed", pgettext_lazy("a sign-up", "completed")

    class Departure(models.TextChoices):
        """How somebody who is withdrawn came to leave."""

        WITHDREW = "withdrew", "withdrew"
        AT_REQUEST = "at_request", "withdrawn at their request"
        LAPSED = "lapsed", "did not answer the offer"
        REMOVED = "removed", pgettext_lazy("a sign-up", "removed")

    class MentoringType(models.TextChoices):
        TECHNICAL = "technical", pgettext_lazy("kind of mentoring", "Technical")
        CAREER = "career", pgettext_lazy("kind of mentoring", "Career")
        BOTH = "both", pgettext_lazy("kind of mentoring", "Both")

    class InteractionStyle(models.TextChoices):
        CALLS = "calls", lazy("Regular calls")
        WRITING = "writing", lazy("Writing, at our own pace")
        MIXED = "mixed", lazy("A mix of both")
        IN_PERSON = "in_person", lazy("In person")

    TRANSITIONS: ClassVar[dict[str, tuple[str, ...]]] = {
        "applied": ("accepted", "waitlisted", "declined", "withdrawn"),
        "waitlisted": ("accepted", "declined", "withdrawn", "applied"),
        # People with a place are never declined: they withdraw, or are removed.
        "accepted": ("waitlisted", "withdrawn", "completed", "applied"),
        "declined": ("accepted", "waitlisted", "applied"),
        "withdrawn": ("applied",),
        "completed": ("accepted",),
    }

    # Sets of statuses that rules ask for. Querysets have a method for each.
    MATCHED_ROLES: ClassVar[tuple[Role, ...]] = (Role.MENTEE, Role.MENTOR)
    OCCUPYING_PLACE: ClassVar[tuple[str, ...]] = (Status.ACCEPTED, Status.COMPLETED)
    UNDECIDED: ClassVar[tuple[str, ...]] = (Status.APPLIED, Status.WAITLISTED)
    OPEN: ClassVar[tuple[str, ...]] = (*UNDECIDED, Status.ACCEPTED)

    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="enrollments")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="enrollments")
    role = models.CharField(max_length=20, help_text="One of the usual roles, or one that the programme named.")
    status = models.CharField(max_length=20, choices=Status, default=Status.APPLIED)
    status_reason = models.TextField(
        blank=True, editable=False, help_text="Why it has this status, as the person or a coordinator said."
    )
    departure = models.CharField(
        max_length=20, choices=Departure, blank=True, editable=False, help_text="How they left; of withdrawn ones only."
    )
    left_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="When they withdrew or were removed."
    )
    status_changes = models.PositiveIntegerField(
        default=0, editable=False, help_text="How often it changed. Numbers the mails about decisions."
    )
    external_id = models.CharField(max_length=80, blank=True, help_text="The id in the sheet it was imported from.")
    group = models.ForeignKey(Group, null=True, blank=True, on_delete=models.PROTECT, related_name="enrollments")
    waitlist_position = models.PositiveIntegerField(null=True, blank=True, help_text="1 is the next to be offered.")
    offer_expires_at = models.DateTimeField(null=True, blank=True, help_text="Until when the offer can be accepted.")
    confirmed_at = models.DateTimeField(null=True, blank=True, help_text="When the person accepted the offer.")
    defers = models.BooleanField(default=False, help_text="Withdrew, and asked to be in the next cohort.")
    comes_back_as = models.JSONField(default=list, blank=True, help_text="Roles they would take in a later cohort.")

    title = models.CharField("project title", max_length=300, blank=True)
    description = models.TextField("about the project", blank=True)
    topics = models.ManyToManyField(Topic, blank=True, related_name="enrollments")
    goals = models.TextField(blank=True)
    mentoring_type = models.CharField(max_length=20, choices=MentoringType, blank=True)
    # One of the usual ways, or the text of one that the programme added.
    interaction_style = models.CharField(max_length=60, choices=InteractionStyle, blank=True)
    hours_per_month = models.PositiveSmallIntegerField(null=True, blank=True, validators=[MaxValueValidator(200)])
    capacity = models.PositiveSmallIntegerField(default=1, validators=[MaxValueValidator(50)])
    mentors_wanted = models.PositiveSmallIntegerField(
        default=1, validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    # As of sign-up, so that the cohort's figures stay correct if the person moves later.
    country = models.CharField(max_length=2, blank=True)
    time_zone = models.CharField(max_length=60, blank=True, validators=[validate_time_zone])
    city = models.CharField("city or region", max_length=80, blank=True, default="", db_default="")
    availability = models.TextField(
        "hours of the week",
        blank=True,
        default="",
        db_default="",
        help_text="When they can usually meet, with the zone whose clock they meant: Tue 16-20 (Africa/Nairobi).",
    )
    languages = models.JSONField(default=list, blank=True)

    private_needs = models.TextField(blank=True, help_text="Read by coordinators only.")
    shares_address = models.BooleanField(default=False, help_text="The match may see the e-mail address.")
    listed_publicly = models.BooleanField(default=False)
    note = models.TextField(blank=True, help_text="The coordinators' own note.")
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(auto_now=True)

    quoted_in_mails = ("title", "description", "goals", "time_zone", "availability", "offer_expires_at")

    objects = EnrollmentQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["cohort", "user", "role"], condition=~Q(role="mentee"), name="enrollment_one_per_role"
            ),
            # Some people lead two projects in one cohort.
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
        indexes = [
            models.Index(fields=["cohort", "role", "status"], name="enrollment_list"),
            models.Index(fields=["cohort", "updated_at"], name="enrollment_changed"),
            OnPostgreSQL(WordsOf("title"), name="enrollment_words"),
            models.Index(
                fields=["offer_expires_at"], name="enrollment_offer_ends", condition=Q(offer_expires_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.title or str(self.user)

    def get_absolute_url(self) -> str:
        return reverse("cohorts:enrollment-detail", args=[self.cohort.slug, self.pk])

    def get_role_display(self) -> str:  # type: ignore[no-redef]
        """The programme's own word for the role; lists select `cohort__programme` with their rows."""
        return self.cohort.programme.label_of(self.role)

    def get_status_display(self) -> str:  # type: ignore[no-redef]
        """The status in words; removed people did not withdraw."""
        return str(self.Departure.REMOVED.label if self.was_removed else self.Status(self.status).label)

    @property
    def was_removed(self) -> bool:
        """Whether a coordinator removed them from the cohort."""
        return self.status == self.Status.WITHDRAWN and self.departure == self.Departure.REMOVED

    @property
    def may_come_back(self) -> bool:
        """Whether the person may undo their withdrawal: until the cohort runs, and never after a removal."""
        return self.status == self.Status.WITHDRAWN and not self.was_removed and self.cohort.gives_places

    @property
    def occupies_place(self) -> bool:
        """Whether the person takes a place in the cohort: accepted or completed."""
        return self.status in self.OCCUPYING_PLACE

    @property
    def is_open(self) -> bool:
        """Whether the person may still change their answers or withdraw: applied, waitlisted or accepted."""
        return self.status in self.OPEN

    @property
    def offer_is_open(self) -> bool:
        """Whether the person was accepted and has not confirmed yet."""
        return self.status == self.Status.ACCEPTED and self.offer_expires_at is not None and self.confirmed_at is None

    @property
    def zone_name(self) -> str:
        """The time zone for people, such as Nairobi; "" if they gave none."""
        return zone_name(self.time_zone) if self.time_zone else ""

    @property
    def weekly_hours(self) -> WeeklyHours | None:
        """The hours of the week in which the person can usually meet; None if they gave none."""
        return WeeklyHours.stored(self.availability)

    @property
    def hours_in_words(self) -> str:
        """`Tue 16:00–20:00, Sat 10:00–14:00 (Nairobi)`; "" if they gave none."""
        hours = self.weekly_hours
        return hours.in_words if hours else ""

    @property
    def town(self) -> Town | None:
        """Where the person lives, for distances; None without a city or a country."""
        return find_town(self.city, self.country, self.cohort.programme.towns)

    # The value before the current change; not a column.
    status_before = ""

    @property
    def country_name(self) -> str:
        return country_name(self.country)

    @property
    def language_names(self) -> list[str]:
        return [language_name(code) for code in self.languages]

    @property
    def people(self) -> list:
        """The lead and the team members, as users. Prefetch `members__user` for lists."""
        return [self.user, *(m.person for m in self.members.all())]

    def name_of(self, person: User) -> str:
        """The name that others see: `a mentee in Berlin` if the person gave none."""
        return person.known_name or f"{with_article(self.cohort.programme.label_of(self.role))}{person.whereabouts}"

    def may_quote_to(self, reader: User) -> bool:
        """Whether a mail to this reader may quote text typed by the lead.

        Anybody can name a stranger as a member of their team: until coordinators have accepted it, a mail to that
        stranger could carry any text the lead likes.
        """
        read_by_coordinators = {self.Status.ACCEPTED, self.Status.COMPLETED}
        return reader.pk == self.user_id or bool(read_by_coordinators & {self.status, self.status_before})

    def shares_address_of(self, person: User) -> bool:
        """Whether this person agreed to share their address with their match. Team members decide for themselves."""
        if person.pk == self.user_id:
            return self.shares_address
        return any(member.user_id == person.pk and member.shares_address for member in self.members.all())

    @property
    def next_statuses(self) -> list[tuple[str, str]]:
        return [(s, str(self.Status(s).label)) for s in self.TRANSITIONS[self.status]]


class NamedByLead(models.Model):
    """A person whose address the lead of a team typed.

    Typing an address proves nothing: the name that its owner gave elsewhere stays hidden until they say how they want
    to be called here.
    """

    user: models.ForeignKey
    named_as = models.CharField(
        max_length=200, blank=True, help_text="What the lead calls them. Empty: the name that they gave themselves."
    )

    class Meta:
        abstract = True

    @property
    def person(self) -> User:
        """The user as the rest of the team and the programme know them."""
        if not self.named_as:
            return self.user
        person = copy(self.user)
        person.named_as, person.pronouns = self.named_as, ""
        return person


class TeamMemberManager(models.Manager["TeamMember"]):
    """Reads members with their accounts: a list needs their names, and reads a team at once."""

    def get_queryset(self) -> models.QuerySet["TeamMember"]:
        return super().get_queryset().select_related("user")


class TeamMember(NamedByLead):
    """A mentee who applied together with a lead; the lead holds the enrollment."""

    enrollment = models.ForeignKey(Enrollment, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="team_memberships")
    shares_address = models.BooleanField(default=False, help_text="The match may see this member's e-mail address.")
    listed_publicly = models.BooleanField(
        default=False, db_default=False, help_text="They may be named in public; nobody else says so for them."
    )

    objects = TeamMemberManager()

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["enrollment", "user"], name="team_member_once")]

    def __str__(self) -> str:
        return str(self.person)


class TeamDeparture(NamedByLead):
    """A person who left a team or was removed while the others continue. The lead may invite them back."""

    enrollment = models.ForeignKey(Enrollment, on_delete=models.CASCADE, related_name="departures")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="team_departures")
    left_at = models.DateTimeField(default=timezone.now)
    removed = models.BooleanField(default=False, help_text="Taken off by the lead or a coordinator.")
    reason = models.CharField(max_length=500, blank=True)
    invited_at = models.DateTimeField(null=True, blank=True, help_text="When the lead last invited them back.")
    departures = models.PositiveIntegerField(default=1, editable=False, help_text="How often they left. Numbers mails.")

    class Meta:
        ordering = ["left_at", "id"]
        constraints = [models.UniqueConstraint(fields=["enrollment", "user"], name="team_departure_once")]

    def __str__(self) -> str:
        return f"{self.person}, who left {self.enrollment}"


class DifferentPeople(models.Model):
    """Two people with the same name who are different, so that they are not suggested as duplicates again."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="different_people")
    first = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["programme", "first", "second"], name="different_people_once"),
        ]
        verbose_name_plural = "different people"

    def __str__(self) -> str:
        return f"{self.first} is not {self.second}"

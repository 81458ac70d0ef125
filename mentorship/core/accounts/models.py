"""People, workspaces, and roles in them."""

from collections.abc import Sequence
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext

from mentorship.core.accounts.querysets import DataRequestQuerySet, StoppedLinkQuerySet
from mentorship.core.errors import ServiceError
from mentorship.core.languages.known import LONGEST_CODE
from mentorship.core.reference_data import country_in_sentence
from mentorship.core.timezones import known_time_zones, zone_name
from mentorship.core.ui.word_search import OnPostgreSQL, WordsOf


def validate_time_zone(value: str) -> None:
    """Raise ValidationError if `value` is not a name of the IANA time zone database."""
    if value not in known_time_zones():
        raise ValidationError("Choose a time zone such as Africa/Nairobi.", code="time_zone")


class UserManager(BaseUserManager["User"]):
    """Creates users who sign in with their e-mail address, stored in lower case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Save a user; with no password they sign in by a mailed code only."""
        if not email:
            raise ValueError("A user needs an e-mail address.")
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Save an operator: all rights, the Django admin included."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """A person. One person has one row, in however many cohorts and roles."""

    email = models.EmailField(unique=True, help_text="Your login, and where your mails go.")
    full_name = models.CharField(max_length=200, help_text="As you write it yourself, in any script.")
    preferred_name = models.CharField(max_length=100, blank=True, help_text="What we call you in mails.")
    pronouns = models.CharField(max_length=60, blank=True)
    time_zone = models.CharField(max_length=60, blank=True, validators=[validate_time_zone])
    country = models.CharField(max_length=2, blank=True, help_text="ISO 3166 code")
    languages = models.JSONField(default=list, blank=True, help_text="ISO 639 codes")
    language = models.CharField(
        max_length=LONGEST_CODE,
        blank=True,
        default="",
        db_default="",
        help_text="The code of the language of their pages and mails; empty: that of the browser and of each cohort.",
    )
    is_staff = models.BooleanField("operator", default=False)
    is_active = models.BooleanField(default=True)
    second_factor_by = models.DateField(null=True, blank=True, editable=False)
    date_joined = models.DateTimeField(default=timezone.now, editable=False)

    # A queued mail is rendered again when one of these changes.
    quoted_in_mails = ("full_name", "preferred_name", "pronouns", "time_zone")

    # What somebody else calls them if the name that they gave is not to be told; no column, see TeamMember.person.
    named_as = ""

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["full_name"]

    class Meta:
        ordering = ["full_name", "email"]
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_any_case_unique")]
        indexes = [OnPostgreSQL(WordsOf("full_name", "email"), name="accounts_user_words")]

    def __str__(self) -> str:
        """The name; never the address, which some readers must not see."""
        return self.known_name or f"Someone{self.whereabouts}"

    @property
    def known_name(self) -> str:
        """The name that the person gave, or that the reader knows; "" if there is none."""
        return self.named_as or self.full_name or self.preferred_name

    @property
    def short_name(self) -> str:
        """The name by which mails address this person."""
        return self.preferred_name or self.full_name or gettext("participant")

    @property
    def whereabouts(self) -> str:
        """` in Berlin`, for somebody without a name: the city of their time zone, else their country; "" if unknown."""
        city = zone_name(self.time_zone) if "/" in self.time_zone and not self.time_zone.startswith("Etc/") else ""
        place = city or country_in_sentence(self.country)
        return f" in {place}" if place else ""

    @property
    def tz(self) -> ZoneInfo:
        """The zone in which this person reads times; UTC while unknown."""
        return ZoneInfo(self.time_zone or "UTC")


class StoppedLink(models.Model):
    """A stop of signed links of a person, from a moment on: of one link, of all of a purpose, or of all."""

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="stopped_links")
    purpose = models.CharField(max_length=60, blank=True, help_text="What they were signed for; empty: anything")
    values = models.CharField(max_length=200, blank=True, help_text="Of one link, joined by dashes; empty: of all")
    stopped_at = models.DateTimeField(default=timezone.now, help_text="What was signed later works")

    objects = StoppedLinkQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.purpose or 'all links'} of {self.person}"

    @staticmethod
    def written(values: Sequence[Any]) -> str:
        """Join a link's values into the text that is stored."""
        return "-".join(map(str, values))


class Workspace(models.Model):
    """The owner of roles, messages and audit entries. Each programme has one."""

    name = models.CharField(max_length=200)
    demands_second_factor = models.BooleanField(
        default=False, help_text="Everybody with a role here sets one up, whatever the installation demands."
    )
    is_sample = models.BooleanField(
        "sample data", default=False, db_default=False, editable=False, help_text="Made up: no email of it is sent."
    )

    def __str__(self) -> str:
        return self.name

    def refuse_if_sample(self, what: str) -> None:
        """Raise ServiceError for what would stay on record for good: sample data is removed whole."""
        if self.is_sample:
            raise ServiceError(f"This is sample data, so {what}.")


class WorkspaceRole(models.Model):
    """A person's role in a workspace."""

    class Role(models.TextChoices):
        OWNER = "owner", "programme owner"
        COORDINATOR = "coordinator", "coordinator"
        VIEWER = "viewer", "viewer"

    EDITORS = (Role.OWNER, Role.COORDINATOR)

    class News(models.TextChoices):
        AT_ONCE = "at_once", "at once"
        DAILY = "daily", "once a day"
        WEEKLY = "weekly", "once a week"
        NEVER = "never", "never"

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="roles")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="workspace_roles")
    role = models.CharField(max_length=20, choices=Role)
    news = models.CharField(
        max_length=10,
        choices=News,
        default=News.DAILY,
        db_default=News.DAILY,
        help_text="How often they are told by mail what happened.",
    )
    news_until = models.DateTimeField(null=True, editable=False, help_text="Up to when they have been told.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "user"], name="workspace_role_one_per_user"),
            models.CheckConstraint(
                condition=models.Q(role__in=["owner", "coordinator", "viewer"]), name="workspace_role_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()} of {self.workspace}"


class SavedView(models.Model):
    """Filters, order and columns of a list, kept under a name by the person who uses them."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="saved_views")
    list_name = models.CharField(max_length=100, help_text="The name of the list's address, the same in every cohort.")
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=1000, help_text="As in the address, after the question mark.")

    class Meta:
        ordering = ["name", "id"]
        constraints = [models.UniqueConstraint(fields=["user", "list_name", "name"], name="saved_view_name_once")]

    def __str__(self) -> str:
        return self.name


class PersonMerge(models.Model):
    """Two accounts of one person merged; `moved` lists the changed references, so that the merge can be undone."""

    kept = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    merged = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    moved = models.JSONField(help_text="[model label, field, [ids]] of the rows that pointed to the merged one")
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    agreed_at = models.DateTimeField(null=True, blank=True, help_text="since when the other's addresses sign them in")
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.merged.email} into {self.kept.email}"


class DataRequest(models.Model):
    """A person's legal request for erasure, a copy or a correction of their data."""

    class Kind(models.TextChoices):
        ERASE = "erase", "erasure"
        COPY = "copy", "a copy"
        CORRECT = "correct", "a correction, a limit or an objection"

    class Status(models.TextChoices):
        OPEN = "open", "open"
        DONE = "done", "done"
        REFUSED = "refused", "refused"
        WITHDRAWN = "withdrawn", "withdrawn"

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="data_requests")
    workspaces = models.ManyToManyField(
        Workspace, blank=True, related_name="data_requests", help_text="Where they take part. Where nowhere: operators."
    )
    kind = models.CharField(max_length=20, choices=Kind)
    status = models.CharField(max_length=20, choices=Status, default=Status.OPEN)
    words = models.TextField(blank=True, help_text="What they wrote with it.")
    asked_at = models.DateTimeField(default=timezone.now)
    due_on = models.DateField(help_text="By when it is to be answered: a month, says the law.")
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    answer = models.TextField(blank=True, help_text="What they were told.")

    # A queued mail is rendered again when one of these changes.
    quoted_in_mails = ("status", "due_on")

    objects = DataRequestQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "id"]
        indexes = [models.Index(fields=["status", "due_on"], name="data_request_due")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status="open") ^ models.Q(answered_at__isnull=False), name="data_request_answered"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_kind_display()}"

    def get_absolute_url(self) -> str:
        return reverse("data-request-detail", args=[self.pk])

    @property
    def task(self) -> str:
        """The request after "asks us to", for whoever answers it."""
        return self._task("their")

    @property
    def own_task(self) -> str:
        """The request after "you asked us to", for whoever made it."""
        return self._task("your")

    def _task(self, whose: str) -> str:
        return {
            self.Kind.ERASE: f"erase {whose} data",
            self.Kind.COPY: f"send a fuller copy of {whose} data",
            self.Kind.CORRECT: f"correct {whose} data, or limit or stop its use",
        }[self.Kind(self.kind)]

    @property
    def due_by(self) -> str:
        """The last day for an answer, such as `30 December 2026`."""
        return date_format(self.due_on, "j F Y")


class LimitEntry(models.Model):
    """The count of a limit while no cache server responds, in the columns of Django's cache table; keys are hashed."""

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "limits_cacheentry"

    def __str__(self) -> str:
        return self.cache_key[:8]

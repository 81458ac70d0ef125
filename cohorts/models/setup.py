"""Programmes, their cohorts, and the groups of a cohort."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, ClassVar
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q, Value
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import slugify
from django.utils.translation import pgettext

from cohorts.querysets import CohortQuerySet, ProgrammeQuerySet
from mentorship.core.accounts.models import Workspace, validate_time_zone
from mentorship.core.errors import ServiceError
from mentorship.core.languages.known import LONGEST_CODE, Language, language_choices, languages_of
from mentorship.core.outbox.send_mail import Sender
from mentorship.core.text import with_article, without_accents
from mentorship.core.timezones import ANYWHERE, offset_name, offset_of, zone_name

if TYPE_CHECKING:
    from cohorts.models.public_pages import PublicPage, PublicRound

STANDARD_ROLES = ("mentor", "mentee", "facilitator", "expert")


def usual_word(word: str) -> str:
    """A programme's word for a role: the usual ones in the current language, its own as it typed them."""
    usual = {
        "mentor": pgettext("one person in this role", "mentor"),
        "mentee": pgettext("one person in this role", "mentee"),
        "facilitator": pgettext("one person in this role", "facilitator"),
        "expert": pgettext("one person in this role", "expert"),
    }
    return usual.get(word, word)


def usual_plural(word: str) -> str:
    """As `usual_word`, for several people."""
    usual = {
        "mentor": pgettext("several people in this role", "mentors"),
        "mentee": pgettext("several people in this role", "mentees"),
        "facilitator": pgettext("several people in this role", "facilitators"),
        "expert": pgettext("several people in this role", "experts"),
    }
    return usual.get(word, f"{word}s")


def role_key(name: str) -> str:
    """The stored form of a role that a programme named, "" if nothing is left of the name: `Sign interpreter`."""
    return slugify(without_accents(name))[:20].strip("-")


@dataclass(frozen=True)
class SignupClosed:
    """Why sign-up is closed: "over" (the cohort has ended), "deadline", or "moved on" (the team closed it).

    `on` is the day, in the time zone that applies; None if unknown.
    """

    reason: str
    on: date | None


class Programme(models.Model):
    """A mentorship offer that a team repeats. Its workspace holds the team's roles."""

    workspace = models.OneToOneField(Workspace, on_delete=models.PROTECT, related_name="programme")
    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=60, unique=True, help_text="The short name in addresses, such as open-seeds.")
    summary = models.TextField(blank=True, help_text="Shown above every sign-up form.")
    contact_email = models.EmailField(help_text="Where answers to our mails go.")
    code_of_conduct_url = models.URLField("code of conduct", blank=True)
    conduct_email = models.EmailField(
        "conduct contact",
        blank=True,
        help_text="Who hears of concerns about conduct, also about a coordinator. Every intro names it.",
    )
    mentor_label = models.CharField("word for mentor", max_length=40, default="mentor")
    mentee_label = models.CharField("word for mentee", max_length=40, default="mentee")
    days_off = models.TextField(
        "days off",
        blank=True,
        help_text="When nothing happens, one line each: 2026-12-24 to 2027-01-03 Winter break. Dates move past them.",
    )

    interaction_styles = models.TextField(
        "ways to work together",
        blank=True,
        default="",
        db_default="",
        help_text="What people choose from at sign-up, one per line, such as In person or Shadowing on the ward. "
        "Leave it empty to offer regular calls, writing, and a mix of both.",
    )
    other_roles = models.TextField(
        "other roles",
        blank=True,
        default="",
        db_default="",
        help_text="Beside mentors, mentees, facilitators and experts, one per line, such as Interpreter or Ally. "
        "Coordinators add people in these roles.",
    )
    towns = models.TextField(
        "towns for distances",
        blank=True,
        default="",
        db_default="",
        help_text="For cohorts whose pairs meet in person, one per line with latitude and longitude: "
        "Otley, United Kingdom, 53.905, -1.691. Several names of a town: Köln / Cologne, Germany, 50.94, 6.96. "
        "We know some 400 large cities already.",
    )

    template = models.CharField(
        "kind of programme", max_length=20, blank=True, default="", db_default="", help_text="What it began with."
    )

    # Fields that mails quote: a queued mail is rendered again when one changes.
    quoted_in_mails = (
        "name",
        "contact_email",
        "code_of_conduct_url",
        "conduct_email",
        "mentor_label",
        "mentee_label",
        "days_off",
    )

    objects = ProgrammeQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("cohorts:programme-detail", args=[self.slug])

    def label_of(self, role: str) -> str:
        """The programme's own word for a role."""
        own = {"mentor": self.mentor_label, "mentee": self.mentee_label}
        return usual_word(own.get(role) or self.named_roles.get(role, role))

    @property
    def named_roles(self) -> dict[str, str]:
        """The roles that the programme named itself: what is stored → its name in lower case."""
        names = [" ".join(line.split()) for line in self.other_roles.splitlines() if line.strip()]
        return {role_key(name): name[:1].lower() + name[1:] for name in names}

    @property
    def roles(self) -> list[tuple[str, str]]:
        """Every role that people can have, with the programme's word for it."""
        return [(role, self.label_of(role)) for role in (*STANDARD_ROLES, *self.named_roles)]

    def plural_of(self, role: str) -> str:
        """The programme's own word for several people in a role."""
        own = {"mentor": self.mentor_label, "mentee": self.mentee_label}
        return usual_plural(own.get(role) or self.named_roles.get(role, role))

    def own_words(self, text: str, **theirs: object) -> str:
        """A sentence of ours with the programme's words for "mentor" and "mentee"; `{…}` takes people's words."""
        from cohorts.own_words import own_words  # noqa: PLC0415 circular by design: a model and what reads it

        return own_words(text, self, **theirs)

    @property
    def face(self) -> "PublicPage | None":
        """The programme's page for the public; None if it never made one."""
        return getattr(self, "public_page", None)

    @property
    def a_mentor(self) -> str:
        """`a mentor`, `an advisor`."""
        return with_article(self.mentor_label)

    @property
    def mentors_word(self) -> str:
        """The programme's word for mentors, for mails."""
        return self.plural_of("mentor")

    @property
    def mentees_word(self) -> str:
        """The programme's word for mentees, for mails."""
        return self.plural_of("mentee")

    @property
    def sender(self) -> Sender:
        """The sender of mails about the programme."""
        return Sender(self.workspace_id, "", (self.contact_email,), self.name)


class Cohort(models.Model):
    """One dated run of a programme."""

    class Status(models.TextChoices):
        DRAFT = "draft", "draft"
        ENROLLING = "enrolling", "enrolling"
        MATCHING = "matching", "matching"
        RUNNING = "running", "running"
        COMPLETED = "completed", "completed"
        ARCHIVED = "archived", "archived"

    # Sets of statuses that rules ask for. Querysets have a method for each.
    UNDER_WAY: ClassVar[tuple[str, ...]] = (Status.MATCHING, Status.RUNNING)
    OVER: ClassVar[tuple[str, ...]] = (Status.COMPLETED, Status.ARCHIVED)

    # Steps back are allowed if they undo no mail: sign-up may be opened again.
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
    language = models.CharField(
        "main language",
        max_length=LONGEST_CODE,
        choices=language_choices,
        default="en",
        db_default="en",
        help_text="The language in which your team writes. People who choose none of the others get this one.",
    )
    other_languages = models.JSONField(
        default=list,
        db_default=Value([], models.JSONField()),
        blank=True,
        help_text="Codes of the other languages of its forms and mails, in order.",
    )
    repeats = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="repeated_by", editable=False
    )
    signup_closes_at = models.DateTimeField("sign-up closes", null=True, blank=True)
    closes_anywhere = models.BooleanField(
        "until that day is over anywhere on Earth", default=False, help_text="Until the day has ended at UTC−12, too."
    )
    signup_ended_at = models.DateTimeField(
        null=True, editable=False, help_text="When coordinators moved it on from sign-up; empty while that is open."
    )
    mentee_seats = models.PositiveIntegerField(
        "seats for mentees", null=True, blank=True, help_text="A team takes one. Empty: as many as are accepted."
    )
    mentor_seats = models.PositiveIntegerField("seats for mentors", null=True, blank=True)
    offer_days = models.PositiveSmallIntegerField(
        "days to accept an offer",
        null=True,
        blank=True,
        help_text="Who is accepted confirms within these days. Empty: nobody has to confirm.",
    )
    fill_from_waitlist = models.BooleanField(
        "offer free places to the waitlist at once",
        default=False,
        help_text="In its order, as soon as somebody declines, withdraws or lets an offer lapse.",
    )
    standard_fields = models.JSONField(default=dict, editable=False, help_text="role → field → off, on or required")
    eligibility = models.JSONField(default=dict, editable=False, help_text="role → rule → value")
    mentors_review = models.BooleanField("accepted mentors review applications", default=False)
    selection = models.JSONField(default=dict, editable=False, help_text="How places are given, see selecting.py")
    copies_intros = models.BooleanField(
        "copy the contact of a group on the intros of its people",
        default=False,
        help_text="Such as a partner's coordinator. Each group says who that is.",
    )
    meets_in_person = models.BooleanField(
        "pairs meet in person",
        default=False,
        db_default=False,
        help_text="The sign-up form then asks for the city or region, and people who live near each other suit better.",
    )
    suggested_topics = models.TextField(
        blank=True, help_text="Offered in the sign-up form, separated by commas. Everybody may add their own."
    )
    forms_checked_at = models.DateTimeField(
        null=True,
        editable=False,
        help_text="When a coordinator looked at the sign-up forms and said that they are right.",
    )
    created_at = models.DateTimeField(auto_now_add=True)

    quoted_in_mails = ("name", "starts_on", "ends_on", "time_zone", "programme")

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
        return reverse("cohorts:cohort-detail", args=[self.slug])

    def clean(self) -> None:
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            raise ValidationError({"ends_on": "The end must not lie before the start."})

    @property
    def face(self) -> "PublicRound | None":
        """The round's page for the public; None if nobody made one."""
        return getattr(self, "public_round", None)

    @property
    def tz(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def closing_zone(self) -> ZoneInfo:
        """The time zone in which the closing day of sign-up ends."""
        return ANYWHERE if self.closes_anywhere else self.tz

    @property
    def closes_in_words(self) -> str:
        """`Sunday 10 January 2027, 23:59 in Nairobi (UTC+3)`, for readers in any zone; "" without a closing time."""
        if self.signup_closes_at is None:
            return ""
        local = self.signup_closes_at.astimezone(self.closing_zone)
        day = date_format(local, "l j F Y")
        if self.closes_anywhere:
            return f"{day}, as long as it is that day anywhere on Earth"
        offset = offset_name(offset_of(self.tz, self.signup_closes_at))
        clock = offset if self.zone_name == offset else f"in {self.zone_name} ({offset})"
        return f"{day}, {local:%H:%M} {clock}"

    @property
    def zone_name(self) -> str:
        """The time zone for people, such as Nairobi."""
        return zone_name(self.time_zone)

    def seats_for(self, role: str) -> int | None:
        """How many people may be accepted in a role; None if there is no limit."""
        return {"mentee": self.mentee_seats, "mentor": self.mentor_seats}.get(role)

    @property
    def scope(self) -> str:
        """The scope of messages and mail templates of this cohort."""
        return f"cohort:{self.pk}"

    @property
    def sender(self) -> Sender:
        """The sender of mails about the cohort."""
        codes = tuple(one.code for one in self.spoken_languages)
        return Sender(self.workspace_id, self.scope, (self.programme.contact_email,), self.programme.name, codes)

    @property
    def spoken_languages(self) -> tuple[Language, ...]:
        """The languages of its public pages and mails: the one in which its team writes comes first."""
        return languages_of([self.language, *self.other_languages])

    @property
    def main_language(self) -> Language:
        """The language in which its team writes: that of its questions, texts and topics."""
        return self.spoken_languages[0]

    @property
    def workspace_id(self) -> int:
        return self.programme.workspace_id

    @property
    def next_statuses(self) -> list[tuple[str, str]]:
        """The statuses it may move to, as (value, label), forward steps first."""
        return [(s, self.Status(s).label) for s in self.TRANSITIONS[self.status]]

    def accepts_signups(self, now: datetime | None = None, group: "Group | None" = None) -> bool:
        """Whether the public forms are open now; a group's own deadline may be later."""
        now = now or timezone.now()
        closes = (group.signup_closes_at if group else None) or self.signup_closes_at
        return self.status == self.Status.ENROLLING and (closes is None or now < closes)

    def refuse_after_end(self) -> None:
        """Raise ServiceError if the last day of the cohort has passed: nobody is matched or introduced after that."""
        if self.ends_on < timezone.localdate(timezone=self.tz):
            raise ServiceError(
                f"{self} ended on {date_format(self.ends_on, 'j F Y')}, so nobody can be matched in it any more. "
                "If it goes on, change its end first."
            )

    def signup_closed(self, group: "Group | None" = None, now: datetime | None = None) -> "SignupClosed | None":
        """Why the public forms are closed, and since when if known; None while they are open."""
        now = now or timezone.now()
        if self.accepts_signups(now, group):
            return None
        if self.status in self.OVER:
            has_passed = self.ends_on <= now.astimezone(self.tz).date()
            return SignupClosed("over", self.ends_on if has_passed else None)
        of_group = group.signup_closes_at if group else None
        deadline, ended = of_group or self.signup_closes_at, self.signup_ended_at
        if deadline and deadline <= (ended or now):
            return SignupClosed("deadline", deadline.astimezone(self.tz if of_group else self.closing_zone).date())
        return SignupClosed("moved on", ended.astimezone(self.tz).date() if ended else None)

    @property
    def gives_places(self) -> bool:
        """Whether free places are still offered: from sign-up until the cohort runs."""
        return self.status in (self.Status.ENROLLING, self.Status.MATCHING)

    def pair_begins(self, introduced: date) -> date:
        """The first day of a pair: the day of its intro, or the first day of the cohort if that is later.

        First meetings, check-ins and their reminders count from this day.
        """
        return max(introduced, self.starts_on)

    def week_on(self, day: date) -> int | None:
        """The number of the week of `day`, from 1; None before the start and after the end."""
        return (day - self.starts_on).days // 7 + 1 if self.starts_on <= day <= self.ends_on else None


class Group(models.Model):
    """A track of a cohort, or the people of one partner, with its own seats and deadline."""

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="groups")
    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=60, help_text="Its own sign-up address ends with this.")
    seats = models.PositiveIntegerField(null=True, blank=True, help_text="Empty: those of the cohort.")
    signup_closes_at = models.DateTimeField("sign-up closes", null=True, blank=True, help_text="Empty: as the cohort.")
    contact_email = models.EmailField(
        "contact",
        blank=True,
        help_text="Such as the partner's coordinator. Gets a copy of intros where the cohort says so.",
    )

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["cohort", "slug"], name="group_slug_once")]

    def __str__(self) -> str:
        return self.name

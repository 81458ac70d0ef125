"""Organisations, and the terms of their support."""

from datetime import date
from typing import TYPE_CHECKING

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from cohorts.models import Cohort, Enrollment, Group
from mentorship.core.accounts.models import Workspace
from partners.models.fields import (
    LANGUAGES,
    communities_field,
    countries_field,
    currency_field,
    e_format_field,
    money_field,
)
from partners.money.regions import Region, region
from partners.querysets import (
    DeliverableQuerySet,
    InstalmentQuerySet,
    PartnerKindQuerySet,
    PartnerPersonQuerySet,
    PartnerQuerySet,
    SponsorshipQuerySet,
)

if TYPE_CHECKING:  # it imports this module
    from partners.models.agreements import Agreement


class Partner(models.Model):
    """An organisation, as one programme knows it."""

    class Naming(models.TextChoices):
        NAME_AND_LOGO = "name_and_logo", "name and logo"
        NAME = "name", "name only"
        NOTHING = "nothing", "neither: thanked in person"

    workspace = models.ForeignKey(Workspace, on_delete=models.PROTECT, related_name="partners")
    name = models.CharField(max_length=160, help_text="Written exactly as they ask.")
    wrong_names = models.TextField(
        "wrong forms of the name",
        blank=True,
        db_default="",
        help_text="One per line, such as Open Tech School for OpenTechSchool. Such texts can’t be published.",
    )
    legal_name = models.CharField(max_length=200, blank=True, help_text="Stands on invoices. Empty: the name.")
    slug = models.SlugField(max_length=60, unique=True)
    website = models.URLField(blank=True)
    official = models.BooleanField(
        default=True, help_text="Unofficial support is never listed in public, or called official in a text."
    )
    naming = models.CharField(
        "what may be shown", max_length=20, choices=Naming, default=Naming.NAME, help_text="On pages, mails, reports."
    )
    naming_rules = models.TextField("rules about name and logo", blank=True, help_text="As they wrote them.")
    logo_kind = models.CharField(max_length=20, blank=True, editable=False, help_text="image/png; empty: no logo")
    street = models.CharField(max_length=200, blank=True)
    postcode = models.CharField(max_length=20, blank=True)
    city = models.CharField(max_length=100, blank=True)
    country = models.CharField(max_length=2, blank=True, help_text="Two letters, such as DE.")
    tax_id = models.CharField(
        "VAT number", max_length=40, blank=True, help_text="With the letters of its country, such as DE123456789."
    )
    registration_number = models.CharField(
        "registration or tax number",
        max_length=40,
        blank=True,
        db_default="",
        help_text="Any other number that stands on invoices, such as a company number or an EIN.",
    )
    buyer_reference = models.CharField(
        max_length=80,
        blank=True,
        db_default="",
        help_text="What they want to read on every invoice, such as a Leitweg-ID. Not a purchase order.",
    )
    e_format = e_format_field("format of e-invoices")
    e_address = models.CharField(
        "address for e-invoices",
        max_length=80,
        blank=True,
        db_default="",
        help_text="Scheme and number, such as 0204:991-01234-44. Empty: the email address.",
    )
    billing_email = models.EmailField("where invoices go", blank=True, help_text="Empty: to all contacts.")
    currency = currency_field(default="EUR")
    language = models.CharField(max_length=2, choices=LANGUAGES, default="en", help_text="Labels of invoices, reports.")
    requirements_agreed_on = models.DateField("agreed to the requirements on", null=True, blank=True)
    requirements_agreed_by = models.CharField(
        "who agreed", max_length=160, blank=True, help_text="Open licences, free to attend, code of conduct."
    )
    decided_by = models.CharField(
        "who decided", max_length=160, blank=True, help_text="Who took them in as a partner, on our side."
    )
    decided_where = models.CharField(
        "where it was decided",
        max_length=160,
        blank=True,
        db_default="",
        help_text="Such as the local team, or the meeting.",
    )
    next_touch_on = models.DateField("next touch", null=True, blank=True)
    next_touch = models.CharField("what about", max_length=200, blank=True)
    note = models.TextField(blank=True, help_text="The coordinators' own note.")

    objects = PartnerQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(requirements_agreed_on__isnull=True) | ~Q(requirements_agreed_by=""),
                name="partner_agreement_has_a_person",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("partners:partner-detail", args=[self.slug])

    @property
    def public_name(self) -> str:
        """The name shown to others; "" if it must not be shown."""
        return self.name if self.official and self.naming != self.Naming.NOTHING else ""

    @property
    def prints_logo(self) -> bool:
        """Whether there is a logo that others may see."""
        return bool(self.logo_kind) and self.official and self.naming == self.Naming.NAME_AND_LOGO


class PartnerKind(models.Model):
    """One way in which a partner takes part, with what it brings and asks. A partner may have several."""

    class Kind(models.TextChoices):
        FUNDING = "funding", "funding"
        MENTORS = "mentors", "mentors’ paid time"
        TRAINING = "training", "training provider"
        SISTER = "sister", "sister organisation"
        COACHES = "coaches", "community: coaches"
        MATERIALS = "materials", "community: materials"
        ORGANISING = "organising", "community: organisational help"
        DIVERSITY = "diversity", "community: diversity support"

    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="kinds")
    kind = models.CharField(max_length=20, choices=Kind)
    official = models.BooleanField(default=True, help_text="Unofficial help is never listed in public.")
    brings = models.TextField("what they bring", blank=True)
    asks = models.TextField("what they ask", blank=True)

    objects = PartnerKindQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["partner", "kind"], name="partner_kind_once")]

    def __str__(self) -> str:
        return f"{self.partner}: {self.get_kind_display()}"


class PartnerLogo(models.Model):
    """The file of a logo, in a separate table, so that lists don't read it. See records/logos.py."""

    partner = models.OneToOneField(Partner, on_delete=models.CASCADE, related_name="logo")
    content = models.BinaryField()

    def __str__(self) -> str:
        return f"logo of {self.partner}"


class Sponsorship(models.Model):
    """A partner's support for a cohort: term, scope and amount."""

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="sponsorships")
    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="sponsorships")
    draft = models.BooleanField(default=False, help_text="Not agreed yet: only coordinators see it.")
    scope = models.CharField(max_length=300, help_text="What it supports, such as: the time of 15 mentors.")
    agreement = models.CharField(
        max_length=120, blank=True, help_text="The name of the agreement, where one covers several cohorts."
    )
    framework = models.ForeignKey(
        "partners.Agreement",
        verbose_name="agreement",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="sponsorships",
        help_text="Where one agreement covers several rounds.",
    )
    part = models.ForeignKey(
        "partners.AgreementScope",
        verbose_name="scope of the agreement",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="sponsorships",
    )
    starts_on = models.DateField()
    ends_on = models.DateField()
    amount = money_field(default=0, validators=[MinValueValidator(0)], help_text="Empty or 0: no money.")
    currency = currency_field(default="EUR")
    po_number = models.CharField("purchase order", max_length=60, blank=True)
    group = models.ForeignKey(
        Group,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="sponsorships",
        help_text="Its people in the cohort: with seats and a deadline of their own.",
    )
    seat_price = money_field(
        default=0, validators=[MinValueValidator(0)], help_text="What one accepted person of its group costs."
    )
    countries = countries_field()
    communities = communities_field()

    objects = SponsorshipQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["partner", "cohort"], name="sponsorship_once"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="sponsorship_ends_after_start"),
            models.CheckConstraint(condition=Q(amount__gte=0, seat_price__gte=0), name="sponsorship_amount_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.partner} supports {self.cohort}"

    def get_absolute_url(self) -> str:
        return reverse("partners:impact-detail", args=[self.partner.slug, self.cohort.slug])

    @property
    def region(self) -> Region:
        """For whose people its money may be spent; empty: for everybody."""
        return region(self.countries, self.communities)


class PartnerPerson(models.Model):
    """A person whom a partner lends to a cohort, or whose place it pays for; it sees them once they agree."""

    class Kind(models.TextChoices):
        LENT = "lent", "lent"
        SPONSORED = "sponsored", "sponsored"

    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="people")
    enrollment = models.ForeignKey(Enrollment, on_delete=models.CASCADE, related_name="shown_to_partners")
    kind = models.CharField(max_length=20, choices=Kind)
    agreed_at = models.DateTimeField(null=True, blank=True, help_text="When the person said that the partner may see.")
    declined_at = models.DateTimeField(null=True, blank=True)

    objects = PartnerPersonQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "id"]
        verbose_name_plural = "people of partners"
        constraints = [models.UniqueConstraint(fields=["partner", "enrollment"], name="partner_person_once")]

    def __str__(self) -> str:
        return f"{self.enrollment.user}, {self.kind} by {self.partner}"


class InstalmentDue(models.Model):
    """A part of the money of a sponsorship, or of an agreement above rounds, and its due date."""

    sponsorship = models.ForeignKey(
        Sponsorship, null=True, blank=True, on_delete=models.CASCADE, related_name="instalments"
    )
    framework = models.ForeignKey(
        "partners.Agreement", null=True, blank=True, on_delete=models.PROTECT, related_name="instalments"
    )
    due_on = models.DateField()
    amount = money_field(validators=[MinValueValidator(0)])
    what = models.CharField(max_length=200, blank=True, help_text="Such as: on signing, after the report.")
    invoice = models.ForeignKey(
        "partners.Invoice", null=True, blank=True, on_delete=models.SET_NULL, related_name="instalments"
    )

    objects = InstalmentQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="instalment_is_some_money"),
            models.CheckConstraint(
                condition=Q(sponsorship__isnull=False, framework__isnull=True)
                | Q(sponsorship__isnull=True, framework__isnull=False),
                name="instalment_of_one",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.what or 'instalment'}, {self.due_on:%Y-%m-%d}"

    @property
    def terms(self) -> "Sponsorship | Agreement":
        """The sponsorship or agreement whose money it is."""
        owner = self.sponsorship or self.framework
        assert owner is not None  # noqa: S101  (a constraint of the table)
        return owner

    def status_on(self, day: date) -> tuple[str, str]:
        """The status and its words, for a pill: that of its invoice once it is issued."""
        if self.invoice is not None and self.invoice.number:
            return self.invoice.status_on(day)
        return ("planned", "not billed yet") if self.due_on >= day else ("pending", "due, not billed yet")


class Deliverable(models.Model):
    """A service that the programme owes the partner in return, for a round or for an agreement as a whole."""

    class Status(models.TextChoices):
        OPEN = "open", "to come"
        STARTED = "started", "under way"
        DONE = "done", "done"
        DROPPED = "dropped", "dropped"

    AHEAD = (Status.OPEN, Status.STARTED)

    sponsorship = models.ForeignKey(
        Sponsorship, null=True, blank=True, on_delete=models.CASCADE, related_name="deliverables"
    )
    framework = models.ForeignKey(
        "partners.Agreement", null=True, blank=True, on_delete=models.CASCADE, related_name="deliverables"
    )
    what = models.CharField(max_length=200)
    due_on = models.DateField(null=True, blank=True)
    status = models.CharField(max_length=20, choices=Status, default=Status.OPEN)
    link = models.URLField(blank=True)
    done_on = models.DateField(null=True, blank=True)

    objects = DeliverableQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(sponsorship__isnull=False, framework__isnull=True)
                | Q(sponsorship__isnull=True, framework__isnull=False),
                name="deliverable_of_one",
            )
        ]

    def __str__(self) -> str:
        return self.what

    @property
    def terms(self) -> "Sponsorship | Agreement":
        """The sponsorship or agreement for which it is owed."""
        owner = self.sponsorship or self.framework
        assert owner is not None  # noqa: S101  (a constraint of the table)
        return owner

    @property
    def terms_name(self) -> str:
        """The round or the agreement for which it is owed."""
        return str(self.sponsorship.cohort.name if self.sponsorship else self.framework)

    def status_on(self, day: date) -> tuple[str, str]:
        """The status and its words, "late" included, for a pill."""
        if self.status in self.AHEAD and self.due_on is not None and self.due_on < day:
            return "late", f"{self.get_status_display()}, late" if self.status == self.Status.STARTED else "late"
        return self.status, self.get_status_display()

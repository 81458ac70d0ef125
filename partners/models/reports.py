"""Impact reports: drafts, published versions, which never change, and the figures shown outside."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from cohorts.models import Cohort
from mentorship.core.accounts.models import Workspace
from partners.models.records import Partner
from partners.querysets import ReportQuerySet, VersionQuerySet


class ImpactReport(models.Model):
    """A draft report about a cohort or a year, for one partner or for everybody."""

    workspace = models.ForeignKey(Workspace, on_delete=models.PROTECT, related_name="reports")
    partner = models.ForeignKey(Partner, null=True, blank=True, on_delete=models.PROTECT, related_name="reports")
    cohort = models.ForeignKey(Cohort, null=True, blank=True, on_delete=models.PROTECT, related_name="reports")
    year = models.PositiveSmallIntegerField(null=True, blank=True, help_text="All cohorts that started in it.")
    first_year = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Of several years, of which `year` is the last."
    )
    title = models.CharField(max_length=160)
    words = models.TextField("your own words", blank=True)
    blocks = models.JSONField(default=list, help_text="kinds, in order")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(cohort__isnull=False, year__isnull=True) | Q(cohort__isnull=True, year__isnull=False),
                name="report_about_one",
            ),
            models.CheckConstraint(
                condition=Q(first_year__isnull=True) | Q(first_year__lte=F("year")), name="report_years_in_order"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("partners:report-detail", args=[self.pk])

    @property
    def years(self) -> str:
        """The year, or the first and the last of several; "" for a report about a cohort."""
        if self.year is None:
            return ""
        return f"{self.first_year}–{self.year}" if self.first_year not in (None, self.year) else str(self.year)


class ReportVersion(models.Model):
    """A published report, frozen."""

    report = models.ForeignKey(ImpactReport, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    published_at = models.DateTimeField(default=timezone.now)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    data = models.JSONField(help_text="What reporting.compose found: title, blocks, definitions")

    objects = VersionQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["report", "number"], name="report_version_once")]

    def __str__(self) -> str:
        return f"{self.report}, version {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("partners:version-detail", args=[self.report_id, self.number])


class ReportLink(models.Model):
    """Lets holders of the secret read one version until a day. Only the secret's hash is stored."""

    version = models.ForeignKey(ReportVersion, on_delete=models.CASCADE, related_name="links")
    token_hash = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return f"link to {self.version}"


class ReleasedTable(models.Model):
    """A table about people that somebody outside has seen, for comparison with later ones."""

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="released_tables")
    key = models.CharField(max_length=80, help_text="places, retention, wave:3:question:7 ...")
    rows = models.JSONField(help_text="[[label, number], …]")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["cohort", "key"], name="released_table_key")]

    def __str__(self) -> str:
        return f"{self.key} of {self.cohort}"

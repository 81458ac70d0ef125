"""Quotes and testimonials: words that a person agreed to have published."""

from django.conf import settings
from django.db import models

from cohorts.models import Cohort
from partners.querysets import QuoteQuerySet


class Quote(models.Model):
    """A person's words. Published only while the person agrees to exactly these, and to the name below them."""

    class Status(models.TextChoices):
        NOT_ASKED = "not_asked", "not asked yet"
        ASKED = "asked", "asked"
        AGREED = "agreed", "agreed"
        DECLINED = "declined", "declined"
        WITHDRAWN = "withdrawn", "withdrawn"

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="quotes")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="quotes"
    )
    text = models.TextField(blank=True, help_text="Their exact words. Empty: they write a few themselves.")
    attribution = models.CharField(max_length=160, blank=True, help_text="As they want it. Empty: no name.")
    # Noted by coordinators of earlier releases: no longer enough to print it.
    consented_on = models.DateField("yes noted by a coordinator on", null=True, blank=True, editable=False)
    status = models.CharField(max_length=20, choices=Status, default=Status.NOT_ASKED, db_default=Status.NOT_ASKED)
    asked_at = models.DateTimeField(null=True, blank=True, editable=False)
    answered_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = QuoteQuerySet.as_manager()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.text[:60] or f"a testimonial of {self.person}"

    @property
    def may_be_asked(self) -> bool:
        """Whether its person may be asked, or asked again: who said no isn't."""
        return self.person_id is not None and self.status in (self.Status.NOT_ASKED, self.Status.ASKED)

    @property
    def is_editable(self) -> bool:
        """Whether a coordinator may change it: what somebody answered to stays as it was answered."""
        return self.status in (self.Status.NOT_ASKED, self.Status.ASKED)

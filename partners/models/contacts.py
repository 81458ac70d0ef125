"""People of a partner who sign in for it, with what each of them does there."""

from collections.abc import Iterable
from datetime import date

from django.conf import settings
from django.db import models

from partners.models.records import Partner
from partners.querysets import ContactQuerySet


class PartnerContact(models.Model):
    """A person of the partner. Each of them sees its pages; what they do for it, such as deciding, is a task."""

    class Task(models.TextChoices):
        DECIDES = "decides", "decides: accepts requirements and agreements, agrees to shares of costs"
        GETS_INVOICES = "gets_invoices", "gets invoices and reminders"
        CONFIRMS_HOURS = "confirms_hours", "confirms hours and other gifts"
        GETS_REPORTS = "gets_reports", "gets impact reports"

    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="contacts")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="partner_contacts")
    role = models.CharField(
        "role there", max_length=120, blank=True, db_default="", help_text="Such as: community lead, accounts."
    )
    decides = models.BooleanField(default=True, db_default=True)
    gets_invoices = models.BooleanField(default=True, db_default=True)
    confirms_hours = models.BooleanField(default=True, db_default=True)
    gets_reports = models.BooleanField(default=True, db_default=True)
    away_from = models.DateField("away from", null=True, blank=True)
    away_until = models.DateField("away until", null=True, blank=True)
    stand_in = models.ForeignKey(
        "self",
        verbose_name="who stands in",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="stands_in_for",
    )

    objects = ContactQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["partner", "user"], name="partner_contact_once")]

    def __str__(self) -> str:
        return f"{self.user} of {self.partner}"

    @property
    def tasks(self) -> list[str]:
        """The tasks that they have at the partner."""
        return [task for task in self.Task.values if getattr(self, task)]

    @property
    def task_words(self) -> str:
        """The tasks in a few words: `decides, gets invoices and reminders`."""
        return ", ".join(self.Task(task).label.partition(":")[0] for task in self.tasks)

    def is_away(self, day: date) -> bool:
        """Whether they said that they are away on a day."""
        return bool(self.away_from and self.away_until and self.away_from <= day <= self.away_until)


def addressed(contacts: Iterable[PartnerContact], task: str, day: date) -> list[PartnerContact]:
    """The contacts to write to about a task on a day: in place of who is away, whoever stands in.

    If nobody has the task, all of them: nothing that has to be read gets lost. `contacts` are all of a partner.
    """
    known = {one.pk: one for one in contacts if one.user.is_active}
    holders = [one for one in known.values() if getattr(one, task)] or list(known.values())
    found = {}
    for one in holders:
        other = known.get(one.stand_in_id or 0) if one.is_away(day) else None
        chosen = other if other and not other.is_away(day) else one
        found[chosen.pk] = chosen
    return [found[pk] for pk in sorted(found)]

"""Reads of partners: visibility, due items, and sums for lists."""

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q, Sum
from django.db.models.functions import Coalesce

from cohorts.models import Enrollment
from mentorship.core.accounts.permissions import workspaces_of
from mentorship.core.querysets import WorkspaceQuerySet, found_by_any

if TYPE_CHECKING:  # the models import this module
    from partners.models import (  # noqa: F401
        Agreement,
        Contribution,
        ContributionEntry,
        Cost,
        Deliverable,
        Fund,
        ImpactReport,
        InstalmentDue,
        Invoice,
        Partner,
        PartnerContact,
        PartnerKind,
        PartnerPerson,
        Quote,
        ReportVersion,
        Sponsorship,
    )

NOTHING = Decimal(0)
A_YEAR = timedelta(days=365)


def _known(user: Any) -> bool:
    return bool(getattr(user, "is_authenticated", False))


class PartnerQuerySet(WorkspaceQuerySet["Partner"]):
    def visible_to(self, user: Any) -> "PartnerQuerySet":
        """The user's own partners as a contact, and those of programmes where the user has a role."""
        if not _known(user):
            return self.none()
        return found_by_any(self, Q(contacts__user=user), Q(workspace_id__in=workspaces_of(user)))

    def public(self) -> "PartnerQuerySet":
        """Partners who may be named to everybody: official, not against their wish, and with an agreed sponsorship."""
        return self.filter(official=True, sponsorships__draft=False).exclude(naming="nothing").distinct()


class ContactQuerySet(models.QuerySet["PartnerContact"]):
    def who_may(self, task: str, day: date) -> "ContactQuerySet":
        """Contacts with a task, and those who stand in for one of them who is away on a day."""
        away = self.model.objects.filter(away_from__lte=day, away_until__gte=day, **{task: True})
        return self.filter(Q(**{task: True}) | Q(pk__in=away.values("stand_in")))


class PartnerKindQuerySet(models.QuerySet["PartnerKind"]):
    def public(self) -> "PartnerKindQuerySet":
        """Official kinds; only those of `Partner.objects.public()` may be shown to everybody."""
        return self.filter(official=True)


class SponsorshipQuerySet(WorkspaceQuerySet["Sponsorship"]):
    workspace_path = "partner__workspace"
    shown_with = ("partner", "cohort__programme")

    def visible_to(self, user: Any) -> "SponsorshipQuerySet":
        """Sponsorships of the partners that the user may see; a contact sees those agreed."""
        if not _known(user):
            return self.none()
        agreed = Q(partner__contacts__user=user, draft=False)
        found = found_by_any(self, agreed, Q(partner__workspace_id__in=workspaces_of(user)))
        return found.select_related("partner", "cohort__programme")


class AgreementQuerySet(WorkspaceQuerySet["Agreement"]):
    workspace_path = "partner__workspace"
    shown_with = ("partner__workspace",)

    def visible_to(self, user: Any) -> "AgreementQuerySet":
        """Agreements with the partners that the user may see; a contact sees those agreed."""
        if not _known(user):
            return self.none()
        agreed = Q(partner__contacts__user=user, draft=False)
        found = found_by_any(self, agreed, Q(partner__workspace_id__in=workspaces_of(user)))
        return found.select_related("partner__workspace")


def _terms_of(partner: Any, of_team: bool) -> Q:
    """A filter for rows of a round or an agreement of a partner; without drafts if its contacts read it."""
    of_round, of_whole = Q(sponsorship__partner=partner), Q(framework__partner=partner)
    if not of_team:
        of_round, of_whole = of_round & Q(sponsorship__draft=False), of_whole & Q(framework__draft=False)
    return of_round | of_whole


class InstalmentQuerySet(models.QuerySet["InstalmentDue"]):
    def of_partner(self, partner: Any, *, of_team: bool) -> "InstalmentQuerySet":
        """Instalments of all rounds and agreements of a partner, the first to be paid first."""
        found = self.filter(_terms_of(partner, of_team)).select_related("sponsorship__cohort", "framework", "invoice")
        return found.order_by("due_on", "pk")

    def recent(self, day: date) -> "InstalmentQuerySet":
        """Instalments that are not paid, or were due within a year before a day."""
        return self.exclude(due_on__lt=day - A_YEAR, invoice__status__in=("paid", "credited"))


class DeliverableQuerySet(models.QuerySet["Deliverable"]):
    def of_partner(self, partner: Any, *, of_team: bool) -> "DeliverableQuerySet":
        """Deliverables for all rounds and agreements of a partner, the first due first."""
        found = self.filter(_terms_of(partner, of_team)).select_related("sponsorship__cohort", "framework")
        return found.order_by(models.F("due_on").asc(nulls_last=True), "pk")

    def recent(self, day: date) -> "DeliverableQuerySet":
        """Deliverables that are to come or under way, were due within a year before a day, or have no day."""
        return self.filter(Q(status__in=self.model.AHEAD) | Q(due_on__gte=day - A_YEAR) | Q(due_on=None))


class PartnerPersonQuerySet(models.QuerySet["PartnerPerson"]):
    def shown(self) -> "PartnerPersonQuerySet":
        """People whom the partner's contacts see: they agreed, and are still in the cohort."""
        found = self.filter(agreed_at__isnull=False, enrollment__status__in=Enrollment.OCCUPYING_PLACE)
        return found.select_related("enrollment__user", "enrollment__cohort")

    def known(self) -> "PartnerPersonQuerySet":
        """People whom their partner knows by name: it lends them, or they agreed."""
        found = self.filter(Q(kind="lent") | Q(agreed_at__isnull=False))
        return found.filter(enrollment__status__in=Enrollment.OCCUPYING_PLACE)

    def lent_hours_of(self, user: Any) -> "PartnerPersonQuerySet":
        """Partners that lend this person to a cohort, for which they enter hours."""
        lent = self.filter(enrollment__user=user, kind="lent", enrollment__status__in=Enrollment.OCCUPYING_PLACE)
        return lent.select_related("partner", "enrollment__cohort__programme")

    def to_answer_by(self, user: Any) -> "PartnerPersonQuerySet":
        """Questions that this person has not answered yet."""
        return self.filter(enrollment__user=user, agreed_at=None, declined_at=None)


class FundQuerySet(WorkspaceQuerySet["Fund"]):
    def with_spent(self) -> "FundQuerySet":
        """Annotate the total of agreed shares as `spent_sum`."""
        taken = Sum("shares__payer_amount", filter=Q(shares__status="agreed"))
        return self.annotate(spent_sum=Coalesce(taken, NOTHING, output_field=models.DecimalField()))


class CostQuerySet(WorkspaceQuerySet["Cost"]):
    workspace_path = "cohort__programme__workspace"
    shown_with = ("cohort__programme",)


class ContributionQuerySet(models.QuerySet["Contribution"]):
    def with_given(self) -> "ContributionQuerySet":
        """Annotate the total of confirmed entries as `given`, and of all entries as `stated`."""
        sure = Q(entries__partner_confirmed_at__isnull=False) & (
            Q(entries__has_person=False) | Q(entries__person_confirmed_at__isnull=False)
        )
        number = models.DecimalField()
        return self.annotate(
            given=Coalesce(Sum("entries__quantity", filter=sure), NOTHING, output_field=number),
            stated=Coalesce(Sum("entries__quantity"), NOTHING, output_field=number),
        )


class EntryQuerySet(models.QuerySet["ContributionEntry"]):
    def to_confirm_by(self, user: Any) -> "EntryQuerySet":
        """Entries that this person has not confirmed yet."""
        return self.filter(person=user, person_confirmed_at=None)

    def open_for_partner(self) -> "EntryQuerySet":
        """Entries that the partner has neither confirmed nor declined."""
        return self.filter(partner_confirmed_at=None, partner_declined_at=None)


class InvoiceQuerySet(WorkspaceQuerySet["Invoice"]):
    shown_with = ("partner",)

    def visible_to(self, user: Any) -> "InvoiceQuerySet":
        """Invoices that the user may see: a contact those issued to their partner, a team all of its programme."""
        if not _known(user):
            return self.none()
        of_contact = Q(partner__contacts__user=user) & ~Q(status="draft")
        return found_by_any(self, of_contact, Q(workspace_id__in=workspaces_of(user))).select_related("partner")

    def open(self) -> "InvoiceQuerySet":
        """Invoices that are issued and not paid in full."""
        return self.filter(kind="invoice", status__in=self.model.OPEN)

    def issued(self) -> "InvoiceQuerySet":
        """Invoices and credit notes that are no longer drafts."""
        return self.exclude(status="draft")

    def overdue(self, day: date) -> "InvoiceQuerySet":
        return self.open().filter(due_on__lt=day)

    def with_sums(self) -> "InvoiceQuerySet":
        """Prefetch everything that `paid`, `credited` and `balance` read, for lists."""
        return self.prefetch_related("payments", "credit_notes")


class QuoteQuerySet(models.QuerySet["Quote"]):
    def public(self) -> "QuoteQuerySet":
        """Quotes that may be published, with these words and this name: their person agreed and has not withdrawn."""
        return self.filter(status="agreed", person__is_active=True).exclude(text="")

    def to_answer_by(self, user: Any) -> "QuoteQuerySet":
        """Quotes about which this person was asked, answered or not."""
        return self.filter(person=user).exclude(status="not_asked").select_related("cohort__programme")


class ReportQuerySet(WorkspaceQuerySet["ImpactReport"]):
    shown_with = ("partner", "cohort__programme")


class VersionQuerySet(models.QuerySet["ReportVersion"]):
    def visible_to(self, user: Any) -> "VersionQuerySet":
        """Published versions of a report, for the partner's contacts and the team."""
        if not _known(user):
            return self.none()
        of_contact, of_team = Q(report__partner__contacts__user=user), Q(report__workspace_id__in=workspaces_of(user))
        return found_by_any(self, of_contact, of_team).select_related("report__partner", "report__cohort")

"""Histories on the pages of this app. Partners' contacts read none; of money only those who may change it do."""

from typing import Any

from django.urls import reverse

from mentorship.core.history.subjects import Find, rows
from partners.models import Agreement, Cost, Fund, ImpactReport, Invoice, Partner, Sponsorship


def _fund(row: Any) -> str:
    return reverse("partners:fund-edit", args=[row.pk])


def _sponsorship(row: Any) -> str:
    return reverse("partners:sponsorship-detail", args=[row.pk])


HISTORIES_OF_APP: dict[str, Find] = {
    "partners.partner": rows(Partner.objects.visible_to),
    "partners.sponsorship": rows(Sponsorship.objects.editable_by, _sponsorship),
    "partners.agreement": rows(Agreement.objects.editable_by),
    "partners.fund": rows(Fund.objects.visible_to, _fund),
    "partners.cost": rows(Cost.objects.visible_to),
    "partners.invoice": rows(Invoice.objects.editable_by),
    "partners.impactreport": rows(ImpactReport.objects.visible_to),
}

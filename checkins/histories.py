"""Histories on the pages of this app."""

from typing import Any

from django.urls import reverse

from checkins.models import Case, CheckIn, CheckInWave, Survey
from mentorship.core.history.subjects import Find, rows


def _checkin(row: Any) -> str:
    return reverse("checkins:checkin-detail", args=[row.wave.cohort.slug, row.pk])


def _wave(row: Any) -> str:
    return reverse("checkins:wave-detail", args=[row.cohort.slug, row.pk])


def _survey(row: Any) -> str:
    cohort = row.programme.cohorts.order_by("-starts_on", "-pk").first()  # a page of any of them shows it
    return reverse("checkins:survey-detail", args=[cohort.slug, row.pk]) if cohort else ""


HISTORIES_OF_APP: dict[str, Find] = {
    "checkins.survey": rows(Survey.objects.visible_to, _survey),
    "checkins.checkinwave": rows(CheckInWave.objects.visible_to, _wave),
    "checkins.checkin": rows(CheckIn.objects.visible_to, _checkin),
    "checkins.case": rows(Case.objects.visible_to),
}

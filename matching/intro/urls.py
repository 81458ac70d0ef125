"""URLs of confirmed pairs before their intro leaves."""

from django.urls import path

from matching.intro.views import ConfirmationState, UndoConfirmation

urlpatterns = [
    path("cohorts/<slug:cohort_slug>/matches/undo/", UndoConfirmation.as_view(), name="match-undo"),
    path("cohorts/<slug:cohort_slug>/matches/confirming/", ConfirmationState.as_view(), name="confirmation-state"),
]

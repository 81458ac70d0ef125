"""URLs of confirmed pairs before and around their intro."""

from django.urls import path

from matching.intro.views import ConfirmationState, EditSentence, MeetingCalendar, UndoConfirmation

urlpatterns = [
    path("cohorts/<slug:cohort_slug>/matches/undo/", UndoConfirmation.as_view(), name="match-undo"),
    path("cohorts/<slug:cohort_slug>/matches/confirming/", ConfirmationState.as_view(), name="confirmation-state"),
    path(
        "cohorts/<slug:cohort_slug>/matching/sentences/<int:mentee_pk>/<int:mentor_pk>/",
        EditSentence.as_view(),
        name="sentence-edit",
    ),
    path("meetings/<str:token>/meeting.ics", MeetingCalendar.as_view(), name="meeting-calendar"),
]

"""Addresses of waves and of rescheduling a check-in."""

from django.urls import path

from checkins.waves import views

COHORT = "cohorts/<slug:cohort_slug>/"

urlpatterns = [
    path(f"{COHORT}check-ins/<int:pk>/move/", views.RescheduleCheckIn.as_view(), name="checkin-reschedule"),
    path(f"{COHORT}waves/", views.WaveList.as_view(), name="wave-list"),
    path(f"{COHORT}waves/new/", views.WaveEdit.as_view(), name="wave-create"),
    path(f"{COHORT}waves/<int:pk>/", views.WavePage.as_view(), name="wave-detail"),
    path(f"{COHORT}waves/<int:pk>/edit/", views.WaveEdit.as_view(), name="wave-edit"),
]

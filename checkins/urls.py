"""Addresses of check-ins, a module for each subject."""

from django.urls import include, path

app_name = "checkins"
urlpatterns = [
    path("", include("checkins.surveys.urls")),
    path("", include("checkins.waves.urls")),
    path("", include("checkins.cases.urls")),
    path("", include("checkins.answering.urls")),
    path("", include("checkins.pair_health.urls")),
    path("", include("checkins.alumni.urls")),
    path("", include("checkins.graduation.urls")),
    path("", include("checkins.recognition.urls")),
    path("", include("checkins.overview.urls")),
]

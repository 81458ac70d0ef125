"""Addresses of cases and conduct concerns."""

from django.urls import path

from checkins.cases import views

COHORT = "cohorts/<slug:cohort_slug>/"

urlpatterns = [
    path(f"{COHORT}cases/", views.CaseList.as_view(), name="case-list"),
    path(f"{COHORT}cases/new/", views.CaseCreate.as_view(), name="case-create"),
    path(f"{COHORT}cases/concerns/", views.ConcernList.as_view(), name="concern-list"),
    path(f"{COHORT}cases/readers/", views.ConductReaderList.as_view(), name="conduct-reader-list"),
    path(f"{COHORT}cases/<int:pk>/", views.CaseDetail.as_view(), name="case-detail"),
]

"""Addresses of the list of pairs."""

from django.urls import path

from checkins.pair_health import views

COHORT = "cohorts/<slug:cohort_slug>/"

urlpatterns = [
    path(f"{COHORT}pairs/", views.PairHealthList.as_view(), name="pair-list"),
]

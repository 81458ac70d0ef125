"""URLs of the mentor supply of a cohort."""

from django.urls import path

from matching.supply import views

urlpatterns = [
    path("cohorts/<slug:cohort_slug>/matching/supply/", views.MentorSupply.as_view(), name="supply"),
]

"""URLs of the matching policy of a cohort."""

from django.urls import path

from matching.policy import views

urlpatterns = [
    path("cohorts/<slug:cohort_slug>/matching/weights/", views.EditPolicy.as_view(), name="policy-edit"),
]

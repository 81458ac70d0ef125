"""Addresses of review and selection."""

from django.urls import path

from cohorts.review import views as review_views
from cohorts.selection import views as selection_views

urlpatterns = [
    path("cohorts/<slug:cohort_slug>/review/", review_views.ReviewList.as_view(), name="review"),
    path("cohorts/<slug:cohort_slug>/review/rubric/", review_views.Rubric.as_view(), name="review-rubric"),
    path(
        "cohorts/<slug:cohort_slug>/review/<int:pk>/",
        review_views.ReviewApplication.as_view(),
        name="review-application",
    ),
    path(
        "cohorts/<slug:cohort_slug>/review/<int:pk>/conflict/",
        review_views.DeclareConflict.as_view(),
        name="review-conflict",
    ),
    path(
        "cohorts/<slug:cohort_slug>/review/<int:pk>/no-conflict/",
        review_views.WithdrawConflict.as_view(),
        name="review-no-conflict",
    ),
    path("cohorts/<slug:cohort_slug>/selection/", selection_views.SelectionRules.as_view(), name="selection"),
    path(
        "cohorts/<slug:cohort_slug>/selection/<int:pk>/",
        selection_views.SelectionRunDetail.as_view(),
        name="selection-run",
    ),
    path(
        "cohorts/<slug:cohort_slug>/selection/<int:pk>/change/<int:enrollment_pk>/",
        selection_views.OutcomeOverride.as_view(),
        name="selection-change",
    ),
    path(
        "cohorts/<slug:cohort_slug>/selection/<int:pk>/apply/",
        selection_views.SelectionApply.as_view(),
        name="selection-apply",
    ),
]

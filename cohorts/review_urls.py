"""Addresses of review and selection."""

from django.urls import path

from cohorts.views import review, selection

urlpatterns = [
    path("cohorts/<slug:cohort_slug>/review/", review.ReviewList.as_view(), name="review"),
    path("cohorts/<slug:cohort_slug>/review/rubric/", review.Rubric.as_view(), name="review-rubric"),
    path("cohorts/<slug:cohort_slug>/review/<int:pk>/", review.ReviewApplication.as_view(), name="review-application"),
    path(
        "cohorts/<slug:cohort_slug>/review/<int:pk>/conflict/",
        review.DeclareConflict.as_view(),
        name="review-conflict",
    ),
    path(
        "cohorts/<slug:cohort_slug>/review/<int:pk>/no-conflict/",
        review.WithdrawConflict.as_view(),
        name="review-no-conflict",
    ),
    path("cohorts/<slug:cohort_slug>/selection/", selection.Rules.as_view(), name="selection"),
    path("cohorts/<slug:cohort_slug>/selection/<int:pk>/", selection.Run.as_view(), name="selection-run"),
    path(
        "cohorts/<slug:cohort_slug>/selection/<int:pk>/change/<int:enrollment_pk>/",
        selection.ChangeByHand.as_view(),
        name="selection-change",
    ),
    path("cohorts/<slug:cohort_slug>/selection/<int:pk>/apply/", selection.Apply.as_view(), name="selection-apply"),
]

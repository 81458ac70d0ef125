"""URLs of the review."""

from django.urls import path

from cohorts.review import views

urlpatterns = [
    path("cohorts/<slug:cohort_slug>/review/", views.ReviewList.as_view(), name="review"),
    path("cohorts/<slug:cohort_slug>/review/rubric/", views.RubricEdit.as_view(), name="review-rubric"),
    path(
        "cohorts/<slug:cohort_slug>/review/<int:pk>/",
        views.ReviewApplication.as_view(),
        name="review-application",
    ),
    path(
        "cohorts/<slug:cohort_slug>/review/<int:pk>/conflict/",
        views.DeclareConflict.as_view(),
        name="review-conflict",
    ),
    path(
        "cohorts/<slug:cohort_slug>/review/<int:pk>/no-conflict/",
        views.WithdrawConflict.as_view(),
        name="review-no-conflict",
    ),
]

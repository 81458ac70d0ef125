"""URLs of the review."""

from django.urls import path

from cohorts.review import views

urlpatterns = [
    path("cohorts/<slug:cohort_slug>/review/", views.ReviewList.as_view(), name="review-list"),
    path("cohorts/<slug:cohort_slug>/review/rubric/", views.RubricEdit.as_view(), name="rubric-edit"),
    path(
        "cohorts/<slug:cohort_slug>/review/<int:pk>/",
        views.ReviewApplication.as_view(),
        name="review-edit",
    ),
    path(
        "cohorts/<slug:cohort_slug>/review/<int:pk>/conflict/",
        views.DeclareConflict.as_view(),
        name="conflict-declare",
    ),
    path(
        "cohorts/<slug:cohort_slug>/review/<int:pk>/no-conflict/",
        views.WithdrawConflict.as_view(),
        name="conflict-withdraw",
    ),
]

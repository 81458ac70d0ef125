"""URLs of bulk actions."""

from django.urls import path

from cohorts.bulk_actions import views

ACTIONS = "cohorts/<slug:cohort_slug>/bulk-actions/"
urlpatterns = [
    path(ACTIONS, views.BulkActionList.as_view(), name="bulk-action-list"),
    path(ACTIONS + "<int:pk>/", views.BulkActionDetail.as_view(), name="bulk-action-detail"),
]

"""URLs of the selection."""

from django.urls import path

from cohorts.selection import views

SELECTION = "cohorts/<slug:cohort_slug>/selection/"
urlpatterns = [
    path(SELECTION, views.SelectionRules.as_view(), name="selection-edit"),
    path(SELECTION + "<int:pk>/", views.SelectionRunDetail.as_view(), name="selection-run-detail"),
    path(
        SELECTION + "<int:pk>/change/<int:enrollment_pk>/", views.OutcomeOverride.as_view(), name="selection-run-edit"
    ),
    path(SELECTION + "<int:pk>/apply/", views.SelectionApply.as_view(), name="selection-run-apply"),
]

"""URLs of plans and timelines."""

from django.urls import path

from cohorts.plan import views

urlpatterns = [
    path("programmes/<slug:programme_slug>/timeline/", views.TimelineEdit.as_view(), name="timeline-edit"),
    path("cohorts/<slug:cohort_slug>/plan/", views.PlanDetail.as_view(), name="plan-detail"),
    path("cohorts/<slug:cohort_slug>/plan/dates/<int:pk>/", views.DateEdit.as_view(), name="date-edit"),
    path(
        "cohorts/<slug:cohort_slug>/plan/checklist/<int:pk>/",
        views.ChecklistItemEdit.as_view(),
        name="checklist-item-edit",
    ),
    path(
        "cohorts/<slug:cohort_slug>/plan/checklist/<int:pk>/tick/",
        views.ChecklistItemTick.as_view(),
        name="checklist-item-tick",
    ),
]

"""URLs of attendance, feedback and certificates."""

from django.urls import path

from training.attendance import views

urlpatterns = [
    path(
        "cohorts/<slug:cohort_slug>/training/<int:pk>/attendance/", views.Attendance.as_view(), name="attendance-edit"
    ),
    path("training/feedback/<str:token>/", views.Feedback.as_view(), name="feedback-edit"),
    path("training/certificate/<str:token>/", views.CertificatePage.as_view(), name="certificate-detail"),
]

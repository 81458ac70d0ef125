"""URLs of attendance, feedback and certificates."""

from django.urls import path

from training.attendance import views

ATTENDANCE = "cohorts/<slug:cohort_slug>/training/<int:pk>/attendance/"
urlpatterns = [
    path(ATTENDANCE, views.Attendance.as_view(), name="attendance-edit"),
    path(ATTENDANCE + "import/", views.MeetingList.as_view(), name="meeting-list-create"),
    path(ATTENDANCE + "import/<int:list_pk>/", views.MeetingListDecide.as_view(), name="meeting-list-apply"),
    path("training/feedback/<str:token>/", views.Feedback.as_view(), name="feedback-edit"),
    path("training/certificate/<str:token>/", views.CertificatePage.as_view(), name="certificate-detail"),
]

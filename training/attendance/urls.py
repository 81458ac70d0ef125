"""URLs of attendance, feedback and certificates."""

from django.urls import path

from training.attendance import views

ATTENDANCE = "cohorts/<slug:cohort_slug>/training/<int:pk>/attendance/"
urlpatterns = [
    path(ATTENDANCE, views.Attendance.as_view(), name="attendance"),
    path(ATTENDANCE + "import/", views.MeetingList.as_view(), name="meeting-upload"),
    path(ATTENDANCE + "import/<int:list_pk>/", views.MeetingListDecide.as_view(), name="meeting-list"),
    path("training/feedback/<str:token>/", views.Feedback.as_view(), name="feedback"),
    path("training/certificate/<str:token>/", views.CertificatePage.as_view(), name="certificate"),
]

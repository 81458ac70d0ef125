"""Addresses of check-ins."""

from django.urls import path

from checkins import views

app_name = "checkins"
urlpatterns = [
    path("c/<str:token>/", views.AnswerCheckIn.as_view(), name="answer"),
    path("c/<str:token>/thanks/", views.Thanks.as_view(), name="thanks"),
    path("cohorts/<slug:cohort_slug>/check-ins/", views.CheckInList.as_view(), name="list"),
    path("cohorts/<slug:cohort_slug>/check-ins/<int:pk>/", views.CheckInDetail.as_view(), name="checkin"),
]

"""Addresses of training."""

from django.urls import path

from training import views

app_name = "training"
urlpatterns = [
    path("cohorts/<slug:cohort_slug>/training/", views.SessionList.as_view(), name="sessions"),
    path("cohorts/<slug:cohort_slug>/training/new/", views.SessionCreate.as_view(), name="session-create"),
    path("cohorts/<slug:cohort_slug>/training/<int:pk>/", views.SessionEdit.as_view(), name="session-edit"),
    path("my/training/", views.MySessions.as_view(), name="mine"),
    path("my/training/<int:pk>/book/", views.Book.as_view(), name="book"),
    path("my/training/bookings/<int:pk>/cancel/", views.CancelBooking.as_view(), name="cancel"),
]

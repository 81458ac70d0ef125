"""URLs of a person's calendar."""

from django.urls import path

from cohorts.calendar import views

urlpatterns = [
    path("calendar/", views.CalendarPage.as_view(), name="calendar-detail"),
    path("calendar/<str:token>.ics", views.CalendarFeedFile.as_view(), name="calendar-feed"),
]

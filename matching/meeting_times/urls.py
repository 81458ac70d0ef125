"""URLs of the calendar files of suggested meetings."""

from django.urls import path

from matching.meeting_times.views import MeetingCalendar

urlpatterns = [
    path("meetings/<str:token>/meeting.ics", MeetingCalendar.as_view(), name="meeting-calendar"),
]

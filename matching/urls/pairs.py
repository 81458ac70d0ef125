"""Addresses of a pair's own page. Part of the names `matching:`."""

from django.urls import path

from matching.views import pair

OF_MATCH = "my/matches/<int:pk>/"
urlpatterns = [
    path(OF_MATCH, pair.MyMatch.as_view(), name="my-match"),
    path(OF_MATCH + "notes/new/", pair.MyNote.as_view(), name="my-note-new"),
    path(OF_MATCH + "notes/<int:note_pk>/", pair.MyNote.as_view(), name="my-note"),
    path("my/pairs/<int:mentee_pk>/", pair.MyPair.as_view(), name="my-pair"),
    path("meetings/<str:token>/meeting.ics", pair.MeetingCalendar.as_view(), name="meeting-calendar"),
]

"""URLs of matches, and of a pair's own pages."""

from django.urls import path

from matching.pairs.views.matches import MatchDetail, MatchList
from matching.pairs.views.meetings import MyMeeting, MyMeetingCancel
from matching.pairs.views.pair_page import MyMatch, MyNote, MyPair

OF_MATCH = "my/matches/<int:pk>/"
urlpatterns = [
    path("cohorts/<slug:cohort_slug>/matches/", MatchList.as_view(), name="match-list"),
    path("cohorts/<slug:cohort_slug>/matches/<int:pk>/", MatchDetail.as_view(), name="match-detail"),
    path(OF_MATCH, MyMatch.as_view(), name="my-match"),
    path(OF_MATCH + "notes/new/", MyNote.as_view(), name="my-note-create"),
    path(OF_MATCH + "notes/<int:note_pk>/", MyNote.as_view(), name="my-note"),
    path(OF_MATCH + "meetings/new/", MyMeeting.as_view(), name="my-meeting-create"),
    path(OF_MATCH + "meetings/<int:meeting_pk>/", MyMeeting.as_view(), name="my-meeting-edit"),
    path(OF_MATCH + "meetings/<int:meeting_pk>/cancel/", MyMeetingCancel.as_view(), name="my-meeting-cancel"),
    path("my/pairs/<int:mentee_pk>/", MyPair.as_view(), name="my-pair"),
]

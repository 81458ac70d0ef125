"""URLs of matches and of the pair's own pages."""

from django.urls import path

from matching.intro import views as intro_views
from matching.pairs.views import pair_page as pair_page_views

OF_MATCH = "my/matches/<int:pk>/"
urlpatterns = [
    path(OF_MATCH, pair_page_views.MyMatch.as_view(), name="my-match"),
    path(OF_MATCH + "notes/new/", pair_page_views.MyNote.as_view(), name="my-note-new"),
    path(OF_MATCH + "notes/<int:note_pk>/", pair_page_views.MyNote.as_view(), name="my-note"),
    path("my/pairs/<int:mentee_pk>/", pair_page_views.MyPair.as_view(), name="my-pair"),
    path("meetings/<str:token>/meeting.ics", intro_views.MeetingCalendar.as_view(), name="meeting-calendar"),
]

"""Addresses of what happens between a proposal and the end of a match. Part of the names `matching:`."""

from django.urls import path

from matching.views import asked, confirming, pauses, rematch

MATCHING = "cohorts/<slug:cohort_slug>/matching/"
MATCHES = "cohorts/<slug:cohort_slug>/matches/"
urlpatterns = [
    path(MATCHING + "confirming/", confirming.EditConfirmPolicy.as_view(), name="confirm-policy"),
    path(MATCHING + "<int:number>/ask/", confirming.Ask.as_view(), name="ask"),
    path(MATCHING + "pauses/", pauses.PauseList.as_view(), name="pauses"),
    path(MATCHING + "pauses/<int:pk>/", pauses.PauseEdit.as_view(), name="pause"),
    path(MATCHES + "undo/", confirming.Undo.as_view(), name="undo"),
    path(MATCHES + "asked/", asked.AskedList.as_view(), name="asked"),
    path(MATCHES + "asked/<int:pk>/do/", asked.AskedDo.as_view(), name="asked-do"),
    path(MATCHES + "<int:pk>/rematch/", rematch.RematchPage.as_view(), name="rematch"),
    path(MATCHES + "<int:pk>/rematch/search/", rematch.Search.as_view(), name="rematch-search"),
    path(MATCHES + "wishes/<int:pk>/settle/", rematch.SettleWish.as_view(), name="wish-settle"),
    path("asked/<str:token>/", asked.AskedByLink.as_view(), name="asked-link"),
    path("my/matches/<int:pk>/another/", rematch.AskForAnother.as_view(), name="my-match-another"),
    path("my/pause/<int:pk>/", pauses.MyPause.as_view(), name="my-pause"),
]

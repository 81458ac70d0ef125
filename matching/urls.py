"""Addresses of the matching board, the matches of a cohort, and a participant's own match."""

from django.urls import path

from matching import after_urls, event_urls, pair_urls
from matching.views import board, confirming, matches

app_name = "matching"
urlpatterns = [
    path("cohorts/<slug:cohort_slug>/matching/", board.Board.as_view(), name="board"),
    path("cohorts/<slug:cohort_slug>/matching/run/", board.RunStart.as_view(), name="run-start"),
    path("cohorts/<slug:cohort_slug>/matching/state/", board.RunState.as_view(), name="run-state"),
    path("cohorts/<slug:cohort_slug>/matching/pin/", board.Pin.as_view(), name="pin"),
    path("cohorts/<slug:cohort_slug>/matching/weights/", board.Weights.as_view(), name="weights"),
    path("cohorts/<slug:cohort_slug>/matching/<int:number>/choose/", board.Choose.as_view(), name="choose"),
    path("cohorts/<slug:cohort_slug>/matching/<int:number>/preview/", confirming.Preview.as_view(), name="preview"),
    path("cohorts/<slug:cohort_slug>/matching/<int:number>/confirm/", confirming.Confirm.as_view(), name="confirm"),
    path("cohorts/<slug:cohort_slug>/matches/", matches.MatchList.as_view(), name="matches"),
    path("cohorts/<slug:cohort_slug>/matches/<int:pk>/", matches.MatchDetail.as_view(), name="match"),
    *after_urls.urlpatterns,
    *pair_urls.urlpatterns,
    *event_urls.urlpatterns,
]

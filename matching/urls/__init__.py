"""Addresses of the matching board, the matches of a cohort, and a participant's own match."""

from django.urls import path

from matching.urls import after, events, pairs
from matching.views import board, changing, confirming, matches, policy

app_name = "matching"
urlpatterns = [
    path("cohorts/<slug:cohort_slug>/matching/", board.Board.as_view(), name="board"),
    path("cohorts/<slug:cohort_slug>/matching/run/", board.RunStart.as_view(), name="run-start"),
    path("cohorts/<slug:cohort_slug>/matching/state/", board.RunState.as_view(), name="run-state"),
    path("cohorts/<slug:cohort_slug>/matching/weights/", policy.Weights.as_view(), name="weights"),
    path("cohorts/<slug:cohort_slug>/matching/supply/", policy.Supply.as_view(), name="supply"),
    path("cohorts/<slug:cohort_slug>/matching/runs/", policy.Runs.as_view(), name="runs"),
    path("cohorts/<slug:cohort_slug>/matching/runs/compare/", policy.Compare.as_view(), name="compare"),
    path("cohorts/<slug:cohort_slug>/matching/<int:number>/name/", policy.RunName.as_view(), name="run-name"),
    path("cohorts/<slug:cohort_slug>/matching/<int:number>/change/", changing.Change.as_view(), name="change"),
    path("cohorts/<slug:cohort_slug>/matching/<int:number>/undo/", changing.Undo.as_view(), name="undo-change"),
    path("cohorts/<slug:cohort_slug>/matching/<int:number>/news/", changing.News.as_view(), name="news"),
    path(
        "cohorts/<slug:cohort_slug>/matching/<int:number>/candidates/<int:pk>/",
        changing.Candidates.as_view(),
        name="candidates",
    ),
    path("cohorts/<slug:cohort_slug>/matching/<int:number>/preview/", confirming.Preview.as_view(), name="preview"),
    path("cohorts/<slug:cohort_slug>/matching/<int:number>/confirm/", confirming.Confirm.as_view(), name="confirm"),
    path("cohorts/<slug:cohort_slug>/matches/", matches.MatchList.as_view(), name="matches"),
    path("cohorts/<slug:cohort_slug>/matches/<int:pk>/", matches.MatchDetail.as_view(), name="match"),
    *after.urlpatterns,
    *pairs.urlpatterns,
    *events.urlpatterns,
]

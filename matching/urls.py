"""Addresses of the matching board, the matches of a cohort, and a participant's own match."""

from django.urls import path

from matching.board.views import board as board_views
from matching.board.views import changes as changes_views
from matching.board.views import runs as runs_views
from matching.consent import urls as consent_urls
from matching.consent.views import confirm as confirm_views
from matching.events import urls as events_urls
from matching.pairs import urls as pairs_urls
from matching.pairs.views import matches as matches_views
from matching.policy import views as policy_views
from matching.supply import views as supply_views

app_name = "matching"
urlpatterns = [
    path("cohorts/<slug:cohort_slug>/matching/", board_views.Board.as_view(), name="board"),
    path("cohorts/<slug:cohort_slug>/matching/run/", runs_views.StartRun.as_view(), name="run-start"),
    path("cohorts/<slug:cohort_slug>/matching/state/", runs_views.RunState.as_view(), name="run-state"),
    path("cohorts/<slug:cohort_slug>/matching/weights/", policy_views.EditPolicy.as_view(), name="weights"),
    path("cohorts/<slug:cohort_slug>/matching/supply/", supply_views.MentorSupply.as_view(), name="supply"),
    path("cohorts/<slug:cohort_slug>/matching/runs/", runs_views.RunList.as_view(), name="runs"),
    path("cohorts/<slug:cohort_slug>/matching/runs/compare/", runs_views.CompareRuns.as_view(), name="compare"),
    path("cohorts/<slug:cohort_slug>/matching/<int:number>/name/", runs_views.RenameRun.as_view(), name="run-name"),
    path(
        "cohorts/<slug:cohort_slug>/matching/<int:number>/change/", changes_views.ChangeBoard.as_view(), name="change"
    ),
    path(
        "cohorts/<slug:cohort_slug>/matching/<int:number>/undo/", changes_views.UndoChange.as_view(), name="undo-change"
    ),
    path("cohorts/<slug:cohort_slug>/matching/<int:number>/news/", changes_views.BoardNews.as_view(), name="news"),
    path(
        "cohorts/<slug:cohort_slug>/matching/<int:number>/candidates/<int:pk>/",
        changes_views.CandidateList.as_view(),
        name="candidates",
    ),
    path("cohorts/<slug:cohort_slug>/matching/<int:number>/preview/", confirm_views.Preview.as_view(), name="preview"),
    path("cohorts/<slug:cohort_slug>/matching/<int:number>/confirm/", confirm_views.Confirm.as_view(), name="confirm"),
    path("cohorts/<slug:cohort_slug>/matches/", matches_views.MatchList.as_view(), name="matches"),
    path("cohorts/<slug:cohort_slug>/matches/<int:pk>/", matches_views.MatchDetail.as_view(), name="match"),
    *consent_urls.urlpatterns,
    *pairs_urls.urlpatterns,
    *events_urls.urlpatterns,
]

"""Addresses of the matching board, the matches of a cohort, and a participant's own match."""

from django.urls import include, path

from matching.board.views import board as board_views
from matching.board.views import changes as changes_views
from matching.board.views import runs as runs_views
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
    path("", include("matching.intro.urls")),
    path("", include("matching.consent.urls")),
    path("", include("matching.pairs.urls")),
    path("", include("matching.rematch.urls")),
    path("", include("matching.pauses.urls")),
    path("", include("matching.events.urls")),
    path("", include("matching.groups.urls")),
]

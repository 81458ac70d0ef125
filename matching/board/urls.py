"""URLs of the matching board and its runs."""

from django.urls import path

from matching.board.views import board, changes, runs

MATCHING = "cohorts/<slug:cohort_slug>/matching/"
RUN = MATCHING + "<int:number>/"
urlpatterns = [
    path(MATCHING, board.Board.as_view(), name="board"),
    path(MATCHING + "run/", runs.StartRun.as_view(), name="run-start"),
    path(MATCHING + "state/", runs.RunState.as_view(), name="run-state"),
    path(MATCHING + "runs/", runs.RunList.as_view(), name="runs"),
    path(MATCHING + "runs/compare/", runs.CompareRuns.as_view(), name="compare"),
    path(RUN + "name/", runs.RenameRun.as_view(), name="run-name"),
    path(RUN + "change/", changes.ChangeBoard.as_view(), name="change"),
    path(RUN + "undo/", changes.UndoChange.as_view(), name="undo-change"),
    path(RUN + "news/", changes.BoardNews.as_view(), name="news"),
    path(RUN + "candidates/<int:pk>/", changes.CandidateList.as_view(), name="candidates"),
]

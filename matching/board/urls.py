"""URLs of the matching board and its runs."""

from django.urls import path

from matching.board.views import board, changes, runs

MATCHING = "cohorts/<slug:cohort_slug>/matching/"
RUN = MATCHING + "<int:number>/"
urlpatterns = [
    path(MATCHING, board.Board.as_view(), name="board"),
    path(MATCHING + "run/", runs.StartRun.as_view(), name="run-create"),
    path(MATCHING + "state/", runs.RunState.as_view(), name="run-state"),
    path(MATCHING + "runs/", runs.RunList.as_view(), name="run-list"),
    path(MATCHING + "runs/compare/", runs.CompareRuns.as_view(), name="run-compare"),
    path(RUN + "name/", runs.RenameRun.as_view(), name="run-rename"),
    path(RUN + "aims/", runs.CompareAims.as_view(), name="run-compare-aims"),
    path(RUN + "change/", changes.ChangeBoard.as_view(), name="board-change"),
    path(RUN + "undo/", changes.UndoChange.as_view(), name="board-undo"),
    path(RUN + "news/", changes.BoardNews.as_view(), name="board-news"),
    path(RUN + "candidates/<int:pk>/", changes.CandidateList.as_view(), name="candidate-list"),
]

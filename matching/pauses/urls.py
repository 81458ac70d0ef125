"""URLs of mentors' pauses."""

from django.urls import path

from matching.pauses.views import MyPause, PauseEdit, PauseList

PAUSES = "cohorts/<slug:cohort_slug>/matching/pauses/"
urlpatterns = [
    path(PAUSES, PauseList.as_view(), name="pause-list"),
    path(PAUSES + "<int:pk>/", PauseEdit.as_view(), name="pause-edit"),
    path("my/pause/<int:pk>/", MyPause.as_view(), name="my-pause"),
]

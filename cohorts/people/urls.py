"""URLs of people who may be in a programme twice."""

from django.urls import path

from cohorts.people.views import duplicates

DUPLICATES = "programmes/<slug:programme_slug>/duplicates/"
urlpatterns = [
    path(DUPLICATES, duplicates.DuplicateList.as_view(), name="duplicates"),
    path(DUPLICATES + "merge/", duplicates.DuplicatesMerge.as_view(), name="duplicates-merge"),
    path(DUPLICATES + "apart/", duplicates.DuplicatesMarkDifferent.as_view(), name="duplicates-apart"),
    path(DUPLICATES + "<int:pk>/undo/", duplicates.DuplicatesUndo.as_view(), name="duplicates-undo"),
]

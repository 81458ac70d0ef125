"""URLs of the lists of meeting tools."""

from django.urls import path

from training.meeting_list import views

LISTS = "cohorts/<slug:cohort_slug>/training/<int:pk>/attendance/import/"
urlpatterns = [
    path(LISTS, views.Upload.as_view(), name="meeting-list-create"),
    path(LISTS + "<int:list_pk>/", views.Names.as_view(), name="meeting-list-names"),
    path(LISTS + "<int:list_pk>/attendance/", views.Review.as_view(), name="meeting-list-apply"),
]

"""Addresses of topics and of people who stand in a programme twice."""

from django.urls import path

from cohorts.views import duplicates, topics

urlpatterns = [
    path("join/<slug:cohort_slug>/topics/", topics.TopicSuggestions.as_view(), name="topic-suggestions"),
    path("programmes/<slug:programme_slug>/topics/", topics.TopicList.as_view(), name="topics"),
    path("programmes/<slug:programme_slug>/topics/merge/", topics.TopicsMerge.as_view(), name="topics-merge"),
    path("programmes/<slug:programme_slug>/topics/apart/", topics.TopicsApart.as_view(), name="topics-apart"),
    path("programmes/<slug:programme_slug>/topics/merges/", topics.TopicMerges.as_view(), name="topic-merges"),
    path(
        "programmes/<slug:programme_slug>/topics/merges/<int:pk>/undo/",
        topics.TopicMergeUndo.as_view(),
        name="topic-merge-undo",
    ),
    path("programmes/<slug:programme_slug>/topics/<int:pk>/", topics.TopicDetail.as_view(), name="topic"),
    path("programmes/<slug:programme_slug>/duplicates/", duplicates.Duplicates.as_view(), name="duplicates"),
    path(
        "programmes/<slug:programme_slug>/duplicates/merge/",
        duplicates.DuplicatesMerge.as_view(),
        name="duplicates-merge",
    ),
    path(
        "programmes/<slug:programme_slug>/duplicates/apart/",
        duplicates.DuplicatesApart.as_view(),
        name="duplicates-apart",
    ),
    path(
        "programmes/<slug:programme_slug>/duplicates/<int:pk>/undo/",
        duplicates.DuplicatesUndo.as_view(),
        name="duplicates-undo",
    ),
]

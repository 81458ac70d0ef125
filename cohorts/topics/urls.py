"""URLs of the topics of a programme."""

from django.urls import path

from cohorts.people.views import duplicates as duplicates_views
from cohorts.signup import views as signup_views
from cohorts.topics import views as topics_views

urlpatterns = [
    path("join/<slug:cohort_slug>/topics/", signup_views.TopicSuggestions.as_view(), name="topic-suggestions"),
    path("programmes/<slug:programme_slug>/topics/", topics_views.TopicList.as_view(), name="topics"),
    path("programmes/<slug:programme_slug>/topics/merge/", topics_views.TopicsMerge.as_view(), name="topics-merge"),
    path("programmes/<slug:programme_slug>/topics/apart/", topics_views.TopicsApart.as_view(), name="topics-apart"),
    path("programmes/<slug:programme_slug>/topics/merges/", topics_views.TopicMerges.as_view(), name="topic-merges"),
    path(
        "programmes/<slug:programme_slug>/topics/merges/<int:pk>/undo/",
        topics_views.TopicMergeUndo.as_view(),
        name="topic-merge-undo",
    ),
    path("programmes/<slug:programme_slug>/topics/<int:pk>/", topics_views.TopicDetail.as_view(), name="topic"),
    path("programmes/<slug:programme_slug>/duplicates/", duplicates_views.DuplicateList.as_view(), name="duplicates"),
    path(
        "programmes/<slug:programme_slug>/duplicates/merge/",
        duplicates_views.DuplicatesMerge.as_view(),
        name="duplicates-merge",
    ),
    path(
        "programmes/<slug:programme_slug>/duplicates/apart/",
        duplicates_views.DuplicatesMarkDifferent.as_view(),
        name="duplicates-apart",
    ),
    path(
        "programmes/<slug:programme_slug>/duplicates/<int:pk>/undo/",
        duplicates_views.DuplicatesUndo.as_view(),
        name="duplicates-undo",
    ),
]

"""URLs of the topics of a programme."""

from django.urls import path

from cohorts.topics import views

TOPICS = "programmes/<slug:programme_slug>/topics/"
urlpatterns = [
    path(TOPICS, views.TopicList.as_view(), name="topic-list"),
    path(TOPICS + "merge/", views.TopicsMerge.as_view(), name="topic-merge"),
    path(TOPICS + "apart/", views.TopicsApart.as_view(), name="topic-mark-different"),
    path(TOPICS + "merges/", views.TopicMerges.as_view(), name="topic-merge-list"),
    path(TOPICS + "merges/<int:pk>/undo/", views.TopicMergeUndo.as_view(), name="topic-merge-undo"),
    path(TOPICS + "<int:pk>/", views.TopicDetail.as_view(), name="topic-detail"),
]

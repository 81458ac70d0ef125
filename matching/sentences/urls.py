"""URLs of the sentences that pairs read."""

from django.urls import path

from matching.sentences.views import EditSentence

urlpatterns = [
    path(
        "cohorts/<slug:cohort_slug>/matching/sentences/<int:mentee_pk>/<int:mentor_pk>/",
        EditSentence.as_view(),
        name="sentence-edit",
    ),
]

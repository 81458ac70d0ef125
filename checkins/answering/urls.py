"""Addresses of answering check-ins, their list and recorded replies."""

from django.urls import path

from checkins.answering.views import by_link, overview, replies

COHORT = "cohorts/<slug:cohort_slug>/"

urlpatterns = [
    path("c/<str:token>/", by_link.AnswerCheckIn.as_view(), name="checkin-answer"),
    path("c/<str:token>/thanks/", by_link.AnswerSaved.as_view(), name="checkin-answered"),
    path("c/<str:token>/concern/", by_link.RaiseConcern.as_view(), name="concern-create"),
    path(f"{COHORT}check-ins/", overview.CheckInList.as_view(), name="checkin-list"),
    path(f"{COHORT}check-ins/<int:pk>/", overview.CheckInDetail.as_view(), name="checkin-detail"),
    path(f"{COHORT}pairs/<int:pk>/wrote/", replies.PairReply.as_view(), name="reply-create"),
    path(f"{COHORT}replies/<int:pk>/drop/", replies.DeleteReply.as_view(), name="reply-delete"),
]

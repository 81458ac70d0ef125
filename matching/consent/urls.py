"""URLs of confirming pairs and asking their people first."""

from django.urls import path

from matching.consent.views.confirm import Ask, AskSharing, Confirm, EditConfirmPolicy, Preview
from matching.consent.views.questions import AnswerByLink, QuestionAction, QuestionList

OF_RUN = "cohorts/<slug:cohort_slug>/matching/<int:number>/"
QUESTIONS = "cohorts/<slug:cohort_slug>/matches/asked/"
urlpatterns = [
    path("cohorts/<slug:cohort_slug>/matching/confirming/", EditConfirmPolicy.as_view(), name="confirm-policy-edit"),
    path(OF_RUN + "preview/", Preview.as_view(), name="run-preview"),
    path(OF_RUN + "confirm/", Confirm.as_view(), name="run-confirm"),
    path(OF_RUN + "ask/", Ask.as_view(), name="run-ask"),
    path(OF_RUN + "ask-sharing/", AskSharing.as_view(), name="run-ask-sharing"),
    path(QUESTIONS, QuestionList.as_view(), name="question-list"),
    path(QUESTIONS + "<int:pk>/do/", QuestionAction.as_view(), name="question-do"),
    path("asked/<str:token>/", AnswerByLink.as_view(), name="question-answer"),
]

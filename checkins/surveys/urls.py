"""Addresses of surveys and their questions."""

from django.urls import path

from checkins.surveys import views

COHORT = "cohorts/<slug:cohort_slug>/"
SURVEY = f"{COHORT}surveys/<int:survey_pk>/questions/"

urlpatterns = [
    path(f"{COHORT}surveys/", views.SurveyList.as_view(), name="survey-list"),
    path(f"{COHORT}surveys/new/", views.SurveyEdit.as_view(), name="survey-create"),
    path(f"{COHORT}surveys/<int:pk>/", views.SurveyPage.as_view(), name="survey-detail"),
    path(f"{COHORT}surveys/<int:pk>/edit/", views.SurveyEdit.as_view(), name="survey-edit"),
    path(f"{COHORT}surveys/<int:pk>/preview/", views.SurveyPreview.as_view(), name="survey-preview"),
    path(f"{SURVEY}new/", views.SurveyQuestionEdit.as_view(), name="question-create"),
    path(f"{SURVEY}<int:pk>/", views.SurveyQuestionEdit.as_view(), name="question-edit"),
    path(f"{SURVEY}<int:pk>/move/", views.SurveyQuestionMove.as_view(), name="question-move"),
]

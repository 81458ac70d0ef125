"""URLs of the sign-up forms of a cohort."""

from django.urls import path

from cohorts.signup_form import views

urlpatterns = [
    path("cohorts/<slug:cohort_slug>/forms/<slug:role>/", views.FormEdit.as_view(), name="signup-form-edit"),
    path("cohorts/<slug:cohort_slug>/forms/<slug:role>/new/", views.QuestionEdit.as_view(), name="question-create"),
    path(
        "cohorts/<slug:cohort_slug>/forms/<slug:role>/<int:pk>/",
        views.QuestionEdit.as_view(),
        name="question-edit",
    ),
    path(
        "cohorts/<slug:cohort_slug>/forms/<slug:role>/<int:pk>/move/",
        views.QuestionMove.as_view(),
        name="question-move",
    ),
    path(
        "cohorts/<slug:cohort_slug>/files/<uuid:pk>/", views.AnswerFileDownload.as_view(), name="answer-file-download"
    ),
]

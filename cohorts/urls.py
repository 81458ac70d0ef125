"""Addresses of programmes, cohorts, people, sign-up and import."""

from django.urls import include, path

from cohorts.views import cohorts, people, plan, programmes, questions, returning

app_name = "cohorts"
urlpatterns = [
    path("programmes/", programmes.ProgrammeList.as_view(), name="programmes"),
    path("programmes/new/", programmes.ProgrammeCreate.as_view(), name="programme-create"),
    path("programmes/<slug:programme_slug>/", programmes.ProgrammeDetail.as_view(), name="programme"),
    path("programmes/<slug:programme_slug>/edit/", programmes.ProgrammeEdit.as_view(), name="programme-edit"),
    path("programmes/<slug:programme_slug>/team/add/", programmes.TeamAdd.as_view(), name="team-add"),
    path(
        "programmes/<slug:programme_slug>/team/<int:role_id>/remove/",
        programmes.TeamRemove.as_view(),
        name="team-remove",
    ),
    path("programmes/<slug:programme_slug>/cohorts/new/", cohorts.CohortCreate.as_view(), name="cohort-create"),
    path("cohorts/<slug:cohort_slug>/", cohorts.CohortDetail.as_view(), name="cohort"),
    path("cohorts/<slug:cohort_slug>/edit/", cohorts.CohortEdit.as_view(), name="cohort-edit"),
    path("cohorts/<slug:cohort_slug>/status/", cohorts.CohortMove.as_view(), name="cohort-move"),
    path("cohorts/<slug:cohort_slug>/people/", people.PeopleList.as_view(), name="people"),
    path("cohorts/<slug:cohort_slug>/people/decide/", people.Decide.as_view(), name="decide"),
    path("cohorts/<slug:cohort_slug>/people/<int:pk>/", people.EnrollmentDetail.as_view(), name="enrollment"),
    path("cohorts/<slug:cohort_slug>/people/<int:pk>/group/", people.SetGroup.as_view(), name="set-group"),
    path("cohorts/<slug:cohort_slug>/people/<int:pk>/put-back/", people.PutBack.as_view(), name="put-back"),
    path("programmes/<slug:programme_slug>/timeline/", plan.Timeline.as_view(), name="timeline"),
    path("cohorts/<slug:cohort_slug>/plan/", plan.Plan.as_view(), name="plan"),
    path("cohorts/<slug:cohort_slug>/plan/dates/<int:pk>/", plan.EditDate.as_view(), name="date-edit"),
    path("cohorts/<slug:cohort_slug>/plan/checklist/<int:pk>/", plan.EditItem.as_view(), name="item-edit"),
    path("cohorts/<slug:cohort_slug>/plan/checklist/<int:pk>/tick/", plan.TickItem.as_view(), name="item-tick"),
    path("cohorts/<slug:cohort_slug>/groups/new/", plan.EditGroup.as_view(), name="group-create"),
    path("cohorts/<slug:cohort_slug>/groups/<int:pk>/", plan.EditGroup.as_view(), name="group-edit"),
    path("cohorts/<slug:cohort_slug>/forms/<slug:role>/", questions.FormPage.as_view(), name="forms"),
    path("cohorts/<slug:cohort_slug>/forms/<slug:role>/preview/", questions.FormPreview.as_view(), name="form-preview"),
    path("cohorts/<slug:cohort_slug>/forms/<slug:role>/new/", questions.QuestionEdit.as_view(), name="question-new"),
    path("cohorts/<slug:cohort_slug>/forms/<slug:role>/<int:pk>/", questions.QuestionEdit.as_view(), name="question"),
    path(
        "cohorts/<slug:cohort_slug>/forms/<slug:role>/<int:pk>/move/",
        questions.QuestionMove.as_view(),
        name="question-move",
    ),
    path("cohorts/<slug:cohort_slug>/files/<uuid:pk>/", questions.Download.as_view(), name="file"),
    path("cohorts/<slug:cohort_slug>/invite/", returning.InviteBack.as_view(), name="invite-back"),
    # Before the sign-up: its addresses end with any word.
    path("", include("cohorts.topic_urls")),
    path("", include("cohorts.review_urls")),
    path("", include("cohorts.signup_urls")),
    path("", include("cohorts.mailing_urls")),
    path("", include("cohorts.mail_template_urls")),
]

"""Addresses of programmes, cohorts, people, sign-up and import."""

from django.urls import include, path

from cohorts.invitations import views as invitations_views
from cohorts.people.views import people as people_views
from cohorts.questions import views as questions_views
from cohorts.setup.views import cohorts as cohorts_views
from cohorts.setup.views import plan as plan_views
from cohorts.setup.views import programmes as programmes_views

app_name = "cohorts"
urlpatterns = [
    path("programmes/", programmes_views.ProgrammeList.as_view(), name="programmes"),
    path("programmes/new/", programmes_views.ProgrammeCreate.as_view(), name="programme-create"),
    path("programmes/<slug:programme_slug>/", programmes_views.ProgrammeDetail.as_view(), name="programme"),
    path("programmes/<slug:programme_slug>/edit/", programmes_views.ProgrammeEdit.as_view(), name="programme-edit"),
    path("programmes/<slug:programme_slug>/team/add/", programmes_views.TeamAdd.as_view(), name="team-add"),
    path(
        "programmes/<slug:programme_slug>/team/<int:role_id>/remove/",
        programmes_views.TeamRemove.as_view(),
        name="team-remove",
    ),
    path("programmes/<slug:programme_slug>/cohorts/new/", cohorts_views.CohortCreate.as_view(), name="cohort-create"),
    path("cohorts/<slug:cohort_slug>/", cohorts_views.CohortDetail.as_view(), name="cohort"),
    path("cohorts/<slug:cohort_slug>/edit/", cohorts_views.CohortEdit.as_view(), name="cohort-edit"),
    path("cohorts/<slug:cohort_slug>/status/", cohorts_views.CohortMove.as_view(), name="cohort-move"),
    path("cohorts/<slug:cohort_slug>/people/", people_views.PeopleList.as_view(), name="people"),
    path("cohorts/<slug:cohort_slug>/people/decide/", people_views.Decide.as_view(), name="decide"),
    path("cohorts/<slug:cohort_slug>/people/<int:pk>/", people_views.EnrollmentDetail.as_view(), name="enrollment"),
    path("cohorts/<slug:cohort_slug>/people/<int:pk>/group/", people_views.SetGroup.as_view(), name="set-group"),
    path("cohorts/<slug:cohort_slug>/people/<int:pk>/put-back/", people_views.PutBack.as_view(), name="put-back"),
    path("programmes/<slug:programme_slug>/timeline/", plan_views.TimelineEdit.as_view(), name="timeline"),
    path("cohorts/<slug:cohort_slug>/plan/", plan_views.PlanDetail.as_view(), name="plan"),
    path("cohorts/<slug:cohort_slug>/plan/dates/<int:pk>/", plan_views.DateEdit.as_view(), name="date-edit"),
    path(
        "cohorts/<slug:cohort_slug>/plan/checklist/<int:pk>/", plan_views.ChecklistItemEdit.as_view(), name="item-edit"
    ),
    path(
        "cohorts/<slug:cohort_slug>/plan/checklist/<int:pk>/tick/",
        plan_views.ChecklistItemTick.as_view(),
        name="item-tick",
    ),
    path("cohorts/<slug:cohort_slug>/groups/new/", plan_views.GroupEdit.as_view(), name="group-create"),
    path("cohorts/<slug:cohort_slug>/groups/<int:pk>/", plan_views.GroupEdit.as_view(), name="group-edit"),
    path("cohorts/<slug:cohort_slug>/forms/<slug:role>/", questions_views.FormEdit.as_view(), name="forms"),
    path(
        "cohorts/<slug:cohort_slug>/forms/<slug:role>/new/", questions_views.QuestionEdit.as_view(), name="question-new"
    ),
    path(
        "cohorts/<slug:cohort_slug>/forms/<slug:role>/<int:pk>/",
        questions_views.QuestionEdit.as_view(),
        name="question",
    ),
    path(
        "cohorts/<slug:cohort_slug>/forms/<slug:role>/<int:pk>/move/",
        questions_views.QuestionMove.as_view(),
        name="question-move",
    ),
    path("cohorts/<slug:cohort_slug>/files/<uuid:pk>/", questions_views.AnswerFileDownload.as_view(), name="file"),
    path("cohorts/<slug:cohort_slug>/invite/", invitations_views.InviteBack.as_view(), name="invite-back"),
    path("", include("cohorts.people.urls")),
    path("", include("cohorts.review.urls")),
    path("", include("cohorts.mailings.urls")),
    path("", include("cohorts.mailings.template_urls")),
    path("", include("cohorts.topics.urls")),
    path("", include("cohorts.imports.urls")),
    path("", include("cohorts.selection.urls")),
    path("", include("cohorts.places.urls")),
    # Last: its addresses end with any word.
    path("", include("cohorts.signup.urls")),
]

"""URLs of programmes, their teams, cohorts and groups."""

from django.urls import path

from cohorts.setup.views import cohorts, groups, programmes, readings, share, team

urlpatterns = [
    path("programmes/", programmes.ProgrammeList.as_view(), name="programme-list"),
    path("programmes/new/", programmes.ProgrammeCreate.as_view(), name="programme-create"),
    path("programmes/<slug:programme_slug>/", programmes.ProgrammeDetail.as_view(), name="programme-detail"),
    path("programmes/<slug:programme_slug>/edit/", programmes.ProgrammeEdit.as_view(), name="programme-edit"),
    path("programmes/<slug:programme_slug>/access-log/", readings.ReadingList.as_view(), name="reading-list"),
    path("programmes/<slug:programme_slug>/team/add/", team.TeamAdd.as_view(), name="team-role-create"),
    path(
        "programmes/<slug:programme_slug>/team/second-factor/",
        team.TeamSecondFactor.as_view(),
        name="team-second-factor",
    ),
    path(
        "programmes/<slug:programme_slug>/team/<int:role_id>/remove/",
        team.TeamRemove.as_view(),
        name="team-role-delete",
    ),
    path("programmes/<slug:programme_slug>/cohorts/new/", cohorts.CohortCreate.as_view(), name="cohort-create"),
    path("cohorts/<slug:cohort_slug>/", cohorts.CohortDetail.as_view(), name="cohort-detail"),
    path("cohorts/<slug:cohort_slug>/edit/", cohorts.CohortEdit.as_view(), name="cohort-edit"),
    path("cohorts/<slug:cohort_slug>/share/", share.CohortShare.as_view(), name="cohort-share"),
    path("cohorts/<slug:cohort_slug>/share/qr.svg", share.CohortShareQr.as_view(), name="cohort-share-qr"),
    path("cohorts/<slug:cohort_slug>/status/", cohorts.CohortMove.as_view(), name="cohort-set-status"),
    path("cohorts/<slug:cohort_slug>/groups/new/", groups.GroupEdit.as_view(), name="group-create"),
    path("cohorts/<slug:cohort_slug>/groups/<int:pk>/", groups.GroupEdit.as_view(), name="group-edit"),
]

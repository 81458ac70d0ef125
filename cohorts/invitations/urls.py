"""URLs of invitations to sign up."""

from django.urls import path

from cohorts.invitations import views

urlpatterns = [
    path("cohorts/<slug:cohort_slug>/invite/", views.InviteBack.as_view(), name="invitation-create"),
    path(
        "cohorts/<slug:cohort_slug>/forms/<slug:role>/past-the-rules/",
        views.InvitePastRules.as_view(),
        name="eligibility-override-create",
    ),
]

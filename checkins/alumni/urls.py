"""Addresses of staying in touch, opportunities and returning people."""

from django.urls import path

from checkins.alumni.views import consent, opportunities, role_progression

COHORT = "cohorts/<slug:cohort_slug>/"

urlpatterns = [
    path(f"{COHORT}after/", opportunities.OpportunityList.as_view(), name="opportunity-list"),
    path(f"{COHORT}after/coming-back/", role_progression.RoleProgressionPage.as_view(), name="role-progression"),
    path("stay/<str:token>/", consent.AlumniConsentPage.as_view(), name="alumni-consent"),
    path(
        "programmes/<slug:programme_slug>/opportunity/",
        opportunities.OpportunityCreate.as_view(),
        name="opportunity-create",
    ),
]

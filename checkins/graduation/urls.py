"""Addresses of graduation and certificates."""

from django.urls import path

from checkins.graduation.views import certificates, farewell, mentor_confirmation, progress

COHORT = "cohorts/<slug:cohort_slug>/"

urlpatterns = [
    path(f"{COHORT}graduation/", progress.GraduationList.as_view(), name="graduation-list"),
    path(f"{COHORT}graduation/criteria/new/", progress.CriterionEdit.as_view(), name="criterion-create"),
    path(f"{COHORT}graduation/criteria/<int:pk>/", progress.CriterionEdit.as_view(), name="criterion-edit"),
    path(f"{COHORT}graduation/certificates.zip", certificates.CertificatesZip.as_view(), name="certificates-zip"),
    path(f"{COHORT}graduation/certificates.pdf", certificates.CertificatesPdf.as_view(), name="certificates-pdf"),
    path(
        f"{COHORT}graduation/<int:enrollment_pk>/<int:user_pk>/",
        progress.GraduationDetail.as_view(),
        name="graduation-detail",
    ),
    path("my/matches/<int:pk>/goodbye/", farewell.PairFarewellPage.as_view(), name="pair-farewell"),
    path("g/<str:token>/", mentor_confirmation.MentorConfirmation.as_view(), name="graduation-confirm"),
    path("certificates/<uuid:pk>/", certificates.CertificatePage.as_view(), name="certificate-detail"),
    path("certificates/<uuid:pk>/certificate.pdf", certificates.CertificateFile.as_view(), name="certificate-file"),
]

"""Addresses of honoraria, certificates of service, and facilitators' tasks."""

from django.urls import path

from checkins.recognition.views import certificate_check, facilitator_tasks, honoraria, service_certificates

COHORT = "cohorts/<slug:cohort_slug>/"

urlpatterns = [
    path(f"{COHORT}after/thanks/", service_certificates.RecognitionPage.as_view(), name="service-certificate-list"),
    path(
        f"{COHORT}after/thanks/certificates.pdf",
        service_certificates.ServiceCertificatesPdf.as_view(),
        name="service-certificates-pdf",
    ),
    path(f"{COHORT}after/honoraria/", honoraria.HonorariumList.as_view(), name="honorarium-list"),
    path(f"{COHORT}after/honoraria/new/", honoraria.HonorariumOffer.as_view(), name="honorarium-create"),
    path(f"{COHORT}after/facilitators/", facilitator_tasks.FacilitatorTaskList.as_view(), name="facilitator-task-list"),
    path("certificates/", certificate_check.CertificateCheck.as_view(), name="certificate-check"),
    path("h/<str:token>/", honoraria.HonorariumAnswer.as_view(), name="honorarium-answer"),
    path("thanks/<uuid:pk>/", service_certificates.ServiceCertificatePage.as_view(), name="service-certificate-detail"),
    path(
        "thanks/<uuid:pk>/certificate.pdf",
        service_certificates.ServiceCertificateFile.as_view(),
        name="service-certificate-file",
    ),
]

"""Addresses of check-ins, cases and graduation."""

from django.urls import path

from checkins.alumni.views import consent as consent_views
from checkins.alumni.views import opportunities as opportunities_views
from checkins.alumni.views import role_progression as role_progression_views
from checkins.answering.views import by_link as by_link_views
from checkins.answering.views import overview as overview_views
from checkins.answering.views import replies as replies_views
from checkins.cases import views as cases_views
from checkins.graduation.views import certificates as certificates_views
from checkins.graduation.views import mentor_confirmation as mentor_confirmation_views
from checkins.graduation.views import progress as progress_views
from checkins.overview import views as checkins_overview_views
from checkins.pair_health import views as pair_health_views
from checkins.recognition.views import facilitator_tasks as facilitator_tasks_views
from checkins.recognition.views import honoraria as honoraria_views
from checkins.recognition.views import service_certificates as service_certificates_views
from checkins.recognition.views import thanks_page as thanks_page_views
from checkins.surveys import views as surveys_views
from checkins.waves import views as waves_views

app_name = "checkins"
COHORT = "cohorts/<slug:cohort_slug>/"
SURVEY = f"{COHORT}surveys/<int:survey_pk>/questions/"

urlpatterns = [
    path("c/<str:token>/", by_link_views.AnswerCheckIn.as_view(), name="answer"),
    path("c/<str:token>/thanks/", by_link_views.AnswerSaved.as_view(), name="thanks"),
    path("c/<str:token>/concern/", by_link_views.RaiseConcern.as_view(), name="concern"),
    path(f"{COHORT}check-ins/", overview_views.CheckInList.as_view(), name="list"),
    path(f"{COHORT}check-ins/<int:pk>/", overview_views.CheckInDetail.as_view(), name="checkin"),
    path(f"{COHORT}check-ins/<int:pk>/move/", waves_views.RescheduleCheckIn.as_view(), name="checkin-move"),
    path(f"{COHORT}pairs/", pair_health_views.PairHealthList.as_view(), name="health"),
    path(f"{COHORT}pairs/<int:pk>/wrote/", replies_views.PairReply.as_view(), name="pair-reply"),
    path(f"{COHORT}replies/<int:pk>/drop/", replies_views.DeleteReply.as_view(), name="reply-drop"),
    path(f"{COHORT}waves/", waves_views.WaveList.as_view(), name="waves"),
    path(f"{COHORT}waves/new/", waves_views.WaveEdit.as_view(), name="wave-new"),
    path(f"{COHORT}waves/<int:pk>/", waves_views.WavePage.as_view(), name="wave"),
    path(f"{COHORT}waves/<int:pk>/edit/", waves_views.WaveEdit.as_view(), name="wave-edit"),
    path(f"{COHORT}surveys/", surveys_views.SurveyList.as_view(), name="surveys"),
    path(f"{COHORT}surveys/new/", surveys_views.SurveyEdit.as_view(), name="survey-new"),
    path(f"{COHORT}surveys/<int:pk>/", surveys_views.SurveyPage.as_view(), name="survey"),
    path(f"{COHORT}surveys/<int:pk>/edit/", surveys_views.SurveyEdit.as_view(), name="survey-edit"),
    path(f"{COHORT}surveys/<int:pk>/preview/", surveys_views.SurveyPreview.as_view(), name="survey-preview"),
    path(f"{SURVEY}new/", surveys_views.QuestionEdit.as_view(), name="question-new"),
    path(f"{SURVEY}<int:pk>/", surveys_views.QuestionEdit.as_view(), name="question"),
    path(f"{SURVEY}<int:pk>/move/", surveys_views.QuestionMove.as_view(), name="question-move"),
    path(f"{COHORT}cases/", cases_views.CaseList.as_view(), name="cases"),
    path(f"{COHORT}cases/new/", cases_views.CaseCreate.as_view(), name="case-new"),
    path(f"{COHORT}cases/concerns/", cases_views.ConcernList.as_view(), name="concerns"),
    path(f"{COHORT}cases/readers/", cases_views.ConductReaderList.as_view(), name="readers"),
    path(f"{COHORT}cases/<int:pk>/", cases_views.CaseDetail.as_view(), name="case"),
    path(f"{COHORT}graduation/", progress_views.GraduationList.as_view(), name="graduation"),
    path(f"{COHORT}graduation/criteria/new/", progress_views.CriterionEdit.as_view(), name="criterion-new"),
    path(f"{COHORT}graduation/criteria/<int:pk>/", progress_views.CriterionEdit.as_view(), name="criterion"),
    path(f"{COHORT}graduation/certificates.zip", certificates_views.CertificatesZip.as_view(), name="certificates"),
    path(f"{COHORT}graduation/certificates.pdf", certificates_views.CertificatesPdf.as_view(), name="certificates-pdf"),
    path(
        f"{COHORT}graduation/<int:enrollment_pk>/<int:user_pk>/",
        progress_views.GraduationDetail.as_view(),
        name="graduation-person",
    ),
    path("g/<str:token>/", mentor_confirmation_views.MentorConfirmation.as_view(), name="mentor-confirms"),
    path("certificates/<uuid:pk>/", certificates_views.CertificatePage.as_view(), name="certificate"),
    path(
        "certificates/<uuid:pk>/certificate.pdf", certificates_views.CertificateFile.as_view(), name="certificate-file"
    ),
    path(f"{COHORT}after/", opportunities_views.OpportunityList.as_view(), name="after"),
    path(f"{COHORT}after/coming-back/", role_progression_views.RoleProgressionPage.as_view(), name="coming-back"),
    path(f"{COHORT}after/thanks/", service_certificates_views.RecognitionPage.as_view(), name="recognition"),
    path(
        f"{COHORT}after/thanks/certificates.pdf",
        service_certificates_views.ServiceCertificatesPdf.as_view(),
        name="service-certificates",
    ),
    path(f"{COHORT}after/honoraria/", honoraria_views.HonorariumList.as_view(), name="honoraria"),
    path(f"{COHORT}after/honoraria/new/", honoraria_views.HonorariumOffer.as_view(), name="honorarium-offer"),
    path(f"{COHORT}after/facilitators/", facilitator_tasks_views.FacilitatorTaskList.as_view(), name="facilitators"),
    path("h/<str:token>/", honoraria_views.HonorariumAnswer.as_view(), name="honorarium-answer"),
    path("thanks/<uuid:pk>/", service_certificates_views.ServiceCertificatePage.as_view(), name="service-certificate"),
    path(
        "thanks/<uuid:pk>/certificate.pdf",
        service_certificates_views.ServiceCertificateFile.as_view(),
        name="service-certificate-file",
    ),
    path("stay/<str:token>/", consent_views.AlumniConsentPage.as_view(), name="stay"),
    path("my/", checkins_overview_views.OwnPage.as_view(), name="mine"),
    path(
        "programmes/<slug:programme_slug>/opportunity/", opportunities_views.OpportunityCreate.as_view(), name="propose"
    ),
    path("programmes/<slug:programme_slug>/thanks/", thanks_page_views.ThanksPage.as_view(), name="thanks-page"),
]

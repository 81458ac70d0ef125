"""Addresses of check-ins, cases and graduation."""

from django.urls import path

from checkins.views import after, alumni, answering, cases, graduation, moving, overview, surveys, thanks, waves

app_name = "checkins"
COHORT = "cohorts/<slug:cohort_slug>/"
SURVEY = f"{COHORT}surveys/<int:survey_pk>/questions/"

urlpatterns = [
    path("c/<str:token>/", answering.AnswerCheckIn.as_view(), name="answer"),
    path("c/<str:token>/thanks/", answering.Thanks.as_view(), name="thanks"),
    path("c/<str:token>/concern/", answering.Concern.as_view(), name="concern"),
    path(f"{COHORT}check-ins/", overview.CheckInList.as_view(), name="list"),
    path(f"{COHORT}check-ins/<int:pk>/", overview.CheckInDetail.as_view(), name="checkin"),
    path(f"{COHORT}check-ins/<int:pk>/move/", moving.MoveCheckIn.as_view(), name="checkin-move"),
    path(f"{COHORT}pairs/", overview.Health.as_view(), name="health"),
    path(f"{COHORT}waves/", waves.WaveList.as_view(), name="waves"),
    path(f"{COHORT}waves/new/", waves.WaveEdit.as_view(), name="wave-new"),
    path(f"{COHORT}waves/<int:pk>/", waves.WavePage.as_view(), name="wave"),
    path(f"{COHORT}waves/<int:pk>/edit/", waves.WaveEdit.as_view(), name="wave-edit"),
    path(f"{COHORT}surveys/", surveys.SurveyList.as_view(), name="surveys"),
    path(f"{COHORT}surveys/new/", surveys.SurveyEdit.as_view(), name="survey-new"),
    path(f"{COHORT}surveys/<int:pk>/", surveys.SurveyPage.as_view(), name="survey"),
    path(f"{COHORT}surveys/<int:pk>/edit/", surveys.SurveyEdit.as_view(), name="survey-edit"),
    path(f"{COHORT}surveys/<int:pk>/preview/", surveys.SurveyPreview.as_view(), name="survey-preview"),
    path(f"{SURVEY}new/", surveys.QuestionEdit.as_view(), name="question-new"),
    path(f"{SURVEY}<int:pk>/", surveys.QuestionEdit.as_view(), name="question"),
    path(f"{SURVEY}<int:pk>/move/", surveys.QuestionMove.as_view(), name="question-move"),
    path(f"{COHORT}cases/", cases.CaseList.as_view(), name="cases"),
    path(f"{COHORT}cases/new/", cases.CaseNew.as_view(), name="case-new"),
    path(f"{COHORT}cases/concerns/", cases.ConcernList.as_view(), name="concerns"),
    path(f"{COHORT}cases/readers/", cases.Readers.as_view(), name="readers"),
    path(f"{COHORT}cases/<int:pk>/", cases.CasePage.as_view(), name="case"),
    path(f"{COHORT}graduation/", graduation.GraduationPage.as_view(), name="graduation"),
    path(f"{COHORT}graduation/criteria/new/", graduation.CriterionEdit.as_view(), name="criterion-new"),
    path(f"{COHORT}graduation/criteria/<int:pk>/", graduation.CriterionEdit.as_view(), name="criterion"),
    path(f"{COHORT}graduation/certificates.zip", graduation.CertificatesZip.as_view(), name="certificates"),
    path(f"{COHORT}graduation/certificates.pdf", graduation.CertificatesPdf.as_view(), name="certificates-pdf"),
    path(
        f"{COHORT}graduation/<int:enrollment_pk>/<int:user_pk>/",
        graduation.PersonPage.as_view(),
        name="graduation-person",
    ),
    path("g/<str:token>/", graduation.MentorConfirms.as_view(), name="mentor-confirms"),
    path("certificates/<uuid:pk>/", graduation.Certificate.as_view(), name="certificate"),
    path("certificates/<uuid:pk>/certificate.pdf", graduation.CertificateFile.as_view(), name="certificate-file"),
    path(f"{COHORT}after/", after.Afterwards.as_view(), name="after"),
    path(f"{COHORT}after/coming-back/", after.ComingBack.as_view(), name="coming-back"),
    path(f"{COHORT}after/thanks/", thanks.Recognition.as_view(), name="recognition"),
    path(f"{COHORT}after/thanks/certificates.pdf", thanks.ServiceCertificates.as_view(), name="service-certificates"),
    path(f"{COHORT}after/honoraria/", thanks.HonorariumList.as_view(), name="honoraria"),
    path(f"{COHORT}after/honoraria/new/", thanks.HonorariumOffer.as_view(), name="honorarium-offer"),
    path(f"{COHORT}after/facilitators/", thanks.Facilitators.as_view(), name="facilitators"),
    path("h/<str:token>/", thanks.HonorariumAnswer.as_view(), name="honorarium-answer"),
    path("thanks/<uuid:pk>/", thanks.ServiceCertificatePage.as_view(), name="service-certificate"),
    path("thanks/<uuid:pk>/certificate.pdf", thanks.ServiceCertificateFile.as_view(), name="service-certificate-file"),
    path("stay/<str:token>/", alumni.Stay.as_view(), name="stay"),
    path("my/", alumni.Mine.as_view(), name="mine"),
    path("programmes/<slug:programme_slug>/opportunity/", after.Propose.as_view(), name="propose"),
    path("programmes/<slug:programme_slug>/thanks/", after.ThanksPage.as_view(), name="thanks-page"),
]

"""The models of check-ins, a module for each subject."""

from checkins.models.alumni import AlumniConsent, AlumniRequest, DigestPlan, HelperBreak, Opportunity
from checkins.models.answering import AnonymousBox, Answer, Reply, SealedAnswers
from checkins.models.cases import Case, CaseNote, ConductReader
from checkins.models.graduation import CriterionMet, Graduation, GraduationCriterion, PairFarewell
from checkins.models.recognition import Honorarium, ServiceCertificate
from checkins.models.surveys import Survey, SurveyQuestion
from checkins.models.waves import CheckIn, CheckInWave, PairPause

__all__ = [
    "AlumniConsent",
    "AlumniRequest",
    "AnonymousBox",
    "Answer",
    "Case",
    "CaseNote",
    "CheckIn",
    "CheckInWave",
    "ConductReader",
    "CriterionMet",
    "DigestPlan",
    "Graduation",
    "GraduationCriterion",
    "HelperBreak",
    "Honorarium",
    "Opportunity",
    "PairFarewell",
    "PairPause",
    "Reply",
    "SealedAnswers",
    "ServiceCertificate",
    "Survey",
    "SurveyQuestion",
]

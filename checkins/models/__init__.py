"""The models of the room, a module for each part of it."""

from checkins.models.after import DigestPlan, Opportunity
from checkins.models.alumni import AlumniConsent, HelperBreak
from checkins.models.cases import Case, CaseNote, ConductReader
from checkins.models.graduation import CriterionMet, Graduation, GraduationCriterion
from checkins.models.replies import Reply
from checkins.models.surveys import Survey, SurveyQuestion
from checkins.models.thanks import Honorarium, ServiceCertificate
from checkins.models.waves import AnonymousBox, Answer, CheckIn, CheckInWave, PairPause

__all__ = [
    "AlumniConsent",
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
    "PairPause",
    "Reply",
    "ServiceCertificate",
    "Survey",
    "SurveyQuestion",
]

"""The models of the room, a module for each part of it."""

from checkins.models.after import Opportunity
from checkins.models.cases import Case, CaseNote, ConductReader
from checkins.models.graduation import CriterionMet, Graduation, GraduationCriterion
from checkins.models.surveys import Survey, SurveyQuestion
from checkins.models.waves import AnonymousBox, Answer, CheckIn, CheckInWave, PairPause

__all__ = [
    "AnonymousBox",
    "Answer",
    "Case",
    "CaseNote",
    "CheckIn",
    "CheckInWave",
    "ConductReader",
    "CriterionMet",
    "Graduation",
    "GraduationCriterion",
    "Opportunity",
    "PairPause",
    "Survey",
    "SurveyQuestion",
]

"""The models of the room, a module for each part of it."""

from cohorts.models.core import Cohort, Group, Programme
from cohorts.models.mailing import Mailing, MailingRecipient, OptOut, WeeklyMail
from cohorts.models.people import Enrollment, TeamMember, Topic, TopicMerge
from cohorts.models.plan import ChecklistItem, CohortDate, TimelineStep
from cohorts.models.questions import SignupAnswer, SignupFile, SignupQuestion
from cohorts.models.review import Criterion, Review, SelectionRun
from cohorts.models.signup import ImportBatch, PendingSignup

__all__ = [
    "ChecklistItem",
    "Cohort",
    "CohortDate",
    "Criterion",
    "Enrollment",
    "Group",
    "ImportBatch",
    "Mailing",
    "MailingRecipient",
    "OptOut",
    "PendingSignup",
    "Programme",
    "Review",
    "SelectionRun",
    "SignupAnswer",
    "SignupFile",
    "SignupQuestion",
    "TeamMember",
    "TimelineStep",
    "Topic",
    "TopicMerge",
    "WeeklyMail",
]

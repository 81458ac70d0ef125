"""The models of the room, a module for each part of it."""

from cohorts.models.enrollment import Enrollment, TeamMember
from cohorts.models.imports import ImportBatch
from cohorts.models.mailings import Mailing, MailingRecipient, OptOut, WeeklyMail
from cohorts.models.plan import ChecklistItem, CohortDate, TimelineStep
from cohorts.models.questions import SignupAnswer, SignupFile, SignupQuestion
from cohorts.models.review import Criterion, Review
from cohorts.models.selection import SelectionRun
from cohorts.models.setup import Cohort, Group, Programme
from cohorts.models.signup import PendingSignup
from cohorts.models.topics import Topic, TopicMerge

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

"""The models of the app, a module for each subject."""

from cohorts.models.calendar import CalendarFeed
from cohorts.models.channels import Channel
from cohorts.models.enrollment import DifferentPeople, Enrollment, TeamDeparture, TeamMember
from cohorts.models.imports import ImportBatch
from cohorts.models.mailings import BulkAction, Mailing, MailingRecipient, OptOut, WeeklyMail
from cohorts.models.plan import ChecklistItem, CohortDate, TimelineStep
from cohorts.models.public_pages import ProjectPage, PublicPage, PublicRound
from cohorts.models.questions import ConditionalQuestion, Question, SignupAnswer, SignupFile, SignupQuestion
from cohorts.models.review import Criterion, Review
from cohorts.models.selection import SelectionRun
from cohorts.models.setup import Cohort, Group, Programme
from cohorts.models.signup import PendingSignup
from cohorts.models.topics import Topic, TopicMerge

__all__ = [
    "BulkAction",
    "CalendarFeed",
    "Channel",
    "ChecklistItem",
    "Cohort",
    "CohortDate",
    "ConditionalQuestion",
    "Criterion",
    "DifferentPeople",
    "Enrollment",
    "Group",
    "ImportBatch",
    "Mailing",
    "MailingRecipient",
    "OptOut",
    "PendingSignup",
    "Programme",
    "ProjectPage",
    "PublicPage",
    "PublicRound",
    "Question",
    "Review",
    "SelectionRun",
    "SignupAnswer",
    "SignupFile",
    "SignupQuestion",
    "TeamDeparture",
    "TeamMember",
    "TimelineStep",
    "Topic",
    "TopicMerge",
    "WeeklyMail",
]

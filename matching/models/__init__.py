"""The models of matching, a module for each subject."""

from matching.models.board import BoardChange, HeldBack, MatchPin, MatchSupply, PairSentence
from matching.models.confirmations import Confirmation
from matching.models.consent import AskedPair, AskedSide, ConfirmPolicy
from matching.models.events import SpeedEvent, SpeedGuest, SpeedRsvp, SpeedWish
from matching.models.groups import GoalChoice, GoalGroup, GoalPlace
from matching.models.matches import Match, UndoneMessage
from matching.models.meanings import CohortReading, TextVector
from matching.models.pairs import PairGoal, PairMeeting, PairMeetingGuest, PairNote
from matching.models.pauses import MentorPause
from matching.models.policy import MatchPolicy, PastWeights
from matching.models.rematch import RematchWish, ReplacementSearch
from matching.models.runs import MatchProposal, MatchRun, MatchTable

__all__ = [
    "AskedPair",
    "AskedSide",
    "BoardChange",
    "CohortReading",
    "ConfirmPolicy",
    "Confirmation",
    "GoalChoice",
    "GoalGroup",
    "GoalPlace",
    "HeldBack",
    "Match",
    "MatchPin",
    "MatchPolicy",
    "MatchProposal",
    "MatchRun",
    "MatchSupply",
    "MatchTable",
    "MentorPause",
    "PairGoal",
    "PairMeeting",
    "PairMeetingGuest",
    "PairNote",
    "PairSentence",
    "PastWeights",
    "RematchWish",
    "ReplacementSearch",
    "SpeedEvent",
    "SpeedGuest",
    "SpeedRsvp",
    "SpeedWish",
    "TextVector",
    "UndoneMessage",
]

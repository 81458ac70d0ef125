"""The models of matching, a module for each subject."""

from matching.models.board import BoardChange, HeldBack, MatchSupply, MatchTable
from matching.models.consent import AskedPair, AskedSide, ConfirmPolicy
from matching.models.events import SpeedEvent, SpeedRsvp, SpeedWish
from matching.models.groups import GoalChoice, GoalGroup, GoalPlace
from matching.models.matches import Match, MatchPin, MatchPolicy, MatchProposal, MatchRun, UndoneMessage
from matching.models.pairs import PairGoal, PairNote
from matching.models.pauses import MentorPause
from matching.models.rematch import RematchWish, ReplacementSearch

__all__ = [
    "AskedPair",
    "AskedSide",
    "BoardChange",
    "ConfirmPolicy",
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
    "PairNote",
    "RematchWish",
    "ReplacementSearch",
    "SpeedEvent",
    "SpeedRsvp",
    "SpeedWish",
    "UndoneMessage",
]

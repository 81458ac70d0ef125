"""The models of the room, a module for each part of it."""

from matching.models.after import AskedPair, AskedSide, ConfirmPolicy, MentorPause, RematchWish, ReplacementSearch
from matching.models.board import BoardChange, HeldBack, MatchSupply, MatchTable
from matching.models.events import GoalChoice, GoalGroup, GoalPlace, SpeedEvent, SpeedRsvp, SpeedWish
from matching.models.matches import Match, MatchPin, MatchPolicy, MatchProposal, MatchRun
from matching.models.pairs import PairGoal, PairNote

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
]

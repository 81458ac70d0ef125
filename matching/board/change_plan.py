"""Plan a change on the board as effects that can be shown, applied and undone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from matching.board.state import (
    BoardFigures,
    BoardPerson,
    BoardState,
    ChangeCost,
    PairIds,
    cost_between,
    why_impossible,
)
from matching.models import MatchRun
from mentorship.core.errors import ServiceError


@dataclass(frozen=True)
class ChangeRequest:
    """A change that a coordinator asks for: `other` and `theirs` are the second pair of a swap. 0 is nobody."""

    do: str
    mentee: int = 0
    mentor: int = 0
    other: int = 0
    theirs: int = 0

    @property
    def query(self) -> str:
        """The change as the query of an address."""
        return urlencode(asdict(self))


@dataclass(frozen=True)
class ChangePlan:
    """The effects of a change, and the board's value before and after it."""

    wish: ChangeRequest
    state: BoardState
    effects: list[dict[str, Any]]
    words: str  # as in "Ana … "

    @property
    def label(self) -> str:
        """The words of its button."""
        return LABELS.get(self.wish.do, "Do it")

    @cached_property
    def before(self) -> BoardFigures:
        return self.state.figures()

    @cached_property
    def after(self) -> BoardFigures:
        return self.state.after(self.effects).figures()

    @property
    def cost(self) -> ChangeCost:
        """The cost of the change alone."""
        return cost_between(self.before, self.after)

    @cached_property
    def against_best(self) -> tuple[ChangeCost, ChangeCost]:
        """The loss against the run's best answer: now, and after the change."""
        best = self.state.best()
        return cost_between(best, self.before), cost_between(best, self.after)

    @property
    def moves(self) -> list[tuple[BoardPerson, BoardPerson, float, bool]]:
        """(mentee, mentor, score, whether the pair is made), removed pairs first."""
        people = self.state.people
        pairs = [e for e in self.effects if e["what"] == "pair"]
        return [
            (
                people[e["mentee"]],
                people[e["mentor"]],
                self.state.points((e["mentee"], e["mentor"])) / 1_000_000,
                bool(e["after"]),
            )
            for e in sorted(pairs, key=lambda e: bool(e["after"]))
        ]


def plan_change(state: BoardState, wish: ChangeRequest) -> ChangePlan:
    """Plan a change. Raises ServiceError, worded for the coordinator, if it is impossible."""
    make = PLANNERS.get(wish.do)
    if make is None:
        raise ServiceError("There is no such change.")
    for pk in (wish.mentee, wish.mentor, wish.other, wish.theirs):
        if pk and pk not in state.people:
            raise ServiceError("That person is not in this cohort any more.")
    if wish.do in OF_A_PAIR and not (wish.mentee and wish.mentor):
        raise ServiceError(state.say("A pair is a mentee and a mentor."))
    if wish.do in ON_THE_BOARD and state.run.status != MatchRun.Status.READY:
        raise ServiceError(f"{state.run} can't be changed any more: it is {state.run.get_status_display()}.")
    effects, words = make(state, wish)
    _check_places(state, effects)
    return ChangePlan(wish, state, effects, words)


def _choose(state: BoardState, wish: ChangeRequest) -> tuple[list[dict[str, Any]], str]:
    pair = wish.mentee, wish.mentor
    _check_free_to_move(state, wish.mentee)
    _check_possible(state, pair)
    if state.is_full(wish.mentor):
        raise ServiceError(
            f"{_name(state, wish.mentor)} has no free place. Swap with one of their pairs, or take the place."
        )
    effects = [*_make_room(state, wish.mentee), _pair(pair, True)]
    gone = [_name(state, e["mentor"]) for e in effects if not e["after"]]
    instead = f" instead of {gone[0]}" if gone else ""
    return effects, f"proposed {_name(state, wish.mentor)} for {_name(state, wish.mentee)}{instead}"


def _take(state: BoardState, wish: ChangeRequest) -> tuple[list[dict[str, Any]], str]:
    """Give a mentee the mentor of another one, who loses theirs."""
    pair, loses = (wish.mentee, wish.mentor), (wish.other, wish.mentor)
    for mentee in (wish.mentee, wish.other):
        _check_free_to_move(state, mentee)
    _check_possible(state, pair)
    _check_movable(state, loses)
    effects = [_pair(loses, False), *_make_room(state, wish.mentee), _pair(pair, True)]
    names = (_name(state, pk) for pk in (wish.mentor, wish.other, wish.mentee))
    return effects, "moved {} from {} to {}".format(*names)


def _swap(state: BoardState, wish: ChangeRequest) -> tuple[list[dict[str, Any]], str]:
    """Exchange the mentors of two mentees; if one has nobody, move the other's mentor to them."""
    if wish.mentee == wish.other or not wish.other:
        raise ServiceError(state.say("Choose two different mentees to swap."))
    if wish.mentor == wish.theirs:
        both = "Both have the same mentor" if wish.mentor else "Neither has a mentor"
        raise ServiceError(state.say(f"{both}, so there’s nothing to swap."))
    effects, comes = [], []
    for mentee, old, new in ((wish.mentee, wish.mentor, wish.theirs), (wish.other, wish.theirs, wish.mentor)):
        _check_free_to_move(state, mentee)
        if old:
            _check_movable(state, (mentee, old))
            effects.append(_pair((mentee, old), False))
        if new:
            _check_possible(state, (mentee, new))
            comes.append(_pair((mentee, new), True))
    if wish.mentor and wish.theirs:
        one, other = _name(state, wish.mentee), _name(state, wish.other)
        words = state.say("swapped the mentors of {one} and {other}", one=one, other=other)
    else:
        giver, taker = (wish.mentee, wish.other) if wish.mentor else (wish.other, wish.mentee)
        if len(state.mentors_of[taker]) and state.is_full(taker):
            raise ServiceError(state.say(HAS_ENOUGH, mentee=_name(state, taker)))
        mentor = _name(state, wish.mentor or wish.theirs)
        words = f"moved {mentor} from {_name(state, giver)} to {_name(state, taker)}"
    return [*effects, *comes], words


def _remove(state: BoardState, wish: ChangeRequest) -> tuple[list[dict[str, Any]], str]:
    pair = wish.mentee, wish.mentor
    _check_free_to_move(state, wish.mentee)
    _check_movable(state, pair)
    return [_pair(pair, False)], f"took {_name(state, wish.mentor)} away from {_name(state, wish.mentee)}"


def _lock(state: BoardState, wish: ChangeRequest) -> tuple[list[dict[str, Any]], str]:
    pair = wish.mentee, wish.mentor
    if pair not in state.chosen:
        _check_possible(state, pair, for_next_run=True)
    later = "" if pair in state.chosen else " for the next run"
    words = f"locked {_name(state, wish.mentee)} with {_name(state, wish.mentor)}{later}"
    return [_pin(state, pair, "lock")], words


def _forbid(state: BoardState, wish: ChangeRequest) -> tuple[list[dict[str, Any]], str]:
    pair = wish.mentee, wish.mentor
    effects = [_pin(state, pair, "forbid")]
    if pair in state.chosen and state.run.status == MatchRun.Status.READY:
        _check_free_to_move(state, wish.mentee)
        effects.append(_pair(pair, False))
    return effects, f"forbade {_name(state, wish.mentee)} with {_name(state, wish.mentor)}"


def _free(state: BoardState, wish: ChangeRequest) -> tuple[list[dict[str, Any]], str]:
    pair = wish.mentee, wish.mentor
    was = state.pins.get(pair)
    if not was:
        raise ServiceError("This pair is neither locked nor forbidden any more.")
    verb = "unlocked" if was == "lock" else "allowed"
    return [_pin(state, pair, "")], f"{verb} {_name(state, wish.mentee)} with {_name(state, wish.mentor)}"


def _hold(state: BoardState, wish: ChangeRequest) -> tuple[list[dict[str, Any]], str]:
    """Leave somebody out of this run and later ones; their proposed places become free."""
    pk = wish.mentee or wish.mentor
    if pk in state.held:
        raise ServiceError(f"{_name(state, pk)} is left for later already.")
    pairs = [pair for pair in state.chosen if pk in pair and pair[0] not in state.introduced]
    if pk == wish.mentee:
        _check_free_to_move(state, pk)
    for pair in pairs:
        _check_movable(state, pair)
    held = {"what": "held", "mentee": wish.mentee, "mentor": wish.mentor, "before": False, "after": True}
    return [held, *(_pair(pair, False) for pair in sorted(pairs))], f"left {_name(state, pk)} for later"


def _bring_back(state: BoardState, wish: ChangeRequest) -> tuple[list[dict[str, Any]], str]:
    pk = wish.mentee or wish.mentor
    if pk not in state.held:
        raise ServiceError(f"{_name(state, pk)} is not left for later any more.")
    back = {"what": "held", "mentee": wish.mentee, "mentor": wish.mentor, "before": True, "after": False}
    return [back], f"brought {_name(state, pk)} back for the next run"


PLANNERS: dict[str, Callable[[BoardState, ChangeRequest], tuple[list[dict[str, Any]], str]]] = {
    "choose": _choose,
    "take": _take,
    "swap": _swap,
    "remove": _remove,
    "lock": _lock,
    "forbid": _forbid,
    "free": _free,
    "hold": _hold,
    "bring_back": _bring_back,
}
HAS_ENOUGH = "{mentee} has as many mentors as they want."
LABELS = {"choose": "Choose", "swap": "Swap", "take": "Take the place"}
OF_A_PAIR = ("choose", "take", "remove", "lock", "forbid", "free")
ON_THE_BOARD = ("choose", "take", "swap", "remove")  # the others only affect later runs


def limits_passed(plan: ChangePlan) -> list[str]:
    """List limits that a change by hand exceeds, which is allowed: too low a score, too many of a kind."""
    findings = plan.state.run.findings
    least = float(findings.get("rules", {}).get("least_score", 0) or 0)
    made = [(mentee, mentor, score) for mentee, mentor, score, comes in plan.moves if comes]
    said = [
        f"{mentee.quoted} with {mentor.name} scores {score:.2f}, below the minimum of {least:.2f}."
        for mentee, mentor, score in made
        if score < least
    ]
    theirs = plan.state.after(plan.effects).mentees_of
    for limit in findings.get("limits", []):
        for mentee, mentor, _ in made:
            number = len(set(theirs[mentor.pk]) & set(limit["mentees"]))
            if mentee.pk in limit["mentees"] and number > limit["limit"]:
                said.append(f"{mentor.name} would have {number}; the limit is {limit['limit']} {limit['name']}.")
    return said


def _pair(pair: PairIds, made: bool) -> dict[str, Any]:
    return {"what": "pair", "mentee": pair[0], "mentor": pair[1], "before": not made, "after": made}


def _pin(state: BoardState, pair: PairIds, kind: str) -> dict[str, Any]:
    before = state.pins.get(pair, "")
    if before == kind:
        raise ServiceError(f"This pair is {'locked' if kind == 'lock' else 'forbidden'} already.")
    return {"what": "pin", "mentee": pair[0], "mentor": pair[1], "before": before, "after": kind}


def _make_room(state: BoardState, mentee: int) -> list[dict[str, Any]]:
    """Remove pairs that can't be made any more, and where a mentee has enough mentors the weakest unlocked one."""
    theirs = [(mentee, mentor) for mentor in state.mentors_of.get(mentee, [])]
    room = [_pair(pair, False) for pair in theirs if pair in state.untrue]
    if not state.is_full(mentee):
        return room
    movable = [pair for pair in state.open_pairs(mentee) if state.pins.get(pair) != "lock"]
    if movable:
        return [*room, _pair(movable[-1], False)]
    if state.open_pairs(mentee):
        words = "Every mentor of {mentee} is locked. Unlock one first."
        raise ServiceError(state.say(words, mentee=_name(state, mentee)))
    raise ServiceError(state.say(HAS_ENOUGH, mentee=_name(state, mentee)))


def _check_free_to_move(state: BoardState, mentee: int) -> None:
    if mentee in state.introduced:
        raise ServiceError(
            f"The intro of {_name(state, mentee)} has been written, so this can’t be changed here any more."
        )


def _check_movable(state: BoardState, pair: PairIds) -> None:
    mentee, mentor = (_name(state, pk) for pk in pair)
    if pair not in state.chosen:
        raise ServiceError(f"{mentor} is not proposed for {mentee} any more.")
    if state.pins.get(pair) == "lock":
        raise ServiceError(f"{mentee} with {mentor} is locked. Unlock the pair first.")


def _check_possible(state: BoardState, pair: PairIds, *, for_next_run: bool = False) -> None:
    """Check that the pair may be proposed at all, apart from free places.

    For the next run it may be forbidden now, and needs no score.
    """
    mentee, mentor = (state.people[pk] for pk in pair)
    if (mentee.role, mentor.role) != ("mentee", "mentor"):
        raise ServiceError(state.say("A pair is a mentee and a mentor."))
    if pair in state.chosen and pair not in state.untrue:
        raise ServiceError(f"{mentor.name} is proposed for {mentee.quoted} already.")
    if why := why_impossible(state, pair, forbidden_too=not for_next_run):
        raise ServiceError(why)
    bar = state.table.bar(*pair) if state.table and state.table.has(*pair) else ""
    if bar:
        raise ServiceError(f"A rule in the matching settings excludes this pair: {state.say(bar)}.")
    if not for_next_run:
        state.points(pair)


def _check_places(state: BoardState, effects: list[dict[str, Any]]) -> None:
    """Refuse a change after which a proposed pair could not be made: its places are taken by matches since the run."""
    if any(e["what"] == "pair" and e["after"] for e in effects):
        after = state.after(effects).untrue
        if new := sorted(after.keys() - state.untrue.keys()):
            raise ServiceError(after[new[0]])


def _name(state: BoardState, pk: int) -> str:
    return state.people[pk].quoted

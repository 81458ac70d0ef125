"""Change the board by hand: pin pairs, apply a planned change, undo the last one."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from cohorts.models import Cohort, Enrollment
from matching.board.change_plan import ChangeRequest, plan_change
from matching.board.pair_words import proposal_by_hand
from matching.board.reader import pairs_left_behind, pairs_touched
from matching.board.state import BoardState, read_state
from matching.engine.services import lock_open_cohort, refuse_while_confirming, request_run
from matching.models import BoardChange, HeldBack, Match, MatchPin, MatchProposal, MatchRun
from mentorship.core.accounts.models import User
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.errors import ServiceError


class StaleError(ServiceError):
    """The board has changed since; `changes` lists how, the newest first. Nothing was done."""

    def __init__(self, changes: list[BoardChange]) -> None:
        super().__init__("The board was changed since you looked. Your change was not made yet.")
        self.changes = changes


@transaction.atomic
def change_board(*, run: MatchRun, wish: ChangeRequest, version: int, by: User | None) -> BoardChange:
    """Make one change, based on the version of the board that the coordinator saw.

    Raises StaleError if the board has moved on, ServiceError if the change can't be made; nothing is done then.
    """
    run, state = _locked(run, version)
    plan = plan_change(state, wish)
    cost = plan.cost.words
    _apply(run, plan.effects, by)
    return _write(state, plan.words, plan.effects, by, cost=cost)


@transaction.atomic
def undo_last_change(*, run: MatchRun, version: int, by: User | None) -> BoardChange:
    """Undo the last change of this run's board. Raises as `change_board` does."""
    run, state = _locked(run, version)
    last = last_change(run)
    if last is None:
        raise ServiceError("There is nothing to undo.")
    effects = [{**e, "before": e["after"], "after": e["before"]} for e in reversed(last.effects)]
    _check_still_so(state, effects)
    _apply(run, effects, by)
    return _write(state, f"undid: {last.words}"[:500], effects, by, undoes=last)


@transaction.atomic
def run_again(*, cohort: Cohort, by: User | None, keep_by_hand: bool) -> MatchRun:
    """Request a run; with `keep_by_hand` the manual pairs of the last one are locked and stay.

    Without it they are assigned again, like everything that is not locked. Raises ServiceError if a pair can't be
    locked.
    """
    lock_open_cohort(cohort)
    made, _ = pairs_by_hand(cohort)
    for mentee, mentor in made if keep_by_hand else ():
        set_pin(mentee=mentee, mentor=mentor, kind=MatchPin.Kind.LOCK, by=by)
    return request_run(cohort=cohort, by=by)


def pairs_by_hand(cohort: Cohort) -> tuple[list[tuple[Enrollment, Enrollment]], int]:
    """Manual changes that another run would drop: unlocked manual pairs, and mentees who lost their mentor."""
    run = MatchRun.objects.filter(cohort=cohort).answered().select_related("cohort__programme").first()
    if run is None:
        return [], 0
    state = read_state(run)
    touched = pairs_touched(run.changes.filter(undoes=None, undone_by=None))
    open_pairs = {pair for pair in touched if pair not in state.pins and pair[0] not in state.introduced}
    made = open_pairs & state.proposed
    # If a coordinator has since chosen another mentor, the later choice counts.
    settled = {mentee for mentee, _ in made}
    made |= {pair for pair in pairs_left_behind(run, state) if pair[0] not in settled}
    people = Enrollment.objects.with_people().in_bulk({pk for pair in made for pk in pair})
    removed = sum(pair not in state.chosen and pair[0] not in state.mentors_of for pair in open_pairs)
    return [(people[mentee], people[mentor]) for mentee, mentor in sorted(made)], removed


def last_change(run: MatchRun) -> BoardChange | None:
    """Return the change that would be undone."""
    return run.changes.filter(undoes=None, undone_by=None).select_related("by").first()


def _locked(run: MatchRun, version: int) -> tuple[MatchRun, BoardState]:
    lock_open_cohort(run.cohort)
    refuse_while_confirming(run.cohort_id)
    run = MatchRun.objects.select_for_update(of=("self",)).select_related("cohort__programme").get(pk=run.pk)
    state = read_state(run)
    if version != state.version:
        since = BoardChange.objects.filter(cohort=run.cohort_id, number__gt=version).select_related("by")
        raise StaleError(list(since))
    return run, state


def _apply(run: MatchRun, effects: list[dict[str, Any]], by: User | None) -> None:
    people = Enrollment.objects.with_people().in_bulk({pk for e in effects for pk in (e["mentee"], e["mentor"]) if pk})
    # Removals first: a place must be free before it is given away.
    for effect in sorted(effects, key=lambda e: bool(e["after"])):
        mentee, mentor = people.get(effect["mentee"]), people.get(effect["mentor"])
        if effect["what"] == "held":
            _hold(mentee or mentor, bool(effect["after"]), by)
        elif mentee is None or mentor is None:
            raise ServiceError("That person is not in this cohort any more.")
        elif effect["what"] == "pin" and effect["after"]:
            set_pin(mentee=mentee, mentor=mentor, kind=effect["after"], by=by)
        elif effect["what"] == "pin":
            remove_pin(mentee=mentee, mentor=mentor, by=by)
        else:
            _propose(run, mentee, mentor, bool(effect["after"]))


def _propose(run: MatchRun, mentee: Enrollment, mentor: Enrollment, made: bool) -> None:
    kind = MatchProposal.Kind.CHOSEN if made else MatchProposal.Kind.RUNNER_UP
    if not run.proposals.filter(mentee=mentee, mentor=mentor).update(kind=kind):
        MatchProposal.objects.create(
            run=run, mentee=mentee, mentor=mentor, kind=kind, **proposal_by_hand(run, mentee, mentor)
        )


def _hold(enrollment: Enrollment | None, held: bool, by: User | None) -> None:
    if enrollment is None:
        raise ServiceError("That person is not in this cohort any more.")
    if held:
        HeldBack.objects.get_or_create(enrollment=enrollment, defaults={"created_by": by})
    else:
        HeldBack.objects.filter(enrollment=enrollment).delete()
    verb = Verb.LEFT_FOR_LATER if held else Verb.BROUGHT_BACK
    record(verb=verb, target=enrollment, workspace_id=enrollment.cohort.workspace_id, by=by)


def _check_still_so(state: BoardState, effects: list[dict[str, Any]]) -> None:
    """Raise an error if intros, declines or withdrawals since then prevent the undo."""
    for effect in effects:
        pair = effect["mentee"], effect["mentor"]
        now: Any = pair in state.chosen
        if effect["what"] == "pin":
            now = state.pins.get(pair, "")
        elif effect["what"] == "held":
            now = (pair[0] or pair[1]) in state.held
        elif pair[0] in state.introduced:
            name = state.people[pair[0]].quoted
            raise ServiceError(f"The intro of {name} has been written, so this can’t be undone any more.")
        if now != effect["before"]:
            raise ServiceError("This can't be undone any more: somebody left, declined, or was confirmed since.")
    after = state.after(effects).untrue
    if new := sorted(after.keys() - state.untrue.keys()):
        raise ServiceError(f"This can't be undone any more. {after[new[0]]}")


def _write(
    state: BoardState,
    words: str,
    effects: list[dict[str, Any]],
    by: User | None,
    *,
    undoes: BoardChange | None = None,
    cost: str = "",
) -> BoardChange:
    run = state.run
    change = BoardChange.objects.create(
        cohort=run.cohort,
        number=state.version + 1,
        run=run,
        words=words,
        cost=cost,
        effects=effects,
        undoes=undoes,
        by=by,
    )
    if any(e["what"] == "pair" for e in effects):
        # A preview of the intros is tied to this number.
        run.hand_changes += 1
        run.save(update_fields=["hand_changes"])
    record(
        verb=Verb.CHANGED_THE_BOARD,
        target=run,
        workspace_id=run.cohort.workspace_id,
        by=by,
        words=words,
        number=change.number,
        cost=cost,
    )
    return change


@transaction.atomic
def set_pin(*, mentee: Enrollment, mentor: Enrollment, kind: str, by: User | None, reason: str = "") -> MatchPin:
    """Lock or forbid a pair for every later run. Replaces the other kind."""
    _check_pair(mentee, mentor)
    lock_open_cohort(mentee.cohort)
    if kind == MatchPin.Kind.LOCK:
        taken = Match.objects.places_of(mentee.cohort)
        locks = MatchPin.objects.filter(kind=MatchPin.Kind.LOCK).exclude(mentee=mentee, mentor=mentor)
        together = Match.objects.occupying_place().filter(mentee=OuterRef("mentee"), mentor=OuterRef("mentor"))
        locks = locks.exclude(Exists(together))  # their places count as taken
        if locks.filter(mentor=mentor).count() + taken[mentor.pk] >= mentor.capacity:
            raise ServiceError(
                f"{mentor.user} takes {mentor.capacity}, and all of these places are locked or taken already."
            )
        if locks.filter(mentee=mentee).count() + taken[mentee.pk] >= mentee.mentors_wanted:
            raise ServiceError(f"“{mentee}” has as many mentors locked as it wants. Unlock one first.")
    pin, _ = MatchPin.objects.update_or_create(
        mentee=mentee,
        mentor=mentor,
        defaults={"kind": kind, "created_by": by, "created_at": timezone.now(), "reason": reason[:300]},
    )
    verb, workspace_id = Verb.LOCKED if kind == MatchPin.Kind.LOCK else Verb.FORBADE, mentee.cohort.workspace_id
    record(verb=verb, target=mentee, workspace_id=workspace_id, by=by, mentor=mentor.pk, reason=reason)
    return pin


@transaction.atomic
def remove_pin(*, mentee: Enrollment, mentor: Enrollment, by: User | None) -> None:
    """Remove the pin of a pair. Does nothing if there is none."""
    deleted, _ = MatchPin.objects.filter(mentee=mentee, mentor=mentor).delete()
    if deleted:
        record(verb=Verb.UNPINNED, target=mentee, workspace_id=mentee.cohort.workspace_id, by=by, mentor=mentor.pk)


def _check_pair(mentee: Enrollment, mentor: Enrollment) -> None:
    if mentee.role != "mentee" or mentor.role != "mentor" or mentee.cohort_id != mentor.cohort_id:
        raise ServiceError("A pair is a mentee and a mentor of the same cohort.")
    if mentor.user in mentee.people:
        raise ServiceError(f"{mentor.user} is part of “{mentee}”.")

"""The panel beside the board: the reasons for one row, or the places of the mentors."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from django.http import HttpRequest

from cohorts.models import Enrollment
from matching.board.candidates import (
    Alternative,
    alternatives_for_mentor,
    best_others,
    fold_unknown_factors,
)
from matching.board.change_plan import ChangePlan, ChangeRequest, limits_passed, plan_change
from matching.board.consent_status import ConsentState, consent_states
from matching.board.places import one_more_place, places_of_board
from matching.board.reader import BoardReader
from matching.board.state import BoardState, PairIds
from matching.engine.score_table import shares_of_run
from matching.models import AskedSide, MatchProposal, MatchRun
from matching.sentences.forms import LONGEST
from matching.sentences.services import EditableSentence, own_sentences, sentences_of
from mentorship.core.errors import ServiceError
from mentorship.core.ui.requests import number_in

PLACES = "places"


class ToldOfPairs(NamedTuple):
    """The answers of a row's pairs, and whether what they read can be edited."""

    asked: Mapping[PairIds, ConsentState]
    by_newest: bool  # whether the run is the newest, whose sentences can be edited


def panel_of(
    request: HttpRequest, reader: BoardReader, ids: list[int], *, editing: bool, confidential: bool, size: int
) -> dict[str, Any]:
    """Return what the panel shows: `places`, or `why` for the mentee in the address; both None while it is closed.

    `confidential`: whether the reader may read why somebody said no.
    """
    closed: dict[str, Any] = {"why": None, "places": None}
    mentee = number_in(request.GET.get("mentee"))
    if mentee and mentee in reader.everyone:
        row = Enrollment.objects.with_people().get(pk=mentee)
        noes = list(_declined(mentee)) if confidential else []
        why = {**_why(reader, row, editing=editing), **_position(ids, mentee, size), "declined": noes}
        return {**closed, "why": why}
    if request.GET.get("show") == PLACES:
        return {**closed, "places": _places(reader)}
    return closed


def _declined(mentee: int) -> Iterable[AskedSide]:
    """The sides that said no to a pair of this mentee."""
    noes = AskedSide.objects.filter(pair__mentee=mentee, status=AskedSide.Status.DECLINED)
    return noes.select_related("pair__mentor__user", "pair__mentee__user").order_by("answered_at")


def _position(ids: list[int], mentee: int, size: int) -> dict[str, Any]:
    """Where the row is among those that the filters show, and the rows beside it: (mentee, page)."""
    if mentee not in ids:
        return {"position": 0, "of": len(ids), "previous": None, "next": None}
    at = ids.index(mentee)
    beside = {"previous": at - 1, "next": at + 1}
    found = {
        name: (ids[n], n // size + 1 if n >= size else None) if 0 <= n < len(ids) else None
        for name, n in beside.items()
    }
    return {"position": at + 1, "of": len(ids), **found}


def _why(reader: BoardReader, mentee: Enrollment, *, editing: bool) -> dict[str, Any]:
    """Return the proposed mentors with their reasons, the best alternatives for both sides, and pins."""
    state, pk = reader.state, mentee.pk
    editing = editing and pk not in state.introduced
    newer = MatchRun.objects.filter(cohort=reader.run.cohort_id, status=MatchRun.Status.READY)
    by_newest = newer.values_list("pk", flat=True).first() == reader.run.pk
    told = ToldOfPairs(consent_states(reader.run, [pk]), by_newest)
    proposals = list(reader.proposals([pk]))
    sentences = sentences_of(mentee, proposals, own_sentences([pk]))
    chosen = [_chosen(reader, p, one, told, editing=editing) for p, one in zip(proposals, sentences, strict=True)]
    others = [_offer(other) for other in best_others(state, pk)]
    shown = {c["pair"].mentor_id for c in chosen} | {o["other"].person.pk for o in others}
    elsewhere = [mentor for (of, mentor) in state.pins if of == pk and mentor not in shown]
    matched = [mentor for mentor in state.matched_with.get(pk, []) if (pk, mentor) not in state.chosen]
    people = Enrollment.objects.select_related("user").in_bulk([*elsewhere, *matched])
    return {
        "mentee": mentee,
        "row": reader.rows([pk])[0],
        "chosen": chosen,
        "matched": [people[mentor] for mentor in matched],
        "others": others,
        "reasons": reader.reasons(pk),
        "by_run": reader.are_by_run(pk),
        "editing": editing,
        "hold": _plan(state, ChangeRequest("hold", pk)) if editing else None,
        "pinned": [(people[mentor], state.pins[pk, mentor]) for mentor in elsewhere],
    }


def _chosen(
    reader: BoardReader, proposal: MatchProposal, sentence: EditableSentence, told: ToldOfPairs, *, editing: bool
) -> dict[str, Any]:
    """Return a proposed pair with the cost of forbidding it or of leaving its mentor for later."""
    state, pair = reader.state, (proposal.mentee_id, proposal.mentor_id)
    shares = shares_of_run(reader.run)
    beside = [pk for pk in state.mentees_of.get(proposal.mentor_id, []) if pk != proposal.mentee_id]
    return {
        "pair": proposal,
        "sentence": sentence,
        "beyond": _beyond(proposal, sentence.by_run),
        "longest": LONGEST,
        "may_reword": editing and told.by_newest,
        "factors": fold_unknown_factors([{**f, "most": shares.get(f["key"], 0)} for f in proposal.factors]),
        "pin": state.pins.get(pair, ""),
        "matched": pair in state.standing,
        "asked": told.asked.get(pair),
        "untrue": state.untrue.get(pair, ""),
        "used": state.used[proposal.mentor_id],
        "beside": [(state.people[pk].name, state.chosen[pk, proposal.mentor_id] / 1_000_000) for pk in beside],
        "forbid": _plan(state, ChangeRequest("forbid", *pair)) if editing else None,
        "hold": _plan(state, ChangeRequest("hold", 0, proposal.mentor_id)) if editing else None,
        "others": alternatives_for_mentor(state, proposal.mentor_id),
    }


def _beyond(proposal: MatchProposal, by_run: str) -> str:
    """Return objections and notes, which coordinators read beyond the sentence for both; "" if there are none."""
    more = (
        proposal.why.removeprefix(f"They {by_run.removeprefix('You ').removesuffix('.')}") if by_run else proposal.why
    )
    more = more.lstrip(".,").strip()
    return f"{more[:1].upper()}{more[1:]}"


def _offer(other: Alternative) -> dict[str, Any]:
    """Return an alternative with what its change does to others; `warned` if the change has to be looked at first."""
    way = other.way
    moves = [f"{mentee.quoted} gets {mentor.name}" for mentee, mentor, _, made in way.moves if made] if way else []
    lost = (
        {mentee.quoted for mentee, *_ in way.moves} - {mentee.quoted for mentee, *_, made in way.moves if made}
        if way
        else set()
    )
    return {
        "other": other,
        "moves": [*moves[1:], *(f"{name} has nobody then" for name in sorted(lost))],
        "warned": bool(way and limits_passed(way)),
    }


def _places(reader: BoardReader) -> dict[str, Any]:
    """Return the places of the mentors, and the one place that would match somebody."""
    state = reader.state
    more = one_more_place(state, reader.waiting)
    return {
        "board": places_of_board(state, with_favourites=True),
        "more": more and {"mentor": more[0], "mentee": state.people[more[1]]},
    }


def _plan(state: BoardState, wish: ChangeRequest) -> ChangePlan | None:
    try:
        return plan_change(state, wish)
    except ServiceError:
        return None

"""Ask the people of a proposed pair, and record their answers."""

import logging
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from cohorts.models import Cohort, Enrollment
from matching.board.services import remove_pin, set_pin
from matching.consent.due_mail import hears_of_the_end
from matching.consent.mails import cancel_questions, write_question, write_withdrawn
from matching.consent.policy import confirm_policy_of, grace_of
from matching.consent.preview import preview_rows, still_possible
from matching.engine.services import refuse_while_confirming
from matching.intro.capacity import places_taken
from matching.intro.confirmation import MOST_IN_REQUEST, request_confirmation
from matching.intro.services import confirm_run, preview_fingerprint, unconfirmed_proposals
from matching.models import (
    AskedPair,
    AskedSide,
    Confirmation,
    ConfirmPolicy,
    Match,
    MatchPin,
    MatchProposal,
    MatchRun,
    MentorPause,
)
from mentorship.core.accounts.models import User
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.errors import ServiceError
from mentorship.core.timezones import end_of_day

logger = logging.getLogger(__name__)

ALREADY_SETTLED = "This question is settled already."
FINISHED_COHORTS = (Cohort.Status.COMPLETED, Cohort.Status.ARCHIVED)
ANSWERS: dict[tuple[str, str], Verb] = {
    (AskedSide.Side.MENTOR, AskedSide.Status.ACCEPTED): Verb.MENTOR_ACCEPTED,
    (AskedSide.Side.MENTOR, AskedSide.Status.DECLINED): Verb.MENTOR_DECLINED,
    (AskedSide.Side.MENTOR, AskedSide.Status.SILENT): Verb.MENTOR_SILENT,
    (AskedSide.Side.MENTEE, AskedSide.Status.ACCEPTED): Verb.MENTEE_ACCEPTED,
    (AskedSide.Side.MENTEE, AskedSide.Status.DECLINED): Verb.MENTEE_DECLINED,
    (AskedSide.Side.MENTEE, AskedSide.Status.SILENT): Verb.MENTEE_SILENT,
}


@transaction.atomic
def ask_pairs(
    *, run: MatchRun, mentee_ids: Iterable[int], by: User | None, shown: str | None = None
) -> tuple[list[AskedPair], list[str]]:
    """Ask the people of proposed pairs whether they want them, following the cohort's policy.

    Returns the pairs that are asked, and why others could not be: full, forbidden, pausing. A pair that is being
    asked or has said yes is not asked again. Raises ServiceError if the cohort asks nobody, or if the proposals
    differ from `shown`, the fingerprint of a preview.
    """
    cohort = _lock(run.cohort_id)
    refuse_while_confirming(cohort)
    policy = confirm_policy_of(cohort)
    if not policy.sides:
        raise ServiceError("This cohort asks nobody before confirming. Its settings say so.")
    groups = unconfirmed_proposals(run)
    if shown is not None and shown != preview_fingerprint(cohort, groups):
        raise ServiceError("Somebody changed a pair since you saw them. Look once more, then ask.")
    wanted, asked, left = set(mentee_ids), [], []
    live = set(AskedPair.objects.unsettled().filter(mentee__cohort=cohort).values_list("mentee_id", "mentor_id"))
    for mentee, proposals in groups:
        for proposal in proposals if mentee.pk in wanted else []:
            if (mentee.pk, proposal.mentor_id) in live:
                continue
            try:
                with transaction.atomic():
                    asked.append(_ask(proposal, run, policy, by))
            except ServiceError as error:
                left.append(f"“{mentee}” with {proposal.mentor.user}: {error}")
    record(verb=Verb.ASKED, target=run, workspace_id=cohort.workspace_id, by=by, pairs=len(asked))
    return asked, left


def _ask(proposal: MatchProposal, run: MatchRun, policy: ConfirmPolicy, by: User | None) -> AskedPair:
    mentee, mentor = proposal.mentee, proposal.mentor
    mentee.cohort.refuse_after_end()
    pause = MentorPause.objects.open(mentee.cohort).filter(enrollment=mentor).first()
    for one in Enrollment.objects.filter(pk__in=[mentee.pk, mentor.pk]).exclude(status="accepted"):
        raise ServiceError(f"{one} is {one.get_status_display()}.")
    if pause:
        raise ServiceError(f"{mentor.user} is {pause.words}.")
    pin = MatchPin.objects.filter(mentee=mentee, mentor=mentor).first()
    if pin is not None and pin.kind == MatchPin.Kind.FORBID:
        raise ServiceError("The pair is forbidden. Allow it first.")
    pair = AskedPair.objects.create(
        mentee=mentee,
        mentor=mentor,
        run=run,
        score=proposal.score,
        why=proposal.why,
        reasons=proposal.reasons,
        created_by=by,
    )
    if room := why_no_place(pair):
        raise ServiceError(room)
    if pin is None:
        set_pin(mentee=mentee, mentor=mentor, kind=MatchPin.Kind.LOCK, by=by, reason="they are asked")
    sides = [AskedSide.objects.create(pair=pair, side=side) for side in policy.sides]
    now = timezone.now()
    for side in sides[:1] if policy.mentor_first else sides:
        _put_to(side, policy, now)
    return pair


def _put_to(side: AskedSide, policy: ConfirmPolicy, now: datetime) -> None:
    """Ask one side, the first time or again, and set its deadline."""
    tz = policy.cohort.tz
    side.status, side.times = AskedSide.Status.ASKED, side.times + 1
    side.answer_by = end_of_day(now.astimezone(tz).date() + timedelta(days=policy.answer_days), tz)
    side.reminded_at = None
    side.save(update_fields=["status", "times", "answer_by", "reminded_at"])
    write_question(side)


class Confirmed(NamedTuple):
    """The result of a confirmation: matches, or a worker that makes them."""

    matches: list[Match]
    waits_for_answers: bool = False
    under_way: Confirmation | None = None


def confirm_previewed(
    *, run: MatchRun, by: User, left_out: Collection[str], unanswered_too: bool, shown: str
) -> Confirmed:
    """Confirm what a preview showed: the pairs whose people have said yes, with `unanswered_too` all of them.

    `left_out` are ids of mentees. A worker confirms many. Raises ServiceError as confirm_run does.
    """
    refuse_while_confirming(run.cohort_id)
    policy = confirm_policy_of(run.cohort)
    groups, _ = still_possible(run, unconfirmed_proposals(run))
    rows = preview_rows(run, groups, policy)
    chosen = [row for row in rows if row.ready or unanswered_too]
    mentee_ids = {row.mentee.pk for row in chosen if str(row.mentee.pk) not in left_out}
    grace = timedelta(minutes=policy.grace_minutes)
    if len(mentee_ids) > MOST_IN_REQUEST:
        going = request_confirmation(run=run, by=by, mentee_ids=mentee_ids, grace=grace, shown=shown)
        return Confirmed([], under_way=going)
    matches = confirm_run(run=run, by=by, mentee_ids=mentee_ids, grace=grace, shown=shown)
    return Confirmed(matches, waits_for_answers=bool(policy.sides) and not chosen)


# --- answers ---


@transaction.atomic
def accept_pair(*, side: AskedSide, by: User | None) -> AskedPair:
    """Record that a side accepts the pair. Idempotent. Withdraws the pair instead if no place is left.

    Once everybody has accepted, the pair is confirmed if the cohort confirms automatically. Raises ServiceError if
    the question is settled.
    """
    side, pair = lock_side(side)
    if side.status == AskedSide.Status.ACCEPTED and pair.status in (*AskedPair.UNSETTLED, AskedPair.Status.MATCHED):
        return pair
    if side.status not in (AskedSide.Status.ASKED, AskedSide.Status.SILENT) or pair.status not in AskedPair.UNSETTLED:
        raise ServiceError(ALREADY_SETTLED)
    if why := why_no_place(pair):
        _settle(pair, AskedPair.Status.TAKEN_BACK, by, why)
        _tell_over(pair, but=side)
        return pair
    side.status, side.answered_at, side.answered_by = AskedSide.Status.ACCEPTED, timezone.now(), by
    side.reason, side.reason_kind = "", ""
    side.save(update_fields=["status", "answered_at", "answered_by", "reason", "reason_kind"])
    record_answer(side, by)
    policy = confirm_policy_of(pair.mentee.cohort)
    for later in pair.sides.filter(status=AskedSide.Status.WAITING):
        later.pair = pair
        _put_to(later, policy, timezone.now())
    _move_on(pair)
    if pair.status == AskedPair.Status.ACCEPTED and policy.confirms_itself:
        _confirm(pair.mentee)
    return pair


@transaction.atomic
def decline_pair(*, side: AskedSide, by: User | None, reason_kind: str = "", reason: str = "") -> AskedPair:
    """Record that a side declines the pair: forbid it with the reason, and return the mentee to the board.

    A side that had accepted may still decline until the pair is confirmed. Raises ServiceError if it is settled.
    """
    side, pair = lock_side(side)
    if side.status == AskedSide.Status.DECLINED:
        return pair
    if pair.status not in AskedPair.UNSETTLED or side.status == AskedSide.Status.WAITING:
        raise ServiceError(ALREADY_SETTLED)
    side.status, side.answered_at, side.answered_by = AskedSide.Status.DECLINED, timezone.now(), by
    side.reason_kind, side.reason = reason_kind or AskedSide.Reason.OTHER, reason.strip()[:300]
    side.save(update_fields=["status", "answered_at", "answered_by", "reason_kind", "reason"])
    record_answer(side, by)
    who = str(pair.mentor.user) if side.side == AskedSide.Side.MENTOR else f"“{pair.mentee}”"
    _decline(pair, f"{who} declined", by, side.reason_in_words)
    _tell_over(pair, but=side)
    return pair


@transaction.atomic
def ask_pair_again(*, pair: AskedPair, by: User | None) -> AskedPair:
    """Ask those who have not answered again, with a new deadline. Raises ServiceError if everybody has answered."""
    pair = _lock_pair(pair)
    late = list(pair.sides.filter(status__in=["asked", "silent"]))
    if pair.status not in (AskedPair.Status.OPEN, AskedPair.Status.SILENT) or not late:
        raise ServiceError("Nobody is waited for here.")
    policy = confirm_policy_of(pair.mentee.cohort)
    for side in late:
        cancel_questions(side)
        side.pair = pair
        _put_to(side, policy, timezone.now())
    pair.status = AskedPair.Status.OPEN
    pair.save(update_fields=["status"])
    record(verb=Verb.ASKED_AGAIN, target=pair.mentee, workspace_id=_workspace(pair), by=by, mentor=pair.mentor_id)
    return pair


@transaction.atomic
def count_silence_as_decline(*, pair: AskedPair, by: User | None, now: datetime | None = None) -> AskedPair:
    """Treat silence as a decline. Raises ServiceError if there is still time to answer, or everybody has answered."""
    pair = _lock_pair(pair)
    late = pair.sides.filter(status=AskedSide.Status.SILENT).first()
    if pair.status != AskedPair.Status.SILENT or late is None:
        raise ServiceError("Nobody's time is over here.")
    who = str(pair.mentor.user) if late.side == AskedSide.Side.MENTOR else f"“{pair.mentee}”"
    _decline(pair, f"{who} did not answer in time", by)
    _tell_over(pair, but=late)
    return pair


@transaction.atomic
def withdraw_question(*, pair: AskedPair, by: User | None, why: str = "") -> AskedPair:
    """Withdraw the question: the pair becomes an ordinary proposal again. Tells everybody who has heard of it."""
    pair = _lock_pair(pair)
    if pair.status not in AskedPair.UNSETTLED:
        raise ServiceError(ALREADY_SETTLED)
    _settle(pair, AskedPair.Status.TAKEN_BACK, by, why)
    if pair.mentee.cohort.status not in FINISHED_COHORTS:
        _tell_over(pair)
    return pair


def _decline(pair: AskedPair, what: str, by: User | None, why: str = "") -> None:
    """Forbid the pair, and remove it from the proposals of runs that are not confirmed yet.

    Everybody in the team reads on the board `what` happened, but not `why`.
    """
    reason = f"{what}: {why[:1].lower()}{why[1:]}" if why else what
    _settle(pair, AskedPair.Status.DECLINED, by, reason)
    set_pin(mentee=pair.mentee, mentor=pair.mentor, kind=MatchPin.Kind.FORBID, by=by, reason=reason)
    runs = MatchRun.objects.select_for_update(of=("self",)).filter(cohort=pair.mentee.cohort_id, status="ready")
    for run in runs.order_by("pk"):
        proposals = run.proposals.filter(mentee=pair.mentee, mentor=pair.mentor, kind=MatchProposal.Kind.CHOSEN)
        if not proposals.update(kind=MatchProposal.Kind.RUNNER_UP):
            continue
        words = f"{what}."
        told = next((entry for entry in run.unmatched if entry["mentee"] == pair.mentee_id), None)
        if told:
            told["reasons"] = [words, *told["reasons"]]
        else:
            run.unmatched.append({"mentee": pair.mentee_id, "reasons": [words]})
        run.save(update_fields=["unmatched"])


def _settle(pair: AskedPair, status: str, by: User | None, why: str) -> None:
    pair.status, pair.settled_at = status, timezone.now()
    pair.save(update_fields=["status", "settled_at"])
    # Remove the lock that came with the question, but not one that a coordinator had set before.
    pin = MatchPin.objects.filter(mentee=pair.mentee_id, mentor=pair.mentor_id, kind=MatchPin.Kind.LOCK).first()
    if pin is not None and pin.created_at >= pair.created_at:
        remove_pin(mentee=pair.mentee, mentor=pair.mentor, by=by)
    verb = {"declined": Verb.PAIR_DECLINED, "taken_back": Verb.QUESTION_TAKEN_BACK}[status]
    record(verb=verb, target=pair.mentee, workspace_id=_workspace(pair), by=by, mentor=pair.mentor_id, reason=why)


def _tell_over(pair: AskedPair, but: AskedSide | None = None) -> None:
    """Tell everybody else who has heard of the pair that it has fallen through."""
    for side in pair.sides.all():
        side.pair = pair
        if side != but and hears_of_the_end(side) and not cancel_questions(side):
            write_withdrawn(side)


def _move_on(pair: AskedPair) -> None:
    """Update the status of a pair after one side accepted."""
    statuses = set(pair.sides.values_list("status", flat=True))
    if statuses == {AskedSide.Status.ACCEPTED}:
        pair.status, pair.settled_at = AskedPair.Status.ACCEPTED, timezone.now()
    elif AskedSide.Status.SILENT in statuses:
        pair.status = AskedPair.Status.SILENT
    else:
        pair.status = AskedPair.Status.OPEN
    pair.save(update_fields=["status", "settled_at"])


def _confirm(mentee: Enrollment) -> list[Match]:
    """Confirm the mentee's pairs if all have said yes. If they no longer fit, it is left to a coordinator."""
    accepted = set(AskedPair.objects.reserving().filter(mentee=mentee).values_list("mentor_id", flat=True))
    for run in MatchRun.objects.filter(cohort=mentee.cohort_id, status=MatchRun.Status.READY):
        chosen = set(run.proposals.filter(mentee=mentee, kind="chosen").values_list("mentor_id", flat=True))
        if not chosen:
            continue
        try:
            with transaction.atomic():
                if chosen <= accepted:
                    return confirm_run(run=run, by=None, mentee_ids=[mentee.pk], grace=grace_of(mentee.cohort))
        except ServiceError:
            logger.info("The pairs of %s said yes, and don't fit any more.", mentee.pk)
        return []
    return []


def why_no_place(pair: AskedPair) -> str:
    """Return why a pair has no place left, counting matches and other accepted pairs; "" if it has one."""
    taken = places_taken(pair.mentee.cohort, without=[(pair.mentee_id, pair.mentor_id)])
    now = Enrollment.objects.select_related("user").in_bulk([pair.mentee_id, pair.mentor_id])
    mentor, mentee = now[pair.mentor_id], now[pair.mentee_id]
    if taken[mentor.pk] >= mentor.capacity:
        return f"{mentor.user} has no free place any more"
    if taken[mentee.pk] >= mentee.mentors_wanted:
        return f"“{mentee}” has a mentor by now"
    return ""


# --- locks ---


def _lock(cohort_id: int) -> Cohort:
    """Lock the cohort: answers, confirmations and runs all count its places."""
    return Cohort.objects.select_for_update(of=("self",)).select_related("programme").get(pk=cohort_id)


def _lock_pair(pair: AskedPair) -> AskedPair:
    _lock(Enrollment.objects.values_list("cohort_id", flat=True).get(pk=pair.mentee_id))
    return AskedPair.objects.select_for_update(of=("self",)).with_people().get(pk=pair.pk)


def lock_side(side: AskedSide) -> tuple[AskedSide, AskedPair]:
    pair = _lock_pair(side.pair)
    locked = AskedSide.objects.select_for_update(of=("self",)).get(pk=side.pk)
    locked.pair = pair
    return locked, pair


def record_answer(side: AskedSide, by: User | None) -> None:
    """Record what a side has just answered, or that it let the deadline pass, in the trail of the mentee."""
    verb = ANSWERS[side.side, side.status]
    data = {"mentor": side.pair.mentor_id, "reason": side.reason_in_words}
    record(verb=verb, target=side.pair.mentee, workspace_id=_workspace(side.pair), by=by, **data)


def _workspace(pair: AskedPair) -> int:
    return pair.mentee.cohort.workspace_id

"""Undo a match before its intro leaves, or send the intro at once.

One conditional UPDATE decides, as it does for the worker that claims a message: whoever comes second changes nothing.
So a match is either undone and its intro never leaves, or the intro leaves and the match stays.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F, ProtectedError, Q
from django.utils import timezone

from cohorts.models import Cohort
from matching.models import AskedPair, AskedSide, Match, MatchRun, UndoneMessage
from mentorship.core.accounts.models import User
from mentorship.core.audit.services import record, record_many
from mentorship.core.audit.verbs import Verb
from mentorship.core.errors import ServiceError
from mentorship.core.outbox.models import OutboxMessage
from mentorship.core.outbox.querysets import OutboxQuerySet
from mentorship.core.outbox.services import wake_delivery

UNDONE = "It was undone together with its match."
TOO_LATE = "The intro has left already, or is leaving now. End the match instead."


@dataclass(frozen=True)
class HeldConfirmation:
    """Matches that were confirmed together and whose intros have not left yet."""

    run: MatchRun | None
    leaves_at: datetime
    matches: list[Match]

    @property
    def intros(self) -> int:
        return len({match.intro_id for match in self.matches})


def held_confirmations(cohort: Cohort, now: datetime) -> list[HeldConfirmation]:
    """Return the confirmations whose intros have not left, the next to leave first. Two queries."""
    held = Match.objects.held(now).filter(mentee__cohort=cohort).with_people().select_related("run")
    found: dict[tuple[int | None, datetime], HeldConfirmation] = {}
    for match in held.order_by("intro__due_at", "pk"):
        assert match.intro is not None  # noqa: S101  (it is held)
        key = match.run_id, match.intro.due_at
        found.setdefault(key, HeldConfirmation(match.run, match.intro.due_at, [])).matches.append(match)
    return list(found.values())


def undo_matches(*, matches: Iterable[Match], by: User | None) -> tuple[int, int]:
    """Undo every match whose intro has not left. Returns the number of intros undone, and of those that had left."""
    undone = late = 0
    intros = {match.intro_id: match for match in matches}
    for match in intros.values():
        try:
            undo_match(match=match, by=by)
        except ServiceError:
            late += 1
        else:
            undone += 1
    return undone, late


@transaction.atomic
def undo_match(*, match: Match, by: User | None) -> None:
    """Undo a match and the others of the same intro: cancel the intro, and make the pairs proposals again.

    A match that it replaced is restored. Raises ServiceError, and changes nothing, if one of the mails has left or
    is leaving.
    """
    cohort = Cohort.objects.select_for_update(of=("self",)).select_related("programme").get(enrollments=match.mentee_id)
    together = list(
        Match.objects.select_for_update(of=("self",))
        .filter(intro=match.intro_id, imported=False, intro__isnull=False)
        .select_related("mentee", "replaces")
        .order_by("pk")
    )
    if any(one.status != Match.Status.INTRODUCED for one in together) or not together:
        raise ServiceError("This match is under way, or is undone already.")
    _cancel_unsent(OutboxMessage.objects.filter(pk__in=[one.intro_id for one in together]), least=1)
    for one in together:
        if one.replaces is not None:
            _restore(one.replaces, by)
        _ask_state_back(one)
    runs = {one.run_id for one in together if one.run_id}
    MatchRun.objects.filter(pk__in=runs, status=MatchRun.Status.CONFIRMED).update(status=MatchRun.Status.READY)
    for one in together:
        data = {"match": one.pk, "mentor": one.mentor_id, "run": one.run_id}
        record(verb=Verb.MATCH_UNDONE, target=one.mentee, workspace_id=cohort.workspace_id, by=by, **data)
    try:
        Match.objects.filter(pk__in=[one.pk for one in together]).delete()
    except ProtectedError as error:
        raise ServiceError("Somebody opened a case about this match. End the match instead.") from error


@transaction.atomic
def send_intros_now(*, matches: Sequence[Match], by: User | None) -> int:
    """Send waiting intros immediately. Returns how many; those that have left already are skipped."""
    now = timezone.now()
    intros = list(
        OutboxMessage.objects.select_for_update(of=("self",))
        .filter(pk__in={m.intro_id for m in matches}, status="queued", due_at__gt=now)
        .order_by("pk")
    )
    along = Q(pk__in=[m.pk for m in intros])
    for match in matches:
        if match.replaces_id:  # mails to the former mentor and mentee leave together with the intro
            along |= Q(key__startswith=f"match-ended:{match.replaces_id}:")
    OutboxMessage.objects.filter(along, status="queued", due_at__gt=now).update(due_at=now, version=F("version") + 1)
    if intros:
        record_many(verb=Verb.SENT_AT_ONCE, targets=intros, workspace_id=intros[0].workspace_id, by=by)
        transaction.on_commit(wake_delivery)
    return len(intros)


def undone_intro_guard(message: OutboxMessage) -> str:
    """Return why a message must not be resent by hand; "" if it may be. The outbox asks before it resends."""
    if UndoneMessage.objects.filter(message=message).exists():
        return f"{UNDONE} Confirm the pair again: that writes a new one."
    return ""


def _cancel_unsent(messages: OutboxQuerySet, *, least: int = 0) -> None:
    """Cancel messages that have certainly reached nobody. Raises ServiceError if one may have."""
    ids = list(messages.values_list("pk", flat=True))
    reached_nobody = Q(status__in=["queued", "failed", "cancelled", "skipped"], maybe_duplicate=False, delivered_to=[])
    changed = messages.filter(reached_nobody).update(status="cancelled", version=F("version") + 1, last_error=UNDONE)
    if changed < max(len(ids), least):
        raise ServiceError(TOO_LATE)
    UndoneMessage.objects.bulk_create([UndoneMessage(message_id=pk) for pk in ids], ignore_conflicts=True)


def _restore(before: Match, by: User | None) -> None:
    """Bring the replaced match back as it was before, and tell nobody that it ended."""
    _cancel_unsent(
        OutboxMessage.objects.filter(key__startswith=f"match-ended:{before.pk}:").exclude(status="cancelled")
    )
    before.status = before.status_before_end or Match.Status.ACTIVE
    # A match that had ended before it was replaced has ended again: its place may be taken, and both sides know.
    if before.status in Match.UNDER_WAY:
        before.ended_reason, before.status_before_end = "", ""
    before.save(update_fields=["status", "ended_reason", "status_before_end"])
    record(verb=Verb.GOES_ON, target=before, workspace_id=before.mentee.cohort.workspace_id, by=by)


def _ask_state_back(match: Match) -> None:
    """Reopen the question of an undone match: accepted if everybody had said yes, otherwise withdrawn."""
    asked = AskedPair.objects.filter(mentee=match.mentee_id, mentor=match.mentor_id, status="matched").first()
    if asked is None:
        return
    accepted = not asked.sides.exclude(status=AskedSide.Status.ACCEPTED).exists()
    asked.status = AskedPair.Status.ACCEPTED if accepted else AskedPair.Status.TAKEN_BACK
    asked.save(update_fields=["status"])

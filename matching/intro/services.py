"""Confirm proposals: write the matches and queue the intro that announces them, in one transaction."""

import hashlib
import json
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from cohorts.models import Cohort, Enrollment
from matching.intro.capacity import places_taken
from matching.intro.mails import fingerprint_of_words, intro_mail, read_facts, words_about
from matching.models import AskedPair, Match, MatchPin, MatchProposal, MatchRun, MentorPause
from matching.sentences.services import own_sentences_of
from mentorship.core.accounts.models import User
from mentorship.core.audit.services import record, record_many
from mentorship.core.audit.verbs import Verb
from mentorship.core.errors import ServiceError
from mentorship.core.outbox.models import OutboxMessage
from mentorship.core.outbox.send_mail import written_keys
from mentorship.core.outbox.services import enqueue_all

MenteeProposals = tuple[Enrollment, list[MatchProposal]]


AT_ONCE = timedelta(0)


def unconfirmed_proposals(run: MatchRun, mentee_ids: Collection[int] | None = None) -> list[MenteeProposals]:
    """Return the run's proposals that are not confirmed yet, by mentee, with everything that an intro needs.

    With `mentee_ids` only theirs.
    """
    proposals = waiting_proposals(run)
    if mentee_ids is not None:
        proposals = proposals.filter(mentee__in=mentee_ids)
    groups = _by_mentee(
        proposals.select_related(
            *("mentee__user", "mentee__group", "mentee__cohort__programme"),
            *("mentor__user", "mentor__group", "mentor__cohort__programme"),
        )
        .prefetch_related(
            "mentee__members__user",
            "mentor__members__user",
            *(f"{side}__{of}" for side in ("mentee", "mentor") for of in ("topics", "answers__question")),
        )
        .order_by("mentee_id", "-score", "mentor_id")
    )
    return [(group[0].mentee, group) for group in groups]


def waiting_proposals(run: MatchRun) -> QuerySet[MatchProposal]:
    """The proposals of a run that are not confirmed yet."""
    introduced = run.matches.values("mentee")
    return run.proposals.filter(kind=MatchProposal.Kind.CHOSEN).exclude(mentee__in=introduced)


def preview_fingerprint(cohort: Cohort, groups: Sequence[MenteeProposals]) -> str:
    """Hash what a preview shows: the pairs, the recipients of each intro, and its wording."""
    return _hash(list(intro_fingerprints(cohort, groups).items()))


def intro_fingerprints(cohort: Cohort, groups: Sequence[MenteeProposals]) -> dict[int, str]:
    """Hash what a preview shows of each intro, by the id of the mentee."""
    own = own_sentences_of(cohort)
    words = cohort.sender.words_of("matching/intro")
    return {
        mentee.pk: _hash(
            [
                str(mentee),
                [[p.email, mentee.shares_address_of(p)] for p in mentee.people],
                [[p.mentor_id, p.mentor.user.email, p.mentor.shares_address] for p in of],
                fingerprint_of_words(words_about(mentee, of, own)),
                words.subject,
                words.body,
            ]
        )
        for mentee, of in groups
    }


def _hash(shown: Sequence[Any]) -> str:
    return hashlib.sha256(json.dumps(shown, ensure_ascii=False).encode()).hexdigest()[:16]


@transaction.atomic
def confirm_run(
    *,
    run: MatchRun,
    by: User | None,
    mentee_ids: Collection[int] | None = None,
    grace: timedelta = AT_ONCE,
    shown: str | None = None,
) -> list[Match]:
    """Turn proposals into matches and queue one intro for each mentee team; `mentee_ids` confirms only these.

    The intros leave after `grace`; until then `undo_matches` takes them back. Everything or nothing: raises
    ServiceError, with names, if the proposals do not fit any more, or differ from `shown` (the
    fingerprint of a preview). Idempotent: pairs that are already confirmed are not changed.
    Returns the new matches.
    """
    cohort, run = lock_run(run)
    if run.status == MatchRun.Status.CONFIRMED:
        return []
    waiting = waiting_as_shown(cohort, run, shown)
    groups = [group for group in waiting if mentee_ids is None or group[0].pk in mentee_ids]
    matches = confirm_groups(cohort, run, groups, by=by, due_at=timezone.now() + grace)
    if len(groups) == len(waiting):
        close_run(run)
    return matches


def lock_run(run: MatchRun) -> tuple[Cohort, MatchRun]:
    """Lock a run and its cohort, whose places are counted."""
    cohort = Cohort.objects.select_for_update(of=("self",)).select_related("programme").get(pk=run.cohort_id)
    return cohort, MatchRun.objects.select_for_update(of=("self",)).get(pk=run.pk)


def waiting_as_shown(cohort: Cohort, run: MatchRun, shown: str | None) -> list[MenteeProposals]:
    """Return what waits to be confirmed. Raises ServiceError if it can't be, or differs from what was `shown`."""
    if run.status != MatchRun.Status.READY:
        raise ServiceError(f"{run} is {run.get_status_display()}; only a run that is ready can be confirmed.")
    cohort.refuse_after_end()
    waiting = unconfirmed_proposals(run)
    if shown is not None and shown != preview_fingerprint(cohort, waiting):
        raise ServiceError("Somebody changed a pair, or the email, since you saw the intros. Look once more.")
    return waiting


def confirm_groups(
    cohort: Cohort, run: MatchRun, groups: Sequence[MenteeProposals], *, by: User | None, due_at: datetime
) -> list[Match]:
    """Write the matches and intros of some mentees of a locked run. Raises ServiceError if one does not fit."""
    check_fit(cohort, groups)
    matches = introduce(cohort, groups, by=by, due_at=due_at, run=run)
    workspace_id = cohort.workspace_id
    record(verb=Verb.CONFIRMED, target=run, workspace_id=workspace_id, by=by, mentees=len(groups), matches=len(matches))
    record_many(verb=Verb.INTRODUCED, targets=matches, workspace_id=workspace_id, by=by, run=run.number)
    return matches


def close_run(run: MatchRun) -> None:
    """Mark a run as confirmed once nothing in it waits any more."""
    run.status = MatchRun.Status.CONFIRMED
    run.save(update_fields=["status"])


def introduce(
    cohort: Cohort,
    groups: Sequence[MenteeProposals],
    *,
    by: User | None,
    due_at: datetime,
    run: MatchRun | None = None,
    replaces: Match | None = None,
) -> list[Match]:
    """Write the matches of some mentees, with one intro for each of them. The caller has locked and checked the places.

    Without a `run` it is a new mentor for a match that ended, `replaces`; the proposals are then not saved. The number
    of statements does not depend on how many mentees they are.
    """
    cohort.refuse_after_end()
    facts, keys = read_facts(cohort, [mentee for mentee, _ in groups]), _intro_keys(groups, run)
    sender, what = cohort.sender, f"confirmed {run} of {cohort}" if run else "found another mentor"
    drafts = []
    for mentee, proposals in groups:
        mail = intro_mail(mentee, proposals, facts=facts)
        names = ", ".join(str(mentor.user) for mentor in mail.mentors)
        why = f"{by or 'A command'} {what}: “{mentee}” with {names}."
        drafts.append(mail.draft(sender=sender, key=keys[mentee.pk], why=why, due_at=due_at))
    intros = enqueue_all(drafts)
    pairs = [(mentee, p, intro) for (mentee, proposals), intro in zip(groups, intros, strict=True) for p in proposals]
    _settle_questions({(mentee.pk, p.mentor_id) for mentee, p, _ in pairs})
    return Match.objects.bulk_create(
        Match(
            mentee=mentee,
            mentor=p.mentor,
            run=run,
            score=p.score,
            why=p.why,
            reasons=p.reasons,
            intro=intro,
            replaces=replaces,
        )
        for mentee, p, intro in pairs
    )


def _settle_questions(pairs: Collection[tuple[int, int]]) -> None:
    """Mark the questions about these pairs, by ids of (mentee, mentor), as settled by the match."""
    asked = AskedPair.objects.unsettled().filter(mentee__in={mentee for mentee, _ in pairs})
    theirs = [pk for pk, *pair in asked.values_list("pk", "mentee", "mentor") if tuple(pair) in pairs]
    if theirs:
        AskedPair.objects.filter(pk__in=theirs).update(status=AskedPair.Status.MATCHED, settled_at=timezone.now())


def _intro_keys(groups: Sequence[MenteeProposals], run: MatchRun | None) -> dict[int, str]:
    """Return the key of each mentee's intro: the intro of a match that was undone keeps its own."""
    keys = {m.pk: f"intro:{run.pk}:{m.pk}" if run else f"intro:again:{m.pk}" for m, _ in groups}
    used = written_keys(keys.values())
    return {pk: _next_key(key) if key in used else key for pk, key in keys.items()}


def _next_key(base: str) -> str:
    before = OutboxMessage.objects.filter(Q(key=base) | Q(key__startswith=f"{base}:")).count()
    return f"{base}:{before + 1}"


def check_fit(cohort: Cohort, groups: Sequence[MenteeProposals]) -> None:
    """Raise ServiceError if places were taken, people left or pairs were forbidden since the run was made."""
    pairs = [p for _, proposals in groups for p in proposals]
    ids = {p.mentee_id for p in pairs} | {p.mentor_id for p in pairs}
    now = {
        e.pk: e
        for e in Enrollment.objects.select_for_update(of=("self",))
        .select_related("user")
        .filter(pk__in=ids)
        .order_by("pk")
    }
    wrong = [
        f"{e.user} ({e}) is {e.get_status_display()}" if e.title else f"{e.user} is {e.get_status_display()}"
        for e in now.values()
        if e.status != Enrollment.Status.ACCEPTED
    ]
    taken = places_taken(cohort, without={(p.mentee_id, p.mentor_id) for p in pairs})
    pausing = {pause.enrollment_id: pause for pause in MentorPause.objects.open(cohort)}
    wrong += [f"{e.user} is {pausing[e.pk].words}" for e in now.values() if e.pk in pausing]
    standing = set(Match.objects.occupying_place().filter(mentee__cohort=cohort).values_list("mentee_id", "mentor_id"))
    pins = dict(_pins(cohort))
    for p in pairs:
        taken.update([p.mentee_id, p.mentor_id])
        if (p.mentee_id, p.mentor_id) in standing:
            wrong.append(f"“{p.mentee}” and {p.mentor.user} are matched already")
        elif pins.get((p.mentee_id, p.mentor_id)) == MatchPin.Kind.FORBID:
            wrong.append(f"“{p.mentee}” with {p.mentor.user} is forbidden by now")
    for e in now.values():
        if e.role == Enrollment.Role.MENTOR and taken[e.pk] > e.capacity:
            wrong.append(f"{e.user} takes {e.capacity}, and would have {taken[e.pk]}")
        elif e.role == Enrollment.Role.MENTEE and taken[e.pk] > e.mentors_wanted:
            wrong.append(f"“{e}” wants {e.mentors_wanted}, and would have {taken[e.pk]}")
    if wrong:
        shown = "; ".join(wrong[:5]) + (f"; and {len(wrong) - 5} more" if len(wrong) > 5 else "")
        raise ServiceError(f"Nothing was confirmed: {shown}. Run the matching again first.")


def _pins(cohort: Cohort) -> Iterable[tuple[tuple[int, int], str]]:
    for mentee, mentor, kind in MatchPin.objects.filter(mentee__cohort=cohort).values_list("mentee", "mentor", "kind"):
        yield (mentee, mentor), kind


def _by_mentee(proposals: Iterable[MatchProposal]) -> list[list[MatchProposal]]:
    return [list(group) for _, group in groupby(proposals, key=lambda p: p.mentee_id)]

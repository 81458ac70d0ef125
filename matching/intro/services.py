"""Confirm proposals: write the matches and queue the intro that announces them, in one transaction."""

import hashlib
import json
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from itertools import groupby

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from cohorts.models import Cohort, Enrollment
from matching.intro.capacity import places_taken
from matching.intro.mails import intro_mail
from matching.models import AskedPair, Match, MatchPin, MatchProposal, MatchRun, MentorPause
from mentorship.core.accounts.models import User
from mentorship.core.audit.services import record, record_many
from mentorship.core.audit.verbs import Verb
from mentorship.core.errors import ServiceError
from mentorship.core.outbox.models import OutboxMessage
from mentorship.core.outbox.send_mail import Sender

MenteeProposals = tuple[Enrollment, list[MatchProposal]]


AT_ONCE = timedelta(0)


def unconfirmed_proposals(run: MatchRun) -> list[MenteeProposals]:
    """Return the run's proposals that are not confirmed yet, by mentee, with everything that an intro needs."""
    introduced = run.matches.values("mentee")
    proposals = (
        run.proposals.filter(kind=MatchProposal.Kind.CHOSEN)
        .exclude(mentee__in=introduced)
        .select_related("mentee__user", "mentee__cohort__programme", "mentor__user", "mentor__cohort__programme")
        .prefetch_related("mentee__members__user", "mentee__topics", "mentor__members__user")
        .order_by("mentee_id", "-score", "mentor_id")
    )
    return [(next(iter(group)).mentee, group) for group in _by_mentee(proposals)]


def preview_fingerprint(cohort: Cohort, groups: Sequence[MenteeProposals]) -> str:
    """Hash what a preview shows: the pairs, the recipients of each intro, and its wording."""
    words = cohort.sender.words_of("matching/intro")
    shown = [
        [
            mentee.pk,
            str(mentee),
            [[p.email, mentee.shares_address_of(p)] for p in mentee.people],
            [[p.mentor_id, p.mentor.user.email, p.mentor.shares_address, p.reasons] for p in of],
        ]
        for mentee, of in groups
    ]
    said = json.dumps([shown, words.subject, words.body], ensure_ascii=False)
    return hashlib.sha256(said.encode()).hexdigest()[:16]


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
    cohort = Cohort.objects.select_for_update(of=("self",)).select_related("programme").get(pk=run.cohort_id)
    run = MatchRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
    if run.status == MatchRun.Status.CONFIRMED:
        return []
    if run.status != MatchRun.Status.READY:
        raise ServiceError(f"{run} is {run.get_status_display()}; only a run that is ready can be confirmed.")
    cohort.refuse_after_end()
    waiting = unconfirmed_proposals(run)
    if shown is not None and shown != preview_fingerprint(cohort, waiting):
        raise ServiceError("Somebody changed a pair, or the email, since you saw the intros. Look once more.")
    groups = [group for group in waiting if mentee_ids is None or group[0].pk in mentee_ids]
    _check_fit(cohort, groups)
    due_at = timezone.now() + grace
    sender = cohort.sender
    matches = [match for group in groups for match in introduce(*group, by=by, run=run, due_at=due_at, sender=sender)]
    if len(groups) == len(waiting):
        run.status = MatchRun.Status.CONFIRMED
        run.save(update_fields=["status"])
    workspace_id = cohort.workspace_id
    record(verb=Verb.CONFIRMED, target=run, workspace_id=workspace_id, by=by, mentees=len(groups), matches=len(matches))
    record_many(verb=Verb.INTRODUCED, targets=matches, workspace_id=workspace_id, by=by, run=run.number)
    return matches


def introduce(
    mentee: Enrollment,
    proposals: Sequence[MatchProposal],
    *,
    by: User | None,
    due_at: datetime,
    run: MatchRun | None = None,
    replaces: Match | None = None,
    sender: Sender | None = None,
) -> list[Match]:
    """Write the matches of one mentee with the intro for all of them. The caller has locked and checked the places.

    Without a `run` it is a new mentor for a match that ended, `replaces`; the proposals are then not saved. Callers
    that introduce many pass the cohort's `sender`, which caches the wording of the mail.
    """
    mentee.cohort.refuse_after_end()
    mail = intro_mail(mentee, proposals)
    names = ", ".join(str(mentor.user) for mentor in mail.mentors)
    what = f"confirmed {run} of {mentee.cohort}" if run else "found another mentor"
    message = mail.send(
        sender=sender or mentee.cohort.sender,
        key=_intro_key(f"intro:{run.pk}:{mentee.pk}" if run else f"intro:again:{mentee.pk}"),
        why=f"{by or 'A command'} {what}: “{mentee}” with {names}.",
        due_at=due_at,
    )
    asked = AskedPair.objects.unsettled().filter(mentee=mentee, mentor__in=[p.mentor for p in proposals])
    asked.update(status=AskedPair.Status.MATCHED, settled_at=timezone.now())
    return [
        Match.objects.create(
            mentee=mentee,
            mentor=p.mentor,
            run=run,
            score=p.score,
            why=p.why,
            reasons=p.reasons,
            intro=message,
            replaces=replaces,
        )
        for p in proposals
    ]


def _intro_key(base: str) -> str:
    """Return the key of the next intro: the intro of a match that was undone keeps its own key."""
    before = OutboxMessage.objects.filter(Q(key=base) | Q(key__startswith=f"{base}:")).count()
    return f"{base}:{before + 1}" if before else base


def _check_fit(cohort: Cohort, groups: Sequence[MenteeProposals]) -> None:
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
        raise ServiceError(f"Nothing was confirmed: {shown}. Run again, then it fits.")


def _pins(cohort: Cohort) -> Iterable[tuple[tuple[int, int], str]]:
    for mentee, mentor, kind in MatchPin.objects.filter(mentee__cohort=cohort).values_list("mentee", "mentor", "kind"):
        yield (mentee, mentor), kind


def _by_mentee(proposals: Iterable[MatchProposal]) -> list[list[MatchProposal]]:
    return [list(group) for _, group in groupby(proposals, key=lambda p: p.mentee_id)]

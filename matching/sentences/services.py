"""The sentence that both sides of a pair read as the reason for it: read it, and edit it until their intro leaves."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet

from cohorts.models import Cohort, Enrollment
from matching.models import AskedPair, Match, MatchProposal, MatchRun, PairSentence
from mentorship.core.accounts.models import User
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.errors import ServiceError
from mentorship.core.outbox.services import render_again
from mentorship.core.text import join_names

TOO_LATE = "Their intro has been sent, or is being sent now, so this sentence can’t be changed any more."
PairIds = tuple[int, int]  # mentee, mentor; both enrollment ids
Sentences = Mapping[PairIds, str]


def reason_for_pair(reasons: Sequence[str]) -> str:
    """The sentence that a run writes for both sides: only points in favour; "" if none is known."""
    return f"You {join_names(reasons)}." if reasons else ""


def own_sentences(mentees: Collection[int]) -> Sentences:
    """Coordinators' sentences for the pairs of these mentees; "" where the two are told no reason. One query."""
    return _as_sentences(PairSentence.objects.filter(mentee__in=mentees))


def own_sentences_of(cohort: Cohort) -> Sentences:
    """Coordinators' sentences for the pairs of a cohort. One query."""
    return _as_sentences(PairSentence.objects.filter(mentee__cohort=cohort))


def sentence_of(pair: PairIds, reasons: Sequence[str], own: Sentences | None = None) -> str:
    """Return the sentence that both sides of a pair read; "" for none. `own` saves a query."""
    own = own_sentences([pair[0]]) if own is None else own
    return own[pair] if pair in own else reason_for_pair(reasons)


def save_sentence(*, mentee: Enrollment, mentor: Enrollment, text: str | None, by: User | None) -> None:
    """Keep a sentence for a pair, "" for none; None returns to what a run wrote. The caller checks and records it."""
    if text is None:
        PairSentence.objects.filter(mentee=mentee, mentor=mentor).delete()
    else:
        PairSentence.objects.update_or_create(mentee=mentee, mentor=mentor, defaults={"text": text, "changed_by": by})


def _as_sentences(rows: QuerySet[PairSentence]) -> Sentences:
    return {(mentee, mentor): text for mentee, mentor, text in rows.values_list("mentee_id", "mentor_id", "text")}


@dataclass(frozen=True)
class EditableSentence:
    """The sentence of a pair, the one that a run wrote for them, and their match if there is one."""

    mentee: Enrollment
    mentor: Enrollment
    text: str
    by_run: str
    is_edited: bool
    match: Match | None = None
    is_late: bool = False  # the intro has left, or may have

    @property
    def is_left_out(self) -> bool:
        return self.is_edited and not self.text


def sentence_of_pair(mentee: Enrollment, mentor: Enrollment) -> EditableSentence | None:
    """The sentence of a pair that is proposed, asked or matched; None for any other pair."""
    pair = {"mentee": mentee, "mentor": mentor}
    matches = Match.objects.occupying_place().filter(**pair, imported=False)
    match = matches.select_related("intro", "mentee__cohort").first()
    run = MatchRun.objects.filter(cohort=mentee.cohort_id, status=MatchRun.Status.READY).first()
    proposals = MatchProposal.objects.filter(**pair, run=run, kind=MatchProposal.Kind.CHOSEN)
    found = match or AskedPair.objects.unsettled().filter(**pair).first() or proposals.first()
    return _of(mentee, mentor, found.reasons, match) if found else None


def sentences_of(mentee: Enrollment, proposals: Iterable[MatchProposal], own: Sentences) -> list[EditableSentence]:
    """The sentences of a mentee's proposed pairs, where coordinators wrote `own` ones for some. No query."""
    return [_of(mentee, p.mentor, p.reasons, None, own) for p in proposals]


def _of(
    mentee: Enrollment, mentor: Enrollment, reasons: list[str], match: Match | None, own: Sentences | None = None
) -> EditableSentence:
    own = own_sentences([mentee.pk]) if own is None else own
    pair = mentee.pk, mentor.pk
    return EditableSentence(
        mentee,
        mentor,
        text=sentence_of(pair, reasons, own),
        by_run=reason_for_pair(reasons),
        is_edited=pair in own,
        match=match,
        is_late=match is not None and not Match.objects.undoable().filter(pk=match.pk).exists(),
    )


@transaction.atomic
def edit_sentence(*, mentee: Enrollment, mentor: Enrollment, text: str | None, seen: str, by: User | None) -> None:
    """Change what both sides read as the reason for their pair: "" for nothing, None for what the run wrote.

    A queued intro is rendered again at once. Raises ServiceError if the intro has left, was edited by hand, or if the
    sentence is no longer the one that was `seen`.
    """
    cohort = Cohort.objects.select_for_update(of=("self",)).select_related("programme").get(pk=mentee.cohort_id)
    cohort.refuse_after_end()
    now = sentence_of_pair(mentee, mentor)
    if now is None or now.is_late:
        raise ServiceError(TOO_LATE)
    if seen != now.text:
        changed = f"changed this to “{now.text}”" if now.text else "left this sentence out"
        raise ServiceError(f"Somebody else has just {changed}. Save again to replace it with yours.")
    if text == now.text or (text is None and not now.is_edited):
        return
    save_sentence(mentee=mentee, mentor=mentor, text=text, by=by)
    if now.match is not None and now.match.intro is not None and now.match.intro.status in ("queued", "failed"):
        render_again(message=now.match.intro)
    record(
        verb=Verb.REWORDED_A_REASON,
        target=now.match or mentee,
        workspace_id=cohort.workspace_id,
        by=by,
        mentor=mentor.pk,
        before=now.text,
        after=now.by_run if text is None else text,
    )

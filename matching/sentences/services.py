"""Read what both sides of a pair are told as the reason for it, and keep a coordinator's own sentence."""

from collections.abc import Collection, Mapping, Sequence

from django.db.models import QuerySet

from cohorts.models import Cohort, Enrollment
from matching.models import PairSentence
from mentorship.core.accounts.models import User
from mentorship.core.text import join_names

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

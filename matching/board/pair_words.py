"""Score, parts and reasons of a mentee with any mentor: as the run wrote them, or worked out when somebody looks.

A run writes the reasons of the pairs that it proposes. Of all others it keeps the values of the factors, from which the
same sentences are made of the sign-ups of now.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cohorts.models import Enrollment
from matching.engine.history import read_history
from matching.engine.input import profile_of, subject_of
from matching.engine.score_table import FactorValue, ScoreTable, factors_of, score_table_of, shares_of_run
from matching.meaning.services import kept_meanings
from matching.models import MatchRun
from matching.scoring.factor import FactorPair, ScoringInput
from matching.scoring.factors import FACTORS, label_of
from matching.scoring.scores import reasons_of
from matching.texts.meaning_similarity import texts_of

CHANGED = "One of the two sign-ups has changed since this run."


@dataclass(frozen=True)
class DescribedPair:
    """A mentee with a mentor, as a proposal describes them."""

    score: float
    factors: list[dict[str, Any]]
    why: str
    reasons: list[str]
    changed: bool = False  # whether a sign-up has changed since the run: the reasons go by what it says now

    @property
    def told(self) -> str:
        """The reasons, and that they may not be those of the score."""
        return f"{self.why} {CHANGED}" if self.changed else self.why


def describe_pairs(run: MatchRun, mentee: int, mentors: Sequence[int]) -> dict[int, DescribedPair]:
    """Describe a mentee with each of some mentors whose score the run keeps. A constant number of queries."""
    stored = run.proposals.filter(mentee=mentee, mentor__in=mentors)
    columns = stored.values_list("mentor_id", "score", "factors", "why", "reasons")
    found = {mentor: DescribedPair(*told) for mentor, *told in columns}
    table = score_table_of(run)
    if table is None:  # a run of an earlier version, which wrote the reasons of the runners-up as well
        return found
    return found | _worked_out(run, table, mentee, [mentor for mentor in mentors if mentor not in found])


def proposal_by_hand(run: MatchRun, mentee: Enrollment, mentor: Enrollment) -> dict[str, Any]:
    """Return the score, its parts and the reasons, as fields of a proposal. The run must have a table."""
    found = describe_pairs(run, mentee.pk, [mentor.pk]).get(mentor.pk)
    if found is None:  # only runners-up can be chosen without a table, and these have a row
        raise LookupError("this run keeps no score of the pair")
    why = found.why if found.reasons else f"Chosen by hand. {found.why}"
    return {"score": found.score, "factors": found.factors, "why": why, "reasons": found.reasons}


def _worked_out(run: MatchRun, table: ScoreTable, mentee: int, mentors: Sequence[int]) -> dict[int, DescribedPair]:
    """Describe a mentee with each of some mentors by the kept values and the sign-ups of now. Loads no model."""
    values = factors_of(run, mentee, list(mentors)) if mentors else {}
    people = Enrollment.objects.with_people().in_bulk([mentee, *mentors]) if values else {}
    there = [pk for pk in mentors if pk in people and pk in values]
    if mentee not in people or not there:
        return {}
    known = read_history(run.cohort, [people[mentee]], [people[pk] for pk in there], run.findings.get("rules"))
    own, *others = (profile_of(people[pk], run.cohort, known) for pk in (mentee, *there))
    data = ScoringInput(
        [own],
        others,
        known.questions,
        wish_words=known.wish_words,
        vectors=kept_meanings({text for profile in (own, *others) for text in texts_of(profile)}),
        former=frozenset(known.former),
        subject=subject_of(run.cohort),
        say=run.cohort.programme.own_words,
    )
    found, shares = {}, shares_of_run(run)
    for column, pk in enumerate(there):
        once: dict[str, Any] = {}
        pairs = {
            name: FactorPair(data, 0, column, factor.value, once)
            for name, factor in values[pk].items()
            if factor.known and name in FACTORS and name in shares
        }
        reasons, changed = reasons_of(pairs, shares), table.is_changed(mentee, pk, (own.mark, others[column].mark))
        parts = _parts(values[pk], pairs, shares)
        found[pk] = DescribedPair(table.score(mentee, pk), parts, reasons.sentence, reasons.support, changed)
    return found


def _parts(
    values: Mapping[str, FactorValue], pairs: Mapping[str, FactorPair], shares: Mapping[str, float]
) -> list[dict[str, Any]]:
    """Return each factor that counts with its part of the score, as proposals store them."""
    return [
        {
            "key": name,
            "label": label_of(name),
            "value": values[name].value,
            "part": round(values[name].value * share, 4),
            "phrase": FACTORS[name].phrase(pairs[name]) if name in pairs else "not known",
            "known": values[name].known,
        }
        for name, share in shares.items()
        if values[name].known or values[name].value  # which unknown ones have in runs of earlier versions
    ]

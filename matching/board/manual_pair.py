"""Score, parts and reasons of pairs that no run proposed: made by hand, or compared on a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cohorts.models import Enrollment
from matching.engine.history import read_history
from matching.engine.input import profile_of, subject_of
from matching.engine.score_table import FactorValue, factors_of, score_table_of, shares_of_run
from matching.meaning.services import kept_meanings
from matching.models import MatchRun
from matching.scoring.factor import FactorPair, ScoringInput
from matching.scoring.factors import FACTORS, label_of
from matching.scoring.scores import PairReasons, reasons_of
from matching.texts.meaning_similarity import texts_of


def describe_pair(run: MatchRun, mentee: Enrollment, mentor: Enrollment) -> dict[str, Any]:
    """Return the score, its parts and the reasons, as fields of a proposal. The run must have a table."""
    table = score_table_of(run)
    if table is None:  # only runners-up can be chosen then, and these have a row
        raise LookupError("this run keeps no table of scores")
    score = table.score(mentee.pk, mentor.pk)
    words = words_of(run, mentee.pk, [mentor.pk])[mentor.pk]
    reasons = words.reasons
    why = reasons.sentence if reasons.support else f"Chosen by hand. {reasons.sentence}"
    return {"score": score, "factors": words.parts(shares_of_run(run)), "why": why, "reasons": reasons.support}


@dataclass(frozen=True)
class PairWords:
    """The words of a run's factors about one pair, as the engine writes them."""

    values: Mapping[str, FactorValue]
    phrases: Mapping[str, str]
    reasons: PairReasons

    def parts(self, shares: Mapping[str, float]) -> list[dict[str, Any]]:
        """Return each factor that counts with its part of the score, as proposals store them."""
        return [
            {
                "key": name,
                "label": label_of(name),
                "value": self.values[name].value,
                "part": round(self.values[name].value * share, 4),
                "phrase": self.phrases[name],
                "known": self.values[name].known,
            }
            for name, share in shares.items()
            if self.values[name].known or self.values[name].value  # which unknown ones have in runs of earlier versions
        ]


def words_of(run: MatchRun, mentee: int, mentors: Sequence[int]) -> dict[int, PairWords]:
    """Describe a mentee with each of some mentors; {} if the run keeps no table. Loads no model."""
    values = factors_of(run, mentee, list(mentors)) if mentors else {}
    people = Enrollment.objects.with_people().in_bulk([mentee, *mentors]) if values else {}
    there = [pk for pk in mentors if pk in people and pk in values]
    if mentee not in people or not there:
        return {}
    known = read_history(run.cohort, [people[mentee]], [people[pk] for pk in there], run.findings.get("rules"))
    profiles = [profile_of(people[pk], run.cohort, known) for pk in (mentee, *there)]
    data = ScoringInput(
        profiles[:1],
        profiles[1:],
        known.questions,
        wish_words=known.wish_words,
        vectors=kept_meanings({text for profile in profiles for text in texts_of(profile)}),
        former=frozenset(known.former),
        subject=subject_of(run.cohort),
        say=run.cohort.programme.own_words,
    )
    return {pk: _words(data, at, values[pk], shares_of_run(run)) for at, pk in enumerate(there)}


def _words(
    data: ScoringInput, column: int, values: Mapping[str, FactorValue], shares: Mapping[str, float]
) -> PairWords:
    pairs = {
        name: FactorPair(data, 0, column, found.value)
        for name, found in values.items()
        if found.known and name in FACTORS and name in shares
    }
    phrases = {name: FACTORS[name].phrase(pairs[name]) if name in pairs else "not known" for name in values}
    return PairWords(values, phrases, reasons_of(pairs, shares))

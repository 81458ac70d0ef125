"""Score, parts and reasons of a pair that a coordinator made by hand."""

from __future__ import annotations

from typing import Any

from cohorts.models import Enrollment
from matching.engine.score_table import FactorValue, factors_of, score_table_of, shares_of_run
from matching.models import MatchRun
from matching.scoring.factors import label_of
from mentorship.core.reference_data import language_name
from mentorship.core.text import join_names


def describe_pair(run: MatchRun, mentee: Enrollment, mentor: Enrollment) -> dict[str, Any]:
    """Return the score, its parts and the reasons, as fields of a proposal. The run must have a table."""
    table = score_table_of(run)
    if table is None:  # only runners-up can be chosen then, and these have a row
        raise LookupError("this run keeps no table of scores")
    score = table.score(mentee.pk, mentor.pk)
    values = factors_of(run, mentee.pk, [mentor.pk])[mentor.pk]
    reasons = _reasons(mentee, mentor)
    why = f"They {join_names(reasons)}." if reasons else "Chosen by hand."
    return {"score": score, "factors": parts_of(run, values), "why": why, "reasons": reasons}


def parts_of(run: MatchRun, values: dict[str, FactorValue]) -> list[dict[str, Any]]:
    """Return each factor with its part of the score, as proposals store them."""
    return [
        {
            "key": name,
            "label": label_of(name),
            "value": values[name].value,
            "part": round(values[name].value * share, 4),
            "phrase": phrase_for(values[name]),
            "known": values[name].known,
        }
        for name, share in shares_of_run(run).items()
    ]


def phrase_for(found: FactorValue) -> str:
    """Put a value into a word."""
    if not found.known:
        return "not known"
    steps = ((0.8, "very alike"), (0.6, "alike"), (0.4, "middling"))
    return next((word for least, word in steps if found.value >= least), "little in common")


def _reasons(mentee: Enrollment, mentor: Enrollment) -> list[str]:
    """List reasons for the pair, as the engine does; intros quote them."""
    theirs = {topic.name.casefold() for topic in mentor.topics.all()}
    topics = [topic.name for topic in mentee.topics.all() if topic.name.casefold() in theirs][:3]
    languages = [language_name(code) for code in mentee.languages if code in mentor.languages][:2]
    shared_topics = [f"share {join_names(topics)}"] if topics else []
    return shared_topics + ([f"both speak {join_names(languages)}"] if languages else [])

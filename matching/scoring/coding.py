"""People coded for blocks: the same factors, weights and rules as `score`, for markets too large to write down."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.utils.extmath import randomized_svd

from matching.scoring import values
from matching.scoring.blocks import BARRED, Coded, Singles, Text, silence, table_of, text_of
from matching.scoring.factors import DEFAULT_WEIGHTS, MICRO
from matching.scoring.profiles import WAKING_HOURS, MatchProfile, MatchQuestion, PairRules, kinds, spoken
from matching.scoring.scores import shares_of
from matching.scoring.text_similarity import FieldSimilarity, WordSimilarity, apart

WORDS, PIECES = 128, 64  # directions that are kept of each
Table = tuple[Singles, Singles]


def code(
    mentees: Sequence[MatchProfile],
    mentors: Sequence[MatchProfile],
    weights: Mapping[str, float] = DEFAULT_WEIGHTS,
    *,
    rules: PairRules | None = None,
    questions: Sequence[MatchQuestion] = (),
    preferences: Mapping[tuple[int, int], float] | None = None,
    former: Iterable[tuple[int, int]] = (),
    conflicts: Iterable[tuple[int, int]] = (),
) -> Coded:
    """A market ready to be scored in blocks; the arguments are those of `score`."""
    rules = rules or PairRules()
    shares = shares_of(weights)
    texts = _texts(mentees, mentors, shares)
    tables = [silence(text, shares[name]) for name, text in texts.items()]
    tables += _tables(mentees, mentors, shares, rules)
    for question in questions:
        tables.append(_question(mentees, mentors, question, shares["answers"] / len(questions)))
    rests = np.array([bool(rules.rest_after) and p.rounds >= rules.rest_after for p in mentors])
    constant = shares["wishes"] / 2 + (0 if questions else shares["answers"] / 2)
    everybody = np.ones((len(mentees), 1), np.float32)
    tables.append((everybody, (rests * BARRED + np.rint(constant * MICRO))[None].astype(np.float32)))
    singles = _wishes(preferences or {}, shares["wishes"])
    for pair in _barred(mentees, mentors, rules, former, conflicts):
        singles[pair] = int(BARRED)
    ordered = sorted(singles.items())
    row, column = (np.array([pair[side] for pair, _ in ordered], dtype=np.int64) for side in (0, 1))
    return Coded(
        texts=list(texts.values()),
        codes=np.hstack([codes for codes, _ in tables]),
        tables=np.vstack([table for _, table in tables]),
        singles=(row, column, np.array([added for _, added in ordered], dtype=np.int64)),
    )


def _texts(
    mentees: Sequence[MatchProfile], mentors: Sequence[MatchProfile], shares: Mapping[str, float]
) -> dict[str, Text]:
    words, fields = WordSimilarity.read(mentees, mentors), FieldSimilarity.read(mentees, mentors)
    word, piece = _compressed(words.word, WORDS), _compressed(words.piece, PIECES)
    # Words count three times as much as pieces of words, what people say as much as that with earlier projects.
    both = [np.hstack([np.sqrt(0.75) * w, np.sqrt(0.25) * p]) for w, p in zip(word, piece, strict=True)]
    about = [np.hstack([own, whole]) * np.sqrt(0.5) for own, whole in zip(fields.own, fields.whole, strict=True)]
    return {
        "interests": text_of(apart(both[0]).astype(np.float32), both[1], shares["interests"]),
        "fields": text_of(apart(about[0]).astype(np.float32), about[1], shares["fields"]),
    }


def _compressed(sides: tuple[sparse.csr_matrix, sparse.csr_matrix], most: int) -> list[NDArray[np.float64]]:
    """The strongest directions of both sides together, each row of length 1 again."""
    together = sparse.vstack(sides).tocsr()
    count = min(most, *together.shape)
    if count < 1 or not together.nnz:
        return [np.zeros((side.shape[0], 1)) for side in sides]
    if together.shape[1] <= count:
        found = together.toarray()
    else:
        left, strength, _ = randomized_svd(together.astype(np.float32), count, n_iter=2, random_state=0)
        found = left * strength
    found = found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-9)
    n = sides[0].shape[0]
    return [found[:n], found[n:]]


def _tables(
    mentees: Sequence[MatchProfile], mentors: Sequence[MatchProfile], shares: Mapping[str, float], rules: PairRules
) -> list[Table]:
    def table(
        name: str,
        of: Callable[[MatchProfile], Any],
        likeness: Callable[[list[Any]], NDArray[np.float64]],
        bars: Callable[[NDArray[np.float64]], NDArray[np.bool_]] | None = None,
    ) -> Table:
        return table_of([of(p) for p in mentees], likeness, shares[name], bars)

    def people(answers: list[Any], name: str) -> list[MatchProfile]:
        return [MatchProfile("", **{name: answer}) for answer in answers]

    def too_few(raw: NDArray[np.float64]) -> NDArray[np.bool_]:
        return np.nan_to_num(raw * WAKING_HOURS, nan=np.inf) < rules.least_hours - 1e-9

    def no_language(raw: NDArray[np.float64]) -> NDArray[np.bool_]:
        return (raw == 0) & rules.common_language

    speak, offer = [spoken(p) for p in mentors], [kinds(p) for p in mentors]
    return [
        table("hours", lambda p: p.offsets, lambda a: values.hours(people(a, "utc_offsets"), mentors), too_few),
        table("place", lambda p: p.region, lambda a: values.equal(a, [p.region for p in mentors])),
        table("type", lambda p: tuple(kinds(p)), lambda a: values.covered(a, offer)),
        table("style", lambda p: p.style, lambda a: values.equal(a, [p.style for p in mentors])),
        table("languages", lambda p: tuple(sorted(spoken(p))), lambda a: values.covered(a, speak), no_language),
        table("experience", lambda p: p.first_time, lambda a: values.experience(people(a, "first_time"), mentors)),
    ]


def _question(
    mentees: Sequence[MatchProfile], mentors: Sequence[MatchProfile], question: MatchQuestion, share: float
) -> Table:
    def answer(person: MatchProfile) -> Any:
        found = person.answers.get(question.key)
        return tuple(found) if isinstance(found, list) else found

    def likeness(answers: list[Any]) -> NDArray[np.float64]:
        as_given = [list(a) if isinstance(a, tuple) else a for a in answers]
        people = [MatchProfile("", answers={question.key: a} if a is not None else {}) for a in as_given]
        return values.answers(people, mentors, question)

    return table_of([answer(p) for p in mentees], likeness, share)


def _wishes(preferences: Mapping[tuple[int, int], float], share: float) -> dict[tuple[int, int], int]:
    """What a wish adds to the neutral value that everybody has."""
    neutral = round(share * MICRO / 2)
    return {pair: round(share * MICRO * min(max(value, 0.0), 1.0)) - neutral for pair, value in preferences.items()}


def _barred(
    mentees: Sequence[MatchProfile],
    mentors: Sequence[MatchProfile],
    rules: PairRules,
    former: Iterable[tuple[int, int]],
    conflicts: Iterable[tuple[int, int]],
) -> set[tuple[int, int]]:
    """Pairs that are ruled out one by one: there are few of them."""
    by_human, by_employer = defaultdict(list), defaultdict(list)
    for j, mentor in enumerate(mentors):
        for human in mentor.people:
            by_human[human].append(j)
        if mentor.employer.strip():
            by_employer[mentor.employer.strip().casefold()].append(j)
    barred = set(former if rules.former else ()) | set(conflicts if rules.conflicts else ())
    for i, mentee in enumerate(mentees):
        if rules.own_team or len(mentee.people) <= 1:
            barred |= {(i, j) for human in mentee.people for j in by_human[human]}
        if rules.other_employer and mentee.employer.strip():
            barred |= {(i, j) for j in by_employer[mentee.employer.strip().casefold()]}
    return barred

"""How well a mentor suits a mentee (or a team), as numbers that can be explained.

Pure: people in, arrays out, nothing read from a database. A pair is judged by a few factors, each between 0 and 1;
the score is their weighted mean. What nobody told us counts as neutral: the pair gets the average of what the same
mentee reaches with the mentors who did tell (0.5 where none did), so silence neither helps nor harms.

Only what rules a pair out makes it ineligible: the mentor is one of the mentee's own team, or both sides named their
languages and share none (unless the cohort does not ask for a common language).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer

from matching.factors import DEFAULT_WEIGHTS, FACTORS, MICRO

INELIGIBLE = -1
NEUTRAL = 0.5
TOKEN = r"\w[\w+#]*"  # a word; R, C++ and C# are words too
WAKING_HOURS = 14  # 8:00 to 22:00 by the clock of each side

REGIONS = {
    "AF": "Africa",
    "AN": "Antarctica",
    "AS": "Asia",
    "EU": "Europe",
    "NA": "North America",
    "OC": "Oceania",
    "SA": "South America",
}
LANGUAGES = {
    "ar": "Arabic",
    "bn": "Bengali",
    "de": "German",
    "en": "English",
    "es": "Spanish",
    "fa": "Persian",
    "fr": "French",
    "hi": "Hindi",
    "id": "Indonesian",
    "it": "Italian",
    "ja": "Japanese",
    "ko": "Korean",
    "nl": "Dutch",
    "pl": "Polish",
    "pt": "Portuguese",
    "ru": "Russian",
    "sw": "Swahili",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "zh": "Chinese",
}

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Person:
    """One side of a pair; a mentee may be a team with one project."""

    key: str
    topics: tuple[str, ...] = ()
    text: str = ""  # mentee: title, description, goals; mentor: goals, biography
    history: str = ""  # mentor: what the projects of earlier cohorts they mentored were about
    mentoring_type: str = ""  # "technical", "career" or "both"
    style: str = ""
    languages: tuple[str, ...] = ()  # ISO codes
    utc_offset: float | None = None  # hours, at the start of the cohort
    region: str = ""  # continent code
    people: frozenset[str] = frozenset()  # the humans behind it


@dataclass(frozen=True, eq=False)
class Scores:
    """Every mentee (row) with every mentor (column)."""

    mentees: tuple[Person, ...]
    mentors: tuple[Person, ...]
    weights: dict[str, float]  # shares, sum 1
    factors: dict[str, Floats]
    known: dict[str, Bools]  # False where the value is the neutral one
    total: Floats
    eligible: Bools
    same_people: Bools
    words: _Words

    @cached_property
    def points(self) -> NDArray[np.int64]:
        """The totals as whole micro-points, `INELIGIBLE` where the pair may not be matched."""
        return np.where(self.eligible, np.rint(self.total * MICRO), INELIGIBLE).astype(np.int64)

    def blocked(self, i: int, j: int) -> str:
        """Why the pair is ruled out, "" where it is not."""
        if self.same_people[i, j]:
            return "the mentor is part of the team" if len(self.mentees[i].people) > 1 else "the same person"
        return "" if self.eligible[i, j] else "no shared language"

    def contributions(self, i: int, j: int) -> dict[str, float]:
        """What each factor adds to the score of the pair; they sum to the score."""
        return {name: share * float(self.factors[name][i, j]) for name, share in self.weights.items()}

    def phrases(self, i: int, j: int) -> dict[str, str]:
        """A few words for each factor."""
        mentee, mentor = self.mentees[i], self.mentors[j]
        shared, languages = self.words.shared(i, j), _language_names(mentee, mentor)
        said = {
            "interests": f"both: {', '.join(shared)}" if shared else "nothing in common found",
            "hours": f"{_hours_text(mentee, mentor)} shared waking hours",
            "place": _place_text(mentee, mentor),
            "type": _type_text(mentee, mentor),
            "style": f"both: {mentee.style}" if _same(mentee.style, mentor.style) else "different styles",
            "languages": f"both: {', '.join(languages)}" if languages else "no language in common",
        }
        return {name: said[name] if self.known[name][i, j] else "not known" for name in FACTORS}

    def sentence(self, i: int, j: int) -> str:
        """Why this pair, in one sentence: what speaks for it, the strongest first, then what speaks against it."""
        mentee, mentor = self.mentees[i], self.mentors[j]
        said = {
            "interests": f"share {_listed(self.words.shared(i, j))}",
            "hours": f"have {_hours_text(mentee, mentor)} waking hours in common",
            "place": f"are both in {REGIONS.get(mentee.region, mentee.region)}",
            "type": f"agree on {_shared_kinds(mentee, mentor)} mentoring",
            "style": f"both like a {mentee.style.lower()} style",
            "languages": f"both speak {_listed(_language_names(mentee, mentor))}",
        }
        parts = self.contributions(i, j)
        strongest_first = sorted((name for name in FACTORS if parts[name]), key=lambda name: -parts[name])
        strong = [name for name in strongest_first if self._speaks_for(name, i, j)]
        # A distant place or few words in common are no reason against a pair; these are.
        against = self.phrases(i, j)
        against["hours"] = f"only {against['hours']}"
        weak = [
            against[name]
            for name in ("hours", "type", "languages", "style")
            if self.weights[name] and self.known[name][i, j] and name not in strong
        ]
        if not strong:
            return f"Little speaks for this pair: {_listed(weak)}." if weak else "Little is known about this pair."
        return f"They {_listed([said[name] for name in strong])}{', but ' if weak else ''}{_listed(weak)}."

    def _speaks_for(self, name: str, i: int, j: int) -> bool:
        if not self.known[name][i, j]:
            return False
        if name == "interests":
            return bool(self.words.shared(i, j))
        if name == "languages":
            return bool(self.factors[name][i, j])
        return bool(self.factors[name][i, j] >= NEUTRAL)


def score(
    mentees: Sequence[Person],
    mentors: Sequence[Person],
    weights: Mapping[str, float] = DEFAULT_WEIGHTS,
    *,
    require_common_language: bool = True,
) -> Scores:
    """Judge every mentee with every mentor. Weights are relative; a factor that is left out weighs nothing."""
    shares = _shares(weights)
    words = _Words.read(mentees, mentors)
    raw = {
        "interests": words.similarity(),
        "hours": _hours(mentees, mentors),
        "place": _equal([p.region for p in mentees], [p.region for p in mentors]),
        "type": _covered([_kinds(p) for p in mentees], [_kinds(p) for p in mentors]),
        "style": _equal([p.style for p in mentees], [p.style for p in mentors]),
        "languages": _covered([_spoken(p) for p in mentees], [_spoken(p) for p in mentors]),
    }
    known = {name: ~np.isnan(values) for name, values in raw.items()}
    factors = {name: _neutral(values) for name, values in raw.items()}
    total = np.zeros((len(mentees), len(mentors)))
    for name, share in shares.items():
        total += share * factors[name]
    same_people = _overlap([p.people for p in mentees], [p.people for p in mentors]) > 0
    return Scores(
        mentees=tuple(mentees),
        mentors=tuple(mentors),
        weights=shares,
        factors=factors,
        known=known,
        total=np.clip(total, 0, 1),
        eligible=~same_people & ((raw["languages"] != 0) | (not require_common_language)),
        same_people=same_people,
        words=words,
    )


@dataclass(frozen=True, eq=False)
class _Words:
    """The texts of both sides: whole words for what is meant, pieces of words for how it is spelt."""

    mentees: Sequence[Person]
    mentors: Sequence[Person]
    vocabulary: NDArray[np.str_]
    word: tuple[sparse.csr_matrix, sparse.csr_matrix]
    piece: tuple[sparse.csr_matrix, sparse.csr_matrix]

    @classmethod
    def read(cls, mentees: Sequence[Person], mentors: Sequence[Person]) -> _Words:
        people = [*mentees, *mentors]
        # Chosen topics say more than running text, so they count twice.
        own = [" ".join([*p.topics, *p.topics, p.text]) for p in people]
        history = [p.history for p in people]
        counter = CountVectorizer(stop_words="english", token_pattern=TOKEN)
        try:
            counts = counter.fit_transform([*own, *history])
        except ValueError:  # not one word on either side
            empty = sparse.csr_matrix((len(people), 1))
            sides = (empty[: len(mentees)], empty[len(mentees) :])
            return cls(mentees, mentors, np.array([""]), sides, sides)
        vocabulary = counter.get_feature_names_out().astype(str)
        own_counts, history_counts = counts[: len(people)], counts[len(people) :]
        # Counting the pieces of each different word once, then by how often the word occurs, equals counting the
        # pieces of all texts, and is many times faster. Earlier projects are long and blur the pieces: words only.
        pieces = CountVectorizer(analyzer="char_wb", ngram_range=(3, 5)).fit_transform(vocabulary)
        word = TfidfTransformer(sublinear_tf=True).fit_transform(own_counts + history_counts)
        piece = TfidfTransformer(sublinear_tf=True).fit_transform(own_counts @ pieces)
        n = len(mentees)
        return cls(mentees, mentors, vocabulary, (word[:n], word[n:]), (piece[:n], piece[n:]))

    def similarity(self) -> Floats:
        """Likeness by words and by pieces, each relative to the best there is, averaged; NaN where a side is silent."""
        parts = [_relative(*self.word), _relative(*self.piece)]
        told = np.array([~np.isnan(part) for part in parts])
        count = told.sum(axis=0)
        return np.where(count, np.nansum(parts, axis=0) / np.maximum(count, 1), np.nan)

    def shared(self, i: int, j: int, most: int = 3) -> list[str]:
        """Topics both named, then words in common: those from a topic of either side first, then the most telling."""
        mentee, mentor = self.mentees[i], self.mentors[j]
        named = {topic.strip().casefold() for topic in mentee.topics} - {""}
        found = [topic.strip() for topic in mentor.topics if topic.strip().casefold() in named]
        spelt = {word.lower(): word for p in (mentee, mentor) for t in p.topics for word in re.findall(TOKEN, t)}
        product = self.word[0][i].multiply(self.word[1][j]).tocsr()
        words = [
            (str(self.vocabulary[column]) not in spelt, -weight, str(self.vocabulary[column]))
            for column, weight in zip(product.indices.tolist(), product.data.tolist(), strict=True)
            if str(self.vocabulary[column]) in spelt or self.telling[column]
        ]
        for _, _, word in sorted(words):
            if not any(word in re.findall(TOKEN, topic.lower()) for topic in found):
                found.append(spelt.get(word, word))
        return list(dict.fromkeys(found))[:most]

    @cached_property
    def telling(self) -> Bools:
        """Words worth showing when nobody chose them as a topic: not short, and used by few."""
        used_by = sum(side.getnnz(axis=0) for side in self.word)
        few = max(2, sum(side.shape[0] for side in self.word) // 5)
        return (used_by <= few) & (np.char.str_len(self.vocabulary) > 3)


def _shares(weights: Mapping[str, float]) -> dict[str, float]:
    unknown = [name for name in weights if name not in FACTORS]
    if unknown:
        raise ValueError(f"unknown factor: {', '.join(sorted(unknown))}")
    if any(not 0 <= weight < float("inf") for weight in weights.values()) or not sum(weights.values()):
        raise ValueError("weights are 0 or more, and at least one is more than 0")
    return {name: weights.get(name, 0) / sum(weights.values()) for name in FACTORS}


def _neutral(values: Floats) -> Floats:
    """Fill what is unknown with the mean of what is known in the row, 0.5 where nothing is."""
    known = ~np.isnan(values)
    count = known.sum(axis=1, keepdims=True)
    mean = np.where(count, np.nansum(values, axis=1, keepdims=True) / np.maximum(count, 1), NEUTRAL)
    return np.where(known, values, mean)


def _relative(rows: sparse.csr_matrix, columns: sparse.csr_matrix) -> Floats:
    """Cosine similarity as a share of the best in the row; NaN where a side has no words.

    The best of the median row is the least that counts as good: who fits nobody has a low best, not a 1.
    """
    values: Floats = (rows @ columns.T).toarray()
    best = values.max(axis=1, keepdims=True, initial=0)
    best = np.maximum(best, np.median(best)) if best.size else best
    values = np.divide(values, best, out=np.zeros_like(values), where=best > 0)
    values[rows.getnnz(axis=1) == 0, :] = np.nan
    values[:, columns.getnnz(axis=1) == 0] = np.nan
    return np.minimum(values, 1)


def _codes(left: Sequence[str], right: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Texts as numbers that are equal where the texts are, -1 for an empty one."""
    numbers = {text: n for n, text in enumerate(sorted({t.strip().casefold() for t in [*left, *right]} - {""}))}
    lookup = [np.array([numbers.get(t.strip().casefold(), -1) for t in side], dtype=np.int64) for side in (left, right)]
    return lookup[0], lookup[1]


def _equal(left: Sequence[str], right: Sequence[str]) -> Floats:
    a, b = _codes(left, right)
    values = (a[:, None] == b).astype(float)
    values[a < 0, :] = np.nan
    values[:, b < 0] = np.nan
    return values


def _shared_hours(gap: Floats) -> Floats:
    """Hours of the day at which both are awake; far apart, mornings meet evenings at both ends."""
    gap = np.abs(gap) % 24
    return np.maximum(0, WAKING_HOURS - gap) + np.maximum(0, WAKING_HOURS - (24 - gap))


def _hours(mentees: Sequence[Person], mentors: Sequence[Person]) -> Floats:
    a, b = (
        np.array([np.nan if p.utc_offset is None else p.utc_offset for p in side], dtype=float)
        for side in (mentees, mentors)
    )
    return _shared_hours(a[:, None] - b) / WAKING_HOURS


def _kinds(person: Person) -> list[str]:
    kind = person.mentoring_type
    return ["technical", "career"] if kind == "both" else [kind] if kind else []


def _spoken(person: Person) -> list[str]:
    """Languages without their regional form (pt-BR is pt), each once, in the order given."""
    return list(dict.fromkeys(re.split("[-_]", code.strip().lower())[0] for code in person.languages if code.strip()))


def _covered(wanted: Sequence[Collection[str]], offered: Sequence[Collection[str]]) -> Floats:
    """The part of what one side wants that the other offers; NaN where a side is silent."""
    values: Floats = _overlap(wanted, offered) / np.array([[max(len(w), 1)] for w in wanted]).reshape(-1, 1)
    values[[not w for w in wanted], :] = np.nan
    values[:, [not o for o in offered]] = np.nan
    return values


def _overlap(left: Sequence[Collection[str]], right: Sequence[Collection[str]]) -> Floats:
    """How many members each set on the left shares with each on the right."""
    numbers = {member: n for n, member in enumerate(sorted({m for members in [*left, *right] for m in members}))}

    def incidence(side: Sequence[Collection[str]]) -> sparse.csr_matrix:
        at = [(row, numbers[member]) for row, members in enumerate(side) for member in members]
        rows, columns = zip(*at, strict=True) if at else ((), ())
        return sparse.csr_matrix((np.ones(len(at)), (rows, columns)), shape=(len(side), max(len(numbers), 1)))

    return (incidence(left) @ incidence(right).T).toarray()


def _same(a: str, b: str) -> bool:
    return a.strip().casefold() == b.strip().casefold()


def _hours_text(mentee: Person, mentor: Person) -> str:
    if mentee.utc_offset is None or mentor.utc_offset is None:
        return ""
    return f"{float(_shared_hours(np.array(mentee.utc_offset - mentor.utc_offset))):g}"


def _place_text(mentee: Person, mentor: Person) -> str:
    here, there = (REGIONS.get(p.region, p.region) for p in (mentee, mentor))
    return f"both in {here}" if _same(here, there) else f"{here} and {there}"


def _shared_kinds(mentee: Person, mentor: Person) -> str:
    return " and ".join(kind for kind in _kinds(mentee) if kind in _kinds(mentor))


def _type_text(mentee: Person, mentor: Person) -> str:
    if set(_kinds(mentee)) <= set(_kinds(mentor)):
        return f"both: {_shared_kinds(mentee, mentor)}"
    return f"{' and '.join(_kinds(mentor))} offered where {' and '.join(_kinds(mentee))} is wanted"


def _language_names(mentee: Person, mentor: Person) -> list[str]:
    theirs = _spoken(mentor)
    return [LANGUAGES.get(code, code) for code in _spoken(mentee) if code in theirs]


def _listed(items: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(items[:-1]), items[-1]])) if items else ""

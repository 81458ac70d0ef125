"""The factors of a score. A new one is a class here and an entry in `FACTORS`; CONTRIBUTING.md has the recipe."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from matching.profiles import (
    Floats,
    MatchProfile,
    kinds,
    listed,
    same,
    spoken,
)
from matching.scoring import measures
from matching.scoring.factor import Factor, FactorPair, ScoringInput
from matching.scoring.nearness import WhereTheyLive
from matching.scoring.shared_hours import SharedHours
from matching.texts.common_topics import related_topics, shared_topics
from matching.texts.meaning_similarity import own_words
from mentorship.core.reference_data import language_name

BOTH_WISHED = "both wished for each other"  # said in the intro too, as both know it
# Texts of several sentences with a cosine like this are about the same subject.
ABOUT_THE_SAME = 0.5
CLOSEST, FAR = 0.8, 0.25  # of the best that the mentee reaches
CLOSE = "close in meaning, compared with other mentors"  # often several are as close


class Interests(Factor):
    name = "interests"
    label = "Interests"
    help = "How far they name the same topics or use the same words."
    default_weight = 6

    def values(self, data: ScoringInput) -> Floats:
        return data.texts.words

    def phrase(self, pair: FactorPair) -> str:
        if shared := _shared_topics(pair):
            return f"both name {listed(shared)}"
        # A word that stands between texts about different things is no reason for the pair, but coordinators may know.
        if apart := shared_topics(pair.mentee, pair.mentor, {}, pair.data.subject):
            return f"both name {listed(apart)}, but the rest of what they wrote is about different things"
        return "similar wording, but no topic in common" if pair.value >= self.good_from else "no topic in common"

    def reason(self, pair: FactorPair) -> str:
        return f"both name {listed(_shared_topics(pair))}"

    def supports(self, pair: FactorPair) -> bool:
        return bool(_shared_topics(pair))


class Meaning(Factor):
    name = "meaning"
    label = "Similar subject"
    help = "How close what they wrote is in meaning, even in different words."
    default_weight = 6

    def values(self, data: ScoringInput) -> Floats:
        return data.texts.meaning

    def phrase(self, pair: FactorPair) -> str:
        rows, columns = pair.data.meaning.told
        read = rows[pair.row], columns[pair.column]
        if not all(read):
            average = "only one of them could be compared by meaning, so this counts as average"
            return average if any(read) else "compared by their words, not by meaning"
        if related := self._related(pair):
            return f"related topics: {related}"
        steps = ((CLOSEST, pair.say(CLOSE)), (0.5, "fairly close in meaning"))
        return next((words for least, words in steps if pair.value >= least), "not close in meaning")

    def reason(self, pair: FactorPair) -> str:
        return f"have related topics ({self._related(pair)})"

    def objection(self, pair: FactorPair) -> str:
        rows, columns = pair.data.meaning.told
        far = pair.value < FAR and rows[pair.row] and columns[pair.column]
        return "what they wrote has little in common" if far and not _shared_topics(pair) else ""

    def note(self, pair: FactorPair) -> str:
        """Say that they were a pair before, or which earlier project of the mentor's is close, or that the two are."""
        if (pair.row, pair.column) in pair.data.former:
            return "They were a pair in an earlier round."
        vectors, wanted = pair.data.vectors, pair.data.vectors.get(own_words(pair.mentee))
        if wanted is None:
            return ""
        before = [
            (float(wanted @ vectors[text]), name)
            for text, name in zip(pair.mentor.history, pair.mentor.history_names, strict=False)
            if name and text in vectors
        ]
        near, name = max(before, default=(0.0, ""))
        if near >= ABOUT_THE_SAME:
            return pair.say("The mentor also {did}.", did=name)
        rows, columns = pair.data.meaning.told
        close = pair.value >= CLOSEST and rows[pair.row] and columns[pair.column] and not self._related(pair)
        return pair.say(f"What they wrote is {CLOSE}.") if close else ""

    def supports(self, pair: FactorPair) -> bool:
        return bool(self._related(pair))

    def _related(self, pair: FactorPair) -> str:
        most = 1 if _shared_topics(pair) else 2
        found = pair.once("related", lambda: related_topics(pair.mentee, pair.mentor, pair.data.vectors, most))
        return "; ".join(f"“{a}” and “{b}”" for a, b in found)


def _shared_topics(pair: FactorPair) -> list[str]:
    """The topics that both name, as far as the model can tell in one sense."""
    data = pair.data
    return pair.once("shared", lambda: shared_topics(pair.mentee, pair.mentor, data.vectors, data.subject))


class KindOfMentoring(Factor):
    name = "type"
    label = "Kind of mentoring"
    help = "How much of the mentoring that the mentee wants – technical, career or both – the mentor offers."
    default_weight = 3

    def values(self, data: ScoringInput) -> Floats:
        return measures.covered([kinds(p) for p in data.mentees], [kinds(p) for p in data.mentors])

    def phrase(self, pair: FactorPair) -> str:
        wanted, offered = kinds(pair.mentee), kinds(pair.mentor)
        if set(wanted) <= set(offered):
            return f"{self._shared(pair)} mentoring, as wanted"
        return f"wanted: {' and '.join(wanted)}; offered: {' and '.join(offered)}"

    def reason(self, pair: FactorPair) -> str:
        return f"are both here for {self._shared(pair)} mentoring"

    def objection(self, pair: FactorPair) -> str:
        wanted = [kind for kind in kinds(pair.mentee) if kind not in kinds(pair.mentor)]
        return pair.say(f"the mentor doesn’t offer {' or '.join(wanted)} mentoring") if wanted else ""

    def _shared(self, pair: FactorPair) -> str:
        return " and ".join(kind for kind in kinds(pair.mentee) if kind in kinds(pair.mentor))


class Style(Factor):
    name = "style"
    label = "Working style"
    help = "Whether they like to work the same way, such as by calls, in writing or in person."
    default_weight = 1
    PREFERS: ClassVar[dict[str, str]] = {
        "spoken": "prefer calls",
        "written": "prefer to write",
        "mixed": "like a mix of calls and writing",
        "in person": "prefer to meet in person",
    }

    def values(self, data: ScoringInput) -> Floats:
        return measures.equal([p.style for p in data.mentees], [p.style for p in data.mentors])

    def phrase(self, pair: FactorPair) -> str:
        return self.reason(pair) if same(pair.mentee.style, pair.mentor.style) else "different ways of working"

    def reason(self, pair: FactorPair) -> str:
        style = pair.mentee.style.strip()
        return f"both {self.PREFERS.get(style.lower(), f'chose “{style}”')}"

    def objection(self, pair: FactorPair) -> str:
        return "they prefer different ways of working"


class Languages(Factor):
    name = "languages"
    label = "Languages"
    help = "Whether they share a language. Sharing several counts no more than sharing one."
    default_weight = 2

    def values(self, data: ScoringInput) -> Floats:
        return measures.shared([spoken(p) for p in data.mentees], [spoken(p) for p in data.mentors])

    def phrase(self, pair: FactorPair) -> str:
        names = _shared_languages(pair.mentee, pair.mentor)
        return f"both speak {listed(names)}" if names else "no language in common"

    def reason(self, pair: FactorPair) -> str:
        return f"both speak {listed(_shared_languages(pair.mentee, pair.mentor))}"

    def objection(self, pair: FactorPair) -> str:
        return "they have no language in common"


class Experience(Factor):
    name = "experience"
    label = "Experience for newcomers"
    help = "Whether a mentee who is new to the programme gets a mentor who has mentored here before."
    default_weight = 1
    alone = False

    def values(self, data: ScoringInput) -> Floats:
        return measures.experience(data.mentees, data.mentors)

    def phrase(self, pair: FactorPair) -> str:
        before = "has mentored here before" if pair.mentor.experienced else "has not mentored here before"
        return pair.say(f"the mentee is new, and the mentor {before}")

    def reason(self, pair: FactorPair) -> str:
        return pair.say("bring together a mentee who is new here and a mentor who has done this before")


class Answers(Factor):
    name = "answers"
    label = "Answers to your questions"
    help = "How alike their answers are to the questions that you marked for matching."
    default_weight = 3

    def values(self, data: ScoringInput) -> Floats:
        """The sum over the questions that both answered, as a share of all: what is left out gains nothing."""
        if not data.questions:
            return measures.unknown(data.shape)
        total, known = np.zeros(data.shape), np.zeros(data.shape, dtype=bool)
        for question in data.questions:
            found = data.answers_to(question)
            total += np.nan_to_num(found)
            known |= ~np.isnan(found)
        return np.where(known, total / max(len(data.questions), 1), np.nan)

    def phrase(self, pair: FactorPair) -> str:
        if alike := self._alike(pair):
            return f"same answer to {listed([f'“{text}”' for text in alike[:2]])}"
        return "similar answers" if pair.value >= self.good_from else "different answers"

    def reason(self, pair: FactorPair) -> str:
        shown = [f"“{text}”" for text in self._alike(pair, shown_to_both=True)[:2]]
        return f"gave the same answer to {listed(shown)}" if shown else "gave similar answers"

    def supports(self, pair: FactorPair) -> bool:
        return bool(self._alike(pair, shown_to_both=True))

    def _alike(self, pair: FactorPair, *, shown_to_both: bool = False) -> list[str]:
        """The questions with the same answer; a text that is the same by chance, such as "no", tells nothing."""
        here, there = pair.mentee.answers, pair.mentor.answers
        return [
            question.text or question.key
            for question in pair.data.questions
            if question.kind != "text" and here.get(question.key) not in (None, "", [])
            if here[question.key] == there.get(question.key) and (question.shown_to_match or not shown_to_both)
        ]


class Wishes(Factor):
    name = "wishes"
    label = "Wishes"
    help = "Raises pairs that a reviewer, mentor or mentee asked for, and lowers those they would rather avoid."
    default_weight = 4

    def values(self, data: ScoringInput) -> Floats:
        return measures.wishes(data.shape, data.preferences)

    def phrase(self, pair: FactorPair) -> str:
        return pair.say(self._words(pair)) or ("asked for" if pair.value > 0 else "somebody would rather not")

    def reason(self, pair: FactorPair) -> str:
        return "asked for each other"

    def objection(self, pair: FactorPair) -> str:
        return self.phrase(pair) if pair.value < 0 else ""

    def supports(self, pair: FactorPair) -> bool:
        # What one of them, or a reviewer, said in confidence is not told to the other.
        return self._words(pair) == BOTH_WISHED

    def _words(self, pair: FactorPair) -> str:
        return pair.data.wish_words.get((pair.row, pair.column), "")


# By name, in the order in which they are shown. Words and meaning share a scale and weigh the same. Anything
# between half and twice these weights ranks mentors about equally well on past cohorts (`python -m
# mentorship.devtools.bench quality`), so they are round on purpose.
FACTORS: dict[str, Factor] = {
    factor.name: factor
    for factor in (
        Interests(),
        Meaning(),
        SharedHours(),
        WhereTheyLive(),
        KindOfMentoring(),
        Style(),
        Languages(),
        Experience(),
        Answers(),
        Wishes(),
    )
}


def default_weights() -> dict[str, float]:
    """The weight of every factor if a cohort has no policy of its own."""
    return {name: factor.default_weight for name, factor in FACTORS.items()}


def visible_factors() -> dict[str, Factor]:
    """The factors that coordinators see and weigh; the others always have their default weight."""
    return {name: factor for name, factor in FACTORS.items() if factor.visible}


def is_visible(name: str) -> bool:
    """Whether coordinators see a factor, one that is gone since included."""
    return name not in FACTORS or FACTORS[name].visible


def label_of(name: str) -> str:
    """The label of a factor; a stored run may have one that no longer exists."""
    factor = FACTORS.get(name)
    return factor.label if factor else name.replace("_", " ").capitalize()


def _shared_languages(mentee: MatchProfile, mentor: MatchProfile) -> list[str]:
    theirs = spoken(mentor)
    return [language_name(code) for code in spoken(mentee) if code in theirs]

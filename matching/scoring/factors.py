"""The factors of a score. A new one is a class here and an entry in `FACTORS`; CONTRIBUTING.md has the recipe."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from matching.scoring import measures
from matching.scoring.factor import Factor, FactorPair, ScoringInput
from matching.scoring.measures import NEUTRAL
from matching.scoring.profiles import (
    Floats,
    MatchProfile,
    kinds,
    listed,
    region_name,
    same,
    shared_hours,
    spoken,
)
from mentorship.core.reference_data import language_name


class Interests(Factor):
    name = "interests"
    label = "Interests"
    help = "Both write about the same things, and their topics agree."
    default_weight = 4

    def values(self, data: ScoringInput) -> Floats:
        return data.words.similarity()

    def phrase(self, pair: FactorPair) -> str:
        shared = self._shared(pair)
        return f"both: {', '.join(shared)}" if shared else "nothing in common found"

    def reason(self, pair: FactorPair) -> str:
        return f"share {listed(self._shared(pair))}"

    def supports(self, pair: FactorPair) -> bool:
        return bool(self._shared(pair))

    def _shared(self, pair: FactorPair) -> list[str]:
        return pair.data.words.shared(pair.row, pair.column)


class Meaning(Factor):
    name = "meaning"
    label = "What they are about"
    help = "What both wrote is close in meaning, even where they use other words."
    default_weight = 8

    def values(self, data: ScoringInput) -> Floats:
        """Likeness of meaning; by words where neither side could be read, NaN where only one could."""
        found, unread = data.meaning.similarity(), data.meaning.unread
        return np.where(unread, data.words.similarity(), found) if unread.any() else found

    def phrase(self, pair: FactorPair) -> str:
        related = self._related(pair)
        if related or not pair.data.meaning.unread[pair.row, pair.column]:
            return related or ("close in meaning" if pair.value >= NEUTRAL else "not close in meaning")
        return "compared by words alone"

    def reason(self, pair: FactorPair) -> str:
        return f"name related topics ({self._related(pair)})"

    def supports(self, pair: FactorPair) -> bool:
        return bool(self._related(pair))

    def _related(self, pair: FactorPair) -> str:
        return "; ".join(f"“{a}” and “{b}”" for a, b in pair.data.meaning.related(pair.row, pair.column))


class WakingHours(Factor):
    name = "hours"
    label = "Waking hours"
    help = "Both are awake at the same time of day."
    default_weight = 2

    def values(self, data: ScoringInput) -> Floats:
        return measures.hours(data.mentees, data.mentors)

    def phrase(self, pair: FactorPair) -> str:
        return f"{self._shared(pair)} shared waking hours"

    def reason(self, pair: FactorPair) -> str:
        hours = round(shared_hours(pair.mentee.offsets, pair.mentor.offsets))
        return f"share about {hours} waking hours a day"

    def objection(self, pair: FactorPair) -> str:
        return f"only {self.phrase(pair)}"

    def _shared(self, pair: FactorPair) -> str:
        return f"{round(shared_hours(pair.mentee.offsets, pair.mentor.offsets), 2):g}"


class PartOfTheWorld(Factor):
    name = "place"
    label = "Part of the world"
    help = "Both live on the same continent."
    default_weight = 2

    def values(self, data: ScoringInput) -> Floats:
        return measures.equal([p.region for p in data.mentees], [p.region for p in data.mentors])

    def phrase(self, pair: FactorPair) -> str:
        here, there = region_name(pair.mentee), region_name(pair.mentor)
        return f"both in {here}" if same(here, there) else f"{here} and {there}"

    def reason(self, pair: FactorPair) -> str:
        return f"are both in {region_name(pair.mentee)}"


class KindOfMentoring(Factor):
    name = "type"
    label = "Kind of mentoring"
    help = "The mentor offers the kind of mentoring that is wanted: technical, career or both."
    default_weight = 3

    def values(self, data: ScoringInput) -> Floats:
        return measures.covered([kinds(p) for p in data.mentees], [kinds(p) for p in data.mentors])

    def phrase(self, pair: FactorPair) -> str:
        wanted, offered = kinds(pair.mentee), kinds(pair.mentor)
        if set(wanted) <= set(offered):
            return f"both: {self._shared(pair)}"
        return f"{' and '.join(offered)} offered where {' and '.join(wanted)} is wanted"

    def reason(self, pair: FactorPair) -> str:
        return f"agree on {self._shared(pair)} mentoring"

    def objection(self, pair: FactorPair) -> str:
        return self.phrase(pair)

    def _shared(self, pair: FactorPair) -> str:
        return " and ".join(kind for kind in kinds(pair.mentee) if kind in kinds(pair.mentor))


class Style(Factor):
    name = "style"
    label = "Style"
    help = "Both like to work the same way: calls, writing or a mix."
    default_weight = 1
    REASONS: ClassVar[dict[str, str]] = {
        "spoken": "both prefer calls",
        "written": "both prefer to write",
        "mixed": "both like a mix of calls and writing",
    }

    def values(self, data: ScoringInput) -> Floats:
        return measures.equal([p.style for p in data.mentees], [p.style for p in data.mentors])

    def phrase(self, pair: FactorPair) -> str:
        return f"both: {pair.mentee.style}" if same(pair.mentee.style, pair.mentor.style) else "different styles"

    def reason(self, pair: FactorPair) -> str:
        style = pair.mentee.style.lower()
        return self.REASONS.get(style, f"both like a {style} style")

    def objection(self, pair: FactorPair) -> str:
        return self.phrase(pair)


class Languages(Factor):
    name = "languages"
    label = "Languages"
    help = "The mentor speaks the languages of the mentee."
    default_weight = 2

    def values(self, data: ScoringInput) -> Floats:
        return measures.covered([spoken(p) for p in data.mentees], [spoken(p) for p in data.mentors])

    def phrase(self, pair: FactorPair) -> str:
        names = _shared_languages(pair.mentee, pair.mentor)
        return f"both: {', '.join(names)}" if names else "no language in common"

    def reason(self, pair: FactorPair) -> str:
        return f"both speak {listed(_shared_languages(pair.mentee, pair.mentor))}"

    def objection(self, pair: FactorPair) -> str:
        return self.phrase(pair)

    def supports(self, pair: FactorPair) -> bool:
        return pair.value > 0


class Experience(Factor):
    name = "experience"
    label = "Experience with first-timers"
    help = "Somebody new gets a mentor who did it before."
    default_weight = 1

    def values(self, data: ScoringInput) -> Floats:
        return measures.experience(data.mentees, data.mentors)

    def phrase(self, pair: FactorPair) -> str:
        if pair.mentor.experienced:
            return "has mentored before, and the mentee is new"
        return "both are here for the first time"

    def reason(self, pair: FactorPair) -> str:
        return "bring experience to somebody new"


class Answers(Factor):
    name = "answers"
    label = "Answers to your questions"
    help = "Both answered the questions that you marked for matching alike."
    default_weight = 3
    good_from = 0.75

    def values(self, data: ScoringInput) -> Floats:
        """The mean over the questions that both answered."""
        total, count = np.zeros(data.shape), np.zeros(data.shape)
        for question in data.questions:
            found = measures.answers(data.mentees, data.mentors, question)
            total += np.nan_to_num(found)
            count += ~np.isnan(found)
        return np.where(count, total / np.maximum(count, 1), np.nan)

    def phrase(self, pair: FactorPair) -> str:
        here, there = pair.mentee.answers, pair.mentor.answers
        alike = [q.text or q.key for q in pair.data.questions if here.get(q.key) and here[q.key] == there.get(q.key)]
        if alike:
            return f"same answer: {', '.join(alike[:2])}"
        return "alike" if pair.value >= NEUTRAL else "different answers"

    def reason(self, pair: FactorPair) -> str:
        return "answered your questions alike"


class Wishes(Factor):
    name = "wishes"
    label = "Wishes"
    help = "Reviewers, mentors or mentees said that they would like this pair."
    default_weight = 4

    def values(self, data: ScoringInput) -> Floats:
        return measures.wishes(data.shape, data.preferences)

    def filled(self, found: Floats) -> Floats:
        # Wishes are said about few: whoever has only one wish would otherwise wish for everybody.
        return np.where(np.isnan(found), NEUTRAL, found)

    def phrase(self, pair: FactorPair) -> str:
        return "wished for" if pair.value >= 0.75 else "rather not" if pair.value < NEUTRAL else "no strong wish"

    def reason(self, pair: FactorPair) -> str:
        return "would like each other"

    def objection(self, pair: FactorPair) -> str:
        return self.phrase(pair)


# By name, in the order in which they are shown. What both are about leads: in fields that nobody tuned for, meaning
# tells far more than words, so it weighs twice as much. Anything between half and twice these weights ranks mentors
# about equally well on past cohorts (`python -m mentorship.devtools.bench quality`), so they are round on purpose.
FACTORS: dict[str, Factor] = {
    factor.name: factor
    for factor in (
        Interests(),
        Meaning(),
        WakingHours(),
        PartOfTheWorld(),
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

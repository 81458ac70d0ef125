"""Find topic names that probably mean the same."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations

from mentorship.core.text import without_accents

# If two words of this length or more differ by one letter, one of them may be a typo.
LONG, LONG_ALONE, VERY_LONG = 9, 10, 12
# One letter more or less in such a word makes another science: myology and mycology.
SCIENCES = ("logy", "logi", "nomy", "nomi", "graphy", "metry", "chemistry", "physic", "economic", "omic")
IRREGULAR = {
    "analyses": "analysis", "theses": "thesis", "hypotheses": "hypothesis", "syntheses": "synthesis",
    "matrices": "matrix", "indices": "index", "women": "woman", "men": "man", "children": "child",
    "news": "news", "series": "series", "species": "species", "humanities": "humanities", "securities": "securities",
}  # fmt: skip
SMALL_WORDS = frozenset({"and", "of", "for", "the", "in", "on", "to", "with"})
# The same words in American spelling, in lower case without accents.
AMERICAN = [
    (re.compile(pattern), spelling)
    for pattern, spelling in (
        (r"(?<=\w{3})is(?=(e|ed|er|ing|ation|ational)$)", "iz"),
        (r"(?<=\w{3})ys(?=(e|ed|er|ing)$)", "yz"),
        (r"(?<=\w{3})our", "or"),
        (r"(?<=\w{2})([tb])re$", r"\1er"),
        (r"(?<=\w{3})ll(?=(ed|er|ing)$)", "l"),
        (r"(?<=\w{3})logue$", "log"),
        (r"^(licen|defen|offen|practi)ce$", r"\1se"),
        (r"^programme$", "program"),
        (r"^ageing$", "aging"),
        (r"^grey$", "gray"),
    )
]


@dataclass(frozen=True)
class ComparedTopic:
    """A topic with its number of uses."""

    id: int
    name: str
    uses: int


@dataclass(frozen=True)
class SimilarTopics:
    """Topics that are probably the same, the most used first, with the reason."""

    tags: tuple[ComparedTopic, ...]
    reason: str

    @property
    def ids(self) -> list[int]:
        return [tag.id for tag in self.tags]


def find_similar_topics(
    topics: Iterable[tuple[int, str, int]], apart: Collection[frozenset[int]] = frozenset()
) -> list[SimilarTopics]:
    """Groups of (id, name, uses) that are probably the same, the most used first.

    `apart`: pairs of ids that are marked as different. A group of only such pairs is left out.
    """
    tags = sorted((ComparedTopic(*topic) for topic in topics), key=lambda tag: (-tag.uses, tag.name, tag.id))
    forms = _forms(tags)
    groups = _Groups(tags)
    for reason, key_of in (
        ("written differently", lambda tag: forms[tag.id].compact),
        ("the same words in another order", lambda tag: forms[tag.id].ordered),
    ):
        for alike in _buckets(tags, key_of):
            groups.join(alike, reason)
    for rare, common in _typing_mistakes(tags, forms):
        groups.attach(rare, common, "perhaps a typing mistake")
    for short, long in _initials_alone(tags, forms):
        groups.attach(short, long, "perhaps its initials")
    found = [group for group in groups.found() if not _all_apart(group, apart)]
    return sorted(found, key=lambda group: (-sum(tag.uses for tag in group.tags), group.tags[0].name))


@dataclass(frozen=True)
class _Form:
    """The normalised words of a name."""

    words: tuple[str, ...]

    @property
    def compact(self) -> str:
        return "".join(self.words)

    @property
    def ordered(self) -> str:
        """The words in alphabetical order, without "of": visualisation of data, data visualisation."""
        return " ".join(sorted(word for word in self.words if word != "of"))


class _Groups:
    """Groups of topics. The most used topic represents its group."""

    def __init__(self, tags: list[ComparedTopic]) -> None:
        self.tags = tags
        self.head = {tag.id: tag.id for tag in tags}
        self.rank = {tag.id: number for number, tag in enumerate(tags)}
        self.reasons: dict[int, list[str]] = defaultdict(list)
        self.attached: set[int] = set()
        self.hubs: set[int] = set()

    def join(self, alike: list[ComparedTopic], reason: str) -> None:
        heads = sorted({self.head[tag.id] for tag in alike}, key=self.rank.__getitem__)
        for head in heads[1:]:
            self._under(head, heads[0], reason)

    def attach(self, rare: ComparedTopic, common: ComparedTopic, reason: str) -> None:
        """Like `join`, but without chains: a typo of a typo may be another word."""
        low, high = sorted((self.head[rare.id], self.head[common.id]), key=self.rank.__getitem__, reverse=True)
        if low != high and high not in self.attached and low not in self.hubs:
            self._under(low, high, reason)
            self.attached.add(low)
            self.hubs.add(high)

    def found(self) -> Iterator[SimilarTopics]:
        members: dict[int, list[ComparedTopic]] = defaultdict(list)
        for tag in self.tags:
            members[self.head[tag.id]].append(tag)
        for head, tags in members.items():
            if len(tags) > 1:
                yield SimilarTopics(tuple(tags), ", ".join(dict.fromkeys(self.reasons[head])))

    def _under(self, low: int, high: int, reason: str) -> None:
        for tag_id, head in self.head.items():
            if head == low:
                self.head[tag_id] = high
        self.reasons[high] += [*self.reasons.pop(low, []), reason]


def _forms(tags: list[ComparedTopic]) -> dict[int, _Form]:
    """The form of each topic; an abbreviation that one name spells out in brackets stands for the long name."""
    spelled = {tag.id: _spelled_out(tag.name) for tag in tags}
    meanings: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    for long, short in spelled.values():
        if short:
            meanings[short].add(_words(long))
    forms = {}
    for tag in tags:
        words = _words(spelled[tag.id][0])
        meant = meanings.get("".join(words), set())
        forms[tag.id] = _Form(next(iter(meant)) if len(meant) == 1 else words)
    return forms


def _spelled_out(name: str) -> tuple[str, str]:
    """The name without an abbreviation in brackets, and the abbreviation: "Machine learning (ML)"."""
    found = re.fullmatch(r"\s*(.+?)\s*\(([^()]+)\)\s*", name)
    if found:
        for long, short in (found.groups(), found.groups()[::-1]):
            letters = re.sub(r"[\W_]", "", short).casefold()
            for initials in (letters, letters.removesuffix("s")):
                if 2 <= len(initials) <= 8 and initials in _initials(long):
                    return long, initials
    return name, ""


def _initials(name: str) -> set[str]:
    words = re.findall(r"\w+", name.casefold())
    return {"".join(w[0] for w in words), "".join(w[0] for w in words if w not in SMALL_WORDS)} - {""}


def _words(name: str) -> tuple[str, ...]:
    """The words of a name in a plain form. + and # count: C, C++ and C# differ."""
    text = without_accents(re.sub(r"['’]", "", name).replace("&", " and "))
    kept = "".join(c if unicodedata.category(c)[0] in "LMN" or c in "+#" else " " for c in text)
    return tuple(_plain(word) for part in kept.split() if (word := part.lstrip("+#")))


def _plain(word: str) -> str:
    """Normalise a word: lower case, American spelling, singular."""
    lower = word.casefold()
    # A plural s is lower case: APIs, but not AWS. Short words are too easily confused.
    if word.endswith("s") and word[:-1].isupper():
        lower = lower[:-1]
    elif len(lower) > 3 and not word.isupper():
        lower = _singular(lower)
    for pattern, spelling in AMERICAN:
        lower = pattern.sub(spelling, lower)
    return lower.replace("ae", "e").replace("oe", "e") if len(lower) > 6 else lower


def _singular(word: str) -> str:
    if word in IRREGULAR:
        return IRREGULAR[word]
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


def _buckets(tags: list[ComparedTopic], key_of: Callable[[ComparedTopic], str]) -> list[list[ComparedTopic]]:
    """Keys shared by several topics."""
    buckets: dict[str, list[ComparedTopic]] = defaultdict(list)
    for tag in tags:
        if key := key_of(tag):
            buckets[key].append(tag)
    return [alike for alike in buckets.values() if len(alike) > 1]


def _typing_mistakes(
    tags: list[ComparedTopic], forms: dict[int, _Form]
) -> Iterator[tuple[ComparedTopic, ComparedTopic]]:
    """Pairs that are equal except for one letter of one long word, the rarer first."""
    buckets: dict[tuple[tuple[str, ...], str], list[tuple[ComparedTopic, str]]] = defaultdict(list)
    for tag in tags:
        words = forms[tag.id].words
        for at, word in enumerate(words):
            if len(word) >= LONG and word.isalpha():
                around = (*words[:at], "", *words[at + 1 :])
                for shorter in {word, *(word[:i] + word[i + 1 :] for i in range(len(word)))}:
                    buckets[around, shorter].append((tag, word))
    for (around, _), alike in buckets.items():
        for number, (common, right) in enumerate(alike):
            for rare, wrong in alike[number + 1 :]:
                if _is_slip(wrong, right, alone=len(around) == 1):
                    yield rare, common


def _initials_alone(
    tags: list[ComparedTopic], forms: dict[int, _Form]
) -> Iterator[tuple[ComparedTopic, ComparedTopic]]:
    """Three to six letters, and the one name with these initials: GIS. Two letters are too ambiguous."""
    long: dict[str, dict[str, ComparedTopic]] = defaultdict(dict)
    for tag in tags:
        if len(forms[tag.id].words) > 2:
            for letters in _initials(tag.name):
                long[letters].setdefault(forms[tag.id].compact, tag)
    for tag in tags:
        meanings = long.get(tag.name.casefold(), {})
        if 3 <= len(tag.name) <= 6 and len(meanings) == 1:
            yield tag, next(iter(meanings.values()))


def _is_slip(wrong: str, right: str, *, alone: bool) -> bool:
    """Whether one of two words with one different letter is a typo rather than another word."""
    if wrong == right or (alone and wrong[0] != right[0]):
        return False
    if sorted(wrong) == sorted(right):
        return True  # letters swapped
    if wrong[0] != right[0]:
        return False
    if len(wrong) == len(right):
        return _is_vowel_slip(wrong, right)
    short, long = sorted((wrong, right), key=len)
    at = next((i for i, letter in enumerate(short) if letter != long[i]), len(short))
    if at == len(short):
        return False  # another ending is another word: academic, academics
    doubled = long[at] == long[at - 1]
    return doubled or (len(short) >= (LONG_ALONE if alone else LONG) and not short.endswith(SCIENCES))


def _is_vowel_slip(wrong: str, right: str) -> bool:
    """One different vowel late in a very long word: reproducability. At the start it matters: photo, phyto."""
    at = next(i for i, letter in enumerate(wrong) if letter != right[i])
    return len(wrong) >= VERY_LONG and 5 < at < len(wrong) - 2 and {wrong[at], right[at]} <= set("aeiou")


def _all_apart(group: SimilarTopics, apart: Collection[frozenset[int]]) -> bool:
    return all(frozenset(pair) in apart for pair in combinations(group.ids, 2))

"""Cut a text into the pieces of words that the sentence model knows (WordPiece, uncased)."""

import re
import string
import unicodedata
from collections.abc import Iterator, Sequence

FIRST, LAST, UNKNOWN = "[CLS]", "[SEP]", "[UNK]"
LONGEST_WORD = 100  # letters; the model was trained to treat a longer one as unknown

# English running text can't do without these words, and they are rare in other languages.
COMMON = (
    "the and of to for with that this these from are was were been have has would will can which who what how when "
    "their they our my your about into through other more like also"
)
ENGLISH = frozenset(COMMON.split())
CLAUSE = 6  # words; less between two commas may be a topic of a list, and lists have few common words in any language
RUNNING_TEXT = 10  # words in clauses from which the language can be told
LEAST_ENGLISH = 0.06  # of the words; English running text has three times as many
MOST_PIECES = 1.6  # pieces a word; English has about 1.3, other languages in Latin letters 1.8 and more


class WordPieces:
    """The vocabulary of the model: a piece a line, in the order of their numbers."""

    def __init__(self, vocabulary: Sequence[str]) -> None:
        self._numbers = {piece: number for number, piece in enumerate(vocabulary)}

    def numbers(self, text: str, most: int) -> list[int]:
        """The numbers of the pieces of a text, at most so many, between the marks of its beginning and its end."""
        found = [number for word in _words(text) for number in self._of(word)]
        return [self._numbers[FIRST], *found[: most - 2], self._numbers[LAST]]

    def knows_language(self, text: str) -> bool:
        """Whether the text is in English, as far as can be told: a title or a list in Latin letters may be anything."""
        clauses = [[word for word in _words(part) if word[0].isalpha()] for part in re.split(r"[,;:.\n|()/]", text)]
        words = [word for clause in clauses for word in clause]
        if 2 * sum(word.isascii() for word in words) < len(words):
            return False
        running = [word for clause in clauses if len(clause) >= CLAUSE for word in clause]
        if len(running) < RUNNING_TEXT:
            return True
        english = sum(word in ENGLISH for word in running)
        pieces = sum(len(self._of(word)) for word in running)
        return english >= LEAST_ENGLISH * len(running) or pieces <= MOST_PIECES * len(running)

    def _of(self, word: str) -> list[int]:
        """The numbers of the longest pieces that make up the word, from its beginning."""
        found, start = [], 0
        while start < len(word) <= LONGEST_WORD:
            for end in range(len(word), start, -1):
                number = self._numbers.get(("##" if start else "") + word[start:end])
                if number is not None:
                    break
            else:
                return [self._numbers[UNKNOWN]]
            found.append(number)
            start = end
        return found or [self._numbers[UNKNOWN]]


def _words(text: str) -> list[str]:
    """Words in lower case without accents; each sign, and each Chinese character, is a word of its own."""
    return "".join(_spaced(text)).split()


def _spaced(text: str) -> Iterator[str]:
    for letter in unicodedata.normalize("NFD", text).lower():
        kind = unicodedata.category(letter)
        if letter.isspace():
            yield " "
        elif kind == "Mn" or kind in ("Cc", "Cf") or letter == "\N{REPLACEMENT CHARACTER}":
            continue
        elif kind[0] == "P" or letter in string.punctuation or 0x3400 <= ord(letter) <= 0x9FFF:
            yield f" {letter} "
        else:
            yield letter

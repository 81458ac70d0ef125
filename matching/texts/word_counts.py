"""Count words and pieces of words, and weigh them by how rare they are (TF-IDF).

The results equal those of scikit-learn's vectorizers, but loading that package costs a worker a second and about eighty
megabytes, as much as a whole run of five hundred people.
"""

from __future__ import annotations

import re
from array import array
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy import sparse

TOKEN = r"\w[\w+#]*"  # a word; R, C++ and C# are words too
PIECES = (3, 4, 5)  # letters
ROWS_AT_ONCE = 512


class Counts(NamedTuple):
    """How often each text (row) has each word (column)."""

    matrix: sparse.csr_matrix
    vocabulary: list[str]


def count_words(texts: Sequence[str]) -> Counts:
    """Count the words of texts in lower case, without those that every text has. Columns are sorted by word."""
    pattern, stop = re.compile(TOKEN), stop_words()
    return _counted((word for word in pattern.findall(text.lower()) if word not in stop) for text in texts)


def count_pieces(words: Sequence[str]) -> Counts:
    """Count the pieces of single words, where a word begins and ends with a space."""
    return _counted(_pieces(word) for word in words)


def tfidf(counts: sparse.csr_matrix) -> sparse.csr_matrix:
    """Weigh counts by how rare a column is, so that each row has length 1 (sublinear, smooth)."""
    found = counts.tocsr().astype(float)
    rows, width = found.shape
    used = np.bincount(found.indices, minlength=width)
    idf = np.log((1 + rows) / (1 + used)) + 1
    for at in range(0, rows, ROWS_AT_ONCE):
        ends = found.indptr[at : at + ROWS_AT_ONCE + 1]
        part, columns = found.data[ends[0] : ends[-1]], found.indices[ends[0] : ends[-1]]
        np.log(part, out=part)
        part += 1
        part *= idf[columns]
        row = np.repeat(np.arange(len(ends) - 1), np.diff(ends))
        lengths = np.sqrt(np.bincount(row, weights=part * part, minlength=len(ends) - 1))
        part /= np.where(lengths > 0, lengths, 1)[row]
    return found


@lru_cache(maxsize=1)
def stop_words() -> frozenset[str]:
    """The English words that say nothing about a text, as scikit-learn lists them: read without loading it."""
    spec = find_spec("sklearn")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("scikit-learn")
    source = Path(spec.submodule_search_locations[0]) / "feature_extraction" / "_stop_words.py"
    return frozenset(re.findall(r'"([a-z]+)"', source.read_text().partition("ENGLISH_STOP_WORDS = ")[2]))


def _counted(rows: Iterable[Iterable[str]]) -> Counts:
    number: defaultdict[str, int] = defaultdict(count().__next__)  # of each item, in the order in which they come
    columns, ends = array("i"), array("l", [0])
    for row in rows:
        columns.extend(map(number.__getitem__, row))
        ends.append(len(columns))
    vocabulary = sorted(number)
    place = np.empty(max(len(number), 1), dtype=np.int32)
    place[[number[item] for item in vocabulary]] = np.arange(len(vocabulary))
    shape = len(ends) - 1, len(vocabulary)
    at = place[np.frombuffer(columns, dtype=np.intc)] if columns else np.zeros(0, dtype=np.int32)
    matrix = sparse.csr_matrix((np.ones(len(at), dtype=np.int32), at, np.array(ends, dtype=np.int64)), shape=shape)
    matrix.sum_duplicates()
    return Counts(matrix, vocabulary)


def _pieces(word: str) -> Iterable[str]:
    padded = f" {word} "
    for size in PIECES:
        if len(padded) <= size:
            yield padded
            return
        yield from (padded[at : at + size] for at in range(len(padded) - size + 1))

"""Run the sentence model all-MiniLM-L6-v2 with NumPy. Slow to load: for the worker and commands only.

Reimers and Gurevych, "Sentence-BERT", 2019; Wang et al., "MiniLM", 2020. A text gives a row of length 1; the product of
two rows is near 1 where the texts mean the same, and near 0 where they have nothing to do with each other.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import erf

from matching.meaning.word_pieces import WordPieces

LAYERS, HEADS, SIZE = 6, 12, 384
LONGEST = 256  # pieces of words; the model was trained on no longer texts
AT_ONCE = 512  # pieces in one pass, padding included: larger passes take more memory and are no faster

Vectors = NDArray[np.float32]


class SentenceModel:
    """The weights by their names, as `read_weights` gives them, and the vocabulary."""

    def __init__(self, weights: Mapping[str, Vectors], vocabulary: Sequence[str]) -> None:
        self._weights = weights
        self._pieces = WordPieces(vocabulary)

    def knows_language(self, text: str) -> bool:
        return self._pieces.knows_language(text)

    def vectors(self, texts: Sequence[str]) -> Vectors:
        """A row for each text, of its first 256 pieces of words."""
        numbers = [self._pieces.numbers(text, LONGEST) for text in texts]
        found = np.zeros((len(texts), SIZE), dtype=np.float32)
        for rows in _batches([len(pieces) for pieces in numbers]):
            found[rows] = self._forward([numbers[row] for row in rows])
        return found

    def _forward(self, numbers: list[list[int]]) -> Vectors:
        length = max(map(len, numbers))
        ids = np.array([row + [0] * (length - len(row)) for row in numbers])
        told = np.array([[1.0] * len(row) + [0.0] * (length - len(row)) for row in numbers], dtype=np.float32)
        state = (
            self._of("embeddings.word_embeddings.weight")[ids]
            + self._of("embeddings.position_embeddings.weight")[:length]
            + self._of("embeddings.token_type_embeddings.weight")[0]
        )
        state = self._normal("embeddings.LayerNorm", state)
        mask = (told[:, None, None, :] - 1) * np.float32(1e9)
        for layer in range(LAYERS):
            state = self._layer(f"encoder.layer.{layer}", state, mask)
        mean = (state * told[:, :, None]).sum(1) / told.sum(1, keepdims=True)
        return mean / np.linalg.norm(mean, axis=1, keepdims=True)

    def _layer(self, name: str, state: Vectors, mask: Vectors) -> Vectors:
        batch, length, _ = state.shape

        def heads(part: str) -> Vectors:
            rows = self._linear(f"{name}.attention.self.{part}", state)
            return rows.reshape(batch, length, HEADS, SIZE // HEADS).transpose(0, 2, 1, 3)

        likeness = heads("query") @ heads("key").transpose(0, 1, 3, 2) / np.float32(np.sqrt(SIZE // HEADS)) + mask
        share = np.exp(likeness - likeness.max(-1, keepdims=True))
        share /= share.sum(-1, keepdims=True)
        heard = (share @ heads("value")).transpose(0, 2, 1, 3).reshape(batch, length, SIZE)
        state = self._normal(
            f"{name}.attention.output.LayerNorm", state + self._linear(f"{name}.attention.output.dense", heard)
        )
        wide = self._linear(f"{name}.intermediate.dense", state)
        wide = wide * (1 + erf(wide / np.float32(np.sqrt(2)))) / 2
        return self._normal(f"{name}.output.LayerNorm", state + self._linear(f"{name}.output.dense", wide))

    def _linear(self, name: str, state: Vectors) -> Vectors:
        return state @ self._of(f"{name}.weight").T + self._of(f"{name}.bias")

    def _normal(self, name: str, state: Vectors) -> Vectors:
        centred = state - state.mean(-1, keepdims=True)
        scaled = centred / np.sqrt((centred**2).mean(-1, keepdims=True) + np.float32(1e-12))
        return scaled * self._of(f"{name}.weight") + self._of(f"{name}.bias")

    def _of(self, name: str) -> Vectors:
        return self._weights[name]


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Yield positions of texts of about the same length, so that little padding is needed."""
    batch: list[int] = []
    for at in sorted(range(len(lengths)), key=lengths.__getitem__):
        if batch and (len(batch) + 1) * lengths[at] > AT_ONCE:
            yield batch
            batch = []
        batch.append(at)
    if batch:
        yield batch


def read_weights(data: bytes) -> dict[str, Vectors]:
    """Read a safetensors file: the length of its table of contents, the table as JSON, the numbers."""
    start = 8 + int.from_bytes(data[:8], "little")
    found = {}
    for name, entry in json.loads(data[8:start]).items():
        if entry.get("dtype") == "F32":
            first, last = entry["data_offsets"]
            numbers = np.frombuffer(data, dtype="<f4", count=(last - first) // 4, offset=start + first)
            found[name] = numbers.reshape(entry["shape"])
    return found

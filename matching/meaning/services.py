"""Look up what texts mean, and have the sentence model read those that are new."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

import numpy as np
from django.db import IntegrityError, transaction
from django.utils import timezone

from matching.meaning.model import MODEL, ModelMissingError, sentence_model
from matching.models import TextVector
from matching.profiles import Floats

logger = logging.getLogger(__name__)

AT_ONCE = 500  # keys in one query
READ_AT_ONCE = 100  # texts that are read before their results are stored: interrupted work resumes there


@dataclass(frozen=True)
class Meanings:
    """The vectors of texts; a text whose language the model does not know has none."""

    vectors: dict[str, Floats] = field(default_factory=dict)
    missing: str = ""  # why texts could not be read at all


def meanings_of(texts: Mapping[str, int | None]) -> Meanings:
    """Return what texts mean, and read and store those that are new. Slow for these: for the worker.

    `texts` has the enrollment that a text is from, None for the name of a topic. Call it outside a transaction.
    """
    found = _stored(texts)
    missing, new = "", [text for text in texts if text not in found]
    try:
        for some in _parts(new, READ_AT_ONCE):
            read = _read(some)
            _store(read, texts)
            found |= read
    except ModelMissingError as error:
        missing = str(error)
    return Meanings({text: _numbers(data) for text, data in found.items() if data}, missing)


def kept_meanings(texts: Iterable[str]) -> dict[str, Floats]:
    """Return the vectors of those texts that were read before. For pages: loads no model and writes nothing."""
    return {text: _numbers(data) for text, data in _stored(texts, in_use=False).items() if data}


def _stored(texts: Iterable[str], *, in_use: bool = True) -> dict[str, bytes]:
    """Return the stored bytes of texts, and note those that are still `in_use`."""
    today, text_of = timezone.now().date(), {_key(text): text for text in texts}
    found: dict[str, bytes] = {}
    for keys in _parts(text_of, AT_ONCE):
        rows = TextVector.objects.filter(model=MODEL, key__in=keys)
        found |= {text_of[key]: bytes(vector) for key, vector in rows.values_list("key", "vector")}
        if in_use:
            rows.filter(used_on__lt=today).update(used_on=today)
    return found


def _read(texts: Sequence[str]) -> dict[str, bytes]:
    """Have the model read texts. Raises ModelMissingError."""
    model = sentence_model()
    known = [text for text in texts if model.knows_language(text)]
    vectors = model.vectors(known).astype("<f2")
    return {**dict.fromkeys(texts, b""), **{text: row.tobytes() for text, row in zip(known, vectors, strict=True)}}


def _store(read: Mapping[str, bytes], texts: Mapping[str, int | None]) -> None:
    today = timezone.now().date()
    rows = [
        TextVector(model=MODEL, key=_key(text), vector=data, enrollment_id=texts[text], used_on=today)
        for text, data in read.items()
    ]
    try:
        with transaction.atomic():
            TextVector.objects.bulk_create(rows, ignore_conflicts=True)  # another worker may have read them as well
    except IntegrityError:  # somebody was erased meanwhile
        logger.warning("What %s texts mean was not stored; the next run reads them again.", len(rows))


def _key(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _numbers(data: bytes) -> Floats:
    return np.frombuffer(data, dtype="<f2").astype(float)


def _parts(items: Iterable[str], size: int) -> Iterator[list[str]]:
    rest = iter(items)
    while part := list(islice(rest, size)):
        yield part

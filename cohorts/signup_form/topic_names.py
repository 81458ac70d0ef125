"""Topic names as people type them: split a list, compare two names."""

import re
import unicodedata

from mentorship.core.text import clean_name


def topic_key(name: str) -> str:
    """Topics with the same key are the same: ignores case, repeated blanks and outer punctuation."""
    text = unicodedata.normalize("NFKC", name).casefold()
    return " ".join(text.split()).strip(" .,;:!?\"'")[:120]


LONGEST_TOPIC = 120
# Between commas, semicolons or line breaks; "Imaging (fMRI, EEG)" is one topic.
_TOPIC = re.compile(r"(?:\([^()\r\n]*\)|[^,;\r\n])+")
_BETWEEN_SEMICOLONS = re.compile(r"(?:\([^()\r\n]*\)|[^;\r\n])+")


def too_long_topics(text: str, *, of_sheet: bool = False) -> list[str]:
    """The topics in a text that are longer than the database allows."""
    parts = (clean_name(part).strip(" .") for part in _parts(text, of_sheet))
    return [part for part in parts if len(part) > LONGEST_TOPIC]


def split_topics(text: str, *, of_sheet: bool = False) -> list[str]:
    """The topics in a text separated by commas, semicolons or line breaks, each once, in order.

    In a cell of a sheet that has semicolons a comma is a part of a topic: tools that join choices use one mark.
    """
    names: dict[str, str] = {}
    for part in _parts(text, of_sheet):
        name = clean_name(part).strip(" .")[:LONGEST_TOPIC]
        if topic_key(name):
            names.setdefault(topic_key(name), name)
    return list(names.values())


def _parts(text: str, of_sheet: bool) -> list[str]:
    found = _BETWEEN_SEMICOLONS.findall(text)
    is_list = of_sheet and any(len(_BETWEEN_SEMICOLONS.findall(line)) > 1 for line in text.splitlines())
    return found if is_list else _TOPIC.findall(text)

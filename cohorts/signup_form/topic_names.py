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


def too_long_topics(text: str) -> list[str]:
    """The topics in a text that are longer than the database allows."""
    parts = (clean_name(part).strip(" .") for part in _TOPIC.findall(text))
    return [part for part in parts if len(part) > LONGEST_TOPIC]


def split_topics(text: str) -> list[str]:
    """The topics in a text separated by commas, semicolons or line breaks, each once, in order."""
    names: dict[str, str] = {}
    for part in _TOPIC.findall(text):
        name = clean_name(part).strip(" .")[:LONGEST_TOPIC]
        if topic_key(name):
            names.setdefault(topic_key(name), name)
    return list(names.values())

"""Topic names as people type them: split a list, compare two names."""

import unicodedata

from mentorship.core.text import clean_name


def topic_key(name: str) -> str:
    """What makes two topics the same: letters without case, one blank between words, no outer punctuation."""
    text = unicodedata.normalize("NFKC", name).casefold()
    return " ".join(text.split()).strip(" .,;:!?\"'")[:120]


def split_topics(text: str) -> list[str]:
    """The topics in a text with commas, semicolons or line breaks, each once, in the order given."""
    for mark in ";\n\r":
        text = text.replace(mark, ",")
    names: dict[str, str] = {}
    for part in text.split(","):
        name = clean_name(part).strip(" .")[:120]
        if topic_key(name):
            names.setdefault(topic_key(name), name)
    return list(names.values())

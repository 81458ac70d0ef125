"""Topic names as people type them: split a list, join it again, compare two names."""

import re
import unicodedata
from collections.abc import Iterable

from mentorship.core.text import clean_name


def topic_key(name: str) -> str:
    """Topics with the same key are the same: ignores case, repeated blanks and outer punctuation."""
    text = unicodedata.normalize("NFKC", name).casefold()
    return " ".join(text.split()).strip(" .,;:!?\"'")[:120]


LONGEST_TOPIC = 120
# Between commas, semicolons or line breaks. What is in quotation marks or brackets stays together: “Energy, carbon” and
# Imaging (fMRI, EEG) are two topics.
_QUOTED = r"""[ \t]*(?:"(?:[^"\r\n]|"")+"|[“„][^“„”\r\n]+[”“])[ \t]*(?=[,;\r\n]|\Z)"""
_TOPIC = re.compile(_QUOTED + r"|(?:\([^()\r\n]*\)|[^,;\r\n])+")
_BETWEEN_SEMICOLONS = re.compile(_QUOTED + r"|(?:\([^()\r\n]*\)|[^;\r\n])+")


def too_long_topics(text: str, *, of_sheet: bool = False) -> list[str]:
    """The topics in a text that are longer than the database allows."""
    return [part for part in _parts(text, of_sheet) if len(part) > LONGEST_TOPIC]


def split_topics(text: str, *, of_sheet: bool = False) -> list[str]:
    """The topics in a text separated by commas, semicolons or line breaks, each once, in order.

    In a cell of a sheet that has semicolons a comma is a part of a topic: tools that join choices use one mark.
    """
    names: dict[str, str] = {}
    for part in _parts(text, of_sheet):
        name = part[:LONGEST_TOPIC]
        if topic_key(name):
            names.setdefault(topic_key(name), name)
    return list(names.values())


def join_topics(names: Iterable[str], between: str = ", ") -> str:
    """A list of topics as somebody would type it, so that `split_topics` finds the same ones: quoted where needed."""
    return between.join(name if split_topics(name) == [name] else _quoted(name) for name in names)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _parts(text: str, of_sheet: bool) -> list[str]:
    found = _BETWEEN_SEMICOLONS.findall(text)
    is_list = of_sheet and any(len(_BETWEEN_SEMICOLONS.findall(line)) > 1 for line in text.splitlines())
    return [_name(part) for part in (found if is_list else _TOPIC.findall(text))]


def _name(part: str) -> str:
    name = clean_name(part)
    if re.fullmatch(_QUOTED, name):
        name = name[1:-1].replace('""', '"')
    return name.strip(" .")

"""A made-up language: every marked text with other letters and a third longer, so that what is not marked is seen.

It stands in place of Spanish. Texts that people write are Greek in these tests, so that plain Latin letters on a page
are English that is not marked; names of days, months, countries and cities are Babel's.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from babel import Locale
from django.utils.translation import trans_real
from lxml import html

from mentorship.core.languages import script_words
from mentorship.core.languages.known import BY_CODE, LANGUAGES

OTHERS = str.maketrans(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", "åƀçðéƒĝĥîĵķļɱñöþǫŕšţûṽŵẋýžÅƁÇÐÉƑĜĤÎĴĶĻṀÑÖÞǪŔŠŢÛṼŴẊÝŽ"
)
FIXED = re.compile(r"(%\(\w+\)[sd]|%[sd]|\{\w*\}|<[^>]*>)")
ADDRESS = re.compile(r"\S+@\S+|https?://\S+")
WORD = re.compile(r"[A-Za-z]{2,}")
SHOWN = ("title", "alt", "aria-label", "placeholder", "content", "data-missing")
SPANISH = Locale("es")
NAMES = {
    word
    for width in ("wide", "abbreviated")
    for form in ("format", "stand-alone")
    for names in (SPANISH.days[form][width], SPANISH.months[form][width])
    for name in names.values()
    for word in WORD.findall(name)
}
KNOWN = {
    "Mentorship",
    "UTC",
    "Nairobi",
    "de",
    "PDF",
    *(w for one in LANGUAGES for w in WORD.findall(one.own_name)),
    *NAMES,
}


def made_up(text: str) -> str:
    """The text in the made-up language; placeholders and tags stay."""
    said = text.rpartition("\x04")[2]  # a context stands before it
    parts = FIXED.split(said)
    return "".join(part if FIXED.fullmatch(part) else part.translate(OTHERS) for part in parts) + "·" * (len(said) // 3)


def plain_words(page: str) -> list[str]:
    """The plain Latin words that a reader of a page meets."""
    root = html.fromstring(page)
    for gone in root.xpath("//script|//style|//select/option|//optgroup|//*[@hidden and @type='hidden']|//comment()"):
        if gone.getparent() is not None:
            gone.drop_tree()
    texts = [
        *root.itertext(),
        *(value for one in root.iter() for name, value in one.attrib.items() if _is_shown(one, name)),
    ]
    return plain_in("\n".join(texts))


def plain_in(text: str) -> list[str]:
    """The plain Latin words of a text, without addresses and names."""
    return [word for word in WORD.findall(ADDRESS.sub(" ", text)) if word not in KNOWN]


def _is_shown(element: Any, name: str) -> bool:
    return name in SHOWN and not (element.tag == "meta" and element.get("name") != "description")


@pytest.fixture
def made_up_language(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The code of the language that is made up."""
    code = "es"
    spoken = trans_real.translation(BY_CODE[code].django)
    monkeypatch.setattr(spoken, "gettext", made_up)
    monkeypatch.setattr(spoken, "ngettext", lambda one, many, number: made_up(one if number == 1 else many))
    script_words._block.cache_clear()
    yield code
    script_words._block.cache_clear()

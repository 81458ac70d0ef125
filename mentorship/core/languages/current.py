"""The language of the page or mail that is being made, and how a reader's is chosen."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.http import HttpRequest
from django.utils import translation
from django.utils.translation.trans_real import parse_accept_lang_header

from mentorship.core.languages.known import BY_CODE, ENGLISH, LANGUAGES, Language

ASKED = "lang"  # the parameter of an address that asks for a language
_BY_DJANGO = {language.django: language for language in LANGUAGES}


def current_language() -> Language:
    """The language of what is being made; English unless something else was activated."""
    return _BY_DJANGO.get(translation.get_language() or "", ENGLISH)


def current_locale() -> str:
    """The locale of Babel for the language of what is being made."""
    return current_language().locale


@contextmanager
def speaking(language: Language) -> Iterator[None]:
    """Make what is inside in a language."""
    with translation.override(language.django):
        yield


def speak(language: Language) -> None:
    """Make the rest of this request in a language; `ReaderLanguageMiddleware` ends it."""
    translation.activate(language.django)


def reader_language(request: HttpRequest, among: Sequence[Language], known: Iterable[str] = ()) -> Language:
    """The language for a reader, of those that a page offers, the first for want of a better one.

    What the address asks for comes first, then `known` codes such as that of the person a link was made for, then the
    reader's own, then what the browser wants.
    """
    own = getattr(request.user, "language", "") if hasattr(request, "user") else ""
    for code in (request.GET.get(ASKED, ""), *known, own):
        if (language := BY_CODE.get(code)) in among and language is not None:
            return language
    return _wanted_by_browser(request, among) or among[0]


def _wanted_by_browser(request: HttpRequest, among: Sequence[Language]) -> Language | None:
    """The best of these by the header Accept-Language; a region is a second choice: es-MX takes es, pt takes pt-br."""
    for wanted, _quality in parse_accept_lang_header(request.headers.get("Accept-Language", "").lower()):
        for language in among:
            if wanted == language.code:
                return language
        for language in among:
            if wanted.partition("-")[0] == language.code.partition("-")[0]:
                return language
    return None


def shared_language(people: Iterable[Any], offered: Sequence[str]) -> str:
    """The code of the language for one mail to these: what all of them have, else the first of `offered`.

    A person has the language of their account if it is offered; where nothing is said, any is offered.
    """
    first = offered[0] if offered else ENGLISH.code
    codes = {_language_in(getattr(person, "language", ""), offered, first) for person in people}
    return codes.pop() if len(codes) == 1 else first


def _language_in(code: str, offered: Sequence[str], first: str) -> str:
    return code if code in BY_CODE and (not offered or code in offered) else first

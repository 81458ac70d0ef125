"""The words of scripts. `tr("…")` and `trMany("…", "…", n)` mark them in static/js; words.js looks them up."""

import json
import re
from functools import cache
from typing import Any

from babel import Locale
from django.conf import settings
from django.utils.html import json_script
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from mentorship.core.languages.current import current_language
from mentorship.core.languages.known import ENGLISH

_TEXT = r'"((?:[^"\\]|\\.)*)"'
_SAY = re.compile(rf"\btr\(\s*{_TEXT}")
_SAY_MANY = re.compile(rf"\btrMany\(\s*{_TEXT},\s*{_TEXT}")
COUNTED = range(201)  # enough to meet every plural form of a language


@cache
def marked_in_scripts() -> dict[str, str]:
    """The texts that scripts mark → their plural, or "" for a text without one."""
    scripts = sorted((settings.BASE_DIR / "static" / "js").glob("*.js"))
    sources = [path.read_text(encoding="utf-8") for path in scripts if path.name != "words.js"]
    single = {_unquoted(text): "" for source in sources for text in _SAY.findall(source)}
    return single | {_unquoted(one): _unquoted(many) for source in sources for one, many in _SAY_MANY.findall(source)}


def script_words() -> SafeString | str:
    """The words of scripts in the current language, as a block of JSON; "" in English, which scripts speak anyway."""
    language = current_language()
    return "" if language == ENGLISH else _block(language.django, language.locale)


@cache
def _block(_language: str, locale: str) -> SafeString:
    return json_script({one: _form(one, many, Locale.parse(locale)) for one, many in _marked()}, "script-words")


def _marked() -> list[tuple[str, str]]:
    return sorted(marked_in_scripts().items())


def _form(one: str, many: str, locale: Locale) -> Any:
    """The translation, or those of a plural by the category of the number, as Intl.PluralRules names them."""
    if not many:
        return gettext(one)
    return {locale.plural_form(n): ngettext(one, many, n) for n in reversed(COUNTED)}


def _unquoted(text: str) -> str:
    return str(json.loads(f'"{text}"'))

"""The languages of the product. Pure: settings import it, so no Django."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Language:
    """A language whose catalogue is complete.

    `code` is stored and stands in addresses; `django` names the catalogue, `locale` is the one of Babel.
    """

    code: str
    own_name: str
    django: str
    locale: str
    direction: str = "ltr"

    @property
    def tag(self) -> str:
        """The value of `lang` in HTML: pt-BR."""
        first, _, region = self.code.partition("-")
        return f"{first}-{region.upper()}" if region else first


# A test fails for one whose catalogue misses something; see docs/translating.md.
LANGUAGES = (
    Language("en", "English", "en-gb", "en_GB"),
    Language("es", "Español", "es", "es"),
    Language("fr", "Français", "fr", "fr"),
    Language("pt-br", "Português (Brasil)", "pt-br", "pt_BR"),
    Language("de", "Deutsch", "de", "de"),
)
ENGLISH = LANGUAGES[0]
BY_CODE = {language.code: language for language in LANGUAGES}
LONGEST_CODE = 12


def language_choices() -> list[tuple[str, str]]:
    """Code and own name of every language, for forms."""
    return [(language.code, language.own_name) for language in LANGUAGES]


def languages_of(codes: Iterable[str]) -> tuple[Language, ...]:
    """The languages with these codes, each once, without unknown ones; English if none is left."""
    found = dict.fromkeys(BY_CODE[code] for code in codes if code in BY_CODE)
    return tuple(found) or (ENGLISH,)

"""Make PDF/A files and pictures with typst from a template and plain data."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

from django.conf import settings

from mentorship.core.errors import ServiceError
from mentorship.core.papers.compiler import CompileError, Job, compile_apart, compile_here, fonts_for
from mentorship.core.text import printable

Standard = Literal["a-2a", "a-2b", "a-3a"]
# Right-to-left text is put between these two; `type.typ` sets it as one piece.
ISOLATE, END_OF_ISOLATE = "\u2068", "\u2069"
_WITHOUT_FONT = re.compile(r'the text `"((?:[^"\\]|\\.)*)"` could not be displayed')
# Skin tones of emoji, which are printed without colours.
_SKIN_TONES = re.compile("[\U0001f3fb-\U0001f3ff]")
_ESCAPE = re.compile(r"\\u\{([0-9a-f]+)\}|\\(.)")


class PaperError(ServiceError):
    """A PDF can't be made. `letters` are those that no font has, if that is the reason."""

    def __init__(self, message: str, letters: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.letters = letters


def make_pdf(
    template: Path, data: dict[str, Any], *, standard: Standard, attached: bytes = b"", country: str = ""
) -> bytes:
    """The PDF of a template. `data` is plain JSON, `attached` the XML that goes into the file.

    Text may be in any script that a font has; `country` says how its Chinese characters are written if the text
    doesn't show it. A symbol that no font has is left out. Raises PaperError, such as for a letter that no font has.
    """
    return _make(template, data, country, attached, format="pdf", pdf_standards=[standard])


def make_png(template: Path, data: dict[str, Any]) -> bytes:
    """The only page of a template as a picture, a pixel for each point. Otherwise as `make_pdf`."""
    return _make(template, data, "", b"", format="png", ppi=72)


def _make(template: Path, data: dict[str, Any], country: str, attached: bytes, **output: Any) -> bytes:
    data = _each_text(data, lambda text: _isolated(_SKIN_TONES.sub("", printable(text))))
    try:
        return _compile(template, data, country, attached, output)
    except PaperError as error:
        symbols = [text for text in error.letters if not _has_letters(text)]
        if not symbols or len(symbols) < len(error.letters):
            raise
    lighter = _each_text(data, lambda text: _without(text, symbols))
    return _compile(template, lighter, country, attached, output)


def _compile(template: Path, data: dict[str, Any], country: str, attached: bytes, output: dict[str, Any]) -> bytes:
    root = str(settings.BASE_DIR)
    job = Job(str(template), root, {**data, "fonts": fonts_for(_texts(data), country)}, attached, output)
    try:
        return compile_apart(job) if settings.PAPERS_APART else compile_here(job)
    except CompileError as error:
        raise _paper_error(error.message, error.diagnostic) from error


def _paper_error(message: str, diagnostic: str) -> PaperError:
    letters = list(dict.fromkeys(_unescaped(text) for text in _WITHOUT_FONT.findall(diagnostic)))
    if not letters:
        return PaperError(f"The PDF could not be made: {message.splitlines()[0]}")
    shown = ", ".join(letters[:5])
    return PaperError(
        f"No font of this server has these letters: {shown}. Use other letters, or install a font.", letters
    )


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)) if found[1] else found[2], text)


def _has_letters(text: str) -> bool:
    return any(unicodedata.category(c)[0] in "LN" for c in text)


def _isolated(text: str) -> str:
    is_right_to_left = any(unicodedata.bidirectional(c) in ("R", "AL") for c in text)
    return f"{ISOLATE}{text}{END_OF_ISOLATE}" if is_right_to_left else text


def _without(text: str, symbols: Sequence[str]) -> str:
    for symbol in symbols:
        text = text.replace(symbol, "")
    return text


def _each_text(data: Any, change: Callable[[str], str]) -> Any:
    """A copy of the data with a function applied to every text in it."""
    match data:
        case str():
            return change(data)
        case dict():
            return {key: _each_text(value, change) for key, value in data.items()}
        case list() | tuple():
            return [_each_text(value, change) for value in data]
        case _:
            return data


def _texts(data: Any) -> Iterator[str]:
    found: list[str] = []
    _each_text(data, lambda text: found.append(text) or text)  # type: ignore[func-returns-value]
    return iter(found)

"""Detect the encoding of a text file. Nothing states it, so candidates are compared by how the text looks in each.

A list of a few names is too short for a detector that counts letters; adjacent letters say more.
"""

import codecs
import re
from functools import lru_cache

from mentorship.core.sheets.letters import LANGUAGES, fit
from mentorship.core.sheets.model import UPLOAD_A_SHEET, SheetError

# Encodings to choose from, the likeliest first.
ENCODINGS = {
    "utf-8": "Unicode (UTF-8)",
    "windows-1252": "Western Europe (Windows-1252)",
    "mac-roman": "Western Europe (Mac Roman)",
    "cp850": "Western Europe (MS-DOS)",
    "windows-1250": "Central Europe (Windows-1250)",
    "windows-1251": "Cyrillic (Windows-1251)",
    "koi8-r": "Cyrillic (KOI8-R)",
    "windows-1253": "Greek (Windows-1253)",
    "windows-1254": "Turkish (Windows-1254)",
    "windows-1255": "Hebrew (Windows-1255)",
    "windows-1256": "Arabic (Windows-1256)",
    "windows-1257": "Baltic (Windows-1257)",
    "windows-1258": "Vietnamese (Windows-1258)",
    "gb18030": "Chinese, simplified (GB 18030)",
    "big5": "Chinese, traditional (Big5)",
    "cp932": "Japanese (Shift JIS)",
    "cp949": "Korean (EUC-KR)",
    "cp874": "Thai (Windows-874)",
    "utf-16-le": "Unicode (UTF-16)",
    "utf-16-be": "Unicode (UTF-16, big endian)",
}
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_NOT_TEXT = f"This is not a text file. {UPLOAD_A_SHEET}"
_SAMPLE = 20_000
# How many bytes are compared in each encoding, how many encodings are offered, and the lead that leaves no doubt.
_WEIGHED, SHOWN, _SURE = 2_000, 6, 8


def decode(content: bytes, encoding: str = "") -> tuple[str, str, list[str]]:
    """The text, its encoding, and notes for people. With `encoding` it is read by that. Raises SheetError."""
    mark = next(((bom, name) for bom, name in _MARKS if content.startswith(bom)), None)
    if encoding:
        plain = content[len(mark[0]) :] if mark and mark[1] == encoding else content
        return _counted(plain.decode(encoding, errors="replace"), encoding)
    if mark:
        try:
            return _counted(content[len(mark[0]) :].decode(mark[1]), mark[1])
        except UnicodeDecodeError:
            if mark[1] != "utf-8":
                raise SheetError(_NOT_TEXT) from None
    if b"\0" in content:
        return _counted(*_wide(content))
    try:
        return _counted(content.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        return _counted(*_guessed(content))


def _counted(text: str, encoding: str) -> tuple[str, str, list[str]]:
    lost = text.count("\ufffd")
    if not lost:
        return text, encoding, []
    some = "A letter" if lost == 1 else f"{lost} letters"
    return (
        text,
        encoding,
        [f"{some} can’t be read and is shown as “\ufffd”. Try another encoding, or save the file again."],
    )


def _wide(content: bytes) -> tuple[str, str]:
    """Decode a text of two bytes a letter without a mark: in most of its letters one of the two is zero."""
    head = content[: 2 * _SAMPLE]
    little, big = (head[first::2].count(0) / max(1, len(head) // 2) for first in (1, 0))
    name = "utf-16-le" if little > big else "utf-16-be"
    try:
        text = content.decode(name)
    except UnicodeDecodeError:
        raise SheetError(_NOT_TEXT) from None
    head_text = text[:_SAMPLE]
    visible = sum(char.isprintable() or char in "\r\n\t" for char in head_text)
    if "\0" in text or not set(head_text) & set(",;\t\r\n") or visible < 0.95 * len(head_text):
        raise SheetError(_NOT_TEXT)
    return text, name


def _guessed(content: bytes) -> tuple[str, str]:
    repaired = content.decode("utf-8", errors="replace")
    lost = repaired.count("\ufffd")
    if sum(not c.isascii() for c in repaired) > 6 * lost:
        return repaired, "utf-8"  # a few letters were damaged
    best = ranked(content)[0]
    return content.decode(best, errors="replace"), best


def doubt(content: bytes, encoding: str) -> list[str]:
    """A note that another encoding is nearly as likely; [] if there is no doubt."""
    first, second = list(_weighed(_telling(content)).values())[:2]
    if encoding not in looks(content) or first - second >= _SURE:
        return []
    return [
        f"The file doesn’t say which alphabet its letters are in. It is read as {ENCODINGS[encoding]}. If names look "
        "wrong, choose another encoding."
    ]


def ranked(content: bytes) -> list[str]:
    """The possible encodings of a text, the likeliest first."""
    return list(_weighed(_telling(content)))


def looks(content: bytes) -> dict[str, str]:
    """Encoding → how some names look in it, the likeliest first; {} if the file states its encoding."""
    if any(content.startswith(mark) for mark, _ in _MARKS) or b"\0" in content:
        return {}
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        lines = _telling(content)
    else:
        return {}
    words = _words_to_show(lines)
    found: dict[str, str] = {}
    for name in _weighed(lines):
        text = words.decode(name, errors="replace")
        if text.isprintable() and "\ufffd" not in text and text not in found.values():
            found[name] = text
    return dict(list(found.items())[:SHOWN])


def _telling(content: bytes) -> bytes:
    """The first lines with a letter beyond ASCII; other lines say nothing."""
    return b"\n".join(line for line in content.splitlines() if not line.isascii())[:_WEIGHED]


@lru_cache(maxsize=8)
def _weighed(lines: bytes) -> dict[str, float]:
    """Encoding → its fit, the best first."""
    weights = {name: fit(lines, name) for name in LANGUAGES}
    return dict(sorted(weights.items(), key=lambda item: -item[1]))


def _words_to_show(lines: bytes) -> bytes:
    """The first cells that look different in each encoding, not more than a line of them."""
    cells = [cell.strip(b' "') for cell in re.split(rb"[,;\t\n|]", lines) if not cell.isascii()]
    return b", ".join(dict.fromkeys(cells[:4]))[:80]

"""Which encoding a text file has. Nothing says it, so it is found by what the text looks like in each.

A list of a few names is too short for a detector that counts letters; what stands beside each other says more.
"""

import codecs

from mentorship.core.sheets.model import SheetError

# What can be chosen by hand, the likeliest first.
ENCODINGS = {
    "utf-8": "Unicode (UTF-8)", "windows-1252": "Western Europe (Windows-1252)",
    "mac-roman": "Western Europe (Mac Roman)", "cp850": "Western Europe (MS-DOS)",
    "windows-1250": "Central Europe (Windows-1250)",
    "windows-1251": "Cyrillic (Windows-1251)", "koi8-r": "Cyrillic (KOI8-R)", "windows-1253": "Greek (Windows-1253)",
    "windows-1254": "Turkish (Windows-1254)", "windows-1255": "Hebrew (Windows-1255)",
    "windows-1256": "Arabic (Windows-1256)", "windows-1257": "Baltic (Windows-1257)",
    "windows-1258": "Vietnamese (Windows-1258)", "gb18030": "Chinese, simplified (GB 18030)",
    "big5": "Chinese, traditional (Big5)", "cp932": "Japanese (Shift JIS)", "cp949": "Korean (EUC-KR)",
    "cp874": "Thai (Windows-874)", "utf-16-le": "Unicode (UTF-16)", "utf-16-be": "Unicode (UTF-16, big endian)",
}  # fmt: skip
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"),
)  # fmt: skip
_GUESSED = (
    "windows-1252", "mac-roman", "cp850", "windows-1250", "windows-1251", "koi8-r", "windows-1253", "gb18030", "cp932",
    "cp949", "big5",
)  # fmt: skip
_NOT_TEXT = "This is not a text file. Upload a CSV, XLSX or ODS file."
_SAMPLE = 20_000
_COMMON = frozenset("äöüßéèêëáàâãåæñçíìîïóòôõøœúùûÄÖÜÉÁÅØÇÑ")
_TYPOGRAPHIC = frozenset("–—‘’“”„…•€£§°«»·\u00a0")
_AFTER_APOSTROPHE = ("s", "t", "m", "d", "ll", "re", "ve")


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
    """A text of two bytes a letter without a mark: in most of its letters one of the two is zero."""
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
        return repaired, "utf-8"  # a few letters were broken on the way
    # Lines with a letter beyond ASCII; what has none says nothing.
    lines = [line for line in content.splitlines() if not line.isascii()]
    sample, best, highest = b"\n".join(lines)[:_SAMPLE], "windows-1252", float("-inf")
    for name in _GUESSED:
        score = _score(sample, name) + (2 if name == "windows-1252" else 0)
        if score > highest:
            best, highest = name, score
    return content.decode(best, errors="replace"), best


def _score(sample: bytes, encoding: str) -> float:
    """How much a text looks like one in this encoding. A letter that is none here counts against it."""
    text = sample.decode(encoding, errors="replace")
    return sum(
        _fit(text[max(0, n - 2) : n], char, text[n + 1 : n + 4]) for n, char in enumerate(text) if not char.isascii()
    )


def _fit(before: str, char: str, after: str) -> float:
    left, right = before[-1:], after[:1]
    if char == "\ufffd" or "\x80" <= char <= "\x9f" or "\ue000" <= char <= "\uf8ff":
        return -10
    if char == "\u2019" and left.isalpha() and right.isalpha():
        word = after.partition(" ")[0].rstrip(".,;")
        return 3 if not before[:1].isalpha() or word in _AFTER_APOSTROPHE or right.isupper() else -2
    if not char.isalpha():
        if left.isalpha() and right.isalpha():
            return -3
        return 2 if char in _TYPOGRAPHIC else -1
    return _letter_fit(before, char, right)


def _letter_fit(before: str, char: str, right: str) -> float:
    left = before[-1:]
    if any(c.isalpha() and _script(c) != _script(char) for c in (left, right) if c):
        return -4
    if char.isupper() and (left.islower() or (left.isalpha() and right.islower())):
        return -3
    if "\u3040" <= char <= "\u30ff":
        return 3
    if not left.isalpha() and not right.isalpha() and _script(char) == "latin":
        return 0.5
    if _script(char) == "latin" and not (left + right).isascii() and left.isalpha() and right.isalpha():
        return -1 if not left.isascii() and not right.isascii() else 1
    return 3 if char in _COMMON else 2


def _script(char: str) -> str:
    if char < "\u0250":
        return "latin"
    if char < "\u0400":
        return "greek"
    if char < "\u0590":
        return "cyrillic"
    return "halfwidth" if "\uff00" <= char <= "\uffef" else "hangul" if "\uac00" <= char <= "\ud7a3" else "east"

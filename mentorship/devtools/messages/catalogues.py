"""The catalogues of translations: what is marked goes into locale/<language>/LC_MESSAGES/django.po.

Babel reads and writes the files, so nothing but the locked packages is needed. docs/translating.md tells the rest.
"""

import ast
import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

from mentorship.core.languages.known import ENGLISH, LANGUAGES, Language
from mentorship.core.languages.script_words import marked_in_scripts
from mentorship.core.outbox.mail_templates.catalogue import catalogue
from mentorship.core.outbox.mail_templates.rendering import default_text, is_said, paragraphs_of

# A message: its text or its two texts, and its context.
Found = tuple[str | tuple[str, ...], str | None]
PACKAGES = ("mentorship", "cohorts", "training", "matching", "checkins", "partners")
KEYWORDS: dict[str, Any] = {
    **dict.fromkeys(("gettext", "gettext_lazy", "lazy", "_"), None),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}
_STRING = r"""u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*\")"""
_CALL = re.compile(rf"\b(n?p?gettext|_)\(\s*({_STRING})(?:\s*,\s*({_STRING}))?(?:\s*,\s*({_STRING}))?")
_FIELD = re.compile(r"%\((\w+)\)[sd]|(?<!%)%[sd]|\{(\w*)\}|</?[a-z]+")
WIDTH = 120
# Files that differ only where a message does.
NO_DATE = datetime(2026, 12, 1, tzinfo=UTC)


def extracted() -> Catalog:
    """Every marked message, in the order of its files."""
    found = Catalog(creation_date=NO_DATE)
    for path, (text, context) in _messages():
        found.add(text, locations=[(path, 1)], context=context)
    return found


def _messages() -> Iterator[tuple[str, Found]]:
    root: Path = settings.BASE_DIR
    for path in sorted(path for name in PACKAGES for path in (root / name).rglob("*.py")):
        source = path.read_bytes()
        if b"utils.translation import" in source and "tests" not in path.parts:
            for _line, message, _comments, context in extract("python", io.BytesIO(source), KEYWORDS):
                yield str(path.relative_to(root)), (message, context)
    for path in sorted(path for path in (root / "templates").rglob("*.*") if path.suffix in (".html", ".txt")):
        source_text = path.read_text(encoding="utf-8")
        if "translate" in source_text or "_(" in source_text:
            for found in in_template(source_text):
                yield str(path.relative_to(root)), found
    for kind in (entry.kind for entry in catalogue().values() if entry.is_translated):
        words = default_text(kind)
        for part in (words.subject, *paragraphs_of(words.body)):
            if is_said(part):
                yield f"templates/emails/{kind}/body.txt", (part, None)
    for one, many in sorted(marked_in_scripts().items()):
        yield "static/js", ((one, many) if many else one, None)


def in_template(source: str) -> Iterator[Found]:
    """The messages of a template: what `translate`, `blocktranslate` and `_("…")` mark."""
    for name, *texts in _CALL.findall(templatize(source)):
        said = [str(ast.literal_eval(text)) for text in texts if text]
        context = said.pop(0) if name.startswith(("p", "np")) else None
        yield (said[0], said[1]) if name.startswith("n") else said[0], context


def translated_languages() -> list[Language]:
    return [language for language in LANGUAGES if language != ENGLISH]


def po_file(language: Language) -> Path:
    """The catalogue of a language, in the folder where Django looks for it."""
    folder: Path = settings.BASE_DIR / "locale" / language.locale
    return folder / "LC_MESSAGES" / "django.po"


def read_catalogue(language: Language) -> Catalog:
    """The translations so far; an empty catalogue where there is no file yet."""
    path = po_file(language)
    if not path.exists():
        return Catalog(locale=language.locale)
    with path.open("rb") as file:
        return read_po(file, locale=language.locale)


def updated(language: Language, template: Catalog) -> Catalog:
    """The catalogue with all that is marked now: known translations kept, new messages empty, the others left out."""
    known, fresh = read_catalogue(language), Catalog(locale=language.locale, creation_date=NO_DATE, fuzzy=False)
    fresh.header_comment = f"# {language.own_name}. docs/translating.md has the glossary and the rules."
    fresh.revision_date = NO_DATE
    fresh.project, fresh.version = "Mentorship", "1"
    for message in template:
        if message.id:
            before = known.get(message.id, message.context)
            said = before.string if before is not None and not before.fuzzy else ""
            fresh.add(message.id, said, locations=message.locations, context=message.context)
    return fresh


def written(fresh: Catalog) -> bytes:
    """A catalogue as the text of its file."""
    text = io.BytesIO()
    write_po(text, fresh, width=WIDTH, include_lineno=False, ignore_obsolete=True)
    return text.getvalue()


def compiled(language: Language) -> bytes:
    """The catalogue as Django reads it."""
    binary = io.BytesIO()
    write_mo(binary, read_catalogue(language))
    return binary.getvalue()


def update() -> None:
    """Bring every catalogue up to date with what is marked, and compile it."""
    template = extracted()
    for language in translated_languages():
        path = po_file(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(written(updated(language, template)))
        path.with_suffix(".mo").write_bytes(compiled(language))


def problems() -> list[str]:
    """The gaps and faults of the catalogues, in sentences; [] if every offered language is complete."""
    template = extracted()
    found: list[str] = []
    for language in translated_languages():
        path = po_file(language)
        if not path.exists() or path.read_bytes() != written(updated(language, template)):
            found.append(f"{language.own_name}: {path.name} is behind. Run this module with “update”.")
        elif path.with_suffix(".mo").read_bytes() != compiled(language):
            found.append(f"{language.own_name}: the compiled catalogue is behind. Run this module with “update”.")
        found += [f"{language.own_name}: {problem}" for problem in _faults(read_catalogue(language))]
    return found


def _faults(known: Catalog) -> Iterator[str]:
    for message in known:
        if not message.id:
            continue
        ids = _texts(message.id)
        texts = _texts(message.string)
        if not all(texts):
            yield f"“{ids[0]}” is not translated."
        elif any(_fields(text) != _fields(ids[-1]) and _fields(text) != _fields(ids[0]) for text in texts):
            yield f"“{ids[0]}” has other placeholders or tags than its translation."


def _texts(said: Any) -> tuple[str, ...]:
    return tuple(said) if isinstance(said, tuple | list) else (said or "",)


def _fields(text: str) -> list[str]:
    return sorted(match[0] for match in _FIELD.finditer(text))

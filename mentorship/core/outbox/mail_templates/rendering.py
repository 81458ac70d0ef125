"""The words of mails: files with placeholders, and what programmes and cohorts wrote in their place.

A mail is a folder below templates/emails with three files. `subject.txt` and `body.txt` are plain text with
{placeholders}; `placeholders.txt` says what each of them is, and is the only one with template code:

    {% load tz %}                                        tags for all of them
    == name | what we call the person | Ana              name, meaning, sample; in it \\n breaks the line
    {{ person.short_name }}                              its value, in our own template language
    == link* | where they answer | https://…             with a star: it must stand in every text
    {{ link }}

What people write into the form is never template code: it is text, in which the known placeholders are replaced once.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from django.conf import settings
from django.template import Context, Engine, Template
from django.template.loader import get_template

from mentorship.core.outbox.models import MailTemplate

SUBJECT_LENGTH = 200
EMPTY_LINES = re.compile(r"\n{3,}")
# Direction overrides can make an address read as another one. Marks (U+200E, U+200F) are harmless and needed.
OVERRIDES = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])


@dataclass(frozen=True)
class Placeholder:
    """A word in braces that a mail knows; `value` is our own template for it."""

    name: str
    meaning: str
    sample: str
    required: bool
    value: Template

    @property
    def token(self) -> str:
        return f"{{{self.name}}}"


@dataclass(frozen=True)
class MailText:
    """The words of a mail as they stand now for a programme or cohort. `edited` says whose they are; "" = ours."""

    kind: str
    subject: str
    body: str
    edited: str = ""

    @property
    def placeholders(self) -> tuple[Placeholder, ...]:
        return placeholders_of(self.kind)

    def render(self, context: Mapping[str, Any]) -> tuple[str, str, str]:
        """Subject, text and HTML for what the sender knows of the recipient."""
        values = {"site_url": settings.SITE_URL, **context}
        words = self.subject + self.body
        if not self.edited and is_code(words):  # a file of ours without placeholders; never what somebody typed
            return _finished(_run(self.subject, values), _run(self.body, values))
        return self.fill({p.name: _rendered(p.value, values) for p in self.placeholders if p.token in words})

    def sample(self, **values: str) -> tuple[str, str, str]:
        """As `render`, with sample values, of which some are given."""
        samples = {p.name: p.sample for p in self.placeholders}
        return self.fill({**samples, **{name: value for name, value in values.items() if name in samples}})

    def fill(self, values: Mapping[str, str]) -> tuple[str, str, str]:
        """Subject, text and HTML with these values. Braces in a value stay what they are."""
        return _finished(fill(self.subject, values), fill(self.body, values))


def render_mail(
    template: str, context: Mapping[str, Any], *, workspace_id: int | None, scope: str = ""
) -> tuple[str, str, str]:
    """Subject, text and HTML of a mail, in the words of the cohort (`scope`), else of the workspace, else of the file.

    `workspace_id` has no default: who forgot it would send our words where a programme has its own. Only the text is
    written by hand; the HTML is made from it, so that the two can never differ. One query; who renders many asks
    `mail_text` once.
    """
    return mail_text(template, workspace_id=workspace_id, scope=scope).render(context)


def mail_text(kind: str, *, workspace_id: int | None = None, scope: str = "") -> MailText:
    """The words of a mail that hold for a workspace and a part of it, such as cohort:12."""
    default = default_text(kind)
    if workspace_id is None or not is_editable(kind):
        return default
    rows = MailTemplate.objects.filter(workspace_id=workspace_id, kind=kind, scope__in={scope, ""})
    row = max(rows, key=lambda r: r.scope, default=None)
    return MailText(kind, row.subject, row.body, row.scope or "programme") if row else default


def default_text(kind: str) -> MailText:
    """The words of the files."""
    return MailText(kind, _source(f"emails/{kind}/subject.txt").strip(), _source(f"emails/{kind}/body.txt").strip())


def kinds() -> list[str]:
    """Every mail of the product, as its folder."""
    folders = [Path(folder) / "emails" for folder in Engine.get_default().dirs]
    found = {f"{path.parts[-3]}/{path.parts[-2]}" for folder in folders for path in folder.glob("*/*/body.txt")}
    return sorted(found)


def is_editable(kind: str) -> bool:
    """Whether programmes can word this mail: its files have placeholders, not code."""
    default = default_text(kind)
    return bool(placeholders_of(kind)) and not is_code(default.subject + default.body)


def placeholders_of(kind: str) -> tuple[Placeholder, ...]:
    """What may stand in braces in this mail."""
    names = [f"emails/{kind}/placeholders.txt"]
    if not any((Path(folder) / names[0]).exists() for folder in Engine.get_default().dirs):
        return ()
    return _parsed(_source(names[0]))


def title_of(kind: str) -> str:
    """What coordinators call this mail; of one without a name its folder: cohorts/signup_received → Signup received."""
    return named().get(kind, (kind.rpartition("/")[2].replace("_", " ").capitalize(), ""))[0]


def when_of(kind: str) -> str:
    """When this mail goes out, in words; empty for one without a name."""
    return named().get(kind, ("", ""))[1]


@lru_cache
def named() -> dict[str, tuple[str, str]]:
    """Name and occasion of every mail, from templates/emails/names.txt, in the order in which a round meets them."""
    found: dict[str, tuple[str, str]] = {}
    for line in _source("emails/names.txt").splitlines():
        if line and not line.startswith("#"):
            kind, name, when = (part.strip() for part in line.split("|"))
            found[kind] = (name, when)
    return found


def problems_of(kind: str, text: str, *, subject: bool = False) -> list[str]:
    """Why a text can't be this mail, in sentences; none where it can."""
    known = {p.token for p in placeholders_of(kind)}
    found = dict.fromkeys(re.findall(r"\{+[^{}\n]*\}+", text))
    problems = [f"{word} is none of the placeholders of this mail." for word in found if word not in known]
    if is_code(text):
        problems.append("Template code such as {% … %} has no meaning here. Use the placeholders.")
    if not subject:
        missing = [p for p in placeholders_of(kind) if p.required and p.token not in text]
        problems += [f"The text needs {p.token}: {p.meaning}." for p in missing]
    return problems


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with its placeholders replaced in one pass: braces in a value stay what they are."""
    if not values:
        return text
    tokens = "|".join(re.escape(f"{{{name}}}") for name in values)
    return re.sub(tokens, lambda found: values[found.group()[1:-1]], text)


def one_line(text: str) -> str:
    """A text that is safe in a mail header: no line breaks or control characters, at most 200 characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:SUBJECT_LENGTH]


def clean_text(text: str) -> str:
    """The text of a mail: one kind of line break, no control characters, no more than one empty line in a row."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").translate(OVERRIDES)
    kept = "".join(c for c in text if c in "\n\t" or not (ord(c) < 32 or 127 <= ord(c) < 160))
    kept = kept.encode("utf-8", "replace").decode()  # half a character, which no mail can carry
    lines = "\n".join(line.rstrip() for line in kept.split("\n"))
    return EMPTY_LINES.sub("\n\n", lines).strip() + "\n"


def html_of(subject: str, text: str) -> str:
    """The HTML of a mail, made from its text: everything in it is escaped."""
    return get_template("emails/layout.html").render({"subject": subject, "text": text})


def is_code(text: str) -> bool:
    """Whether it holds marks of template code."""
    return "{%" in text or "{{" in text or "{#" in text


def _finished(subject: str, text: str) -> tuple[str, str, str]:
    subject, text = one_line(subject), clean_text(text)
    return subject, text, html_of(subject, text)


def _source(name: str) -> str:
    return cast(str, Engine.get_default().get_template(name).source)


def _run(source: str, values: Mapping[str, Any]) -> str:
    return _rendered(_compiled(source), values)


def _rendered(template: Template, values: Mapping[str, Any]) -> str:
    # Plain text: an apostrophe in a name must not become &#x27;.
    return str(template.render(Context(dict(values), autoescape=False)))


@lru_cache(maxsize=256)
def _compiled(source: str) -> Template:
    return Template(source, engine=Engine.get_default())


@lru_cache(maxsize=256)
def _parsed(source: str) -> tuple[Placeholder, ...]:
    tags, *parts = re.split(r"^== *", source, flags=re.MULTILINE)
    return tuple(_placeholder(tags.strip(), part) for part in parts)


def _placeholder(tags: str, part: str) -> Placeholder:
    head, _, value = part.partition("\n")
    name, meaning, sample = (word.strip() for word in head.split("|", 2))
    return Placeholder(
        name=name.removesuffix("*"),
        meaning=meaning,
        sample=sample.replace("\\n", "\n").replace("\\s", " "),
        required=name.endswith("*"),
        value=_compiled(tags + value.strip("\n")),
    )

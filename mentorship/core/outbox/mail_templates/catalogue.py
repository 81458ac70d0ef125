"""All mails of the product, found on disk, with their names for coordinators.

A mail is a folder templates/emails/<app>/<mail>/ with three files: `subject.txt` and `body.txt` are plain text with
{placeholders}; `placeholders.txt` begins with the entry of the catalogue and says what each placeholder is:

    name: Reminder of an offered place                   what coordinators call it
    when: before the answer to an offered place is due   when it goes out
    place: 60                                            where it stands in lists of mails
    translated: yes                                      in every language; without this line in English only
    {% load tz %}                                        tags for all values
    == name | what we call the person | Ana              name, meaning, sample; in it \\n breaks the line
    {{ person.short_name }}                              its value, in Django's template language
    == link* | where they answer | https://…             with a star: it must stand in every text
    {{ link }}
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import cast

from django.template import Engine, Template

from mentorship.core.outbox.mail_templates.placeholders import unknown_placeholders

_HEAD = re.compile(r"(name|when|place|translated): *(.*)\n")


@dataclass(frozen=True)
class Placeholder:
    """A word in braces that a mail replaces; `value` is our own template for its value."""

    name: str
    meaning: str
    sample: str
    required: bool
    value: Template

    @property
    def token(self) -> str:
        return f"{{{self.name}}}"


@dataclass(frozen=True)
class MailEntry:
    """A mail in the catalogue: its folder, its name for coordinators, when it is sent, and its placeholders."""

    kind: str
    name: str
    when: str
    place: int
    placeholders: tuple[Placeholder, ...]
    is_translated: bool = False


def catalogue() -> dict[str, MailEntry]:
    """Every mail by its folder, in the order of a round."""
    folders = [Path(folder) / "emails" for folder in Engine.get_default().dirs]
    kinds = {f"{path.parts[-3]}/{path.parts[-2]}" for folder in folders for path in folder.glob("*/*/body.txt")}
    entries = sorted(map(entry_of, kinds), key=lambda entry: (entry.place, entry.kind))
    return {entry.kind: entry for entry in entries}


def entry_of(kind: str) -> MailEntry:
    """The entry of one mail. Raises TemplateDoesNotExist if there is no such folder."""
    return _parsed(kind, source_of_file(f"emails/{kind}/placeholders.txt"))


def source_of_file(name: str) -> str:
    """The text of a template file on disk."""
    return cast(str, Engine.get_default().get_template(name).source)


@lru_cache(maxsize=256)
def compiled(source: str) -> Template:
    """A template of ours, compiled once."""
    return Template(source, engine=Engine.get_default())


def problems_of(kind: str, text: str, *, subject: bool = False) -> list[str]:
    """Why a text can't be used for this mail, in sentences; [] if it can."""
    placeholders = entry_of(kind).placeholders
    unknown = unknown_placeholders(text, [p.name for p in placeholders])
    problems = [f"{word} is none of the placeholders of this email." for word in unknown]
    if is_code(text):
        problems.append("Template code such as {% … %} has no meaning here. Use the placeholders.")
    if not subject:
        missing = [p for p in placeholders if p.required and p.token not in text]
        problems += [f"The text needs {p.token}: {p.meaning}." for p in missing]
    return problems


def is_code(text: str) -> bool:
    """Whether a text contains template code."""
    return "{%" in text or "{{" in text or "{#" in text


@lru_cache(maxsize=256)
def _parsed(kind: str, source: str) -> MailEntry:
    head: dict[str, str] = {}
    while line := _HEAD.match(source):
        head[line[1]] = line[2].strip()
        source = source[line.end() :]
    if missing := [name for name in ("name", "when", "place") if not head.get(name)]:
        raise ValueError(f"templates/emails/{kind}/placeholders.txt must begin with a line “{missing[0]}: …”.")
    tags, *parts = re.split(r"^== *", source, flags=re.MULTILINE)
    placeholders = tuple(_placeholder(tags.strip(), part) for part in parts)
    return MailEntry(
        kind, head["name"], head["when"], int(head["place"]), placeholders, head.get("translated") == "yes"
    )


def _placeholder(tags: str, part: str) -> Placeholder:
    head, _, value = part.partition("\n")
    name, meaning, sample = (word.strip() for word in head.split("|", 2))
    return Placeholder(
        name=name.removesuffix("*"),
        meaning=meaning,
        sample=sample.replace("\\n", "\n").replace("\\s", " "),
        required=name.endswith("*"),
        value=compiled(tags + value.strip("\n")),
    )

"""Render mails in the wording of a cohort, otherwise of its programme, otherwise of the files.

Text that people write in the form is never template code: known placeholders are replaced in one pass.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.template import Context, Template
from django.template.loader import get_template
from django.utils.translation import gettext

from mentorship.core.languages.current import speaking
from mentorship.core.languages.known import BY_CODE, ENGLISH
from mentorship.core.outbox.mail_templates.catalogue import Placeholder, compiled, entry_of, is_code, source_of_file
from mentorship.core.outbox.mail_templates.placeholders import fill_placeholders
from mentorship.core.outbox.models import MailTemplate
from mentorship.core.own_links import Links, take_out, take_out_of
from mentorship.core.text import printable
from mentorship.core.ui.stops import single_stops

SUBJECT_LENGTH = 200
EMPTY_LINES = re.compile(r"\n{3,}")
EMPTY_LINES_BETWEEN = re.compile(r"\n{2,}")
CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
# Direction overrides can disguise an address as another one. Marks (U+200E, U+200F) are harmless and needed.
OVERRIDES = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])


@dataclass(frozen=True)
class MailText:
    """The current wording of a mail for a programme or cohort, in a language.

    `edited` is the level of the wording; "" = ours.
    """

    kind: str
    subject: str
    body: str
    edited: str = ""
    language: str = ENGLISH.code

    @property
    def placeholders(self) -> tuple[Placeholder, ...]:
        return entry_of(self.kind).placeholders

    def render(self, context: Mapping[str, Any]) -> tuple[str, str, str]:
        """Subject, text and HTML with the sender's facts about the recipient."""
        values = {"site_url": settings.SITE_URL, **context}
        words = self.subject + self.body
        with speaking(BY_CODE[self.language]):
            if not self.edited and is_code(words):  # one of our files without placeholders; never typed text
                return self._finished(_run(self.subject, values), _run(self.body, values))
            return self.fill({p.name: _rendered(p.value, values) for p in self.placeholders if p.token in words})

    def sample(self, **values: str) -> tuple[str, str, str]:
        """As `render`, with sample values for those not given."""
        samples = {p.name: p.sample for p in self.placeholders}
        return self.fill({**samples, **{name: value for name, value in values.items() if name in samples}})

    def fill(self, values: Mapping[str, str]) -> tuple[str, str, str]:
        """Subject, text and HTML with these values. Braces in a value stay unchanged."""
        return self._finished(fill_placeholders(self.subject, values), fill_placeholders(self.body, values))

    def _finished(self, subject: str, text: str) -> tuple[str, str, str]:
        subject, text = single_stops(one_line(subject)), single_stops(clean_text(text))
        return subject, text, html_of(subject, text, self.language)


def mail_text(
    kind: str, *, workspace_id: int | None = None, scope: str = "", language: str = "", typed_in: str = ""
) -> MailText:
    """The wording of a mail for the cohort (`scope`, such as cohort:12), otherwise the workspace, otherwise the files.

    Ours is in the `language` if the mail is translated, otherwise in English; a programme's own is as they typed it,
    in the language `typed_in`. Only the text is stored; the HTML is made from it, so that the two never differ. One
    query.
    """
    default = default_text(kind, language)
    if workspace_id is None or not is_editable(kind):
        return default
    rows = MailTemplate.objects.filter(workspace_id=workspace_id, kind=kind, scope__in={scope, ""})
    row = max(rows, key=lambda r: r.scope, default=None)
    if row is None:
        return default
    own = typed_in if typed_in in BY_CODE else ENGLISH.code
    return MailText(kind, row.subject, row.body, row.scope or "programme", own)


def default_text(kind: str, language: str = "") -> MailText:
    """The wording in the files, in a language if the mail is translated."""
    subject = source_of_file(f"emails/{kind}/subject.txt").strip()
    body = source_of_file(f"emails/{kind}/body.txt").strip()
    if language not in BY_CODE or language == ENGLISH.code or not entry_of(kind).is_translated:
        return MailText(kind, subject, body)
    with speaking(BY_CODE[language]):
        said = [gettext(part) if is_said(part) else part for part in paragraphs_of(body)]
        return MailText(kind, gettext(subject) if is_said(subject) else subject, "\n\n".join(said), "", language)


def paragraphs_of(body: str) -> list[str]:
    """The paragraphs of the text of a mail: each is one message of the catalogues."""
    return EMPTY_LINES_BETWEEN.split(body)


def is_said(paragraph: str) -> bool:
    """Whether a paragraph has words of ours, not placeholders alone."""
    return bool(re.search(r"[^\W\d_]", re.sub(r"\{\w+\}", "", paragraph)))


def is_editable(kind: str) -> bool:
    """Whether programmes can reword this mail: its files contain placeholders, not code."""
    default = default_text(kind)
    return bool(default.placeholders) and not is_code(default.subject + default.body)


def one_line(text: str) -> str:
    """A text that is safe in a mail header: no line breaks or control characters, at most 200 characters."""
    return " ".join(printable(CONTROLS.sub(" ", text)).split())[:SUBJECT_LENGTH]


def clean_text(text: str) -> str:
    """The text of a mail: one kind of line break, no control characters, no more than one empty line in a row."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").translate(OVERRIDES)
    kept = "".join(c for c in text if c in "\n\t" or not (ord(c) < 32 or 127 <= ord(c) < 160))
    kept = kept.encode("utf-8", "replace").decode()  # half a surrogate pair, which no mail can carry
    lines = "\n".join(line.rstrip() for line in kept.split("\n"))
    return EMPTY_LINES.sub("\n\n", lines).strip() + "\n"


def html_of(subject: str, text: str, language: str = "") -> str:
    """The HTML of a mail, made from its text: everything in it is escaped. Placeholders of links stay."""
    spoken = BY_CODE.get(language, ENGLISH)
    return get_template("emails/layout.html").render({"subject": subject, "text": text, "language": spoken})


def columns_of_words(
    *,
    subject: str,
    text: str,
    html: str,
    unsubscribe_url: str = "",
    recipe: Mapping[str, Any] | None = None,
    language: str = "",
) -> dict[str, Any]:
    """The columns of a message with these words, and its recipient's personal links in a separate column.

    The HTML is rendered again if the text contains such links.
    """
    links: Links = {}
    subject, text = one_line(take_out(subject, links)), take_out(text, links)
    recipe = dict(recipe or {})
    if recipe:
        recipe["context"] = take_out_of(recipe["context"], links)
    return {
        "subject": subject,
        "body_text": text,
        "body_html": html_of(subject, text, language) if html and links else html,
        "unsubscribe_url": take_out(unsubscribe_url, links),
        "recipe": recipe,
        "links": links,
    }


def _run(source: str, values: Mapping[str, Any]) -> str:
    return _rendered(compiled(source), values)


def _rendered(template: Template, values: Mapping[str, Any]) -> str:
    # Plain text: an apostrophe in a name must not become &#x27;.
    return str(template.render(Context(dict(values), autoescape=False)))

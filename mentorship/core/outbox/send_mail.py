"""Send a mail: render its template folder in the programme's wording, and write it to the outbox."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Required, Unpack

from mentorship.core.languages.current import shared_language, speaking
from mentorship.core.languages.known import BY_CODE, ENGLISH
from mentorship.core.outbox.mail_templates.recipe import recipe_of
from mentorship.core.outbox.mail_templates.rendering import MailText, columns_of_words, mail_text
from mentorship.core.outbox.models import OutboxMessage
from mentorship.core.outbox.recipients import Recipient
from mentorship.core.outbox.services import Draft, MailOptions, draft, enqueue


@dataclass(frozen=True)
class Sender:
    """The sender of mails: whose wording they use, who sees them in the outbox, and who gets the answers.

    `languages` are the codes of those it writes in, the first for want of a better one and for its own wording; empty:
    any. Caches the wording of each template. Make one for a run of mails, and don't keep it any longer.
    """

    workspace_id: int | None
    scope: str = ""
    reply_to: tuple[str, ...] = ()
    name: str = ""  # whom mails come from, such as a programme; ours without one
    languages: tuple[str, ...] = ()
    _words: dict[tuple[str, str], MailText] = field(default_factory=dict, compare=False, repr=False)

    def words_of(self, template: str, language: str = "") -> MailText:
        """The current wording of a mail for this workspace and scope, in a language if it is translated."""
        key = template, language
        if key not in self._words:
            first = self.languages[0] if self.languages else ENGLISH.code
            self._words[key] = mail_text(
                template, workspace_id=self.workspace_id, scope=self.scope, language=language, typed_in=first
            )
        return self._words[key]

    def language_for(self, *lists: Iterable[Recipient]) -> str:
        """The code of the language of one mail to all of these."""
        people = [one for recipients in lists for one in recipients]
        return shared_language(people, self.languages)


def render_for(
    sender: Sender, template: str, context: Mapping[str, Any], to: Sequence[Recipient] = ()
) -> tuple[str, str, str]:
    """Subject, text and HTML of a mail for a preview, without its recipient's personal links. Writes nothing."""
    words = sender.words_of(template, sender.language_for(to))
    subject, text, html = words.render(context)
    shown = columns_of_words(subject=subject, text=text, html=html, language=words.language)
    return shown["subject"], shown["body_text"], shown["body_html"]


class MailFields(MailOptions, total=False):
    """The fields of a mail beside its template, context and sender."""

    key: Required[str]
    why: Required[str]
    to: Required[Sequence[Recipient]]
    kind: str
    private: bool
    reply_to: Sequence[Recipient] | None
    language: str


def send_mail(
    template: str, context: Mapping[str, Any], *, sender: Sender, **fields: Unpack[MailFields]
) -> OutboxMessage:
    """Write a mail to the outbox in the transaction of the caller; the same key again writes nothing.

    `template` is a folder below templates/emails. `why` says to coordinators why it was written, `kind` groups mails
    in their lists and is the name of the folder unless given. `language` is the code of its language, else it is the
    one that its recipients share, else the sender's first. A `private` mail holds a link with which somebody acts:
    coordinators read it without its links. `reply_to` replaces the sender's.

    Give people as recipients, not their addresses, and name by `audience` the rule that decides whether it is still for
    them. It is rendered again when it leaves, if what it quotes has changed since.
    """
    return enqueue(**_rendered(template, context, sender, **fields))


def draft_mail(template: str, context: Mapping[str, Any], *, sender: Sender, **fields: Unpack[MailFields]) -> Draft:
    """Render a mail as `send_mail` does, to be written with others by `enqueue_all`."""
    return draft(**_rendered(template, context, sender, **fields))


def _rendered(
    template: str, context: Mapping[str, Any], sender: Sender, **fields: Unpack[MailFields]
) -> dict[str, Any]:
    """The fields of a message with the words of its template."""
    private, reply_to = fields.pop("private", False), fields.pop("reply_to", None)
    kind = fields.pop("kind", "")
    asked = fields.pop("language", "")
    lists = [fields.get("to", ()), fields.get("cc", ()), fields.get("bcc", ())]
    words = sender.words_of(template, asked or sender.language_for(*lists))
    subject, text, html = words.render(context)
    with speaking(BY_CODE[words.language]):  # what is lazy in the context is kept in the language of the mail
        recipe = recipe_of(words, context, workspace_id=sender.workspace_id, scope=sender.scope)
    return {
        **fields,
        "workspace_id": None if private else sender.workspace_id,
        "private_to_id": sender.workspace_id if private else None,
        "scope": sender.scope,
        "sender_name": sender.name,
        "kind": kind or template.rpartition("/")[2].replace("_", " "),
        "subject": subject,
        "text": text,
        "html": html,
        "reply_to": sender.reply_to if reply_to is None else reply_to,
        "recipe": recipe,
        "language": words.language,
    }


def written_keys(keys: Iterable[str]) -> set[str]:
    """Keys among these whose mails exist already, so that a run of many renders only the others. One query."""
    return set(OutboxMessage.objects.filter(key__in=list(keys)).values_list("key", flat=True))

"""Erase a person from mails: other recipients keep theirs; of mails to them alone only the record stays."""

import re
from typing import Any

from django.db.models import F

from mentorship.core.outbox.mail_templates.rendering import html_of
from mentorship.core.outbox.models import Attachment, OutboxMessage
from mentorship.core.personal_data import ERASED
from mentorship.operations.persons.free_text import MENTIONED, PersonMentions, update_distinctly
from mentorship.operations.persons.subject import Subject, messages_to

# Long lines of calendar files are cut in two.
_FOLD = re.compile(r"\r?\n[ \t]")
LISTS = ("to", "cc", "bcc", "reply_to", "delivered_to")


def blank_mails(subject: Subject) -> int:
    """Remove address, name and words from every mail to them, sent or not. Returns how many there were."""
    words = PersonMentions(subject, also=_short_names(subject))
    found = messages_to(subject.addresses)
    for message in found:
        changes = _changes(message, subject, words)
        if message.attached:
            # Invitations name all attendees in folded lines, so no word can be removed from them.
            message.attachments.filter(content_type__startswith="text/calendar").delete()
            changes["attached"] = list(message.attachments.values_list("name", flat=True))
        update_distinctly(message, {**changes, "version": F("version") + 1})
    return len(found)


def clean_invitations(subject: Subject) -> int:
    """Take them out of calendar files that were sent to others. Returns how many named them."""
    from icalendar.parser import Contentline  # noqa: PLC0415 slow library: icalendar

    words, cleaned = PersonMentions(subject), 0
    for invitation in Attachment.objects.filter(content_type__startswith="text/calendar").iterator():
        lines = _FOLD.sub("", bytes(invitation.content).decode(errors="replace")).splitlines()
        kept = [words.without_mentions(line) for line in lines]
        if kept != lines:
            content = b"".join(Contentline(line).to_ical() + b"\r\n" for line in kept)
            Attachment.objects.filter(pk=invitation.pk).update(content=content)
            cleaned += 1
    return cleaned


def _changes(message: OutboxMessage, subject: Subject, words: PersonMentions) -> dict[str, Any]:
    changes: dict[str, Any] = {
        name: [a for a in getattr(message, name) if a.lower() not in subject.addresses] for name in LISTS
    }
    others = any(changes[name] for name in ("to", "cc", "bcc"))
    changes["to"] = changes["to"] or [MENTIONED]
    changes["people"] = {a: pk for a, pk in message.people.items() if a.lower() not in subject.addresses}
    # The recipe contains names and words as well. Without it a queued mail is sent in its stored form, not rendered
    # again.
    changes["recipe"] = {}
    # The key may contain the address; the new one keeps its subject and stays unique.
    changes["key"] = words.without_mentions(message.key)[:200]
    if others:
        changes |= {
            name: words.without_mentions(getattr(message, name))
            for name in ("subject", "body_text", "why", "last_error")
        }
        subject_and_text = changes["subject"], changes["body_text"]
        changes["body_html"] = html_of(*subject_and_text, message.language) if message.body_html else ""
    else:
        changes |= {"subject": ERASED, "body_text": f"{ERASED}\n", "body_html": "", "why": ERASED, "last_error": ""}
        changes |= {"unsubscribe_url": "", "links": {}}
        if message.may_be_cancelled:
            changes["status"] = OutboxMessage.Status.CANCELLED
    return changes


def _short_names(subject: Subject) -> tuple[str, ...]:
    """Names of one word, and forms of address: their own mails are certainly about them."""
    names = [name.split()[0] for name in subject.names] + [user.preferred_name for user in subject.users]
    return tuple(dict.fromkeys(name for name in names if len(name) > 1))

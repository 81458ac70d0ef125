"""The mails of this room to one person after the other, each with the same words."""

from typing import Any

from cohorts.models import Cohort, Programme
from mentorship.accounts.models import User
from mentorship.outbox.services import enqueue, mail_text


class Mails:
    """Mails of one template to people of a cohort, or of the whole programme. Its words are read once, in one query.

    In the outbox their kind is the name of the template, unless `kind` says another.
    """

    def __init__(self, template: str, *, programme: Programme, cohort: Cohort | None = None, kind: str = "") -> None:
        self.kind, self.programme, self.cohort = kind or template, programme, cohort
        self.scope = cohort.scope if cohort else ""
        self.words = mail_text(f"checkins/{template}", workspace_id=programme.workspace_id, scope=self.scope)

    def render(self, person: User, **context: Any) -> tuple[str, str, str]:
        """Subject, text and HTML. Writes nothing."""
        return self.words.render({"person": person, "cohort": self.cohort, "programme": self.programme, **context})

    def write(self, person: User, *, key: str, why: str, stop: str = "", **context: Any) -> None:
        """Write to a person; the same key again writes nothing. With the link `stop` it is not a necessary mail."""
        subject, text, html = self.render(person, stop=stop, **context)
        enqueue(
            key=key,
            scope=self.scope,
            workspace_id=self.programme.workspace_id,
            kind=self.kind,
            why=why,
            to=[person.email],
            subject=subject,
            text=text,
            html=html,
            reply_to=[self.programme.contact_email],
            unsubscribe_url=stop,
        )

"""Messages: a mail is a row before it is sent."""

import uuid
from email.utils import parseaddr
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from mentorship.core.languages.known import LONGEST_CODE
from mentorship.core.outbox.querysets import (
    OWNERS,
    READ_BY,
    SEARCHED,
    OutboxQuerySet,
    PlannedChangeQuerySet,
    SuppressionQuerySet,
)
from mentorship.core.outbox.recipients import from_line
from mentorship.core.own_links import address_of, put_in
from mentorship.core.ui.word_search import OnPostgreSQL, WordsOf


@lru_cache(maxsize=4)
def _domain_of(sender: str) -> str:
    return parseaddr(sender)[1].rpartition("@")[2] or "localhost"


def id_for_key(key: str) -> uuid.UUID:
    """The id of the message with this key, which also determines its Message-ID.

    If a backup is restored and the message is written again, it gets the same id, and mailboxes collapse the copy. It
    can't be predicted without the secret key, because it also separates the parts of the mail.
    """
    return uuid.UUID(bytes=salted_hmac("mentorship.outbox.id", key, algorithm="sha256").digest()[:16], version=5)


class OutboxMessage(models.Model):
    """One mail and its history, rendered when written and again when something that it quotes has changed."""

    class Status(models.TextChoices):
        QUEUED = "queued", "queued"
        SENDING = "sending", "sending"
        SENT = "sent", "sent"
        FAILED = "failed", "failed"
        CANCELLED = "cancelled", "cancelled"
        SKIPPED = "skipped", "not sent"

    class Held(models.TextChoices):
        HELD = "held", "to decide"
        RELEASED = "released", "released"
        DROPPED = "dropped", "dropped"

    # Codes and links of the account pages: they belong to no workspace, go out first and are deleted soon.
    SIGN_IN = "sign-in"
    # The differences from the written message, set by `revise`: see delivery/still_for.py.
    revision: Any
    FIRST, NORMAL = 0, 5

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField(
        max_length=200,
        unique=True,
        help_text="Names what the message is about; once per deed.",
    )
    workspace = models.ForeignKey(
        "accounts.Workspace",
        null=True,
        on_delete=models.CASCADE,
        related_name="messages",
    )
    private_to = models.ForeignKey(
        "accounts.Workspace",
        null=True,
        on_delete=models.CASCADE,
        related_name="+",
        editable=False,
        help_text="Instead of `workspace` where only the recipient may use the links in it: who sees it without them.",
    )
    scope = models.CharField(
        max_length=60, blank=True, help_text="What of the workspace it is about, such as cohort:12; empty = all of it."
    )
    kind = models.CharField(max_length=60, help_text="such as intro, decision or check-in")
    why = models.CharField(
        max_length=300,
        help_text="Why this message exists, in a sentence for the coordinator.",
    )
    to = models.JSONField(help_text="addresses")
    cc = models.JSONField(default=list, blank=True)
    bcc = models.JSONField(default=list, blank=True)
    reply_to = models.JSONField(default=list, blank=True)
    people = models.JSONField(default=dict, blank=True, editable=False, help_text="address → id of whose it is")
    audience = models.JSONField(
        default=dict, blank=True, editable=False, help_text="Who says whom it is still for: a rule, and what it needs."
    )
    recipe = models.JSONField(
        default=dict, blank=True, editable=False, help_text="What it was rendered from. Empty: it stays as written."
    )
    language = models.CharField(
        max_length=LONGEST_CODE,
        blank=True,
        default="",
        db_default="",
        editable=False,
        help_text="The code of the language of its words; empty: English.",
    )
    edited = models.BooleanField(default=False, editable=False, help_text="A coordinator changed its words by hand.")
    subject = models.CharField(max_length=300)
    body_text = models.TextField(help_text="With a placeholder for each link by which its recipient acts.")
    body_html = models.TextField(blank=True)
    links = models.JSONField(
        default=dict, blank=True, editable=False, help_text="What stands for the placeholders; see own_links.py."
    )
    attached = models.JSONField(default=list, blank=True, editable=False, help_text="names of its files")
    unsubscribe_url = models.TextField(
        blank=True,
        help_text="Where one POST stops mails like this one (RFC 8058). Empty = a necessary mail.",
    )

    status = models.CharField(max_length=20, choices=Status, default=Status.QUEUED)
    priority = models.PositiveSmallIntegerField(default=NORMAL, help_text="The lowest goes first.")
    version = models.PositiveIntegerField(
        default=0, editable=False, help_text="Grows with every change; nobody sends what changed since they read it."
    )
    due_at = models.DateTimeField(default=timezone.now, help_text="Not sent before this moment.")
    created_at = models.DateTimeField(auto_now_add=True)
    claim_token = models.UUIDField(null=True, editable=False)
    lease_until = models.DateTimeField(null=True, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0)
    delivered_to = models.JSONField(
        default=list,
        blank=True,
        editable=False,
        help_text="Where only some of the recipients were taken: those.",
    )
    sent_at = models.DateTimeField(null=True, help_text="The Date header of the mail.")
    sender = models.CharField(max_length=320, blank=True, editable=False, help_text="From, as it went out.")
    provider_id = models.CharField(
        max_length=200, blank=True, editable=False, help_text="What a mail provider calls it; its reports name it so."
    )
    last_error = models.TextField(blank=True)
    words_deleted_at = models.DateTimeField(
        null=True, editable=False, help_text="When its words were deleted because their time was over."
    )
    held = models.CharField(
        max_length=10,
        choices=Held,
        blank=True,
        editable=False,
        help_text="What became of it after a backup was restored; empty for all that it did not concern.",
    )
    maybe_duplicate = models.BooleanField(
        default=False,
        help_text="An attempt ended without an answer: its copy may have gone out too.",
    )

    objects = OutboxQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "id"]
        indexes = [
            models.Index(fields=["status", "priority", "due_at", "id"], name="outbox_due"),
            models.Index(READ_BY, models.F("created_at").desc(), "id", name="outbox_newest_of_team"),
            models.Index(fields=["-created_at", "id"], name="outbox_newest_of_all"),
            models.Index(fields=["sent_at"], name="outbox_sent", condition=models.Q(sent_at__isnull=False)),
            models.Index(fields=["created_at"], name="outbox_twice", condition=models.Q(maybe_duplicate=True)),
            models.Index(fields=["provider_id"], name="outbox_provider", condition=~models.Q(provider_id="")),
            models.Index(fields=["held", "workspace"], name="outbox_held", condition=~models.Q(held="")),
            OnPostgreSQL(WordsOf(*SEARCHED), name="outbox_words"),
            OnPostgreSQL(OWNERS, name="outbox_people"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status="sent", sent_at__isnull=False)
                | (~models.Q(status="sent") & models.Q(sent_at__isnull=True)),
                name="outbox_sent_has_moment",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    status="sending",
                    claim_token__isnull=False,
                    lease_until__isnull=False,
                )
                | (~models.Q(status="sending") & models.Q(lease_until__isnull=True)),
                name="outbox_sending_has_lease",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} → {', '.join(self.to)}"

    def get_absolute_url(self) -> str:
        return reverse("outbox:message-detail", args=[self.pk])

    @property
    def from_now(self) -> str:
        """The From of an attempt: our address of now, with the name that the message was written with."""
        return from_line(parseaddr(self.sender)[0])

    def signed_links(self) -> dict[str, str]:
        """The links by which its recipient acts, signed now. For nobody else's eyes."""
        return {name: address_of(kept) for name, kept in self.links.items()}

    @property
    def full_text(self) -> str:
        """The text with the recipient's personal links. For nobody else's eyes."""
        return put_in(self.body_text, self.links)

    @property
    def full_html(self) -> str:
        """The HTML with the recipient's personal links. For nobody else's eyes."""
        return put_in(self.body_html, self.links, html=True)

    @property
    def full_unsubscribe_url(self) -> str:
        """The recipient's unsubscribe link. For nobody else's eyes."""
        return put_in(self.unsubscribe_url, self.links)

    @property
    def may_be_cancelled(self) -> bool:
        """Whether it has not been sent yet; `cancel_message` makes the final check."""
        return self.status in (self.Status.QUEUED, self.Status.FAILED)

    @property
    def may_be_edited(self) -> bool:
        """Whether it has not been sent yet; `edit_message` makes the final check."""
        return self.may_be_cancelled and self.words_deleted_at is None

    @property
    def may_be_sent_again(self) -> bool:
        """Whether it ended without being sent; `resend_message` makes the final check."""
        is_over = self.status in (self.Status.FAILED, self.Status.CANCELLED, self.Status.SKIPPED)
        return is_over and self.words_deleted_at is None

    @property
    def recipients(self) -> list[str]:
        """Every recipient's address, each once."""
        return list(dict.fromkeys([*self.to, *self.cc, *self.bcc]))

    @property
    def is_necessary(self) -> bool:
        """Whether it also goes to people who want necessary mails only."""
        return not self.unsubscribe_url

    @property
    def message_id(self) -> str:
        """The Message-ID header: the same for every attempt, so that mailboxes can collapse a second copy."""
        return f"<{self.id}@{_domain_of(self.sender or settings.DEFAULT_FROM_EMAIL)}>"

    @property
    def headers(self) -> dict[str, str]:
        """Headers besides sender, recipients, subject and date, with placeholders for links."""
        headers = {
            "Message-ID": self.message_id,
            "Auto-Submitted": "auto-generated",  # RFC 3834: no "out of office" in answer
            "X-Auto-Response-Suppress": "All",
        }
        if self.unsubscribe_url:
            headers["List-Unsubscribe"] = f"<{self.unsubscribe_url}>"
            headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
            headers["Precedence"] = "bulk"
        return headers

    @property
    def full_headers(self) -> dict[str, str]:
        """The headers with their links filled in, ready to send."""
        return {name: put_in(value, self.links) for name, value in self.headers.items()}


class Attachment(models.Model):
    """A file sent with a message. Only messages with names in `attached` have some."""

    message = models.ForeignKey(OutboxMessage, on_delete=models.CASCADE, related_name="attachments")
    name = models.CharField(max_length=120)
    content_type = models.CharField(max_length=60)
    content = models.BinaryField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_invitation(self) -> bool:
        """Whether mail programs should act on it: add, change or remove the event in a calendar."""
        return self.content_type.startswith("text/calendar")


class PlannedChange(models.Model):
    """A coordinator's decision about a message that is not written yet: skip it, or send it later.

    The app that will write the message knows its key in advance; `enqueue` looks it up here.
    """

    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.CASCADE, related_name="planned_changes")
    key = models.CharField(max_length=200, unique=True, help_text="The key that the message will have.")
    left_out = models.BooleanField(default=False)
    due_at = models.DateTimeField(null=True, help_text="Not before this moment; empty = when it is planned.")
    by = models.ForeignKey("accounts.User", null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    objects = PlannedChangeQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return self.key


class Suppression(models.Model):
    """An address that mails of a workspace leave out, with the reason."""

    class Reason(models.TextChoices):
        BOUNCED = "bounced", "the address does not exist"
        OPTED_OUT = "opted-out", "wants necessary mails only"
        BY_HAND = "by-hand", "left out by a coordinator"

    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.CASCADE, related_name="suppressions")
    address = models.EmailField(max_length=254, help_text="in lower case")
    reason = models.CharField(max_length=20, choices=Reason)
    note = models.TextField(blank=True, help_text="What the mail server said, or the coordinator.")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = SuppressionQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "address", "reason"], name="suppression_once"),
        ]

    def __str__(self) -> str:
        return f"{self.address}: {self.get_reason_display()}"

    @property
    def in_words(self) -> str:
        """`the address does not exist (550 5.1.1 user unknown)`"""
        return f"{self.get_reason_display()}{f' ({self.note})' if self.note else ''}"


class Bounce(models.Model):
    """A provider's report on a message that it had accepted: it bounced, or was marked as spam."""

    class Kind(models.TextChoices):
        GONE = "gone", "came back: no such address"
        LATER = "later", "came back"
        SPAM = "spam", "was called spam"
        REFUSED = "refused", "was not sent by the provider"

    message = models.ForeignKey(OutboxMessage, on_delete=models.CASCADE, related_name="bounces")
    event = models.CharField(max_length=200, unique=True, help_text="The provider's own name of it: told twice is one.")
    kind = models.CharField(max_length=20, choices=Kind)
    address = models.EmailField(max_length=254, help_text="in lower case")
    words = models.TextField(blank=True, help_text="What the other mail server said.")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.address}: {self.get_kind_display()}"


class Heartbeat(models.Model):
    """The moment (UTC) at which a part of the installation was last active. One row each."""

    name = models.CharField(max_length=60, primary_key=True, help_text="sweep, beat or delivery")
    at = models.DateTimeField()
    where = models.CharField(max_length=120, blank=True, help_text="The machine and its process.")
    note = models.TextField(blank=True, help_text="What it did, or what went wrong.")
    ok = models.BooleanField(default=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return f"{self.name} at {self.at:%Y-%m-%d %H:%M:%S}"


class ForgottenAddress(models.Model):
    """The hash of an erased person's address, which gets no more mail. See `erased_addresses`."""

    digest = models.CharField(max_length=64, unique=True, help_text="keyed hash of the address")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "forgotten addresses"

    def __str__(self) -> str:
        return self.digest[:12]


class MailTemplate(models.Model):
    """A programme's or cohort's own wording of a mail. Without a row the file's text is used."""

    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.CASCADE, related_name="mail_templates")
    scope = models.CharField(max_length=60, blank=True, help_text="such as cohort:12; empty = the whole programme")
    kind = models.CharField(max_length=100, help_text="the folder below templates/emails")
    subject = models.CharField(max_length=200)
    body = models.TextField(max_length=20_000)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["kind", "scope"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "scope", "kind"], name="mail_template_once"),
        ]

    def __str__(self) -> str:
        return self.kind

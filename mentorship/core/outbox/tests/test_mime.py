"""The bytes of a mail: the same mail as Django would write, with any content."""

from email import message_from_bytes, policy

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from mentorship.core.outbox.delivery.attempts import as_mail
from mentorship.core.outbox.delivery.mime import as_bytes, source_of
from mentorship.core.outbox.mail_templates.rendering import clean_text, html_of, one_line
from mentorship.core.outbox.models import OutboxMessage
from mentorship.core.outbox.services import enqueue

TEXT = st.text(max_size=400) | st.text(alphabet="ab .\r\n\t=é€😀", max_size=3000)


def message_of(subject: str, text: str, html: bool, **fields) -> OutboxMessage:
    subject, text = one_line(subject), clean_text(text)
    return OutboxMessage(
        **{"to": ["a@example.org"], **fields},
        subject=subject,
        body_text=text,
        body_html=html_of(subject, text) if html else "",
    )


def parts(raw: bytes):
    mail = message_from_bytes(raw, policy=policy.default)
    assert not mail.defects
    bodies = [(p.get_content_type(), p.get_content()) for p in mail.walk() if not p.is_multipart()]
    names = ("Subject", "From", "To", "Cc", "Bcc", "Reply-To", "Message-ID", "Auto-Submitted", "List-Unsubscribe")
    return {name: mail[name] and " ".join(str(mail[name]).split()) for name in names}, [
        (kind, body.replace("\r\n", "\n").strip("\n")) for kind, body in bodies
    ]


@given(subject=TEXT, text=TEXT, html=st.booleans())
def test_the_bytes_are_the_mail_that_django_writes(subject, text, html):
    message = message_of(
        subject,
        text,
        html,
        cc=["Zoë <b@example.org>"],
        bcc=["hidden@example.org"],
        reply_to=["team@bücher.example"],
        unsubscribe_url="https://example.org/" + "x" * 90,
    )
    raw = as_bytes(message)
    assert parts(raw) == parts(as_mail(message).message().as_bytes(linesep="\r\n"))
    lines = raw.split(b"\r\n")
    assert not any(b"\n" in line or b"\r" in line for line in lines)
    assert max(map(len, lines)) <= 998
    assert b"hidden@example.org" not in raw


@given(subject=TEXT, text=TEXT)
def test_nothing_in_a_subject_or_a_text_makes_a_header(subject, text):
    message = message_of(f"{subject}\r\nBcc: victim@example.org", f"{text}\r\nBcc: victim@example.org\r\n", html=False)
    mail = message_from_bytes(as_bytes(message), policy=policy.default)
    assert mail["Bcc"] is None
    assert [name for name in mail if name.lower() == "subject"] == ["Subject"]


@pytest.mark.parametrize("bad", ["a@example.org\nBcc: b@example.org", "a@example.org\r\nX: y", "\r\n\r\nhello"])
@pytest.mark.parametrize("where", ["to", "cc", "reply_to"])
def test_no_address_makes_a_header(where, bad):
    with pytest.raises(ValueError):
        as_bytes(message_of("Hi", "Hi", html=False, **{where: [bad]}))


def test_the_source_of_what_was_sent_stays_though_we_move_to_another_domain(settings):
    settings.DEFAULT_FROM_EMAIL = "Seeds <seeds@old.example.org>"
    message = message_of("Hi", "Hi", html=False, sender=settings.DEFAULT_FROM_EMAIL, sent_at=timezone.now())
    before = source_of(message)
    assert b"@old.example.org>" in before
    settings.DEFAULT_FROM_EMAIL = "Seeds <seeds@new.example.org>"
    assert source_of(message) == before


def test_a_lone_dot_and_from_at_a_line_start_arrive():
    text = ".\n..\nFrom here on\n" + "long " * 400 + "\n"
    _, [(_, body)] = parts(as_bytes(message_of("Hi", text, html=False)))
    assert body == clean_text(text).strip("\n")


@pytest.mark.django_db
@pytest.mark.parametrize("html", [True, False])
def test_files_go_out_with_the_mail(html):
    plain = message_of("A paper", "Here it is.", html)
    message = enqueue(
        key="paper:1",
        workspace_id=None,
        kind="invoice",
        why="A test.",
        to=["a@example.org"],
        subject=plain.subject,
        text=plain.body_text,
        html=plain.body_html,
        files=[("Rechnung Nº 1.pdf", "application/pdf", bytes(range(256)))],
    )
    again = enqueue(
        key="paper:1",
        workspace_id=None,
        kind="invoice",
        why="A test.",
        to=["a@example.org"],
        subject="x",
        text="x",
        files=[("other.pdf", "application/pdf", b"x")],
    )
    assert again == message
    assert message.attached == ["Rechnung Nº 1.pdf"]
    for raw in (as_bytes(message), as_mail(message).message().as_bytes(linesep="\r\n")):
        mail = message_from_bytes(raw, policy=policy.default)
        assert not mail.defects
        (file,) = mail.iter_attachments()
        assert (file.get_filename(), file.get_content_type()) == ("Rechnung Nº 1.pdf", "application/pdf")
        assert file.get_content() == bytes(range(256))
        assert "Here it is." in mail.get_body(("plain",)).get_content()
        assert (mail.get_body(("html",)) is not None) is html
        assert mail["To"] == "a@example.org"
        assert max(map(len, raw.split(b"\r\n"))) <= 998

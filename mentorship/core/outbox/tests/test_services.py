"""Writing, cancelling and queueing messages again."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from mentorship.core.audit.services import history_of
from mentorship.core.errors import ServiceError
from mentorship.core.outbox import services as outbox_services
from mentorship.core.outbox.delivery.attempts import as_mail
from mentorship.core.outbox.mail_templates.rendering import one_line
from mentorship.core.outbox.models import OutboxMessage
from mentorship.core.outbox.services import cancel_message, edit_message, enqueue, resend_message
from mentorship.core.outbox.templatetags.mail_text import mail_html
from mentorship.devtools.testing.factories import MessageFactory, UserFactory

pytestmark = pytest.mark.django_db


def write(key: str = "intro:1", **changes) -> OutboxMessage:
    fields = {
        "workspace_id": None,
        "kind": "intro",
        "why": "A test.",
        "to": ["a@example.org"],
        "subject": "Hi",
        "text": "Hi.",
    }
    return enqueue(key=key, **{**fields, **changes})


@pytest.mark.parametrize("known", [{"delivered_to": ["a@example.org"]}, {"maybe_duplicate": True}])
def test_a_message_that_may_have_arrived_keeps_its_words(known):
    message = MessageFactory(to=["a@example.org", "b@example.org"], **known)
    later = timezone.now() + timedelta(hours=1)
    with pytest.raises(ServiceError, match="Somebody has these words already"):
        edit_message(message=message, by=UserFactory(), subject="Other", text="Other words.", due_at=later)
    edit_message(message=message, by=UserFactory(), subject=message.subject, text=message.body_text, due_at=later)
    message.refresh_from_db()
    assert (message.body_text, message.due_at) == ("Hello.\n", later)


class Broken(Exception):
    pass


def test_a_rolled_back_change_leaves_no_message():
    with pytest.raises(Broken), transaction.atomic():
        write()
        raise Broken
    assert not OutboxMessage.objects.exists()


def test_one_key_is_one_message():
    first = write(subject="first")
    second = write(subject="second")
    assert first.pk == second.pk
    assert OutboxMessage.objects.get().subject == "first"


def test_many_messages_of_one_transaction_wake_delivery_once(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        for n in range(5):
            write(f"intro:{n}")
    assert callbacks == [outbox_services.wake_delivery]


def test_a_message_for_later_wakes_nobody(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        write(due_at=timezone.now() + timedelta(days=90))
    assert callbacks == []


def test_writing_a_message_succeeds_without_a_broker(monkeypatch, django_capture_on_commit_callbacks, caplog):
    def away() -> None:
        raise ConnectionError("nobody there")

    monkeypatch.setattr("mentorship.core.outbox.services.deliver_due.delay", away)
    with django_capture_on_commit_callbacks(execute=True):
        write()
    assert OutboxMessage.objects.get().status == "queued"
    assert "The broker is away" in caplog.text


@pytest.mark.parametrize("bad", ["a\r\nBcc: victim@example.org", "a\nb", "a\x00b", "a\u2028b", "a\x85b"])
def test_no_subject_makes_a_header(bad):
    message = write(subject=bad)
    mail = as_mail(message).message()
    assert "\n" not in message.subject
    assert mail["Bcc"] is None
    assert mail["Subject"] == one_line(bad)


@pytest.mark.parametrize("name", ["کتاب\u200cخانه", "ශ්\u200dරී", "👩\u200d🔬"])
def test_a_subject_keeps_the_joiners_of_a_name(name):
    assert write(subject=f"Welcome, {name}\x07").subject == f"Welcome, {name}"


def test_headings_lists_and_the_main_link_of_a_text_are_those_of_its_html(settings):
    link = f"{settings.SITE_URL}/x/"
    text = f"Hi\n\nTimes:\n- <b>one</b>\n- two\nor none\n\nGo on:\n{link}\n\nMore & more\n-----------\n\nEnd."
    assert mail_html(text) == (
        "<p>Hi</p><p>Times:</p><ul><li>&lt;b&gt;one&lt;/b&gt;</li><li>two</li></ul><p>or none</p>"
        f'<p><a class="m-mail-link m-mail-main" href="{settings.SITE_URL}/x/" rel="nofollow">Go on</a></p>'
        "<h2>More &amp; more</h2><p>End.</p>"
    )
    choice = f"Yes:\n{settings.SITE_URL}/y/\n\nNo:\n{settings.SITE_URL}/n/"
    assert "m-mail-main" not in mail_html(choice)


def test_a_label_and_our_address_on_one_line_are_a_link_and_others_show_where_they_lead(settings):
    link = f"{settings.SITE_URL}/stop/"
    assert (
        mail_html(f"To stop these emails: {link}") == f'<p><a href="{link}" rel="nofollow">To stop these emails</a></p>'
    )
    assert "https://example.org/</a>" in mail_html("Read more: https://example.org/")


def test_lines_of_facts_are_a_table_and_one_such_line_is_a_sentence():
    assert mail_html("When: Tue <2> Feb\nHow long: 60 minutes") == (
        '<table class="m-mail-facts"><tr><th scope="row" align="left" valign="top">When</th>'
        '<td valign="top">Tue &lt;2&gt; Feb</td></tr><tr><th scope="row" align="left" valign="top">How long</th>'
        '<td valign="top">60 minutes</td></tr></table>'
    )
    assert mail_html("Why we matched you: maps") == "<p>Why we matched you: maps</p>"


def test_names_with_markup_are_text_in_html():
    html = mail_html('<img src=x onerror=alert(1)> & "Tom" http://example.org/?a=<b>')
    assert "<img" not in html
    assert "<b>" not in html
    assert "&lt;img" in html


def test_mails_tell_robots_not_to_answer_and_keep_their_id():
    message = write(cc=["c@example.org"], reply_to=["team@example.org"], html="<p>Hi.</p>")
    first, second = as_mail(message).message(), as_mail(message).message()
    assert first["Auto-Submitted"] == "auto-generated"
    assert first["X-Auto-Response-Suppress"] == "All"
    assert first["Date"]
    assert first["Reply-To"] == "team@example.org"
    assert first["Message-ID"] == second["Message-ID"] == message.message_id
    assert [part.get_content_type() for part in first.walk()][1:] == ["text/plain", "text/html"]


def test_cancelling_stops_what_has_not_left_and_is_on_record():
    message, user = MessageFactory(), UserFactory()
    cancel_message(message=message, by=user)
    message.refresh_from_db()
    assert message.status == "cancelled"
    assert history_of(message).get().actor == user


@pytest.mark.parametrize("gone", [{"status": "sent", "sent_at": timezone.now()}, {"status": "cancelled"}])
def test_what_has_left_can_not_be_cancelled(gone):
    with pytest.raises(ServiceError):
        cancel_message(message=MessageFactory(**gone), by=UserFactory())


def test_resending_a_failed_message_resets_its_attempts():
    message = MessageFactory(status="failed", attempts=8, last_error="550 no")
    resend_message(message=message, by=UserFactory())
    message.refresh_from_db()
    assert (message.status, message.attempts, message.last_error) == ("queued", 0, "")


@pytest.mark.parametrize("state", [{"status": "queued"}, {"status": "sent", "sent_at": timezone.now()}])
def test_only_failed_or_cancelled_messages_are_sent_again(state):
    with pytest.raises(ServiceError):
        resend_message(message=MessageFactory(**state), by=UserFactory())

import pytest

from mentorship.core.outbox.delivery.deliver import deliver_all_due
from mentorship.core.outbox.delivery.mime import source_of
from mentorship.core.outbox.models import MailTemplate, OutboxMessage
from mentorship.core.outbox.send_mail import Sender, render_for, send_mail, written_keys
from mentorship.devtools.testing.factories import WorkspaceFactory

pytestmark = pytest.mark.django_db
TEMPLATE = "accounts/sign_in_code"
KNOWN = {"code": "123456", "minutes": 15, "signature": "Open Seeds"}


@pytest.fixture
def sender() -> Sender:
    return Sender(WorkspaceFactory().pk, "cohort:1", ("team@example.org",))


def test_a_mail_is_rendered_and_written_once(sender):
    letter = {"sender": sender, "key": "k:1", "why": "A test.", "to": ["ana@example.org"]}
    message = send_mail(TEMPLATE, KNOWN, **letter)
    assert (message.subject, message.body_text, message.body_html) == render_for(sender, TEMPLATE, KNOWN)
    assert "123456" in message.body_text
    assert (message.workspace_id, message.scope, message.kind) == (sender.workspace_id, "cohort:1", "sign in code")
    assert message.reply_to == ["team@example.org"]
    assert send_mail(TEMPLATE, {**KNOWN, "code": "000000"}, **letter) == message
    assert OutboxMessage.objects.count() == 1
    assert written_keys(["k:1", "k:2"]) == {"k:1"}


def test_a_mail_comes_from_the_programme_by_the_address_that_we_have_when_it_leaves(settings, mailoutbox):
    sender = Sender(WorkspaceFactory().pk, name='Öpen "Seeds", Ltd')
    message = send_mail(TEMPLATE, KNOWN, sender=sender, key="k", why="A test.", to=["ana@example.org"])
    settings.DEFAULT_FROM_EMAIL = "Mentorship <new@example.org>"
    deliver_all_due()
    message.refresh_from_db()
    assert mailoutbox[0].from_email == message.sender == '"Öpen ”Seeds”, Ltd" <new@example.org>'
    assert b"From: =?utf-8?b?w5ZwZW4g" in source_of(message)


def test_a_private_mail_belongs_to_no_workspace_and_answers_may_go_elsewhere(sender):
    message = send_mail(
        TEMPLATE,
        KNOWN,
        sender=sender,
        key="k",
        why="A test.",
        to=["ana@example.org"],
        kind="sign-up",
        private=True,
        reply_to=[],
    )
    assert (message.workspace_id, message.kind, message.reply_to) == (None, "sign-up", [])


def test_words_of_a_programme_are_read_once_for_a_run_of_mails(sender, django_assert_num_queries):
    MailTemplate.objects.create(workspace_id=sender.workspace_id, kind=TEMPLATE, subject="Ours", body="{code}")
    with django_assert_num_queries(1):
        for code in "123":
            assert render_for(sender, TEMPLATE, {"code": code})[:2] == ("Ours", f"{code}\n")

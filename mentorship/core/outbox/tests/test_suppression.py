"""Addresses that are left out, and bounces that add them."""

import pytest
from django.utils import timezone

from mentorship.core.audit.models import AuditEntry
from mentorship.core.outbox.delivery.deliver import deliver_all_due
from mentorship.core.outbox.delivery.erased_addresses import forget
from mentorship.core.outbox.delivery.suppression import lift, reasons_against, says_gone, suppress, who_is_left_out
from mentorship.core.outbox.models import OutboxMessage, Suppression
from mentorship.core.outbox.services import resend_message
from mentorship.devtools.testing.factories import MessageFactory, UserFactory, WorkspaceFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("code", "words", "gone"),
    [
        (550, "5.1.1 user unknown", True),
        (550, "5.1.10 recipient not found", True),
        (550, "5.2.1 mailbox disabled", True),
        (550, "no such user here", True),
        (550, "Mailbox does not exist", True),
        (551, "user not local, address unknown", True),
        (552, "5.2.2 mailbox full", False),
        (550, "5.7.1 relay access denied", False),
        (550, "relay not permitted", False),
        (550, "5.1.8 bad sender address", False),
        (554, "spam", False),
        (450, "4.1.1 unknown for now", False),
    ],
)
def test_only_what_is_said_of_the_address_counts_as_a_bounce(code, words, gone):
    assert says_gone(code, words) is gone


def test_a_hard_bounce_is_remembered_and_the_next_mail_leaves_the_address_out(box):
    workspace = WorkspaceFactory()
    box.answers = {"Gone@example.org": "550 5.1.1 user unknown"}
    first = MessageFactory(workspace=workspace, to=["Gone@example.org", "here@example.org"])
    deliver_all_due()
    assert OutboxMessage.objects.get(pk=first.pk).status == "sent"
    found = Suppression.objects.get()
    assert (found.address, found.reason, found.note) == ("gone@example.org", "bounced", "550 5.1.1 user unknown")

    both = MessageFactory(workspace=workspace, to=["gone@example.org", "here@example.org"])
    alone = MessageFactory(workspace=workspace, to=["gone@example.org"])
    elsewhere = MessageFactory(workspace=WorkspaceFactory(), to=["gone@example.org"])
    deliver_all_due()
    for message in (both, alone, elsewhere):
        message.refresh_from_db()
    assert [m.status for m in (both, alone, elsewhere)] == ["sent", "skipped", "sent"]
    assert "gone@example.org is left out: the address does not exist (550 5.1.1 user unknown)" in both.last_error
    assert "is left out" in alone.last_error
    assert [e.rcpt_tos for e in box.taken if "gone@example.org" in e.rcpt_tos] == [["gone@example.org"]]


def test_a_bounce_counts_for_the_next_message_of_the_same_pass(box):
    workspace = WorkspaceFactory()
    box.answers = {"gone@example.org": "550 5.1.1 user unknown"}
    messages = [MessageFactory(workspace=workspace, to=["gone@example.org"]) for _ in range(3)]
    deliver_all_due()
    assert sorted(OutboxMessage.objects.get(pk=m.pk).status for m in messages) == ["failed", "skipped", "skipped"]


def test_who_was_left_out_by_mistake_is_written_to_again(box):
    workspace, user = WorkspaceFactory(), UserFactory()
    suppress(workspace_id=workspace.pk, address="a@example.org", reason="bounced", by=None)
    message = MessageFactory(workspace=workspace, to=["a@example.org"])
    deliver_all_due()
    assert lift(workspace_id=workspace.pk, address="A@example.org", reason="bounced", by=user)
    assert not lift(workspace_id=workspace.pk, address="A@example.org", reason="bounced", by=user)
    message.refresh_from_db()
    resend_message(message=message, by=user)
    assert deliver_all_due() == 1
    assert list(AuditEntry.objects.values_list("verb", flat=True))[::-1][:2] == ["left out", "written to again"]


def test_who_opted_out_gets_what_is_necessary_and_nothing_else(box):
    workspace = WorkspaceFactory()
    suppress(workspace_id=workspace.pk, address="a@example.org", reason="opted-out")
    news = MessageFactory(workspace=workspace, to=["a@example.org"], unsubscribe_url="https://example.org/stop")
    needed = MessageFactory(workspace=workspace, to=["a@example.org"])
    assert deliver_all_due() == 1
    news.refresh_from_db()
    needed.refresh_from_db()
    assert (news.status, needed.status) == ("skipped", "sent")
    assert "wants necessary mails only" in news.last_error


def test_a_sign_in_code_reaches_whoever_asks(box):
    suppress(workspace_id=WorkspaceFactory().pk, address="a@example.org", reason="bounced")
    MessageFactory(kind="sign-in", to=["a@example.org"])
    assert deliver_all_due() == 1


def test_one_query_finds_who_is_left_out_of_a_whole_batch(box, django_assert_max_num_queries):
    workspace = WorkspaceFactory()
    for _ in range(40):
        MessageFactory(workspace=workspace)
    with django_assert_max_num_queries(40 * 4 + 20):  # the transactions of a test are savepoints: two statements each
        assert deliver_all_due() == 40


def test_a_dry_run_names_those_who_were_erased(box):
    workspace = WorkspaceFactory()
    forget(["gone@example.org"])
    message = MessageFactory(workspace=workspace, to=["Gone@example.org"])
    assert who_is_left_out(workspace.pk, ["Gone@example.org", "b@example.org"]) == reasons_against(message)
    deliver_all_due()
    assert OutboxMessage.objects.get(pk=message.pk).status == "skipped"


def test_only_what_is_not_necessary_can_be_unsubscribed(box):
    workspace = WorkspaceFactory()
    MessageFactory(workspace=workspace, unsubscribe_url="https://example.org/stop/" + "x" * 120, due_at=timezone.now())
    MessageFactory(workspace=workspace)
    deliver_all_due()
    news, needed = box.mails
    if news["List-Unsubscribe"] is None:
        news, needed = needed, news
    assert "".join(news["List-Unsubscribe"].split()) == "<https://example.org/stop/" + "x" * 120 + ">"
    assert news["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert news["Precedence"] == "bulk"
    for name in ("List-Unsubscribe", "List-Unsubscribe-Post", "Precedence"):
        assert needed[name] is None
    for mail in (news, needed):
        assert (mail["Auto-Submitted"], mail["X-Auto-Response-Suppress"]) == ("auto-generated", "All")

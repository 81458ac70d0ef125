"""Sending, against a real mail server whose answers the test sets."""

import os
import subprocess
import sys
import uuid
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from mentorship.core.outbox.delivery import attempts, deliver
from mentorship.core.outbox.delivery.deliver import claim, deliver_all_due, recover_expired
from mentorship.core.outbox.models import OutboxMessage, Suppression
from mentorship.core.outbox.services import edit_message, enqueue
from mentorship.devtools.testing.factories import MessageFactory, UserFactory, WorkspaceFactory
from mentorship.devtools.testing.servers import BASE_DIR, free_port
from mentorship.operations.retention.classes import find_class
from mentorship.operations.retention.services import delete_some

pytestmark = pytest.mark.django_db


def expired_claim(**fields) -> OutboxMessage:
    return MessageFactory(
        status="sending",
        claim_token=uuid.uuid4(),
        lease_until=timezone.now() - timedelta(seconds=1),
        attempts=1,
        **fields,
    )


def test_what_is_due_goes_out_once(box):
    message = MessageFactory(to=["a@example.org"], cc=["b@example.org"])
    later = MessageFactory(due_at=timezone.now() + timedelta(minutes=1))
    assert deliver_all_due() == 1
    assert deliver_all_due() == 0
    message.refresh_from_db()
    later.refresh_from_db()
    assert (message.status, message.attempts, message.last_error) == ("sent", 1, "")
    assert (message.claim_token, message.lease_until) == (None, None)
    assert later.status == "queued"
    assert box.message_ids == [message.message_id]
    assert box.taken[0].rcpt_tos == ["a@example.org", "b@example.org"]


def test_sign_in_codes_go_before_a_long_queue(box):
    for minutes in (30, 20, 10):
        MessageFactory(due_at=timezone.now() - timedelta(minutes=minutes))
    code = enqueue(
        key="code", workspace_id=None, kind="sign-in", why="Asked.", to=["a@example.org"], subject="Code", text="123"
    )
    deliver_all_due()
    assert box.message_ids[0] == code.message_id


@pytest.mark.parametrize("answer", ["421 busy", "450 greylisted", "451 try later", "452 full"])
def test_a_temporary_refusal_is_retried_later(box, answer):
    box.data_answer = lambda number: answer
    message = MessageFactory()
    before = timezone.now()
    deliver_all_due()
    message.refresh_from_db()
    assert message.status == "queued"
    assert not message.maybe_duplicate
    assert answer in message.last_error
    assert timedelta(seconds=55) < message.due_at - before < timedelta(seconds=70)


@pytest.mark.parametrize("answer", ["550 no such user", "552 too big", "554 spam"])
def test_a_permanent_refusal_fails_the_message(box, answer):
    box.data_answer = lambda number: answer
    message = MessageFactory()
    deliver_all_due()
    message.refresh_from_db()
    assert message.status == "failed"
    assert answer in message.last_error


def test_one_pass_tries_each_message_once(box):
    box.data_answer = lambda number: "451 try later"
    message = MessageFactory()
    deliver_all_due(now=timezone.now() + timedelta(days=1))
    message.refresh_from_db()
    assert message.attempts == 1


def test_a_message_fails_after_the_last_attempt(box):
    box.data_answer = lambda number: "451 try later"
    message = MessageFactory(attempts=attempts.MAX_ATTEMPTS - 1)
    deliver_all_due()
    message.refresh_from_db()
    assert message.status == "failed"
    assert "given up after 8 attempts" in message.last_error


def test_waiting_grows_with_the_attempts_and_has_an_end(box):
    box.data_answer = lambda number: "451 try later"
    waits = []
    for tried in range(attempts.MAX_ATTEMPTS - 1):
        message = MessageFactory(attempts=tried)
        deliver_all_due()
        message.refresh_from_db()
        waits.append(round((message.due_at - timezone.now()).total_seconds() / 60))
    assert waits == [1, 5, 15, 60, 240, 240, 240]


def test_an_unknown_recipient_is_named_and_the_others_get_the_mail(box):
    box.answers = {"gone@example.org": "550 no such user"}
    message = MessageFactory(to=["gone@example.org", "here@example.org"])
    assert deliver_all_due() == 1
    message.refresh_from_db()
    assert message.status == "sent"
    assert message.last_error == "gone@example.org was refused: 550 no such user"
    assert box.taken[0].rcpt_tos == ["here@example.org"]


def test_a_recipient_who_is_greylisted_gets_it_later_and_the_others_not_twice(box):
    box.answers = {"grey@example.org": "450 greylisted"}
    message = MessageFactory(to=["grey@example.org", "here@example.org"])
    deliver_all_due()
    message.refresh_from_db()
    assert (message.status, message.delivered_to) == ("queued", ["here@example.org"])
    box.answers = {}
    deliver_all_due(now=timezone.now() + timedelta(minutes=2))
    message.refresh_from_db()
    assert message.status == "sent"
    assert [envelope.rcpt_tos for envelope in box.taken] == [["here@example.org"], ["grey@example.org"]]
    assert box.message_ids == [message.message_id] * 2


def test_a_message_whose_recipients_are_all_refused_fails(box):
    box.answers = {"gone@example.org": "550 no such user"}
    message = MessageFactory(to=["gone@example.org"])
    deliver_all_due()
    message.refresh_from_db()
    assert message.status == "failed"
    assert "no such user" in message.last_error


@pytest.mark.parametrize("how", ["hang", "drop"])
def test_a_missing_answer_is_shown_as_an_unknown_outcome(box, settings, how):
    settings.EMAIL_TIMEOUT = 0.5
    box.data_answer = lambda number: how if number == 1 else None
    message, next_one = MessageFactory(due_at=timezone.now() - timedelta(hours=1)), MessageFactory()
    assert deliver_all_due() == 1, "the next message goes out on a session of its own"
    message.refresh_from_db()
    next_one.refresh_from_db()
    assert next_one.status == "sent"
    assert (message.status, message.maybe_duplicate) == ("queued", True)
    assert "a copy may have gone out" in message.last_error
    deliver_all_due(now=timezone.now() + timedelta(minutes=2))
    message.refresh_from_db()
    assert (message.status, message.maybe_duplicate) == ("sent", True)
    assert box.message_ids.count(message.message_id) == (2 if how == "drop" else 1)


def test_an_invoice_without_an_answer_waits_for_a_person(box):
    box.data_answer = lambda number: "drop"
    message = MessageFactory(kind="invoice")
    deliver_all_due()
    message.refresh_from_db()
    assert (message.status, message.maybe_duplicate) == ("failed", True)
    assert "Ask the recipient" in message.last_error


def test_while_the_server_is_away_everything_waits_and_says_why(box, settings):
    settings.EMAIL_PORT = free_port()
    messages = [MessageFactory(), MessageFactory()]
    assert deliver_all_due() == 0
    for message in messages:
        message.refresh_from_db()
        assert (message.status, message.attempts) == ("queued", 0)
        assert "The mail server can't be reached" in message.last_error
    assert box.taken == []


def test_one_that_can_not_be_a_mail_stops_no_other(box):
    bad = MessageFactory(to=["a@example.org\nBcc: b@example.org"], due_at=timezone.now() - timedelta(hours=1))
    good = MessageFactory()
    assert deliver_all_due() == 1
    bad.refresh_from_db()
    good.refresh_from_db()
    assert (bad.status, good.status) == ("failed", "sent")


def test_an_address_that_needs_idn_arrives(box):
    message = MessageFactory(to=["ana@bücher.example"])
    deliver_all_due()
    message.refresh_from_db()
    assert message.status == "sent"
    assert box.taken[0].rcpt_tos == ["ana@xn--bcher-kva.example"]


def test_an_expired_claim_is_queued_again_and_flagged(box):
    message = expired_claim()
    assert recover_expired() == 1
    message.refresh_from_db()
    assert (message.status, message.maybe_duplicate) == ("queued", True)
    assert "same Message-ID" in message.last_error
    deliver_all_due()
    message.refresh_from_db()
    assert message.status == "sent"
    assert "a copy may have gone out" in message.last_error, "why there may be two stays readable"


def test_an_expired_invoice_waits_for_a_person():
    message = expired_claim(kind="invoice")
    recover_expired()
    message.refresh_from_db()
    assert message.status == "failed"


def test_a_claim_that_still_runs_is_left_alone():
    message = MessageFactory(
        status="sending", claim_token=uuid.uuid4(), lease_until=timezone.now() + timedelta(seconds=60)
    )
    assert recover_expired() == 0
    message.refresh_from_db()
    assert message.status == "sending"


def test_who_lost_the_claim_marks_nothing(box):
    message = MessageFactory()
    assert claim(message)
    OutboxMessage.objects.filter(pk=message.pk).update(claim_token=uuid.uuid4())
    done = attempts.Outcome({"status": "sent", "sent_at": timezone.now(), "last_error": ""})
    later = MessageFactory()
    assert deliver.take_turns(message, done, later) == (False, True)
    message.refresh_from_db()
    later.refresh_from_db()
    assert (message.status, message.sent_at, later.status) == ("sending", None, "sending")


@pytest.mark.parametrize(
    "changes",
    [
        {"status": "sent", "sent_at": timezone.now(), "last_error": "One address is unknown."},
        {"status": "queued", "last_error": "Later."},
        {"status": "failed", "last_error": "No."},
    ],
    ids=lambda changes: changes["status"],
)
def test_whatever_became_of_it_only_the_holder_of_the_claim_marks_it(box, monkeypatch, changes):
    message, taken_over = MessageFactory(), uuid.uuid4()

    def claim_is_lost_meanwhile(claimed, connection, meanwhile):
        OutboxMessage.objects.filter(pk=claimed.pk).update(claim_token=taken_over)
        return attempts.Outcome(changes, gone={claimed.to[0]: "unknown"})

    monkeypatch.setattr(deliver, "deliver", claim_is_lost_meanwhile)
    assert deliver_all_due() == 0
    message.refresh_from_db()
    assert (message.status, message.claim_token, message.last_error) == ("sending", taken_over, "")
    assert not Suppression.objects.exists(), "the address is for the holder of the claim to judge"


def test_an_expired_claim_that_was_taken_anew_meanwhile_is_left_to_its_holder(monkeypatch):
    message, taken_anew = expired_claim(), uuid.uuid4()
    settle = deliver.unknown_outcome

    def somebody_is_faster(expired, *args, **kwargs):
        OutboxMessage.objects.filter(pk=expired.pk).update(claim_token=taken_anew)
        return settle(expired, *args, **kwargs)

    monkeypatch.setattr(deliver, "unknown_outcome", somebody_is_faster)
    assert recover_expired() == 0
    message.refresh_from_db()
    assert (message.status, message.claim_token, message.maybe_duplicate) == ("sending", taken_anew, False)


def test_who_finds_the_next_message_taken_still_marks_the_sent_one(box):
    message, later = MessageFactory(), MessageFactory()
    same = OutboxMessage.objects.get(pk=later.pk)
    assert claim(message)
    assert claim(same)
    done = attempts.Outcome({"status": "sent", "sent_at": timezone.now(), "last_error": "a word"})
    assert deliver.take_turns(message, done, later) == (True, False)
    message.refresh_from_db()
    later.refresh_from_db()
    assert (message.status, message.last_error, message.attempts, message.claim_token) == ("sent", "a word", 1, None)
    assert (later.status, later.claim_token, later.attempts) == ("sending", same.claim_token, 1)


def test_a_message_is_claimed_by_one_only():
    message = MessageFactory()
    same = OutboxMessage.objects.get(pk=message.pk)
    assert claim(message)
    assert not claim(same)


def test_nobody_sends_words_that_were_changed_after_they_read_them(box):
    message = MessageFactory(body_text="Old words.")
    read_before = OutboxMessage.objects.get(pk=message.pk)
    edit_message(message=message, by=UserFactory(), subject="New", text="New words.")
    assert not claim(read_before)
    assert deliver_all_due() == 1
    assert "New words." in box.mails[0].get_payload()


def test_where_reading_the_queue_takes_long_it_is_not_read_anew_for_each_message(box, monkeypatch):
    late = timedelta(0)
    now, revise, reads = timezone.now, deliver.revise, []

    def slow(batch):
        nonlocal late
        revise(batch)
        late += 2 * deliver.FRESH
        reads.append(len(batch))

    monkeypatch.setattr(deliver, "revise", slow)
    monkeypatch.setattr(timezone, "now", lambda: now() + late)
    MessageFactory.create_batch(5)
    assert deliver_all_due() == 5
    assert [length for length in reads if length] == [5]


def test_one_session_serves_many_messages(box):
    sessions = set()
    real = box.handle_DATA

    async def seen(server, session, envelope):
        sessions.add(session.peer)
        return await real(server, session, envelope)

    box.handle_DATA = seen
    for _ in range(120):
        MessageFactory()
    assert deliver_all_due() == 120
    assert len(sessions) == 1
    del box.handle_DATA


def test_hidden_copies_reach_people_and_stand_in_no_header(box):
    MessageFactory(to=["a@example.org"], bcc=["b@example.org"])
    deliver_all_due()
    assert box.taken[0].rcpt_tos == ["a@example.org", "b@example.org"]
    assert b"b@example.org" not in box.taken[0].original_content


@pytest.mark.django_db(transaction=True)
def test_nothing_is_sent_inside_a_transaction(box):
    MessageFactory()
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        deliver_all_due()
    assert box.taken == []


@pytest.mark.django_db(transaction=True)
def test_no_transaction_is_open_while_the_server_thinks(box, monkeypatch):
    seen = []
    real = attempts.hand_over
    monkeypatch.setattr(
        attempts, "hand_over", lambda *args: seen.append(transaction.get_connection().in_atomic_block) or real(*args)
    )
    MessageFactory()
    assert deliver_all_due() == 1
    assert seen == [False]


def test_a_demo_mails_nobody_whatever_else_is_set(box, settings, tmp_path):
    settings.DEMO, settings.VAR_DIR = True, tmp_path
    message = MessageFactory(to=["somebody.real@example.com"])
    assert deliver_all_due() == 1
    message.refresh_from_db()
    assert message.status == "sent"
    assert box.taken == []
    assert "somebody.real@example.com" in "".join(path.read_text() for path in (tmp_path / "mail").iterdir())


def test_the_settings_of_a_demo_have_no_mail_server(tmp_path):
    """The test runs another process, with the environment of an operator who named a real mail server."""
    environ = {**os.environ, "DEMO": "on", "EMAIL_URL": "smtp://mail.example.org:25"}
    said = subprocess.run(
        [sys.executable, "-c", "from mentorship import settings; print(settings.EMAIL_BACKEND)"],
        cwd=BASE_DIR,
        env=environ,
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout.strip() == "django.core.mail.backends.filebased.EmailBackend"


def test_the_demo_writes_files(settings, tmp_path):
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path
    message = MessageFactory(subject="To a file")
    assert deliver_all_due() == 1
    written = "".join(path.read_text() for path in tmp_path.iterdir())
    assert "Subject: To a file" in written
    assert message.message_id in written


def test_old_sign_in_codes_are_deleted_and_nothing_else():
    old = timezone.now() - timedelta(days=2)
    code, fresh, intro = MessageFactory(kind="sign-in"), MessageFactory(kind="sign-in"), MessageFactory()
    named_so = MessageFactory(kind="sign-in", workspace=WorkspaceFactory())
    OutboxMessage.objects.filter(pk__in=[code.pk, intro.pk, named_so.pk]).update(
        created_at=old, status="sent", sent_at=old
    )
    assert delete_some(find_class("sign_in_mails"), timezone.now()) == 1
    assert set(OutboxMessage.objects.all()) == {fresh, intro, named_so}

"""Dialogues with mail servers that are slow, curt, confused or broken."""

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from mentorship.core.outbox.delivery.attempts import MAX_ATTEMPTS, deliver, open_session
from mentorship.core.outbox.delivery.deliver import Queue, claim, deliver_all_due, open_backend
from mentorship.core.outbox.delivery.suppression import suppress as leave_out
from mentorship.core.outbox.models import OutboxMessage, Suppression
from mentorship.devtools.testing.factories import MessageFactory, WorkspaceFactory

pytestmark = pytest.mark.django_db

CLOSE = b"close"
USUAL = {"EHLO": b"250 hi", "MAIL": b"250 ok", "RCPT": b"250 ok", "DATA": b"354 go on", "RSET": b"250 ok"}


class Talker:
    """A mail server that answers `say(step, mails, line)`, or as usual where that is None.

    A step is the command, or END for the end of a mail; `mails` is how many it took in this session. The answer CLOSE
    ends the session without a word.
    """

    def __init__(self, say: Callable[[str, int, bytes], bytes | None]) -> None:
        self.say = say
        self.taken: list[tuple[list[bytes], bytes]] = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                conn, _ = self.listener.accept()
                with suppress(OSError, ValueError), conn, conn.makefile("rb") as lines:
                    self._talk(conn, lines)

    def _talk(self, conn, lines) -> None:
        conn.sendall(b"220 hi\r\n")
        recipients: list[bytes] = []
        mails = 0
        while line := lines.readline():
            step = line[:4].decode().upper()
            if step == "MAIL":
                recipients = []
            answer = self.say(step, mails, line) or USUAL.get(step, b"221 bye")
            if step == "RCPT" and answer.startswith(b"25"):
                recipients.append(line.split(b"<")[1].split(b">")[0])
            if answer == CLOSE:
                return
            conn.sendall(answer + b"\r\n")
            if step == "DATA" and answer.startswith(b"354"):
                body = b"".join(iter(lines.readline, b".\r\n"))
                mails += 1
                self.taken.append((recipients, body))
                answer = self.say("END", mails, b"") or b"250 taken"
                if answer == CLOSE:
                    return
                conn.sendall(answer + b"\r\n")
                if self.say("AFTER", mails, b"") == CLOSE:
                    return

    @property
    def recipients(self) -> list[list[bytes]]:
        return [to for to, _ in self.taken]


@pytest.fixture
def talk(settings):
    made = []

    def start(say=lambda step, mails, line: None) -> Talker:
        talker = Talker(say)
        made.append(talker)
        settings.EMAIL_BACKEND, settings.DEMO = "django.core.mail.backends.smtp.EmailBackend", False
        settings.EMAIL_HOST, settings.EMAIL_PORT = talker.listener.getsockname()
        settings.EMAIL_TIMEOUT = 1
        return talker

    yield start
    for talker in made:
        talker.listener.close()


def states(*messages: OutboxMessage) -> list[tuple[str, int, bool]]:
    for message in messages:
        message.refresh_from_db()
    return [(m.status, m.attempts, m.maybe_duplicate) for m in messages]


@pytest.mark.parametrize(
    "enough",
    [
        lambda step, mails, line: CLOSE if step == "AFTER" else None,
        lambda step, mails, line: b"421 one a session" if step == "MAIL" and mails else None,
        lambda step, mails, line: b"250 taken\r\n421 bye" if step == "END" else None,
    ],
)
def test_a_server_that_takes_one_mail_a_session_gets_each_on_one_of_its_own(talk, enough):
    server = talk(enough)
    messages = [MessageFactory() for _ in range(4)]
    assert deliver_all_due() == 4
    assert states(*messages) == [("sent", 1, False)] * 4
    assert len(server.taken) == 4


def test_a_surplus_answer_is_not_taken_for_the_next_mail(talk):
    server = talk(lambda step, mails, line: b"250 taken\r\n250 taken" if step == "END" and mails == 1 else None)
    messages = [MessageFactory() for _ in range(2)]
    deliver_all_due()
    sent = [m for m, (status, *_) in zip(messages, states(*messages), strict=True) if status == "sent"]
    assert len(server.taken) == len(sent) == 1
    assert [f"{m.pk}" in server.taken[0][1].decode() for m in messages] == [True, False]


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (b"250-two\r\n250 lines", ("sent", 1, False)),
        (b"252 taken, I think", ("sent", 1, False)),
        (b"garbage", ("queued", 1, True)),
        (b"x" * 9000, ("queued", 1, True)),
        (b"354 go on", ("queued", 1, True)),
        (b"221 bye", ("queued", 1, True)),
        (b"451 no\x00t \xffnow", ("queued", 1, False)),
    ],
)
def test_only_a_clear_answer_to_the_whole_mail_counts(talk, answer, state):
    talk(lambda step, mails, line: answer if step == "END" else None)
    message = MessageFactory()
    deliver_all_due()
    assert states(message) == [state]
    assert "\x00" not in message.last_error, "PostgreSQL can't hold it"


@pytest.mark.parametrize("step", ["EHLO", "MAIL"])
def test_a_refused_session_fails_no_message(talk, step):
    talk(lambda said, mails, line: b"554 you are on a list" if said in (step, "HELO") else None)
    messages = [MessageFactory() for _ in range(2)]
    assert deliver_all_due() == 0
    assert [state[0] for state in states(*messages)] == ["queued"] * 2
    assert all("554 you are on a list" in m.last_error for m in messages)


def test_who_has_lost_the_claim_before_the_end_of_the_mail_does_not_send_it(talk):
    server = talk()
    message = MessageFactory()
    claim(message)
    message.lease_until = timezone.now()  # the process was asleep since
    backend = open_backend()
    open_session(backend)
    outcome = deliver(message, backend, lambda: None)
    assert (outcome.changes["status"], server.taken) == ("queued", [])
    assert "took too long" in outcome.changes["last_error"]


def test_a_claim_lasts_as_long_as_a_server_that_thinks_about_each_recipient(settings):
    message = MessageFactory(to=[f"p{n}@example.org" for n in range(10)])
    claim(message)
    longest = settings.EMAIL_TIMEOUT * (1 + 10 + 1 + 1)  # MAIL, each RCPT, DATA, the mail
    assert message.lease_until - timezone.now() > timedelta(seconds=longest)


def test_an_address_that_can_not_be_written_to_is_named_and_the_others_get_the_mail(talk):
    server = talk()
    message = MessageFactory(workspace=WorkspaceFactory(), to=["żółw@example.org", "b@example.org"])
    alone = MessageFactory(to=["żółw@example.org"])
    deliver_all_due()
    assert [state[0] for state in states(message, alone)] == ["sent", "failed"]
    assert "żółw@example.org was refused: 553" in message.last_error
    assert server.recipients == [[b"b@example.org"]]
    assert not Suppression.objects.exists(), "there may be such a mailbox"


def test_a_bounced_address_with_a_domain_in_other_letters_is_left_out_as_it_is_written(talk):
    talk(lambda step, mails, line: b"550 5.1.1 user unknown" if step == "RCPT" else None)
    message = MessageFactory(workspace=WorkspaceFactory(), to=["ana@bücher.example"])
    deliver_all_due()
    assert Suppression.objects.get().address == "ana@bücher.example"
    assert "ana@bücher.example was refused" in OutboxMessage.objects.get(pk=message.pk).last_error


def test_one_recipient_who_is_put_off_for_good_does_not_undo_what_the_others_got(talk):
    server = talk(lambda step, mails, line: b"450 later" if b"grey@" in line else None)
    message = MessageFactory(to=["grey@example.org", "here@example.org"])
    for days in range(MAX_ATTEMPTS + 1):
        deliver_all_due(now=timezone.now() + timedelta(days=days))
    assert states(message) == [("sent", MAX_ATTEMPTS, False)]
    assert message.last_error == "grey@example.org was refused: 450 later"
    assert server.recipients == [[b"here@example.org"]]


def test_who_is_left_out_after_the_others_got_it_ends_the_message_as_sent(talk):
    server = talk(lambda step, mails, line: b"450 later" if b"grey@" in line else None)
    workspace = WorkspaceFactory()
    message = MessageFactory(workspace=workspace, to=["grey@example.org", "here@example.org"])
    deliver_all_due()
    for address in message.to:
        leave_out(workspace_id=workspace.pk, address=address, reason="by-hand")
    deliver_all_due(now=timezone.now() + timedelta(days=1))
    assert states(message) == [("sent", 2, False)]
    assert server.recipients == [[b"here@example.org"]]


def test_who_opts_out_while_a_slow_server_works_off_the_queue_gets_nothing(talk):
    workspace = WorkspaceFactory()
    message = MessageFactory(workspace=workspace, to=["a@example.org"], unsubscribe_url="https://example.org/stop")
    with time_machine.travel(timezone.now(), tick=False) as clock:
        queue = Queue(None)
        assert queue.look()
        leave_out(workspace_id=workspace.pk, address="a@example.org", reason="opted-out")
        clock.shift(30)
        assert queue.claim_next() is None
    assert states(message)[0][0] == "skipped"


EIGHT_BIT = "jörg@example.org"


def test_an_address_with_other_letters_is_written_to_where_the_server_takes_it(talk):
    server = talk(lambda step, mails, line: b"250-hi\r\n250 SMTPUTF8" if step == "EHLO" else None)
    commands = []
    said = server.say
    server.say = lambda step, mails, line: commands.append(line) or said(step, mails, line)
    both, plain = MessageFactory(to=[EIGHT_BIT, "ana@example.org"]), MessageFactory(to=["bo@example.org"])
    assert deliver_all_due() == 2
    assert states(both, plain) == [("sent", 1, False)] * 2
    ((to, letter),) = [(to, letter) for to, letter in server.taken if len(to) == 2]
    assert to == [EIGHT_BIT.encode(), b"ana@example.org"]
    assert f"To: {EIGHT_BIT},".encode() in letter
    assert sum(line.startswith(b"MAIL") and b"SMTPUTF8" in line for line in commands) == 1


def test_where_the_server_takes_no_other_letters_the_others_get_the_mail_and_the_reason_is_kept(talk):
    server = talk()
    message = MessageFactory(to=[EIGHT_BIT, "ana@example.org"])
    deliver_all_due()
    assert states(message) == [("sent", 1, False)]
    assert server.recipients == [[b"ana@example.org"]]
    assert f"{EIGHT_BIT} was refused: 553" in message.last_error

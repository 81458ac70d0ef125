"""Mail providers: what they report, in the form in which they post it, and mails given to one by HTTP."""

import base64
import hashlib
import hmac
import json
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from mentorship.core.outbox.delivery.deliver import deliver_all_due
from mentorship.core.outbox.models import Bounce, OutboxMessage, Suppression
from mentorship.devtools.testing.factories import MessageFactory, WorkspaceFactory
from mentorship.operations.checks import check_installation

pytestmark = pytest.mark.django_db

SECRET = "reports:long-secret"
KEY = "signing-key"


@pytest.fixture(autouse=True)
def with_secret(settings):
    settings.ANYMAIL = {"WEBHOOK_SECRET": SECRET, "MAILGUN_WEBHOOK_SIGNING_KEY": KEY, "REQUESTS_TIMEOUT": 1}


@pytest.fixture
def message():
    return MessageFactory(
        workspace=WorkspaceFactory(),
        to=["gone@example.org", "here@example.org"],
        status="sent",
        sent_at=timezone.now() - timedelta(minutes=5),
    )


def post(provider: str, payload: dict, secret: str = SECRET):
    headers = {"authorization": "Basic " + base64.b64encode(secret.encode()).decode()} if secret else {}
    return Client(enforce_csrf_checks=True).post(
        reverse("mail-report", args=[provider]), json.dumps(payload), content_type="application/json", headers=headers
    )


def postmark(message: OutboxMessage, **changes) -> dict:
    """A bounce as Postmark posts it."""
    return {
        "RecordType": "Bounce",
        "MessageStream": "outbound",
        "ID": 4323372036854775807,
        "Type": "HardBounce",
        "TypeCode": 1,
        "Name": "Hard bounce",
        "Tag": "intro",
        "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483",
        "Metadata": {"outbox": str(message.pk)},
        "ServerID": 23,
        "Email": "Gone@example.org",
        "Description": "The server was unable to deliver your message (ex: unknown user, mailbox not found).",
        "Details": "smtp;550 5.1.1 The email account that you tried to reach does not exist.",
        "From": "mentors@example.org",
        "BouncedAt": "2026-11-05T16:33:54.9070259Z",
        "DumpAvailable": True,
        "Inactive": True,
        "CanActivate": True,
        "Subject": message.subject,
        **changes,
    }


def mailgun(message: OutboxMessage, key: str = KEY, **changes) -> dict:
    """A permanent failure as Mailgun posts it."""
    stamp, token = "1529006854", "a8ce0edb2dd8301dee6c2405235584e45aa91d1e9f979f3de0"
    signature = hmac.new(key.encode(), f"{stamp}{token}".encode(), hashlib.sha256).hexdigest()
    event = {
        "event": "failed",
        "id": "G9Bn5sl1TC6nu79C8C0bwg",
        "timestamp": 1521233195.375624,
        "log-level": "error",
        "severity": "permanent",
        "reason": "bounce",
        "recipient": "gone@example.org",
        "recipient-domain": "example.org",
        "tags": [],
        "campaigns": [],
        "user-variables": {},
        "flags": {"is-routed": False, "is-authenticated": True, "is-system-test": False, "is-test-mode": False},
        "delivery-status": {
            "attempt-no": 1,
            "message": "5.1.1 gone@example.org: user unknown",
            "code": 550,
            "description": "",
            "session-seconds": 0.0,
        },
        "message": {
            "headers": {
                "to": "gone@example.org",
                "message-id": message.message_id.strip("<>"),
                "from": "mentors@example.org",
                "subject": message.subject,
            },
            "attachments": [],
            "size": 111,
        },
        **changes,
    }
    return {"signature": {"timestamp": stamp, "token": token, "signature": signature}, "event-data": event}


@pytest.mark.parametrize(("provider", "payload"), [("postmark", postmark), ("mailgun", mailgun)])
def test_a_hard_bounce_is_on_the_message_and_leaves_the_address_out(client, cast, provider, payload):
    message = MessageFactory(
        workspace=cast.programme.workspace,
        to=["gone@example.org", "here@example.org"],
        status="sent",
        sent_at=timezone.now(),
    )
    for _ in range(2):  # providers post again where they heard no answer
        assert post(provider, payload(message)).status_code == 200
    bounce = Bounce.objects.get()
    assert (bounce.message, bounce.kind, bounce.address) == (message, "gone", "gone@example.org")
    assert "5.1.1" in bounce.words
    assert Suppression.objects.get().address == "gone@example.org"
    following = MessageFactory(workspace=cast.programme.workspace, to=["gone@example.org"])
    deliver_all_due()
    following.refresh_from_db()
    assert following.status == "skipped"

    client.force_login(cast.viewer)
    html = client.get(message.get_absolute_url()).content.decode()
    assert "gone@example.org: came back: no such address" in html
    found = client.get(reverse("outbox:message-list"), {"status": "back"}).context["page_obj"].object_list
    assert list(found) == [message]


def test_a_soft_bounce_does_not_suppress_the_address(message):
    words = {"Type": "SoftBounce", "Details": "smtp;552 5.2.2 mailbox full", "Description": "Mailbox full."}
    assert post("postmark", postmark(message, **words)).status_code == 200
    assert Bounce.objects.get().kind == "later"
    temporary = mailgun(message, severity="temporary")
    assert post("mailgun", temporary).status_code == 200
    assert Bounce.objects.count() == 1, "Mailgun itself tries that one again"
    assert not Suppression.objects.exists()


def test_who_calls_a_mail_spam_gets_necessary_mails_only(message):
    complaint = postmark(
        message, RecordType="SpamComplaint", Type="SpamComplaint", TypeCode=512, Email="here@example.org"
    )
    assert post("postmark", complaint).status_code == 200
    assert Bounce.objects.get().kind == "spam"
    one = Suppression.objects.get()
    assert (one.address, one.reason) == ("here@example.org", "opted-out")


def test_reports_of_delivery_or_of_unknown_messages_change_nothing(message):
    assert post("mailgun", mailgun(message, event="delivered", severity=None)).status_code == 200
    stranger = postmark(message, Metadata={}, Email="nobody@example.com")
    assert post("postmark", stranger).status_code == 200
    assert not Bounce.objects.exists()


def test_a_report_without_our_id_finds_the_newest_mail_to_the_address(message):
    older = MessageFactory(
        workspace=WorkspaceFactory(), to=["gone@example.org"], status="sent", sent_at=timezone.now() - timedelta(days=3)
    )
    assert post("postmark", postmark(message, Metadata={})).status_code == 200
    assert Bounce.objects.get().message == message
    assert not Suppression.objects.filter(workspace=older.workspace).exists()


def test_a_report_leaves_out_nobody_but_those_to_whom_the_mail_went(message):
    """The secret, or a mail server that bounces, must not be enough to have others left out."""
    for words in ({"Email": "victim@example.org"}, {"Email": "victim@example.org", "Type": "SpamComplaint"}):
        assert post("postmark", postmark(message, **words)).status_code == 200
    waiting = MessageFactory(workspace=message.workspace, to=["gone@example.org"])
    assert post("postmark", postmark(waiting)).status_code == 200
    assert not Bounce.objects.exists()
    assert not Suppression.objects.exists()
    OutboxMessage.objects.filter(pk=message.pk).update(cc=["Ana <ana@bücher.example>"])
    assert post("postmark", postmark(message, Email="Ana@xn--bcher-kva.example")).status_code == 200
    assert Suppression.objects.get().address == "ana@bücher.example"


@pytest.mark.expects_errors
@pytest.mark.parametrize("secret", ["", "reports:wrong"])
def test_without_the_secret_nobody_reports(message, secret):
    assert post("postmark", postmark(message), secret=secret).status_code == 400
    assert not Bounce.objects.exists()


@pytest.mark.expects_errors
def test_a_wrong_signature_is_no_report(message):
    assert post("mailgun", mailgun(message, key="wrong")).status_code == 400
    assert not Bounce.objects.exists()


def test_there_is_no_such_page_without_a_secret_or_a_provider(message, settings):
    assert post("nobody", {}).status_code == 404
    settings.ANYMAIL = {}
    assert post("postmark", postmark(message)).status_code == 404


@pytest.mark.parametrize("provider", ["amazon_ses", "mailersend", "mandrill"])
def test_the_webhook_of_another_provider_is_404(provider):
    assert post(provider, {}, secret="").status_code == 404


def test_a_malformed_report_is_refused_without_an_error(message):
    for words in ("nonsense", "[1]", "null", '"x"', "[" * 100_000, '{"a":' * 100_000):
        headers = {"authorization": "Basic " + base64.b64encode(SECRET.encode()).decode()}
        address = reverse("mail-report", args=["brevo"])
        answer = Client().post(address, words, content_type="application/json", headers=headers)
        assert answer.status_code == 400
    assert post("postmark", postmark(message, Email="x" * 300 + "@example.org")).status_code == 200
    assert not Bounce.objects.exists()
    assert post("postmark", postmark(message, Details="smtp;550 5.1.1 gone\x00\n\x1b[2J")).status_code == 200
    assert "\x00" not in Bounce.objects.get().words, "PostgreSQL can't hold it"


# --- mails by HTTP --------------------------------------------------------------------------------------------------


class Api(HTTPServer):
    """A provider whose answers the test sets, and which keeps the requests."""

    answer: tuple[int, dict] = (200, {})
    given: list[dict]


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.given.append(body)
        code, said = self.server.answer
        if code == 0:  # taken, and then silence
            self.close_connection = True
            return
        ok = {
            "To": body["To"],
            "SubmittedAt": "2026-11-05T16:33:54Z",
            "MessageID": "pm-1",
            "ErrorCode": 0,
            "Message": "OK",
        }
        words = json.dumps(said or ok).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(words)))
        self.end_headers()
        self.wfile.write(words)

    def log_message(self, *args):
        """Say nothing."""


@contextmanager
def provider(settings):
    server = Api(("127.0.0.1", 0), Handler)
    server.given = []
    Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    settings.DEMO, settings.EMAIL_BACKEND = False, "anymail.backends.postmark.EmailBackend"
    settings.ANYMAIL = {
        "POSTMARK_SERVER_TOKEN": "token",
        "POSTMARK_API_URL": f"http://127.0.0.1:{server.server_port}/",
        "REQUESTS_TIMEOUT": 1,
    }
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def test_a_mail_by_http_keeps_its_message_id_and_our_id(settings):
    message = MessageFactory(
        workspace=WorkspaceFactory(), reply_to=["team@example.org"], unsubscribe_url="https://x.org/"
    )
    with provider(settings) as api:
        assert deliver_all_due() == 1
    (given,) = api.given
    headers = {header["Name"]: header["Value"] for header in given["Headers"]}
    assert headers["Message-ID"] == message.message_id
    assert headers["X-PM-KeepID"] == "true"
    assert headers["Auto-Submitted"] == "auto-generated"
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert given["Metadata"] == {"outbox": str(message.pk)}
    assert given["ReplyTo"] == "team@example.org"
    message.refresh_from_db()
    assert (message.status, message.provider_id) == ("sent", "pm-1")


@pytest.mark.parametrize(
    ("answer", "status", "twice"),
    [
        ((429, {"ErrorCode": 429, "Message": "slow down"}), "queued", False),
        ((503, {"ErrorCode": 100, "Message": "maintenance"}), "queued", False),
        ((422, {"ErrorCode": 300, "Message": "Invalid email request"}), "failed", False),
        ((401, {"ErrorCode": 10, "Message": "Bad or missing API token"}), "queued", False),
        ((500, {"ErrorCode": 0, "Message": "oops"}), "queued", True),
        ((0, {}), "queued", True),
    ],
)
def test_an_answer_by_http_has_its_class(settings, answer, status, twice):
    message = MessageFactory(workspace=WorkspaceFactory())
    with provider(settings) as api:
        api.answer = answer
        assert deliver_all_due() == 0
    message.refresh_from_db()
    assert (message.status, message.maybe_duplicate) == (status, twice), message.last_error
    assert message.last_error


def test_a_provider_that_is_away_uses_up_no_outcome(settings):
    message = MessageFactory(workspace=WorkspaceFactory())
    with provider(settings):
        pass  # nobody listens any more
    deliver_all_due()
    message.refresh_from_db()
    assert (message.status, message.maybe_duplicate) == ("queued", False)


def test_a_demo_gives_nothing_to_a_provider(settings, tmp_path):
    message = MessageFactory(workspace=WorkspaceFactory())
    with provider(settings) as api:
        settings.DEMO, settings.VAR_DIR = True, tmp_path
        assert deliver_all_due() == 1
    assert api.given == []
    assert message.message_id in "".join(path.read_text() for path in (tmp_path / "mail").iterdir())


def test_checks_name_an_unknown_provider_and_one_that_cannot_report(settings):
    settings.TRYING_OUT, settings.SITE_URL = False, "https://mentors.example.org"
    settings.ALLOWED_HOSTS = ["mentors.example.org"]
    settings.ANYMAIL = {}
    settings.EMAIL_PROVIDER = "pigeon"
    assert "mentorship.E004" in {found.id for found in check_installation(None)}
    settings.EMAIL_PROVIDER = "postmark"
    assert "mentorship.W004" in {found.id for found in check_installation(None)}
    settings.ANYMAIL = {"WEBHOOK_SECRET": SECRET}
    assert not {"mentorship.E004", "mentorship.W004"} & {found.id for found in check_installation(None)}


@pytest.mark.expects_errors
def test_reports_with_the_right_secret_count_in_no_limit_and_guesses_do(message, settings):
    settings.LIMITS = {**settings.LIMITS, "post_by_source": "3/h"}
    assert {post("postmark", postmark(message)).status_code for _ in range(6)} == {200}
    guesses = [post("postmark", postmark(message), secret="reports:guess").status_code for _ in range(5)]
    assert guesses == [400, 400, 400, 429, 429]
    assert post("postmark", postmark(message)).status_code == 200, "guesses from the same address stop no report"

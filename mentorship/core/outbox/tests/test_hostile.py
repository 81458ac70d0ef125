"""Hostile names, titles and answers in the mails of several apps."""

from email import message_from_bytes, policy

import pytest
from django.utils import timezone

from checkins.waves.sweep import sweep_checkins
from cohorts.enrollment.services import decide_enrollments
from cohorts.mailings.services import save_mailing, schedule_mailing, send_mailing
from cohorts.models import Mailing
from matching.engine.services import run_now
from matching.intro.services import confirm_run
from mentorship.core.outbox.delivery.deliver import deliver_all_due
from mentorship.core.outbox.models import OutboxMessage
from mentorship.devtools.testing.factories import EnrollmentFactory

pytestmark = pytest.mark.django_db

HOSTILE = [
    "Eve\r\nBcc: victim@example.org",
    "Eve\nContent-Type: text/html\n\n<script>alert(1)</script>",
    "{{ settings.SECRET_KEY }}{% debug %}{name}{link}%(x)s",
    '"Eve" <victim@example.org>, other@example.org',
    "=?utf-8?q?Eve=0ABcc:_victim=40example.org?=",
    "<img src=x onerror=alert(1)><a href=javascript:alert(1)>go</a>",
    "Eve\u2028Bcc: victim@example.org\x85\x00\x1b[31m\u202e",
    "\ud800 half a character",
    "x" * 3000,
]
HEADERS = {
    "subject",
    "from",
    "to",
    "cc",
    "reply-to",
    "date",
    "message-id",
    "auto-submitted",
    "x-auto-response-suppress",
    "list-unsubscribe",
    "list-unsubscribe-post",
    "precedence",
    "mime-version",
    "content-type",
    "content-transfer-encoding",
}


def stored(words: str, most: int) -> str:
    """The part of a text that a database can hold; what forms refuse may still come by import or by hand."""
    return words.replace("\x00", "").encode("utf-8", "replace").decode()[:most]


@pytest.mark.parametrize("words", HOSTILE)
def test_what_people_call_themselves_is_text_in_every_mail(cast, server, settings, words):
    settings.EMAIL_BACKEND, settings.DEMO = "django.core.mail.backends.smtp.EmailBackend", False
    settings.EMAIL_HOST, settings.EMAIL_PORT = server.host, server.port
    OutboxMessage.objects.filter(pk=cast.match.intro_id).update(status="cancelled")
    server.box.__init__()
    name, cohort = stored(words, 100), cast.other_cohort
    mentor = EnrollmentFactory(cohort=cohort, role="mentor", user__full_name=name, status="applied")
    mentee = EnrollmentFactory(
        cohort=cohort, user__full_name=name, title=stored(words, 150), goals=stored(words, 400), status="applied"
    )
    decide_enrollments(enrollments=[mentor, mentee], to="accepted", by=None, message=stored(words, 2000))
    run, _ = run_now(cohort=cohort, by=None)
    confirm_run(run=run, by=None)
    mailing = save_mailing(
        mailing=Mailing(cohort=cohort, subject=f"News for {{name}} {stored(words, 80)}", body=stored(words, 2000)),
        by=cast.stranger,
    )
    schedule_mailing(mailing=mailing, by=cast.stranger)
    assert send_mailing(mailing=mailing, now=timezone.now())
    sweep_checkins(timezone.now())
    due = OutboxMessage.objects.filter(workspace=cohort.programme.workspace)
    assert {m.kind for m in due} >= {"decision", "intro", "mailing"}
    deliver_all_due()
    assert set(due.values_list("status", flat=True)) == {"sent"}, list(due.values_list("last_error", flat=True))

    known = {mentor.user.email, mentee.user.email, cast.mentor.email, cast.mentee.email}
    for envelope in server.box.taken:
        mail = message_from_bytes(envelope.original_content, policy=policy.default)
        assert not mail.defects
        assert {header.lower() for header in mail.keys()} <= HEADERS  # noqa: SIM118  (a mail's names repeat)
        assert set(envelope.rcpt_tos) <= known
        assert {address.addr_spec for address in mail["To"].addresses} <= known
        bodies = {p.get_content_type(): p.get_content() for p in mail.walk() if not p.is_multipart()}
        assert set(bodies) <= {"text/plain", "text/html"}
        for shown in (mail["Subject"], *bodies.values()):
            assert settings.SECRET_KEY not in shown
            assert "Traceback" not in shown
        for tag in ("<script", "<img", "<a href=javascript", 'href="javascript'):
            assert tag not in bodies.get("text/html", "").lower()

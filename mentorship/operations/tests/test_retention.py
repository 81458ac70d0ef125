"""The sweep deletes data past its time, class by class, in small steps, and counts it."""

import os
from datetime import date, timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile
from django.utils import timezone

from checkins.models import Answer, Case, CheckIn, CheckInWave, Survey, SurveyQuestion
from cohorts.models import ImportBatch, PendingSignup, Review, SignupAnswer, SignupFile, SignupQuestion
from cohorts.signup.links import CONFIRM_WITHIN
from mentorship.core.audit.models import AuditEntry
from mentorship.core.audit.services import record
from mentorship.core.errors import ServiceError
from mentorship.core.outbox.models import Attachment, OutboxMessage
from mentorship.core.outbox.services import resend_message, send_once_more
from mentorship.devtools.testing.factories import MessageFactory
from mentorship.operations.backups.folder import backup_in, delete_old_backups
from mentorship.operations.models import DeletionCount
from mentorship.operations.retention import services
from mentorship.operations.retention.classes import CLASSES, KEPT, find_class
from mentorship.operations.retention.services import RetentionError, delete_some, retention_lines, sweep_old_data
from mentorship.safe_settings import days_to_keep
from training.models import AttendanceImport
from training.tests.slots import new_session

pytestmark = pytest.mark.django_db
PHRASE = "a word that nobody needs any more"


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def ended(cast):
    """The mentee's sign-up for a cohort that was over four years ago, with words of every kind."""
    enrollment, cohort = cast.mentee_enrollment, cast.cohort
    day = timezone.localdate() - timedelta(days=4 * 365)
    type(cohort).objects.filter(pk=cohort.pk).update(status="archived", starts_on=day - timedelta(days=90), ends_on=day)
    type(enrollment).objects.filter(pk=enrollment.pk).update(
        private_needs=PHRASE, note=PHRASE, title="Maps of soils", city="Otley"
    )
    question = SignupQuestion.objects.create(cohort=cohort, role="mentee", key="k", kind="short", text="Why?")
    SignupAnswer.objects.create(enrollment=enrollment, question=question, value=PHRASE)
    Review.objects.create(enrollment=enrollment, reviewer=cast.owner, summary=PHRASE, scores={"1": 3})
    survey = Survey.objects.create(programme=cast.programme, name="Three months")
    asked = SurveyQuestion.objects.create(survey=survey, key="words", kind="text", text="How is it?")
    wave = CheckInWave.objects.create(cohort=cohort, survey=survey, name="Wave")
    then = timezone.now() - timedelta(days=4 * 365)
    times = dict.fromkeys(("due_at", "closes_at"), then)
    checkin = CheckIn.objects.create(wave=wave, enrollment=enrollment, user=cast.mentee, side="mentee", **times)
    Answer.objects.create(checkin=checkin, question=asked, value="4", text=PHRASE)
    Case.objects.create(
        cohort=cohort,
        kind="help",
        about=cast.mentee,
        due_on=day,
        next_step=PHRASE,
        summary=PHRASE,
        status="done",
        done_at=then,
    )
    return enrollment


def test_answers_go_when_the_cohort_is_long_over_and_figures_stay(ended, now):
    deleted = {key: delete_some(find_class(key), now) for key in ("sign_up_answers", "check_in_answers")}
    assert deleted == {"sign_up_answers": 3, "check_in_answers": 2}
    ended.refresh_from_db()
    assert (ended.private_needs, ended.note, ended.city, ended.title) == ("", "", "", "Maps of soils")
    assert not SignupAnswer.objects.exists()
    assert (Review.objects.get().summary, Review.objects.get().scores) == ("", {"1": 3})
    assert (Answer.objects.get().text, Answer.objects.get().value) == ("", "4")
    assert PHRASE not in f"{Case.objects.get().summary} {Case.objects.get().next_step}"
    assert delete_some(find_class("check_in_answers"), now) == 0


def test_words_about_a_cohort_of_long_ago_stay_when_they_were_written_lately(ended, now):
    CheckIn.objects.update(closes_at=now)
    Case.objects.update(done_at=now)
    assert delete_some(find_class("check_in_answers"), now) == 0
    assert (Answer.objects.get().text, Case.objects.get().summary) == (PHRASE, PHRASE)


@pytest.mark.parametrize("status", ["running", "archived"])
def test_nothing_goes_of_a_cohort_that_is_not_long_over(ended, now, status):
    on = date(2000, 1, 1) if status == "running" else now.date() - timedelta(days=300)
    type(ended.cohort).objects.filter(pk=ended.cohort_id).update(status=status, starts_on=on, ends_on=on)
    for key in ("sign_up_answers", "check_in_answers", "uploaded_files"):
        assert delete_some(find_class(key), now) == 0
    assert SignupAnswer.objects.get().value == PHRASE


def test_uploaded_files_go_with_what_is_stored(ended, now, django_capture_on_commit_callbacks):
    file = SignupFile(cohort=ended.cohort, enrollment=ended, name="cv.txt")
    file.file.save("cv.txt", ContentFile(b"words"))
    with django_capture_on_commit_callbacks(execute=True):
        assert delete_some(find_class("uploaded_files"), now) == 1
    assert not file.file.storage.exists(file.file.name)


def test_of_old_emails_only_the_record_stays(cast, now):
    old = MessageFactory(workspace=cast.programme.workspace, status="sent", sent_at=now, body_text=PHRASE, key="m:1")
    waiting = MessageFactory(workspace=cast.programme.workspace, body_text="still to be sent")
    Attachment.objects.create(message=old, name="a.pdf", content_type="application/pdf", content=b"words")
    OutboxMessage.objects.update(created_at=now - timedelta(days=731))
    assert delete_some(find_class("message_texts"), now) == 1
    old.refresh_from_db()
    waiting.refresh_from_db()
    assert PHRASE not in f"{old.body_text} {old.recipe} {old.body_html}"
    assert (old.key, old.status, old.attachments.count()) == ("m:1", "sent", 0)
    assert waiting.body_text == "still to be sent"
    with pytest.raises(ServiceError, match="were deleted"):
        send_once_more(message=old, by=cast.owner, to=old.to)
    OutboxMessage.objects.filter(pk=old.pk).update(status="failed", sent_at=None)
    old.refresh_from_db()
    with pytest.raises(ServiceError, match="were deleted"):
        resend_message(message=old, by=cast.owner)
    assert (old.may_be_sent_again, old.may_be_edited) == (False, False)


def test_an_account_email_that_waits_for_the_mail_server_is_not_deleted(now):
    for status in ("queued", "failed", "sent"):
        sent_at = now if status == "sent" else None
        MessageFactory(workspace=None, kind=OutboxMessage.SIGN_IN, key=status, status=status, sent_at=sent_at)
    OutboxMessage.objects.update(created_at=now - timedelta(days=2))
    assert delete_some(find_class("sign_in_mails"), now) == 2
    assert OutboxMessage.objects.get().key == "queued"


def test_sheets_lose_their_rows_and_keep_their_numbers(cast, now):
    rows = [["name", "email"], ["Ana Sousa", "ana@example.org"]]
    result = {"created": 1, "updated": 0, "unchanged": 0, "rejected": [[3, "Ana twice"]]}
    sheet = {"cohort": cast.cohort, "role": "mentor", "filename": "x.csv", "rows": rows, "lines": [1, 2]}
    applied = ImportBatch.objects.create(status="applied", result=result, mapping={"name": "full_name"}, **sheet)
    ImportBatch.objects.create(status="uploaded", source=b"name", **sheet)
    ImportBatch.objects.create(status="working", **sheet)  # its worker was killed
    AttendanceImport.objects.create(session=new_session(cast.cohort), rows=[{"name": "Ana"}], at=now)
    old = now - timedelta(days=91)
    ImportBatch.objects.update(created_at=old, touched_at=old)
    AttendanceImport.objects.update(at=old)
    assert delete_some(find_class("imported_sheets"), now) == 4
    applied.refresh_from_db()
    assert list(ImportBatch.objects.all()) == [applied]
    assert (applied.rows, applied.mapping) == ([["name", "email"]], {"name": "full_name"})
    assert applied.result == {"created": 1, "updated": 0, "unchanged": 0, "rejected": []}
    assert delete_some(find_class("imported_sheets"), now) == 0


def test_sessions_that_ended_go_with_their_line_in_the_list(client, cast, now):
    client.force_login(cast.mentee)
    session = Session.objects.get()
    UserSession.objects.create(
        user=cast.mentee, session_key=session.pk, ip="192.0.2.1", user_agent="x", last_seen_at=now
    )
    assert delete_some(find_class("sessions"), now) == 0
    old = now - timedelta(days=20)
    Session.objects.update(expire_date=old)
    UserSession.objects.update(last_seen_at=old)
    assert next(line for line in retention_lines(now) if line.kind.key == "sessions").due == 2
    assert delete_some(find_class("sessions"), now) == 2
    assert not UserSession.objects.exists()


def test_wake_ups_that_nobody_took_are_deleted(settings, tmp_path, now):
    settings.VAR_DIR = tmp_path
    folder = tmp_path / "queue" / "messages"
    folder.mkdir(parents=True)
    for name, days in (("old", 2), ("fresh", 0)):
        (folder / name).touch()
        moment = (now - timedelta(days=days)).timestamp()
        os.utime(folder / name, (moment, moment))
    assert delete_some(find_class("wake_ups"), now) == 1
    assert [path.name for path in folder.iterdir()] == ["fresh"]


def test_old_entries_of_the_audit_trail_are_deleted_by_its_one_function(cast, now, settings):
    record(verb="noted", target=cast.cohort, workspace_id=None, by=None)
    settings.KEEP_DAYS = {**settings.KEEP_DAYS, "audit": 30}
    assert delete_some(find_class("audit"), now + timedelta(days=29)) == 0
    assert delete_some(find_class("audit"), now + timedelta(days=31)) == AuditEntry.objects.count() + 1
    settings.KEEP_DAYS = {**settings.KEEP_DAYS, "audit": None}
    record(verb="noted", target=cast.cohort, workspace_id=None, by=None)
    assert delete_some(find_class("audit"), now + timedelta(days=9999)) == 0


def test_a_sweep_takes_small_steps_counts_them_and_rests_when_nothing_is_left(cast, now, monkeypatch):
    monkeypatch.setattr(services, "BATCH", 2)
    monkeypatch.setattr(services, "BATCHES", 2)
    for number in range(5):
        PendingSignup.objects.create(cohort=cast.cohort, role="mentor", email=f"{number}@example.org", answers={})
    PendingSignup.objects.update(created_at=now - timedelta(days=31))
    line = next(line for line in retention_lines(now) if line.kind.key == "drafts")
    assert (line.due, line.lately, PendingSignup.objects.count()) == (5, 0, 5)  # saying so deletes nothing
    assert [sweep_old_data(now), sweep_old_data(now), sweep_old_data(now)] == [4, 1, 0]
    assert DeletionCount.objects.get(key="drafts").number == 5
    assert next(line for line in retention_lines(now) if line.kind.key == "drafts").lately == 5


def test_a_sweep_with_nothing_to_do_asks_the_database_once(now, django_assert_num_queries):
    sweep_old_data(now)
    with django_assert_num_queries(1):
        assert sweep_old_data(now) == 0


@pytest.mark.expects_errors
def test_a_class_that_fails_is_named_and_keeps_no_other(cast, now, monkeypatch):
    def fails(*_given):
        raise RuntimeError

    PendingSignup.objects.create(cohort=cast.cohort, role="mentor", email="x@example.org", answers={})
    PendingSignup.objects.update(created_at=now - timedelta(days=31))
    real = services.delete_some
    monkeypatch.setattr(services, "delete_some", lambda kind, at: fails() if kind.key == "sessions" else real(kind, at))
    with pytest.raises(RetentionError, match="Sessions"):
        sweep_old_data(now)
    assert not PendingSignup.objects.exists()


@pytest.mark.parametrize(
    ("given", "found"),
    [({"audit": "always"}, None), ({"audit": " 365 "}, 365), ({}, 1825)],
)
def test_days_are_set_by_name(given, found):
    assert days_to_keep({"audit": 1825, "sessions": 14}, given)["audit"] == found


@pytest.mark.parametrize(
    "given", [{"audits": "3"}, {"audit": "0"}, {"audit": "-1"}, {"audit": "two"}, {"sessions": "always"}]
)
def test_days_that_mean_nothing_are_refused(given):
    with pytest.raises(ImproperlyConfigured, match="KEEP_DAYS"):
        days_to_keep({"audit": 1825, "sessions": 14}, given)


def test_a_draft_is_kept_for_as_long_as_its_link_works():
    assert days_to_keep({"drafts": 30}, {"drafts": "7"}) == {"drafts": CONFIRM_WITHIN.days}
    with pytest.raises(ImproperlyConfigured, match="7 to"):
        days_to_keep({"drafts": 30}, {"drafts": "6"})


def test_every_class_has_its_days_and_every_setting_its_class(settings):
    assert {kind.key for kind in CLASSES} == set(settings.KEEP_DAYS)
    assert all(one.why for one in KEPT)


def test_backups_in_a_folder_are_deleted_after_their_days_and_nothing_else(tmp_path, settings):
    settings.KEEP_DAYS = {**settings.KEEP_DAYS, "backups": 30}
    for name in (
        "mentorship-2020-01-01-040000.tar",
        "mentorship-before-the-move.tar",
        "mentorship-2020-01-01-040000.sql",
    ):
        (tmp_path / name).touch()
    backup_in(tmp_path).touch()
    assert [path.name for path in delete_old_backups(tmp_path)] == ["mentorship-2020-01-01-040000.tar"]
    assert len(list(tmp_path.iterdir())) == 3
    settings.KEEP_DAYS = {**settings.KEEP_DAYS, "backups": None}
    (tmp_path / "mentorship-2020-01-01-040000.tar").touch()
    assert delete_old_backups(tmp_path) == []

"""The rows of each class that are past their time, and how they are deleted if that is more than a DELETE."""

from datetime import datetime
from functools import partial
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from checkins.models import Answer, Case, CaseNote, Reply
from cohorts.models import BulkAction, Cohort, Enrollment, ImportBatch, PendingSignup, Review, SignupAnswer, SignupFile
from matching.models import SpeedGuest, TextVector
from mentorship.core.accounts.models import DataRequest, LimitEntry
from mentorship.core.audit.models import AuditEntry, ReadEntry
from mentorship.core.outbox.models import Attachment, OutboxMessage
from mentorship.core.submissions.models import Submission
from mentorship.operations.models import DeletionCount
from partners.models import BankStatement
from training.models import AttendanceImport

# Messages that have left, or never will.
OVER = ("sent", "failed", "cancelled", "skipped")
NOTHING = "(deleted)"
DELETED = "The words of this email were deleted because their time was over.\n"


def _of_ended_cohorts(before: datetime, path: str = "enrollment__cohort") -> Q:
    """The condition for rows of cohorts that ended before a moment and were closed by their coordinators."""
    return Q(**{f"{path}__status__in": Cohort.OVER, f"{path}__ends_on__lt": before.date()})


def ended_sessions(_before: datetime) -> QuerySet[Session]:
    """Sessions end by a date of their own, which each visit moves."""
    return Session.objects.filter(expire_date__lt=timezone.now())


def listed_sessions(before: datetime) -> QuerySet[UserSession]:
    """Listed sessions that are over, deleted or not."""
    there = Session.objects.filter(session_key=OuterRef("session_key"), expire_date__gte=timezone.now())
    return UserSession.objects.filter(~Exists(there), last_seen_at__lt=before)


def sign_in_mails(before: datetime) -> QuerySet[OutboxMessage]:
    """Sign-in codes and links of the account pages: nobody needs them, and a backup should not hold them.

    One that waits for a mail server stays, so that it isn't lost without a word.
    """
    return OutboxMessage.objects.filter(
        kind=OutboxMessage.SIGN_IN, workspace=None, created_at__lt=before, status__in=OVER
    )


def ended_limits(before: datetime) -> QuerySet[LimitEntry]:
    """Counts of limits whose time is over."""
    return LimitEntry.objects.filter(expires__lt=before)


def unused_vectors(before: datetime) -> QuerySet[TextVector]:
    """Vectors of texts that no match has needed since."""
    return TextVector.objects.filter(used_on__lt=before.date())


def submissions(before: datetime) -> QuerySet[Submission]:
    """Forms that nobody sends again."""
    return Submission.objects.filter(at__lt=before)


def ended_bulk_actions(before: datetime) -> QuerySet[BulkAction]:
    return BulkAction.objects.exclude(status=BulkAction.Status.GOING).filter(created_at__lt=before)


def draft_signups(before: datetime) -> QuerySet[PendingSignup]:
    """Sign-ups whose link to confirm them is over, confirmed or not."""
    return PendingSignup.objects.filter(created_at__lt=before)


def event_guests(before: datetime) -> QuerySet[SpeedGuest]:
    """Guests of events that are over."""
    return SpeedGuest.objects.filter(event__starts_at__lt=before)


def draft_files(before: datetime) -> QuerySet[SignupFile]:
    """Files that no sign-up arrived with."""
    return SignupFile.objects.filter(Q(draft_until__lt=timezone.now()) | Q(enrollment=None, created_at__lt=before))


def files_of_cohorts(before: datetime) -> QuerySet[SignupFile]:
    """Files of sign-ups for cohorts that ended."""
    return SignupFile.objects.filter(_of_ended_cohorts(before))


def delete_files(rows: QuerySet[SignupFile]) -> None:
    """Delete files with their rows; the files once the rows are gone for certain."""
    stored = [row.file for row in rows if row.file]
    rows.delete()
    for file in stored:
        transaction.on_commit(partial(file.storage.delete, str(file.name)))


def unused_sheets(before: datetime) -> QuerySet[ImportBatch]:
    """Sheets that were uploaded and never imported to the end."""
    return ImportBatch.objects.filter(touched_at__lt=before).exclude(status="applied")


def unused_statements(before: datetime) -> QuerySet[BankStatement]:
    """Bank statements whose questions nobody answered."""
    return BankStatement.objects.filter(uploaded_at__lt=before)


def applied_sheets(before: datetime) -> QuerySet[ImportBatch]:
    """Imported sheets whose rows are still there."""
    return ImportBatch.objects.filter(created_at__lt=before, status="applied").exclude(lines=[])


def empty_sheets(rows: QuerySet[ImportBatch]) -> None:
    """Keep the headers, by which the next import guesses its columns, and the numbers."""
    for batch in rows:
        numbers = {name: [] if isinstance(value, list) else value for name, value in batch.result.items()}
        ImportBatch.objects.filter(pk=batch.pk).update(
            rows=batch.rows[:1], lines=[], plan=[], reading={}, source=None, result=numbers
        )


def attendance_lists(before: datetime) -> QuerySet[AttendanceImport]:
    """Attendance lists of meeting tools."""
    return AttendanceImport.objects.filter(at__lt=before)


def answers_of_cohorts(before: datetime) -> QuerySet[SignupAnswer]:
    """Answers to the own questions of cohorts that ended."""
    return SignupAnswer.objects.filter(_of_ended_cohorts(before))


def words_of_enrollments(before: datetime) -> QuerySet[Enrollment]:
    """Sign-ups of cohorts that ended with private needs, a city, hours of the week, or what coordinators noted."""
    ended = Enrollment.objects.filter(_of_ended_cohorts(before, "cohort"))
    return ended.exclude(private_needs="", city="", availability="", note="", status_reason="")


def blank_enrollments(rows: QuerySet[Enrollment]) -> None:
    """Take the words out; the sign-up stays."""
    rows.update(private_needs="", city="", availability="", note="", status_reason="")


def words_of_reviews(before: datetime) -> QuerySet[Review]:
    """Reviews with words, of cohorts that ended."""
    return Review.objects.filter(_of_ended_cohorts(before)).exclude(summary="", conflict_reason="")


def blank_reviews(rows: QuerySet[Review]) -> None:
    """Take the words out; the points stay."""
    rows.update(summary="", conflict_reason="")


def words_of_answers(before: datetime) -> QuerySet[Answer]:
    """Free texts of check-ins in cohorts that ended. Some are asked years after: of alumni, for instance."""
    ended = Answer.objects.filter(_of_ended_cohorts(before, "checkin__wave__cohort"), checkin__closes_at__lt=before)
    return ended.exclude(text="")


def words_of_replies(before: datetime) -> QuerySet[Reply]:
    """Replies that people wrote instead of answering, in cohorts that ended."""
    return Reply.objects.filter(_of_ended_cohorts(before, "cohort"), ends_at__lt=before).exclude(words="")


def words_of_cases(before: datetime) -> QuerySet[Case]:
    """Words of cases that were closed long ago, in cohorts that ended."""
    closed = Case.objects.filter(_of_ended_cohorts(before, "cohort"), status="done", done_at__lt=before)
    return closed.exclude(summary="", outcome="", next_step=NOTHING)


def words_of_case_notes(before: datetime) -> QuerySet[CaseNote]:
    """Notes on cases that were closed long ago, in cohorts that ended."""
    ended = CaseNote.objects.filter(_of_ended_cohorts(before, "case__cohort"))
    return ended.filter(case__status="done", case__done_at__lt=before)


def blank(rows: QuerySet[Any], **values: str) -> None:
    """Give columns of the rows these values."""
    rows.update(**values)


def old_messages(before: datetime) -> QuerySet[OutboxMessage]:
    """Messages that still have their words and are over."""
    return OutboxMessage.objects.filter(created_at__lt=before, words_deleted_at=None, status__in=OVER)


def delete_words(rows: QuerySet[OutboxMessage]) -> None:
    """Keep to whom, when and about what a mail was written, and nothing of what it said."""
    ids = list(rows.values_list("pk", flat=True))
    Attachment.objects.filter(message__in=ids).delete()
    OutboxMessage.objects.filter(pk__in=ids).update(
        body_text=DELETED,
        body_html="",
        recipe={},
        links={},
        attached=[],
        unsubscribe_url="",
        words_deleted_at=timezone.now(),
        version=F("version") + 1,
    )


def audit_entries(before: datetime) -> QuerySet[AuditEntry]:
    """Old entries of the audit trail."""
    return AuditEntry.objects.filter(at__lt=before)


def read_entries(before: datetime) -> QuerySet[ReadEntry]:
    """Old records of who read what people told in confidence."""
    return ReadEntry.objects.filter(at__lt=before)


def admin_entries(before: datetime) -> QuerySet[LogEntry]:
    """Old log entries of the Django admin."""
    return LogEntry.objects.filter(action_time__lt=before)


def answered_requests(before: datetime) -> QuerySet[DataRequest]:
    """Requests that were answered long ago."""
    return DataRequest.objects.filter(answered_at__lt=before)


def deletion_counts(before: datetime) -> QuerySet[DeletionCount]:
    """Old counts of deletions."""
    return DeletionCount.objects.filter(on__lt=before.date())

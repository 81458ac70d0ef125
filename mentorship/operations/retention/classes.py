"""The classes of data that are deleted when their time is over, and the data kept for good, with the reason.

The days are in the setting KEEP_DAYS; docs/operating.md describes it. The page about retention, its dry run, the sweep
and the privacy notice all read this module.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from django.conf import settings

from mentorship.core.audit.services import delete_entries
from mentorship.operations.retention import finders
from mentorship.operations.retention.parts import Files, Part, Rows


@dataclass(frozen=True)
class RetentionClass:
    """Data that is kept for the same time, for the same purpose (see `mentorship.operations.privacy.purposes`).

    `since` completes "90 days after …"; `becomes` names the parts deleted and kept. Without `parts` something else
    deletes it: a person, another program.
    """

    key: str
    title: str
    purpose: str
    since: str
    becomes: str
    parts: tuple[Part, ...] = ()

    @property
    def days(self) -> int | None:
        """The days for which it is kept; None for good."""
        kept: Mapping[str, int | None] = settings.KEEP_DAYS
        return kept[self.key]

    @property
    def kept(self) -> str:
        """The time for which it is kept, in words."""
        return "no limit" if self.days is None else f"{in_words(self.days)} after {self.since}"


@dataclass(frozen=True)
class Kept:
    """Data that no time deletes, with the reason."""

    title: str
    purpose: str
    why: str


def in_words(days: int) -> str:
    """`2 years`, `90 days`, `1 day`."""
    number, unit = (days // 365, "year") if days % 365 == 0 else (days, "day")
    return f"{number} {unit}{'' if number == 1 else 's'}"


CLASSES: tuple[RetentionClass, ...] = (
    RetentionClass(
        "sessions",
        "Sessions",
        "account",
        "the last visit",
        "You are signed out, and the browser and IP address recorded for it are deleted.",
        (Rows(finders.ended_sessions), Rows(finders.listed_sessions)),
    ),
    RetentionClass(
        "sign_in_mails",
        "Sign-in codes and account emails",
        "account",
        "they were sent",
        "The whole email is deleted.",
        (Rows(finders.sign_in_mails),),
    ),
    RetentionClass(
        "limits",
        "Numbers of attempts",
        "security",
        "they no longer count",
        "The numbers are deleted. They contain no addresses, only hashes.",
        (Rows(finders.ended_limits),),
    ),
    RetentionClass(
        "submissions",
        "Traces of forms that were sent",
        "security",
        "they were sent",
        "The hash that recognises a form sent twice is deleted. It does not contain what was typed.",
        (Rows(finders.submissions), Rows(finders.ended_bulk_actions)),
    ),
    RetentionClass(
        "drafts",
        "Sign-ups that nobody confirmed",
        "sign_up",
        "the form was sent",
        "The draft and its files are deleted. Once a sign-up is confirmed, its draft is deleted too.",
        (Rows(finders.draft_signups), Rows(finders.draft_files, finders.delete_files)),
    ),
    RetentionClass(
        "event_guests",
        "Guests of speed mentoring",
        "sign_up",
        "the event",
        "Their names and addresses are deleted. Whoever signed up has a sign-up of their own.",
        (Rows(finders.event_guests),),
    ),
    RetentionClass(
        "imported_sheets",
        "Imported spreadsheets",
        "sign_up",
        "they were uploaded",
        "Their rows are deleted. The number of rows imported is kept.",
        (
            Rows(finders.unused_sheets),
            Rows(finders.applied_sheets, finders.empty_sheets),
            Rows(finders.attendance_lists),
            Rows(finders.unused_statements),
        ),
    ),
    RetentionClass(
        "uploaded_files",
        "Uploaded files",
        "sign_up",
        "the end of the cohort",
        "The files that people sent with their sign-up are deleted.",
        (Rows(finders.files_of_cohorts, finders.delete_files),),
    ),
    RetentionClass(
        "sign_up_answers",
        "Answers at sign-up",
        "sign_up",
        "the end of the cohort",
        "Answers to the cohort’s own questions, private needs, cities, hours of the week, coordinators’ notes and "
        "reviewers’ comments are deleted. Who took part, in which role and with which project is kept.",
        (
            Rows(finders.answers_of_cohorts),
            Rows(finders.words_of_enrollments, finders.blank_enrollments),
            Rows(finders.words_of_reviews, finders.blank_reviews),
        ),
    ),
    RetentionClass(
        "check_in_answers",
        "Texts in check-ins and cases",
        "check_ins",
        "the end of the cohort, or of the check-in or case if that is later",
        "All free text is deleted. Numbers and choices are kept for statistics.",
        (
            Rows(finders.words_of_answers, partial(finders.blank, text="")),
            Rows(finders.words_of_replies, partial(finders.blank, words="")),
            Rows(finders.words_of_cases, partial(finders.blank, summary="", outcome="", next_step=finders.NOTHING)),
            Rows(finders.words_of_case_notes),
        ),
    ),
    RetentionClass(
        "message_texts",
        "Texts of emails",
        "mail",
        "they were written",
        "Text, attachments and links are deleted. Recipients, subject and time stay, so that nothing is sent twice.",
        (Rows(finders.old_messages, finders.delete_words),),
    ),
    RetentionClass(
        "meanings",
        "Your texts as numbers, for matching",
        "mentoring",
        "a match last needed them",
        "The numbers are deleted. A sentence model on this installation makes them from your texts, and makes them "
        "again if a later match needs them.",
        (Rows(finders.unused_vectors),),
    ),
    RetentionClass(
        "audit",
        "Activity log (audit trail)",
        "security",
        "the entry was written",
        "The entry is deleted: who did what, and who read what was told in confidence.",
        (
            Rows(finders.audit_entries, delete_entries),
            Rows(finders.read_entries, delete_entries),
            Rows(finders.admin_entries),
        ),
    ),
    RetentionClass(
        "data_requests",
        "Requests about personal data",
        "rights",
        "the answer",
        "The request and its answer are deleted.",
        (Rows(finders.answered_requests),),
    ),
    RetentionClass(
        "deletion_counts",
        "Numbers of deleted records",
        "security",
        "they were noted",
        "The numbers are deleted. They name nobody.",
        (Rows(finders.deletion_counts),),
    ),
    RetentionClass(
        "wake_ups",
        "Queue of background jobs",
        "security",
        "they were written",
        "Jobs that were never picked up are deleted. They name a task, nobody’s data.",
        (Files(("queue/messages", "queue/processed", "queue/control")),),
    ),
    RetentionClass(
        "server_log",
        "Server log",
        "security",
        "it was written",
        "It records which kind of page was opened, when, and with what result: no email or IP addresses. The operator "
        "has set up the server to delete it.",
    ),
    RetentionClass(
        "backups",
        "Backups",
        "security",
        "they were made",
        "Until then they contain everything else on this page, as it was at the time. Older ones are deleted.",
    ),
)

KEPT: tuple[Kept, ...] = (
    Kept(
        "Accounts, sign-ups and matches",
        "sign_up",
        "Until you ask for erasure. They are also your record of what you did, for example for a certificate.",
    ),
    Kept(
        "Goals and notes of pairs",
        "mentoring",
        "Until one of the pair deletes them or asks for erasure. Only the pair reads them.",
    ),
    Kept(
        "Invoices, credit notes, payments and bank statements",
        "partners",
        "The law says how long accounts have to be kept, up to ten years in many countries. They are not deleted "
        "automatically.",
    ),
    Kept(
        "Published reports",
        "partners",
        "They contain totals of at least five people, and quotes printed with consent.",
    ),
    Kept(
        "Anonymous answers",
        "check_ins",
        "Nobody can tell whose they are. Answers that were never enough to be read are deleted 30 days after the last "
        "chance for more to come in.",
    ),
    Kept(
        "Addresses that get no email",
        "mail",
        "So that nobody writes to them again. After an erasure only a hash is kept; after a bounce or an opt-out, the "
        "address.",
    ),
    Kept(
        "Exports, certificates and copies of data",
        "account",
        "They are made when somebody asks for them, and not stored.",
    ),
)


def find_class(key: str) -> RetentionClass:
    """The class of this name. Raises KeyError."""
    return {one.key: one for one in CLASSES}[key]

"""Erase a person: delete, anonymise, or keep with a stated reason."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from django.apps import apps
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from checkins.models import Case, CheckIn
from cohorts.enrollment.extensions import companions_of
from cohorts.enrollment.lead import NEEDS_OF
from cohorts.enrollment.leaving_mails import goodbye_mails, mail_member_erased
from cohorts.enrollment.services import set_enrollment_status
from cohorts.models import Cohort, Enrollment, ImportBatch, TeamMember
from matching.models import Match, SpeedRsvp
from mentorship.core.accounts.models import DataRequest, User, WorkspaceRole
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.outbox.delivery.erased_addresses import forget
from mentorship.core.outbox.models import ForgottenAddress, OutboxMessage
from mentorship.core.personal_data import BLANK, DELETE, KEEP, NO_ADDRESS
from mentorship.operations.persons import free_text, mail_erasure
from mentorship.operations.persons.export import files_of
from mentorship.operations.persons.model_registry import books, personal_data_rules
from mentorship.operations.persons.subject import Subject, find_subject, messages_to
from training.booking.services import fill_from_waitlist, lock_sessions, set_booking_status
from training.models import AttendanceImport, TrainingBooking


class ErasureError(ValueError):
    """The person can't be erased now; the text says why and what to do first, one line for each reason."""


@dataclass(frozen=True)
class ErasureLine:
    """The outcome for one kind of rows: how many are removed, anonymised or kept, and why some stay."""

    action: str
    what: str
    number: int
    why: str = ""


@dataclass
class ErasureReport:
    """The effects of an erasure or of its dry run."""

    addresses: tuple[str, ...]
    lines: list[ErasureLine] = field(default_factory=list)

    def add(self, action: str, what: str, number: int, why: str = "") -> None:
        if number:
            self.lines.append(ErasureLine(action, what, number, why))


def erase_person(*, email: str, dry_run: bool = False) -> ErasureReport:
    """Erase the owner of this address, in one transaction; `dry_run` rolls it back, for an exact report.

    Raises NobodyError, and ErasureError while others depend on something of theirs. Files are deleted after the commit.
    """
    with transaction.atomic():
        subject = find_subject(email)
        _refuse(subject)
        report = _erase(subject)
        if dry_run:
            transaction.set_rollback(True)
    return report


def _erase(subject: Subject) -> ErasureReport:
    report = ErasureReport(subject.addresses)
    found = {
        label: list(subject.rows_of(apps.get_model(label), rule).values_list("pk", flat=True))
        for label, rule in personal_data_rules().items()
        if rule.is_about_people
    }
    _leave(subject, report)
    _remove_files(subject)
    for label, ids in found.items():
        _apply(label, ids, report)
    report.add(
        BLANK,
        "Emails to them",
        mail_erasure.blank_mails(subject),
        "That an email was written stays, without address and words.",
    )
    report.add(BLANK, "Invitations of others", mail_erasure.clean_invitations(subject), "Only name and address go.")
    report.add(BLANK, "Lines in sheets", _sheets(subject))
    report.add(DELETE, "Private needs in notes on teams", _needs_in_notes(subject), "They led the team before.")
    report.add(DELETE, "Sessions", _sessions(subject))
    for label, number in free_text.remove_mentions(subject).items():
        plural = apps.get_model(label)._meta.verbose_name_plural
        report.add(BLANK, f"Mentioned in {plural}", number, "Only name and address are taken out.")
    for label, number in free_text.mentions_in_books(subject).items():
        report.add(
            KEEP, f"Mentioned in {label}", number, books().get(label, "an organisation's address: change it there")
        )
    forget([*subject.addresses, *_placeholders(found)])
    _put_on_record(subject, report)
    return report


def _refuse(subject: Subject) -> None:
    """Raise ErasureError if others depend on something that is going on."""
    if reasons := list(dict.fromkeys(_reasons(subject))):
        raise ErasureError("\n".join(reasons))


def _reasons(subject: Subject) -> Iterator[str]:
    users = subject.users
    if any(user.is_staff or user.is_superuser for user in users):
        yield "They are an operator. Take that right away first."
    pairs = Match.objects.filter(mentee__user__in=users) | Match.objects.filter(mentor__user__in=users)
    for match in pairs.filter(status__in=Match.UNDER_WAY).select_related(
        "mentee__cohort", "mentee__user", "mentor__user"
    ):
        yield f"The match {match} in {match.mentee.cohort} is running. End it first."
    owned = WorkspaceRole.objects.filter(user__in=users, role=WorkspaceRole.Role.OWNER)
    for role in owned.select_related("workspace"):
        others = WorkspaceRole.objects.filter(workspace=role.workspace, role=WorkspaceRole.Role.OWNER)
        if not others.exclude(user__in=users).exists():
            yield f"They are the only owner of {role.workspace}. Make somebody else an owner first."
    for case in Case.objects.filter(about__in=users, kind=Case.Kind.CONDUCT).exclude(status=Case.Status.DONE):
        yield f"A conduct concern about them in {case.cohort} is open. Close it first."
    if any(message.status == OutboxMessage.Status.SENDING for message in messages_to(subject.addresses)):
        yield "An email to them is leaving at this moment. Try again in a minute."


def _leave(subject: Subject, report: ErasureReport) -> None:
    """Free places and seats that others wait for, and cancel questions to the person."""
    now, users = timezone.now(), subject.users
    open_ones = Enrollment.objects.open().filter(user__in=users).exclude(cohort__status__in=Cohort.OVER)
    left = list(open_ones)
    for enrollment in left:
        withdrawn = set_enrollment_status(enrollment=enrollment, to=Enrollment.Status.WITHDRAWN, by=None)
        _tell_team(withdrawn, users)
    _leave_teams(users)
    report.add(DELETE, "Places in cohorts", len(left), "They withdraw; the place is free for somebody else.")
    bookings = subject.rows_of(TrainingBooking, personal_data_rules()["training.trainingbooking"])
    ahead = bookings.filter(session__starts_at__gt=now).exclude(status="cancelled")
    seats = list(ahead.values_list("pk", "session_id"))
    for pk, session_id in seats:
        session = lock_sessions(session_id)[session_id]
        set_booking_status(TrainingBooking.objects.with_people().get(pk=pk), TrainingBooking.Status.CANCELLED, by=None)
        fill_from_waitlist(session, now)
    report.add(DELETE, "Seats in trainings and calls ahead", len(seats))
    coming = SpeedRsvp.objects.filter(enrollment__user__in=users, event__starts_at__gt=now)
    coming.exclude(status="not_coming").update(status="not_coming")
    cases = Case.objects.filter(about__in=users).exclude(status=Case.Status.DONE)
    report.add(KEEP, "Open cases", cases.update(status=Case.Status.DONE, done_at=now), "They are closed.")
    # Nobody could be answered any more.
    requests = DataRequest.objects.filter(user__in=users, status=DataRequest.Status.OPEN)
    ended = requests.update(status=DataRequest.Status.WITHDRAWN, answered_at=now)
    report.add(KEEP, "Open requests about their data", ended, "They are closed.")
    # Without a reason, since the sweep would resume them once the reason has gone.
    asked = CheckIn.objects.filter(user__in=users, status__in=CheckIn.OPEN)
    report.add(
        DELETE, "Check-ins to come", asked.update(status="cancelled", next_mail_at=None, cancelled_because="erased")
    )


def _leave_teams(users: Collection[User]) -> None:
    """Remove them from teams in which they are members, and tell the others."""
    teams = Enrollment.objects.open().filter(members__user__in=users).exclude(cohort__status__in=Cohort.OVER)
    for pk in set(teams.values_list("pk", flat=True)):
        members = TeamMember.objects.filter(enrollment=pk, user__in=users).select_related("user")
        gone = [member.user for member in members]
        members.delete()
        team = Enrollment.objects.with_people().select_related("cohort__programme").get(pk=pk)
        for person in gone:
            mail_member_erased(team, person, companions_of(pk))


def _tell_team(enrollment: Enrollment, erased: Collection[User]) -> None:
    """Tell the members of an erased lead's team that it is out of the cohort; the mail doesn't name the lead."""
    for letter in goodbye_mails(enrollment, Enrollment.Departure.WITHDREW, ends=[]):
        if letter.person not in erased:
            context = {**letter.context, "lead": "the lead of your team", "may_come_back": False}
            replace(letter, context=context).send(enrollment.status_changes)


def _apply(label: str, ids: list[Any], report: ErasureReport) -> None:
    model, rule = apps.get_model(label), personal_data_rules()[label]
    rows = model._base_manager.filter(pk__in=ids)
    if rule.erase == DELETE:
        rows.delete()
    elif rule.erase == BLANK:
        for row in rows:
            values = {name: value(row) if callable(value) else value for name, value in rule.blank.items()}
            model._base_manager.filter(pk=row.pk).update(**values)
    report.add(rule.erase, rule.title, len(ids), rule.why)


def _placeholders(found: dict[str, list[Any]]) -> list[str]:
    """The placeholders that replace their addresses, which get no mail either."""
    guests = [f"guest-{pk}" for pk in found["training.trainingguest"]]
    return [NO_ADDRESS.format(name) for name in ("person", *found["accounts.user"], *guests)]


def _remove_files(subject: Subject) -> None:
    for row, name in files_of(subject):
        stored = getattr(row, name)
        transaction.on_commit(partial(stored.storage.delete, stored.name))


def _sheets(subject: Subject) -> int:
    """Remove their lines from uploaded sheets: imports, and lists of meeting tools.

    A file waiting to be imported can't be cleaned: it is deleted, and can be uploaded again.
    """
    ImportBatch.objects.exclude(source=None).update(source=None)
    return sum(_lines_out_of(model, subject) for model in (ImportBatch, AttendanceImport))


def _lines_out_of(model: type[Model], subject: Subject) -> int:
    words, gone = free_text.PersonMentions(subject), 0
    for batch in free_text.rows_mentioning(model, words):
        rows: list[Any] = batch.rows  # type: ignore[attr-defined]
        theirs = [n for n, row in enumerate(rows) if _is_theirs(row, words)]
        if theirs:
            cleaned = [_emptied(row) if n in theirs else row for n, row in enumerate(rows)]
            model._base_manager.filter(pk=batch.pk).update(rows=cleaned)
            gone += len(theirs)
    return gone


def _is_theirs(row: Any, words: free_text.PersonMentions) -> bool:
    cells: Iterable[Any] = row.values() if isinstance(row, dict) else row
    return any(words.are_all_of(str(cell)) for cell in cells)


def _emptied(row: Any) -> Any:
    if isinstance(row, dict):
        return {key: "" if isinstance(value, str) else value for key, value in row.items()}
    return ["" if isinstance(cell, str) else cell for cell in row]


def _needs_in_notes(subject: Subject) -> int:
    """Remove what they needed from the notes on teams that somebody else leads by now."""
    words, gone = free_text.PersonMentions(subject, also=subject.names), 0
    for team in Enrollment.objects.filter(note__contains=NEEDS_OF):
        lines = team.note.split("\n")
        kept = [line for line in lines if not _is_need_of(line, words)]
        if kept != lines:
            Enrollment.objects.filter(pk=team.pk).update(note="\n".join(kept))
            gone += 1
    return gone


def _is_need_of(line: str, words: free_text.PersonMentions) -> bool:
    whose = line.removeprefix(NEEDS_OF).partition(":")[0]
    return line.startswith(NEEDS_OF) and words.are_all_of(whose)


def _sessions(subject: Subject) -> int:
    ids = {str(user.pk) for user in subject.users}
    keys = [s.session_key for s in Session.objects.iterator() if s.get_decoded().get("_auth_user_id") in ids]
    return Session.objects.filter(session_key__in=keys).delete()[0]


def _put_on_record(subject: Subject, report: ErasureReport) -> None:
    target: Model = subject.users[0] if subject.users else ForgottenAddress.objects.latest("at", "pk")
    numbers = {f"{line.action}: {line.what}": line.number for line in report.lines}
    record(verb=Verb.ERASED, target=target, workspace_id=None, by=None, rows=numbers)

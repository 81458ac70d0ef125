"""Upload a bank statement, answer what it leaves open, and import it."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from mentorship.core.accounts.models import User, Workspace
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.errors import ServiceError
from partners.billing.bank.entries import OpenQuestionsError, Statement, StatementEntry
from partners.billing.bank.matching import LineMatcher
from partners.billing.bank.reader import read_statement
from partners.billing.payments import record_payment, record_return
from partners.models import BankLayout, BankLine, BankStatement, Payment


@dataclass
class BankImport:
    """The result of importing a statement."""

    matched: list[Payment] = field(default_factory=list)
    returned: list[Payment] = field(default_factory=list)
    open: list[BankLine] = field(default_factory=list)  # for a coordinator to decide
    known: int = 0  # imported before
    skipped: int = 0  # money that went out and names no invoice
    zero: int = 0
    pending: int = 0  # not booked by the bank yet
    rejected: list[str] = field(default_factory=list)  # unreadable lines, with the reason
    remarks: list[str] = field(default_factory=list)


def read_with_layout(*, workspace: Workspace, content: bytes, answers: Mapping[str, str]) -> Statement:
    """A statement, read by what is known: answers for this file first, then those remembered for the bank's layout.

    Raises ServiceError if the file can't be read as a whole.
    """
    today = timezone.localdate()
    statement = read_statement(content, answers, today)
    if not statement.layout or not statement.questions:
        return statement
    layout = BankLayout.objects.filter(workspace=workspace, key=statement.layout).first()
    return read_statement(content, {**layout.answers, **answers}, today) if layout else statement


@transaction.atomic
def upload_statement(
    *, workspace: Workspace, name: str, content: bytes, answers: Mapping[str, str], by: User
) -> BankStatement:
    """Keep a file whose questions have to be answered before it is imported."""
    upload = BankStatement.objects.create(
        workspace=workspace, name=name[:200], content=content, answers=dict(answers), uploaded_by=by
    )
    record(verb=Verb.UPLOADED_A_STATEMENT, target=upload, workspace_id=workspace.pk, by=by, name=upload.name)
    return upload


@transaction.atomic
def answer_upload(*, upload: BankStatement, answers: Mapping[str, str] | None, by: User) -> None:
    """Keep answers to the questions of a file; None takes all back. Raises ServiceError if the file is gone."""
    with _locked(upload) as locked:
        locked.answers = {} if answers is None else {**locked.answers, **answers}
        # Refused before it is kept: such an answer would leave the page without a way on.
        read_with_layout(workspace=locked.workspace, content=bytes(locked.content), answers=locked.answers)
        locked.save(update_fields=["answers"])
        record(
            verb=Verb.ANSWERED_ABOUT_A_STATEMENT,
            target=locked,
            workspace_id=locked.workspace_id,
            by=by,
            answers=locked.answers,
        )


@transaction.atomic
def import_upload(*, upload: BankStatement, by: User) -> BankImport:
    """Import an uploaded file, remember its answers for the bank's layout, and delete the file.

    Raises OpenQuestionsError if an answer is missing, and ServiceError.
    """
    with _locked(upload) as locked:
        result = import_bank_statement(
            workspace=locked.workspace, content=bytes(locked.content), answers=locked.answers, by=by, name=locked.name
        )
        BankStatement.objects.filter(pk=locked.pk).delete()
    return result


@transaction.atomic
def discard_upload(*, upload: BankStatement, by: User) -> None:
    """Delete an uploaded file without importing it."""
    with _locked(upload) as locked:
        record(
            verb=Verb.DISCARDED_A_STATEMENT, target=locked, workspace_id=locked.workspace_id, by=by, name=locked.name
        )
        BankStatement.objects.filter(pk=locked.pk).delete()


@contextmanager
def _locked(upload: BankStatement) -> Iterator[BankStatement]:
    found = (
        BankStatement.objects.select_for_update(of=("self",)).select_related("workspace").filter(pk=upload.pk).first()
    )
    if found is None:
        raise ServiceError("This file has already been imported or discarded.")
    yield found


@transaction.atomic
def forget_layout(*, layout: BankLayout, by: User) -> None:
    """Forget what was answered for a bank's layout; its next file asks again."""
    record(verb=Verb.FORGOT_A_FORMAT, target=layout, workspace_id=layout.workspace_id, by=by, columns=layout.columns)
    layout.delete()


@transaction.atomic
def import_bank_statement(
    *, workspace: Workspace, content: bytes, answers: Mapping[str, str], by: User, name: str = ""
) -> BankImport:
    """Book the entries of a statement whose invoice is beyond doubt; keep others for a coordinator to decide.

    Importing again changes nothing. Raises OpenQuestionsError if something has to be asked first, and ServiceError if
    the file can't be read as a whole.
    """
    statement = read_with_layout(workspace=workspace, content=content, answers=answers)
    if statement.questions:
        raise OpenQuestionsError(statement)
    result = BankImport(zero=statement.zero, pending=statement.pending, rejected=statement.problems)
    result.remarks = statement.remarks
    matcher, seen = LineMatcher(workspace), Counter[str]()
    # A payment before its return on the same day, whichever the bank lists first.
    for entry in sorted(statement.entries, key=lambda one: (one.on, one.amount < 0)):
        _import_entry(entry, workspace, matcher, seen, result, by)
    _remember(workspace, statement, answers)
    record(
        verb=Verb.IMPORTED_A_STATEMENT,
        target=workspace,
        workspace_id=workspace.pk,
        by=by,
        name=name,
        booked=len(result.matched) + len(result.returned),
        open=len(result.open),
    )
    return result


def _import_entry(
    entry: StatementEntry, workspace: Workspace, matcher: LineMatcher, seen: Counter[str], result: BankImport, by: User
) -> None:
    plain = "|".join((str(entry.on), f"{entry.amount:f}", entry.currency, entry.identity))
    seen[plain] += 1  # two equal lines in one file are two payments
    line = BankLine(
        workspace=workspace,
        key=hashlib.sha256(f"{plain}|{seen[plain]}".encode()).hexdigest(),
        on=entry.on,
        amount=entry.amount,
        currency=entry.currency,
        payer=entry.payer[:200],
        text=entry.text,
        is_return=entry.is_return,
    )
    if BankLine.objects.filter(workspace=workspace, key=line.key).exists():
        result.known += 1
        return
    if line.amount < 0 and not matcher.concerns_invoices(line):
        result.skipped += 1
        return
    line.save()
    _book(line, matcher, result, by)


def _book(line: BankLine, matcher: LineMatcher, result: BankImport, by: User) -> None:
    verdict = matcher.judge(line)
    if verdict.invoice is not None:
        payment = record_payment(
            invoice=verdict.invoice, amount=line.amount, on=line.on, by=by, reference=line.text, line=line
        )
        result.matched.append(payment)
    elif verdict.returned is not None:
        payment = record_return(
            payment=verdict.returned, amount=-line.amount, on=line.on, by=by, reference=line.text, line=line
        )
        result.returned.append(payment)
    else:
        result.open.append(line)
        return
    matcher.booked(line)


def _remember(workspace: Workspace, statement: Statement, answers: Mapping[str, str]) -> None:
    """Keep answers for the bank's layout, except those that hold for one file only."""
    kept = {name: value for name, value in answers.items() if value and name not in ("direction", "encoding")}
    if not statement.layout or not kept:
        return
    layout, _new = BankLayout.objects.get_or_create(
        workspace=workspace, key=statement.layout, defaults={"columns": statement.columns}
    )
    layout.answers = {**layout.answers, **kept}
    layout.save(update_fields=["answers"])

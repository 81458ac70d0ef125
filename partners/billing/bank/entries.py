"""The contents of a bank statement, in whichever format it came."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from mentorship.core.errors import ServiceError


@dataclass(frozen=True)
class StatementEntry:
    """One booked movement of an account. `amount` is negative where money went out.

    `identity` tells it from others of the same day and amount, so that it is known if it is imported again.
    """

    place: str
    on: date
    amount: Decimal
    currency: str
    payer: str
    text: str
    identity: str
    is_return: bool = False


@dataclass(frozen=True)
class BankQuestion:
    """A question that a file leaves open, asked once for the whole file. Without choices it is answered in words."""

    name: str
    label: str
    help: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    remembered: bool = True


@dataclass
class Statement:
    """The entries of a file, and what kept others out of them.

    `problems` name lines that can't be read, with the reason; `notes` and `remarks` are about the file as
    a whole: notes stop the import until somebody has read them.
    `layout` recognises sheets with the same `columns`; it is empty for formats that leave nothing open.
    """

    kind: str
    entries: list[StatementEntry] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    questions: list[BankQuestion] = field(default_factory=list)
    layout: str = ""
    columns: str = ""
    zero: int = 0
    pending: int = 0

    @property
    def is_clear(self) -> bool:
        """Whether everything could be read in one way only."""
        return not (self.questions or self.problems or self.notes)

    def check_balance(self, *, start: Decimal, change: Decimal, end: Decimal) -> None:
        """Note that booked entries do not lead from the opening to the closing balance: some may be missing."""
        if start + change != end:
            self.notes.append(
                f"The entries add up to {change}, but the balance changes from {start} to {end}: some may be missing."
            )


class OpenQuestionsError(ServiceError):
    """A statement can't be imported before its questions are answered."""

    def __init__(self, statement: Statement) -> None:
        super().__init__(" ".join(question.label for question in statement.questions))
        self.statement = statement

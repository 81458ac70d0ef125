"""Issue invoices in many processes, of which some roll back and some are killed."""

import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from mentorship.devtools.testing.servers import BASE_DIR, postgres_url

PREPARE = """
import sys, django
django.setup()
from decimal import Decimal
from django.core.management import call_command
from mentorship.core.accounts.models import Workspace
from mentorship.devtools.testing.factories import PartnerFactory, ProgrammeFactory
from partners.models import Biller
from partners.billing.services import draft_invoice

call_command("migrate", run_syncdb=True, verbosity=0)
programme = ProgrammeFactory()
Biller.objects.create(
    workspace=programme.workspace, legal_name="Seeds", street="S 1", postcode="1", city="B", country="DE",
    tax_number="1", email="money@example.org", iban="DE02120300000000202051", exempt_reason="Exempt",
)
partner = PartnerFactory(workspace=programme.workspace, country="FR", billing_email="bills@example.org")
for _ in range(int(sys.argv[1])):
    draft_invoice(partner=partner, by=None, currency="EUR", lines=[("x", Decimal(1), Decimal(5))])
"""
# Takes any draft there is, so that what a killed one left behind is issued by somebody else.
ISSUE = """
import random, sys, django
from pathlib import Path
django.setup()
from django.db import OperationalError, transaction
from partners.models import Invoice
from mentorship.core.errors import ServiceError
from partners.billing.services import issue_invoice

class Undo(Exception): pass

chance = random.Random(sys.argv[1])
while True:
    drafts = list(Invoice.objects.filter(status="draft").order_by("pk")[:32])
    if not drafts:
        break
    try:
        with transaction.atomic():
            issue_invoice(invoice=chance.choice(drafts), by=None)
            if chance.random() < 0.05:
                raise Undo
        Path(sys.argv[2]).touch()
    except (Undo, ServiceError, OperationalError):
        continue  # undone on purpose, or somebody else was first
"""
ASK = """
import django
django.setup()
from django.db.models import Count
from mentorship.core.outbox.models import OutboxMessage
from partners.models import Invoice, IssuedDocument, NumberSeries

print(NumberSeries.objects.get().last, IssuedDocument.objects.count(),
      OutboxMessage.objects.filter(kind="invoice").count(),
      *Invoice.objects.order_by("sequence").values_list("sequence", flat=True))
"""


@dataclass(frozen=True)
class Numbers:
    """The rows and numbers in the database at the end."""

    last: int
    papers: int
    mails: int
    sequences: list[int | None]
    kills: int
    seconds: float

    def faults(self, number: int) -> list[str]:
        """The faults in words; none if there is no gap, no double and nothing without its document and mail."""
        wanted = list(range(1, number + 1))
        found = []
        if self.sequences != wanted:
            found.append(f"gaps {sorted(set(wanted) - set(self.sequences))}, numbers {self.sequences}")
        if (self.last, self.papers, self.mails) != (number, number, number):
            found.append(f"counter {self.last}, papers {self.papers}, mails {self.mails} of {number}")
        return found


@contextmanager
def database_url(kind: str, folder: Path) -> Iterator[str]:
    """An empty database of its own."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'numbers.sqlite3'}"
    else:
        with postgres_url() as url:
            yield url


@dataclass(frozen=True)
class _Writer:
    """A process that issues invoices. It makes its file once it has issued one."""

    process: subprocess.Popen
    wrote: Path

    @property
    def runs(self) -> bool:
        return self.process.poll() is None


def issue_under_fire(url: str, folder: Path, *, number: int, writers: int, kills: int, limit: float = 900) -> Numbers:
    """Issue so many invoices with so many processes at once, of which some are killed -9 and started again."""
    environ = environment_of(url, folder)

    def start(*command: str) -> subprocess.Popen:
        return subprocess.Popen([sys.executable, "-c", *command], cwd=BASE_DIR, env=environ, stdout=subprocess.PIPE)

    def run(*command: str) -> str:
        process = start(*command)
        said = process.communicate(timeout=limit)[0].decode()
        assert process.returncode == 0, said
        return said

    def write(name: str) -> _Writer:
        return _Writer(start(ISSUE, name, str(folder / name)), folder / name)

    run(PREPARE, str(number))
    chance, began, killed = random.Random(number), time.monotonic(), 0
    running = [write(f"writer-{n}") for n in range(writers)]
    while any(writer.runs for writer in running):
        assert time.monotonic() - began < limit, f"not within {limit} s"
        time.sleep(chance.uniform(0.05, 0.4))
        # Those that write are killed, not those that still load.
        at_work = [n for n, writer in enumerate(running) if writer.runs and writer.wrote.exists()]
        if at_work and killed < kills:
            chosen = chance.choice(at_work)
            running[chosen].process.kill()
            running[chosen].process.communicate()
            killed += 1
            running[chosen] = write(f"writer-{chosen}-{killed}")
    took = time.monotonic() - began
    for writer in running:
        writer.process.communicate()
        assert writer.process.returncode == 0
    last, papers, mails, *sequences = run(ASK).split()
    plain = [None if text == "None" else int(text) for text in sequences]
    return Numbers(int(last), int(papers), int(mails), plain, killed, took)


def environment_of(url: str, folder: Path) -> dict[str, str]:
    """The environment of a process that works on this database, with its files below the folder."""
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "mentorship.devtools.testing.servers.server_settings",
        "DATABASE_URL": url,
        "REDIS_URL": "",
        "EMAIL_URL": "dummymail://",
        "DEBUG": "on",
        "DEMO": "off",
        "SWEEP_SECONDS": "60",
        "TEST_FOLDER": str(folder),
        "TEST_WITHOUT_MIGRATIONS": "1",
    }

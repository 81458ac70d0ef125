"""`manage.py outbox`"""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from mentorship.core.outbox.models import OutboxMessage
from mentorship.operations.backups.held_back import hold_back_what_was_due
from mentorship.operations.management.commands.restore import print_held
from mentorship.operations.management.moments import moment


class Command(BaseCommand):
    help = (
        "Counts messages by status and names the oldest that is due. "
        "Exit status 1 if it has waited longer than OUTBOX_LATE_SECONDS, so that a monitor can watch it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--due", action="store_true", help="also list the messages that are due now")
        parser.add_argument("--json", action="store_true", help="print JSON")
        parser.add_argument(
            "--hold-until",
            type=moment,
            metavar="MOMENT",
            help="after a restore: hold back what was due before this moment, such as 2026-11-21T14:00+00:00",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["hold_until"]:
            print_held(self.stdout, hold_back_what_was_due(until=options["hold_until"]))
        state = outbox_state(with_due=options["due"])
        if options["json"]:
            self.stdout.write(json.dumps(state, indent=2))
        else:
            self.print_state(state)
        if state["late"]:
            sys.exit(1)

    def print_state(self, state: dict[str, Any]) -> None:
        for status, number in state["counts"].items():
            self.stdout.write(f"{number:>8}  {status}")
        self.stdout.write(f"{state['maybe_duplicate']:>8}  may have gone out twice")
        if state["oldest_due"] is None:
            self.stdout.write("Nothing is due.")
        else:
            self.stdout.write(
                f"{state['due']} due, the oldest since {state['oldest_due']} ({state['waiting_seconds']} s)."
            )
        for message in state.get("messages", []):
            self.stdout.write(f"{message['due_at']}  {message['id']}  {', '.join(message['to'])}  {message['subject']}")
        if state["late"]:
            self.stderr.write(
                f"Late: the limit is {settings.OUTBOX_LATE_SECONDS} s. Are the worker and beat processes running?"
            )


def outbox_state(*, with_due: bool = False) -> dict[str, Any]:
    """The figures of the command, as plain JSON."""
    now = timezone.now()
    due = OutboxMessage.objects.due(now)
    oldest = due.order_by("due_at").values_list("due_at", flat=True).first()
    waiting = int((now - oldest).total_seconds()) if oldest else 0
    state: dict[str, Any] = {
        "counts": OutboxMessage.objects.count_by_status(),
        "maybe_duplicate": OutboxMessage.objects.filter(maybe_duplicate=True).count(),
        "due": due.count(),
        "oldest_due": oldest.isoformat(timespec="seconds") if oldest else None,
        "waiting_seconds": waiting,
        "late": waiting > settings.OUTBOX_LATE_SECONDS,
    }
    if with_due:
        rows = due.values("id", "kind", "to", "subject", "due_at", "attempts", "last_error")
        state["messages"] = [
            {**row, "id": str(row["id"]), "due_at": row["due_at"].isoformat(timespec="seconds")} for row in rows
        ]
    return state

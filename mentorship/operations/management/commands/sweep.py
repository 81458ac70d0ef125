"""`manage.py sweep`"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from mentorship.operations.sweep import SweepError, sweep_everything


class Command(BaseCommand):
    help = "Does everything that is due, once: what beat asks a worker to do every minute. Safe to run at any time."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            done = sweep_everything()
        except SweepError as error:
            raise CommandError(f"{error}. The other parts were done; the log above has the reasons.") from error
        for name, number in done.items():
            self.stdout.write(f"{number:>6}  {name}")

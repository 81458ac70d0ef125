"""`python -m mentorship.bench`: what claims speed, side by side with a yardstick of the same run, as a table."""

import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def own_database() -> Iterator[None]:
    """A migrated SQLite file of this run alone."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ.setdefault("DATABASE_URL", f"sqlite:///{Path(folder) / 'bench.sqlite3'}")
        os.environ["DJANGO_SETTINGS_MODULE"] = "mentorship.settings"
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        yield


def seconds(work: Callable[[], object]) -> float:
    """How long one call takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def main() -> None:
    """Every part, or those named: `python -m mentorship.bench importing`."""
    with own_database():
        from mentorship.bench import importing

        parts = {"importing": importing.rows}
        wanted = sys.argv[1:] or list(parts)
        print(f"{'what':<44}{'yardstick':<40}{'seconds':>9}{'yardstick':>11}{'ratio':>8}")
        for name in wanted:
            for what, yardstick, took, against in parts[name]():
                print(f"{what:<44}{yardstick:<40}{took:>9.2f}{against:>11.2f}{took / against:>8.1f}")


if __name__ == "__main__":
    main()

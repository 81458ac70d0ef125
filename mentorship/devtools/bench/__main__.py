"""Run the benchmarks and print each beside a yardstick of the same run: `python -m mentorship.devtools.bench`."""

import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path

from mentorship.devtools.bench.scale import __main__ as scale


@contextmanager
def own_database() -> Iterator[None]:
    """A migrated SQLite file of this run alone."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ.setdefault("DATABASE_URL", f"sqlite:///{Path(folder) / 'bench.sqlite3'}")
        os.environ["DJANGO_SETTINGS_MODULE"] = "mentorship.settings"
        import django  # noqa: PLC0415 apps not ready: the bench sets Django up first
        from django.core.management import call_command  # noqa: PLC0415 apps not ready: the bench sets Django up first

        django.setup()
        call_command("migrate", verbosity=0)
        yield


def seconds(work: Callable[[], object]) -> float:
    """How long one call takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def main() -> None:
    """Run every part, or those named as arguments; or `corpus`, `quality FOLDER [write]`, `figures FOLDER`, `scale`."""
    if sys.argv[1:2] == ["scale"]:  # its two installations have databases of their own
        scale.main(sys.argv[2:])
        return
    with own_database():
        from mentorship.devtools.bench import (  # noqa: PLC0415 apps not ready: the bench sets Django up first
            board,
            corpus,
            figures,
            http,
            importing,
            invoice_numbers,
            kills,
            matching,
            quality,
            sending,
            whole_run,
        )

        # The folder of quality and figures has past cohorts, which are not part of the product.
        others = {"quality": quality.main, "corpus": corpus.main, "figures": figures.main}
        if (named := "".join(sys.argv[1:2])) in others:
            others[named](*sys.argv[2:])
            return
        parts = {
            "importing": importing.rows,
            "matching": lambda: chain(matching.rows(), whole_run.rows()),
            "sending": sending.rows,
            "kills": kills.rows,
            "board": board.rows,
            "http": http.rows,
            "numbers": invoice_numbers.rows,
        }
        wanted = sys.argv[1:] or list(parts)
        print(f"{'what':<66}{'yardstick':<42}{'seconds':>9}{'yardstick':>11}{'ratio':>8}")
        for name in wanted:
            for what, yardstick, took, against in parts[name]():
                print(f"{what:<66}{yardstick:<42}{took:>9.3f}{against:>11.3f}{took / against:>8.2f}", flush=True)


if __name__ == "__main__":
    main()

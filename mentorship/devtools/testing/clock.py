"""Run a module with its clock ahead: `python -m mentorship.devtools.testing.clock SECONDS MODULE ...`."""

import runpy
import sys
from datetime import UTC, datetime, timedelta

import time_machine


def main() -> None:
    """Ahead in this process and in those that it forks. A shift, no moment: processes that start one by one agree."""
    seconds, module, *rest = sys.argv[1:]
    sys.argv = [module, *rest]
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=float(seconds)), tick=True):
        runpy.run_module(module, run_name="__main__")


if __name__ == "__main__":
    main()

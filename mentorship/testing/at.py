"""`python -m mentorship.testing.at 2027-05-04T10:00 MODULE ...` runs a module with the clock set to a later time."""

import runpy
import sys
from datetime import UTC, datetime

import time_machine


def main() -> None:
    """The clock goes on from the given moment (UTC), in this process and in those that it forks."""
    moment, module, *rest = sys.argv[1:]
    sys.argv = [module, *rest]
    with time_machine.travel(datetime.fromisoformat(moment).replace(tzinfo=UTC), tick=True):
        runpy.run_module(module, run_name="__main__")


if __name__ == "__main__":
    main()

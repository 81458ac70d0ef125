"""Measure the promises: `python -m mentorship.devtools.assurance disclosure [PROGRAMMES]`."""

import sys

from mentorship.devtools.bench.__main__ import own_database


def main() -> None:
    """Run the part that the first argument names."""
    if sys.argv[1:2] != ["disclosure"]:
        raise SystemExit("Which promise? disclosure")
    with own_database():
        from mentorship.devtools.assurance import disclosure  # noqa: PLC0415 apps not ready: Django is set up first

        disclosure.main(*sys.argv[2:3])


if __name__ == "__main__":
    main()

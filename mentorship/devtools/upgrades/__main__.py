"""Checks released and new migrations: `python -m mentorship.devtools.upgrades`; `record 0.9` notes a release."""

import os
import sys

import django


def main(arguments: list[str]) -> int:
    """Print the problems, and return 1 if there are any."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mentorship.settings")
    django.setup()
    from mentorship.devtools.upgrades.operations import unsafe  # noqa: PLC0415 apps not ready: they need the models
    from mentorship.devtools.upgrades.releases import FILE, Releases  # noqa: PLC0415 apps not ready: they need the models

    releases = Releases()
    if arguments[:1] == ["record"] and len(arguments) == 2:
        try:
            release = releases.record(arguments[1])
        except ValueError as error:
            print(error, file=sys.stderr)
            return 1
        print(f"{release.name}: {len(release.files)} migrations noted in {FILE.name}. Commit it, then tag the release.")
        return 0
    if arguments:
        print(__doc__, file=sys.stderr)
        return 2
    problems = releases.problems()
    if releases.all:
        problems += [words for key in releases.unreleased for words in unsafe(releases.loader, *key)]
    print(*problems, sep="\n", end="\n" if problems else "")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

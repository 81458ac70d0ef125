"""The command of the catalogues.

python -m mentorship.devtools.messages update     adds what is new, drops what is gone, and compiles
python -m mentorship.devtools.messages check      says what is missing or behind; a test asks the same
"""

import os
import sys

import django

USAGE = "Say “update” or “check”."


def main(arguments: list[str]) -> int:
    """Run the command; 1 if something is missing."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mentorship.settings")
    django.setup()
    from mentorship.devtools.messages import catalogues  # noqa: PLC0415 apps not ready: it reads the mails

    if arguments not in (["update"], ["check"]):
        print(USAGE)
        return 2
    if arguments == ["update"]:
        catalogues.update()
    found = catalogues.problems()
    print("\n".join(found) or "Every catalogue is complete and up to date.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

#!/usr/bin/env python3
"""Runs Django's and the project's commands; see `manage.py help`."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mentorship.settings")

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:  # an operator needs the sentence, not where it was raised
        sys.exit(f"These settings can't be used. {error}")


if __name__ == "__main__":
    main()

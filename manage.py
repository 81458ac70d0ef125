#!/usr/bin/env python3
"""Runs Django's and the project's commands; see `manage.py help`."""

import os
import sys

from django.core.management import execute_from_command_line

from mentorship.environment import refused_in_one_line


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mentorship.settings")
    with refused_in_one_line():
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()

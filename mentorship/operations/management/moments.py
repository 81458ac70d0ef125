"""Moments on the command line."""

from argparse import ArgumentTypeError
from datetime import datetime

from django.utils.dateparse import parse_datetime


def moment(text: str) -> datetime:
    """Parse a moment such as 2026-11-21T14:00+00:00. Raises ArgumentTypeError without an offset."""
    try:
        found = parse_datetime(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise ArgumentTypeError("Write it like 2026-11-21T14:00+00:00, with the offset from UTC.")
    return found

"""Previews of a mailing before it is sent."""

from dataclasses import replace
from typing import Any

from cohorts.mailings.audience import Recipient
from cohorts.mailings.letters import letters_of
from cohorts.models import Mailing
from mentorship.core.own_links import take_out

# The most names that a select can hold and stay usable; the list of people offers the others.
NAMES = 100


def audience_context(mailing: Mailing, recipients: list[Recipient]) -> dict[str, Any]:
    """How many people get the mailing, and how many don't, by reason."""
    skipped: dict[str, int] = {}
    for recipient in recipients:
        if recipient.skipped:
            skipped[recipient.skipped] = skipped.get(recipient.skipped, 0) + 1
    reached = [r for r in recipients if not r.skipped]
    return {
        "reached": len(reached),
        "skipped": skipped.items(),
        "names": [r.user for r in reached[:NAMES]],
        "without_project": sum(not any(e.title for e in r.enrollments) for r in reached)
        if "{project}" in mailing.subject + mailing.body
        else 0,
    }


def letter_preview(mailing: Mailing, recipients: list[Recipient], chosen: str) -> dict[str, Any]:
    """The mail as one of its recipients will get it: the chosen one, otherwise the first."""
    reached = [r for r in recipients if not r.skipped]
    shown = next((r for r in reached if str(r.user.pk) == chosen), reached[0] if reached else None)
    letter = next(letters_of(mailing, [shown])) if shown else None
    # Their unsubscribe link is for them alone.
    return {"letter": replace(letter, text=take_out(letter.text, {})) if letter else None}

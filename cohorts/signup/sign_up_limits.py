"""Limits on mails caused by the public sign-up, to the typed address and to named members."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as lazy

from cohorts.models import Enrollment
from mentorship.core.web import limits

ABOUT_ADDRESS = ("sign_up_by_source_and_address", "sign_up_by_address")
WHY_TOO_OFTEN = {
    "sign_up_by_source_and_address": lazy(
        "We have sent several emails to this address already. Confirm your sign-up by the newest one, look in the spam "
        "folder too, or try again in {wait}."
    ),
    "sign_up_by_address": lazy(
        "We have sent many emails to this address today. Confirm your sign-up by the newest one, look in the spam "
        "folder too, or try again in {wait}."
    ),
    "sign_up_by_source": lazy(
        "Very many people have signed up from your network just now. Nothing was sent. Please try again in {wait}."
    ),
    "invited_by_sign_up": lazy(
        "You have named many different people as members of your team today. Nothing was saved. Please try again in "
        "{wait}, or write to the programme."
    ),
    "invited_by_address": lazy(
        "One of the people in your team has been invited several times today. Nothing was saved. Please try again in "
        "{wait}, or leave them out for now."
    ),
}


def spend_sign_up(request: HttpRequest, answers: Mapping[str, Any], *, proven: bool) -> None:
    """Count a submitted sign-up. Raises LimitError. With a `proven` address only the team gets mail."""
    if proven:
        spend_invitations(request, answers)
        return
    source, email = limits.source_of(request), answers["email"]
    limits.spend(
        request,
        sign_up_by_source_and_address=f"{source} {email}",
        sign_up_by_address=email,
        sign_up_by_source=source,
    )


def spend_invitations(
    request: HttpRequest, answers: Mapping[str, Any], *, enrollment: Enrollment | None = None
) -> None:
    """Count people whom a sign-up names for the first time: each of them gets a mail. Raises LimitError."""
    present = set(enrollment.members.values_list("user__email", flat=True)) if enrollment else set()
    by = f"enrollment {enrollment.pk}" if enrollment else f"address {answers['email']}"
    for email in {member["email"] for member in answers.get("members", [])} - present:
        limits.spend(request, invited_by_address=email, invited_by_sign_up=by)

"""Checks of a new installation for the page of first steps."""

from mentorship.operations.models import PrivacyDetails
from mentorship.portal.first_run.steps import Check


def privacy_check() -> Check:
    """Whether the privacy notice says who is responsible."""
    told = bool(PrivacyDetails.read().contact_email)
    words = (
        "The privacy notice says who is responsible" if told else "The privacy notice doesn’t say who is responsible."
    )
    return Check(told, words, "privacy-details-edit")

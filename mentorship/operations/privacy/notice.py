"""Details of the installation for the privacy notice: who is responsible, whom to write to, who processes data."""

from collections.abc import Iterable
from email.utils import parseaddr

from django.conf import settings

from cohorts.models import Programme
from mentorship.operations.models import PrivacyDetails
from mentorship.safe_settings import is_local


def contact_addresses(programmes: Iterable[Programme] = ()) -> list[str]:
    """Addresses for questions about personal data: that of the installation, then those of the programmes.

    There is always one, if need be the sender of all emails.
    """
    named = [PrivacyDetails.read().contact_email, *(programme.contact_email for programme in programmes)]
    found = list(dict.fromkeys(address for address in named if address))
    return found or [parseaddr(settings.DEFAULT_FROM_EMAIL)[1]]


def processors(details: PrivacyDetails) -> list[str]:
    """Other organisations that handle the data: those the operator named, and those that the settings imply."""
    found = [line.strip() for line in details.processors.splitlines() if line.strip()]
    if settings.EMAIL_PROVIDER:
        found.append(f"{settings.EMAIL_PROVIDER.replace('_', ' ').title()}: sends our emails")
    elif settings.EMAIL_BACKEND.endswith(".smtp.EmailBackend") and not is_local(settings.EMAIL_HOST):
        found.append(f"The mail server {settings.EMAIL_HOST}: sends our emails")
    if settings.MEDIA_S3_BUCKET:
        found.append("A storage service: stores uploaded files")
    if settings.SENTRY_DSN:
        found.append("An error reporting service: receives technical reports without personal data")
    return found

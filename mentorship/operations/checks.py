"""System checks of the installation, run by `manage.py check` and at every start."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlparse

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

from mentorship.core.outbox.delivery.providers import REPORTERS


@register
def check_installation(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Find contradictory settings."""
    found: list[CheckMessage] = []
    if settings.OUTBOX_LEASE_SECONDS < 2 * (settings.EMAIL_TIMEOUT or float("inf")):
        found.append(
            Error(
                "A message can be sent twice: its claim may expire while the mail server is still working.",
                hint="Set OUTBOX_LEASE_SECONDS to at least twice EMAIL_TIMEOUT, and EMAIL_TIMEOUT to a number.",
                id="mentorship.E001",
            )
        )
    if not settings.TRYING_OUT:
        found += _check_production()
    return found


def _check_production() -> list[CheckMessage]:
    found: list[CheckMessage] = []
    sqlite = settings.DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3"
    if sqlite and settings.REDIS_URL:
        found.append(
            Warning(
                "SQLite with Redis: several machines can share the broker but not this database.",
                hint="Set DATABASE_URL to a PostgreSQL database before you use more than one machine.",
                id="mentorship.W002",
            )
        )
    return found + _check_addresses() + _check_provider()


def _check_addresses() -> list[CheckMessage]:
    found: list[CheckMessage] = []
    address = urlparse(settings.SITE_URL)
    if address.scheme != "https":
        found.append(
            Warning(
                f"SITE_URL is {settings.SITE_URL}: links in emails, cookies and sign-in are not protected.",
                hint="Set SITE_URL to the https:// address of this site.",
                id="mentorship.W001",
            )
        )
    if address.hostname and not _is_allowed(address.hostname):
        found.append(
            Error(
                f"Links in emails lead to {address.hostname}, which ALLOWED_HOSTS does not answer for.",
                hint="Add the host of SITE_URL to ALLOWED_HOSTS.",
                id="mentorship.E003",
            )
        )
    if settings.DEFAULT_FROM_EMAIL.rstrip("> ").endswith("@localhost"):
        found.append(
            Warning(
                "Emails come from an address at localhost; most mail servers refuse those.",
                hint="Set DEFAULT_FROM_EMAIL to an address of your domain.",
                id="mentorship.W003",
            )
        )
    return found


def _check_provider() -> list[CheckMessage]:
    if settings.EMAIL_PROVIDER and settings.EMAIL_PROVIDER not in REPORTERS:
        known = ", ".join(sorted(REPORTERS))
        return [
            Error(
                f"EMAIL_PROVIDER is {settings.EMAIL_PROVIDER}, which is not a provider we know.",
                hint=f"Use one of {known}; or leave it out and set EMAIL_URL.",
                id="mentorship.E004",
            )
        ]
    if settings.EMAIL_PROVIDER and not settings.ANYMAIL.get("WEBHOOK_SECRET"):
        return [
            Warning(
                "We can’t learn which emails bounced: the provider has no address to report to.",
                hint="Set ANYMAIL_WEBHOOK_SECRET=user:password and give it https://user:password@.../mail-reports/"
                f"{settings.EMAIL_PROVIDER}/",
                id="mentorship.W004",
            )
        ]
    return []


def _is_allowed(host: str) -> bool:
    return any(
        allowed in ("*", host) or (allowed.startswith(".") and f".{host}".endswith(allowed))
        for allowed in settings.ALLOWED_HOSTS
    )

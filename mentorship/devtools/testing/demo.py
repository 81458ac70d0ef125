"""The demo for tests: filled once for many of them, and gone afterwards."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from django.db import transaction
from django.test import override_settings

from mentorship.devtools.demo import fill


@contextmanager
def filled_demo(media: Path) -> Iterator[None]:
    """The demo of 1 March 2027, with its files below `media`. All of it is rolled back at the end."""
    quick = {
        "ALLOWED_HOSTS": ["testserver"],
        "PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"],
        "EMAIL_BACKEND": "django.core.mail.backends.locmem.EmailBackend",
        "CACHES": {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
        "REAUTHENTICATE_MINUTES": None,
        "MEDIA_ROOT": media / "files",
        "STATIC_ROOT": media,
    }
    with transaction.atomic(), override_settings(**quick):
        fill.fill(date(2027, 3, 1))
        yield
        transaction.set_rollback(True)

"""Errors of training services that callers tell apart."""

from mentorship.core.errors import ServiceError


class FullError(ServiceError):
    """No seat is free; there is a waitlist."""

"""The error that services raise, with a message for people."""


class ServiceError(ValueError):
    """The request can't be fulfilled; the text says why, for the person who asked."""

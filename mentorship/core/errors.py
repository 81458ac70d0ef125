"""The error that services raise for people to read."""


class ServiceError(ValueError):
    """What was asked is not possible; the text says why, in a sentence for the person who asked."""

"""The error that services of check-ins raise."""


class CheckInError(ValueError):
    """What was asked is not possible; the text says why, in a sentence for the person who asked."""

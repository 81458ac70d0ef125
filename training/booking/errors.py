"""Errors of training services."""


class TrainingError(ValueError):
    """What was asked is not possible; the text says why, in a sentence for the person who asked."""


class FullError(TrainingError):
    """No seat is free; there is a waitlist."""

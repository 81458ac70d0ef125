"""The error that services raise, with a message for people, and how pages name any error."""


class ServiceError(ValueError):
    """The request can't be fulfilled; the text says why, for the person who asked."""


def reason_of(error: Exception) -> str:
    """Why work in the background ended, for the person who asked for it."""
    if isinstance(error, ServiceError):
        return str(error)
    # The first line only: databases put values into the following ones.
    return f"An unexpected error: {str(error).partition(chr(10))[0][:300]}."

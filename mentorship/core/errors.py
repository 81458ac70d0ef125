"""Signed links of mails. A link works for one purpose and one object, and cannot be made without the secret key."""


class LinkError(Exception):
    """The link was not made here, was changed on its way, or is too old."""


class ServiceError(ValueError):
    """What was asked is not possible; the text says why, in a sentence for the person who asked."""

"""What goes wrong when partners are written about."""


class PartnerError(ValueError):
    """What was asked is not possible; the text says why, in a sentence for the person who asked."""

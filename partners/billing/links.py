"""Signed links to the PDF of an issued invoice."""

from django.conf import settings
from django.core import signing
from django.urls import reverse

PAPER_SALT = "partners.paper"


class LinkError(Exception):
    """The link was not made here, or was changed on its way."""


def paper_link(invoice_id: int) -> str:
    """The absolute address of an issued invoice's PDF."""
    return settings.SITE_URL + reverse("partners:paper", args=[signing.dumps(invoice_id, salt=PAPER_SALT)])


def read_paper(token: str) -> int:
    """The id of the invoice. Raises LinkError."""
    try:
        value = signing.loads(token, salt=PAPER_SALT)
    except signing.BadSignature as error:
        raise LinkError from error
    if not isinstance(value, int):
        raise LinkError
    return value

"""The signed link with which a person answers whether they may be quoted, and withdraws it later."""

from mentorship.core.accounts.models import User
from mentorship.core.links import SignedLink

# Holds the id of the quote.
QUOTE = SignedLink(
    "partners:quote-answer",
    "partners.quote",
    whose=lambda quote_id: User.objects.filter(quotes=quote_id),
    does="Say whether you may be quoted, or withdraw it",
)

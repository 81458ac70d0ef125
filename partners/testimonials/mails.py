"""The mail that asks a person whether they may be quoted."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.utils import timezone

from mentorship.core.accounts.models import User
from mentorship.core.outbox.delivery.still_for import StillFor
from mentorship.core.outbox.models import OutboxMessage
from mentorship.core.outbox.send_mail import send_mail
from partners.models import Quote
from partners.testimonials.links import QUOTE

RULE = "quote"  # who says whom it is still for


def send_question(quote: Quote, person: User, by: User) -> None:
    """Ask its person, with the exact words and the name below them. At most one mail a day about a quote."""
    cohort = quote.cohort
    send_mail(
        "partners/quote",
        {
            "person": person,
            "quote": quote,
            "cohort": cohort,
            "programme": cohort.programme,
            "by": by,
            "link": QUOTE.url(quote.pk),
        },
        sender=cohort.sender,
        key=f"quote:{quote.pk}:{timezone.now():%Y-%m-%d}",
        why=f"{by} asks {person} whether we may quote them.",
        to=[person],
        audience={"rule": RULE, "quote": quote.pk},
    )


def still_asked(messages: Sequence[OutboxMessage]) -> Mapping[UUID, StillFor]:
    """The person of each quote, while the question is open. One query."""
    ids = [message.audience["quote"] for message in messages]
    found = Quote.objects.filter(pk__in=ids, status=Quote.Status.ASKED)
    people = dict(found.values_list("pk", "person"))
    return {
        message.pk: StillFor([people[pk]] if pk in people else [], "the question about the quote is closed")
        for message in messages
        for pk in [message.audience["quote"]]
    }

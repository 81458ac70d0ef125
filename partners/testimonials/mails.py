"""The mail that asks a person whether they may be quoted."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.utils import timezone

from mentorship.core.accounts.models import User
from mentorship.core.links import absolute_url
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


def tell_of_withdrawn_quote(quote: Quote) -> None:
    """Tell the programme's coordinators that a quote may not be used any more, wherever they copied it to."""
    cohort = quote.cohort
    send_mail(
        "partners/quote_withdrawn",
        {
            "person": quote.person,
            "quote": quote,
            "cohort": cohort,
            "programme": cohort.programme,
            "link": absolute_url("partners:quote-list", cohort.slug),
        },
        sender=cohort.sender,
        key=f"quote-withdrawn:{quote.pk}:{quote.answered_at:%Y-%m-%dT%H:%M:%S.%f}",
        why=f"{quote.person} withdrew a quote.",
        to=[cohort.programme.contact_email],
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

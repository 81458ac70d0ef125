"""The mail to a contact who stands in for another one."""

from mentorship.core.accounts.models import User
from mentorship.core.links import absolute_url
from mentorship.core.outbox.send_mail import send_mail
from partners.documents.formatting import day
from partners.models import PartnerContact

CONTACT_RULE = "contact of a partner"  # who says whom its mails are still for


def send_stand_in(*, contact: PartnerContact, stand_in: PartnerContact, by: User) -> None:
    """Tell somebody for whom they stand in, and when. Once for each absence."""
    partner = contact.partner
    programme = partner.workspace.programme
    days = f"{day(contact.away_from)} to {day(contact.away_until)}"
    send_mail(
        "partners/stand_in",
        {
            "person": stand_in.user,
            "other": contact.user,
            "partner": partner,
            "programme": programme,
            "days": days,
            "tasks": contact.task_words or "sees the partner’s pages",
            "link": absolute_url("partners:partner-detail", partner.slug),
        },
        sender=programme.sender,
        key=f"stand-in:{contact.pk}:{stand_in.pk}:{contact.away_from}:{contact.away_until}",
        why=f"{by} noted that {stand_in.user} stands in for {contact.user}.",
        to=[stand_in.user],
        audience={"rule": CONTACT_RULE, "contact": stand_in.pk},
    )

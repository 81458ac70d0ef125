"""The mail that asks a partner's contacts to confirm hours."""

from django.utils import timezone

from mentorship.core.links import absolute_url
from mentorship.core.outbox.send_mail import send_mail
from partners.contacts.mails import CONTACT_RULE
from partners.models import Partner, PartnerContact
from partners.records.duties import to_write_to


def tell_contacts(partner: Partner) -> None:
    """Tell each contact who confirms hours that some are to be confirmed, at most once a week."""
    programme, week = partner.workspace.programme, timezone.localdate().strftime("%G-%V")
    for contact in to_write_to(partner, PartnerContact.Task.CONFIRMS_HOURS):
        send_mail(
            "partners/hours",
            {
                "person": contact.user,
                "partner": partner,
                "programme": programme,
                "link": absolute_url("partners:contribution-list", partner.slug),
            },
            sender=programme.sender,
            key=f"hours-to-confirm:{contact.pk}:{week}",
            why=f"Hours given for {partner} need confirming.",
            to=[contact.user],
            audience={"rule": CONTACT_RULE, "contact": contact.pk},
        )

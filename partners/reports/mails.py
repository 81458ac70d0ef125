"""The mail that tells a partner's contacts of a published report, in the partner's language."""

from mentorship.core.links import absolute_url
from mentorship.core.outbox.send_mail import send_mail
from partners.contacts.mails import CONTACT_RULE
from partners.models import PartnerContact, ReportVersion
from partners.records.duties import to_write_to

# The folder of the mail for each language of partners.
MAILS = {
    "en": "partners/report",
    "de": "partners/report_de",
    "fr": "partners/report_fr",
    "es": "partners/report_es",
}


def send_published(version: ReportVersion) -> int:
    """Tell each contact who gets reports once of a version. Returns how many; nobody for a public report."""
    partner = version.report.partner
    if partner is None:
        return 0
    contacts = to_write_to(partner, PartnerContact.Task.GETS_REPORTS)
    programme = partner.workspace.programme
    for contact in contacts:
        send_mail(
            MAILS[partner.language],
            {
                "person": contact.user,
                "partner": partner,
                "programme": programme,
                "title": version.data["title"],
                "link": absolute_url("partners:version-detail", version.report_id, version.number),
            },
            sender=programme.sender,
            key=f"report:{version.pk}:{contact.pk}",
            why=f"Version {version.number} of “{version.data['title']}” was published for {partner}.",
            to=[contact.user],
            audience={"rule": CONTACT_RULE, "contact": contact.pk},
        )
    return len(contacts)

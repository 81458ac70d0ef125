"""The signed link with which a partner's contact reads and accepts the requirements."""

from mentorship.core.accounts.models import User
from mentorship.core.links import SignedLink

# Holds the id of the contact.
REQUIREMENTS = SignedLink(
    "partners:requirements-answer",
    "partners.requirements",
    whose=lambda contact_id: User.objects.filter(partner_contacts=contact_id),
    does="Read and accept what we ask of partners",
)

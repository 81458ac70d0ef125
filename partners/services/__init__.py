"""Every write about partners, a module for each part of the room."""

from partners.services.errors import PartnerError
from partners.services.records import (
    add_sponsorship,
    agree_sponsorship,
    copy_sponsorships,
    create_partner,
    invite_contact,
    remove_contact,
    remove_sponsorship,
    save_partner,
)

__all__ = [
    "PartnerError",
    "add_sponsorship",
    "agree_sponsorship",
    "copy_sponsorships",
    "create_partner",
    "invite_contact",
    "remove_contact",
    "remove_sponsorship",
    "save_partner",
]

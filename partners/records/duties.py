"""Tasks of a partner’s contacts: who may act today, and who is written to."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from partners.models import Partner, PartnerContact
from partners.models.contacts import addressed


def may_act(user: Any, partner: Partner, task: str) -> bool:
    """Whether a person has a task at the partner today, their own or as a stand-in."""
    return bool(user.is_authenticated) and who_may(partner, task).filter(user=user).exists()


def who_may(partner: Partner, task: str) -> QuerySet[PartnerContact]:
    """The active contacts who have a task at the partner today, their own or as a stand-in."""
    found = PartnerContact.objects.filter(partner=partner, user__is_active=True).select_related("user")
    return found.who_may(task, timezone.localdate()).order_by("user__full_name", "pk")


def somebody_may(partner: Partner, task: str) -> bool:
    """Whether any active contact has a task at the partner today."""
    return who_may(partner, task).exists()


def to_write_to(partner: Partner, task: str) -> list[PartnerContact]:
    """The contacts who get the partner's mail about a task today."""
    return addressed(partner.contacts.select_related("user"), task, timezone.localdate())


def names_of(contacts: Iterable[PartnerContact]) -> str:
    """`Gudrun Hall, Amir Noor`."""
    return ", ".join(str(one.user) for one in contacts)

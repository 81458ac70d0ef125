"""Find or create people by their address."""

from collections.abc import Mapping, Sequence
from typing import Any

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib.auth.hashers import make_password
from django.db import transaction

from mentorship.core.accounts.models import StoppedLink, User
from mentorship.core.accounts.people.merging import person_with_address
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.errors import ServiceError


class AddressTakenError(ServiceError):
    """The address belongs to somebody else."""


@transaction.atomic
def person_by_email(*, email: str, full_name: str = "") -> User:
    """The person with this address, created without a password if new. Never overwrites a known name.

    Addresses from a merge, or proven as additional ones, find their owner, too.
    """
    email = email.strip().lower()
    user = User.objects.select_for_update().filter(email=email).first()
    if user is None and (known := person_with_address(email)):
        user = User.objects.select_for_update().get(pk=known.pk)
    if user is None:
        # Another process may create the same person at this moment.
        new = {"full_name": full_name.strip(), "password": make_password(None)}
        user, _ = User.objects.select_for_update().get_or_create(email=email, defaults=new)
    if full_name.strip() and not user.full_name:
        user.full_name = full_name.strip()
        user.save(update_fields=["full_name"])
    return user


@transaction.atomic
def people_by_email(
    *, names: Mapping[str, str], details: Mapping[str, Mapping[str, Any]] | None = None, make: bool = True
) -> dict[str, User]:
    """`person_by_email` for many: lower-case address → person, from address → name. A constant number of queries.

    `details`: address → other fields for new people. Without `make`, new people are created in memory only.
    """
    found = {user.email: user for user in User.objects.filter(email__in=list(names))}
    nameless = [user for email, user in found.items() if not user.full_name and names[email].strip()]
    for user in nameless:
        user.full_name = names[user.email].strip()
    if make:
        User.objects.bulk_update(nameless, ["full_name"])
    missing = [email for email in names if email not in found]
    # Addresses from merges have an owner already; there are few of them.
    elsewhere = set(EmailAddress.objects.filter(email__in=missing).values_list("email", flat=True))
    for email in elsewhere:
        known = person_with_address(email)
        if known or make:
            found[email] = known or person_by_email(email=email, full_name=names[email])
    details = details or {}
    new = [User(email=e, full_name=names[e].strip(), **details.get(e, {})) for e in missing if e not in found]
    for user in new:
        user.password = make_password(None)
    if make and new:
        # Another process may create some of them at this moment.
        User.objects.bulk_create(new, ignore_conflicts=True)
        new = list(User.objects.filter(email__in=[user.email for user in new]))
    return found | {user.email: user for user in new}


@transaction.atomic
def change_address(*, person: User, email: str) -> None:
    """Change somebody's address: the old one no longer signs them in, and queued mails go to the new one.

    Links that were mailed to the old address stop working, and whoever signed in by it is signed out.

    The caller checks that the change is allowed. Raises AddressTakenError if the address is somebody else's.
    """
    email, before = email.strip().lower(), person.email
    owner = User.objects.filter(email=email).first() or person_with_address(email)
    if owner is not None and owner.pk != person.pk:
        raise AddressTakenError(
            "Somebody else here has this address. If it is the same person signed up twice, merge the two in the list "
            "of duplicates."
        )
    person.email = email
    person.save(update_fields=["email"])
    StoppedLink.objects.create(person=person)
    for session in UserSession.objects.filter(user=person):
        session.end()
    EmailAddress.objects.filter(user=person, email__iexact=before).delete()
    EmailAddress.objects.filter(email__iexact=email, verified=False).exclude(user=person).delete()
    EmailAddress.objects.filter(user=person, email__iexact=email).update(primary=True)


@transaction.atomic
def save_profile(person: User, *, changed: Sequence[str]) -> None:
    """Save what somebody changed of their own account: the named fields."""
    if changed:
        person.save(update_fields=list(changed))
        record(verb=Verb.EDITED, target=person, workspace_id=None, by=person, fields=list(changed))


def prove_address(person: User) -> None:
    """Record that the person receives mail at their main address, unless somebody else has proven it."""
    if not EmailAddress.objects.filter(email__iexact=person.email, verified=True).exists():
        is_only = not EmailAddress.objects.filter(user=person, primary=True).exclude(email=person.email).exists()
        EmailAddress.objects.update_or_create(
            user=person, email=person.email, defaults={"verified": True, "primary": is_only}
        )


def has_proven_address(person: User) -> bool:
    """Whether somebody has ever used their address: signed in, or confirmed it."""
    proven = EmailAddress.objects.filter(user=person, email__iexact=person.email, verified=True)
    return person.last_login is not None or proven.exists()

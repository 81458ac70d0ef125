"""Find the person behind an address: an account with all accounts merged into it, or somebody without one."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from allauth.account.models import EmailAddress
from django.apps import apps
from django.db.models import Model, Q, QuerySet

from mentorship.core.accounts.models import PersonMerge, User
from mentorship.core.accounts.people.merging import is_theirs
from mentorship.core.outbox.models import OutboxMessage
from mentorship.core.personal_data import PersonalDataRule
from mentorship.operations.persons.model_registry import personal_data_rules


class NobodyError(LookupError):
    """Raised if nobody has this address; the text says so."""


@dataclass(frozen=True)
class Subject:
    """A person: their rows (the account first, then merged ones), addresses in lower case, and names."""

    users: tuple[User, ...]
    addresses: tuple[str, ...]
    names: tuple[str, ...]

    def rows_of(self, model: type[Model], rule: PersonalDataRule, *, written: bool = False) -> QuerySet:
        """The rows of a model that are about them, or with `written` those with words of theirs."""
        found = Q(pk__in=[])
        if written:
            for path in rule.written_by:
                found |= Q(**{f"{path}__in": self.users})
        else:
            ids = [user.pk for user in self.users]
            for path in rule.whose:
                found |= Q(**{f"{path}__in": ids})
            for path in rule.addresses:
                for address in self.addresses:
                    found |= Q(**{f"{path}__iexact": address})
        rows = model._base_manager.filter(found)
        return model._base_manager.filter(pk__in=rows.values("pk")).order_by("pk")


def find_subject(email: str) -> Subject:
    """The owner of an address, even if it is only on a mail, a guest list or an unconfirmed sign-up.

    Only proven addresses count: anybody can add somebody else's to their account. Raises NobodyError.
    """
    email = email.strip().lower()
    user = User.objects.filter(email__iexact=email).first()
    if user is None:
        user = next((row.user for row in _proven(email__iexact=email)), None)
    users = tuple(_with_merged(user)) if user else ()
    addresses = {email, *(row.email for row in _proven(user__in=users))}
    addresses |= {u.email for u in users}
    addresses |= {
        address
        for moved in PersonMerge.objects.filter(kept__in=users, undone_at=None).values_list("moved", flat=True)
        for label, field, values in moved
        if (label, field) == ("accounts.user", "email")
        for address in values
    }
    real = tuple(sorted(a.lower() for a in addresses if not a.endswith(".invalid")))
    subject = Subject(users, real or (email,), ())
    names = _names(subject)
    if not users and not names and not _has_rows(subject):
        raise NobodyError(f"Nobody here has the address {email}.")
    return Subject(users, subject.addresses, names)


def messages_to(addresses: Iterable[str]) -> list[OutboxMessage]:
    """Every message to one of these addresses, sent or not, oldest first."""
    wanted = {address.lower() for address in addresses}
    found: dict = {}
    for address in wanted:
        for message in OutboxMessage.objects.search(address).order_by("created_at", "pk"):
            if wanted & {to.lower() for to in message.recipients}:
                found[message.pk] = message
    return list(found.values())


def _proven(**asked: Any) -> list[EmailAddress]:
    rows = EmailAddress.objects.filter(**asked).order_by("-verified", "pk").select_related("user")
    return [row for row in rows if is_theirs(row)]


def _with_merged(user: User) -> list[User]:
    found = [user]
    for one in found:
        merges = PersonMerge.objects.filter(kept=one, undone_at=None).select_related("merged").order_by("pk")
        found += [merge.merged for merge in merges if merge.merged not in found]
    return found


def _names(subject: Subject) -> tuple[str, ...]:
    names = [user.full_name for user in subject.users]
    guests = personal_data_rules()["training.trainingguest"]
    names += [row.name for row in subject.rows_of(apps.get_model("training.trainingguest"), guests)]
    signups = subject.rows_of(apps.get_model("cohorts.pendingsignup"), personal_data_rules()["cohorts.pendingsignup"])
    names += [str(row.answers.get("full_name", "")) for row in signups]
    return tuple(dict.fromkeys(name.strip() for name in names if name.strip()))


def _has_rows(subject: Subject) -> bool:
    by_address = [(apps.get_model(label), rule) for label, rule in personal_data_rules().items() if rule.addresses]
    return bool(messages_to(subject.addresses)) or any(subject.rows_of(m, rule).exists() for m, rule in by_address)

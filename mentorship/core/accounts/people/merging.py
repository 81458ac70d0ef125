"""Merge two accounts of one person, and undo it.

`PersonMerge.moved` is a list of [model label, field, ids]: rows whose field pointed to the merged person and points to
the kept one now. Four kinds of entries say more than that:

- ["accounts.user", "email", [address]]: the address that the merged row gave away
- ["accounts.user", any other field, [id]]: it was empty on the kept row and came from the merged one
- ["account.emailaddress", "made", ids]: an address that was added to the kept person
- ["account.emailaddress", "primary", ids]: these were the merged person's main address
- ["account.emailaddress", "verified", ids]: these were proven by the merged person, and sign nobody in for now

Anybody who reads the mail of a sign-in address can act as its owner. So merged addresses sign in only after the kept
person has agreed (`agree_to_merge`), by a link sent to their own address.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from allauth.account.models import EmailAddress
from django.apps import apps
from django.db import transaction
from django.db.models import Field, ManyToOneRel, Model, Q, UniqueConstraint
from django.utils import timezone

from mentorship.core.accounts.models import PersonMerge, User, WorkspaceRole

USER, ADDRESS = "accounts.user", "account.emailaddress"
# Addresses that the merged person had proven or signed in with; what they only claimed is nobody’s.
TAKEN = ("verified", "primary", "made")
# Rows that stay with their original account: its history, rights and keys.
STAYS = frozenset(
    {
        "audit.auditentry",
        "audit.readentry",
        "admin.logentry",
        "accounts.personmerge",
        "accounts.user_groups",
        "accounts.user_user_permissions",
        "mfa.authenticator",
        "usersessions.usersession",
        "cohorts.calendarfeed",
        "cohorts.differentpeople",
        ADDRESS,  # moved separately, see _take_addresses
    }
)
# If both have such a row for the same thing and these fields agree, one is enough and the other person keeps theirs.
ONE_IS_ENOUGH: dict[str, tuple[str, ...]] = {
    "accounts.workspacerole": ("role",),
    "checkins.alumniconsent": (),
    "checkins.helperbreak": (),
    "cohorts.mailingrecipient": (),
    "cohorts.optout": (),
    "partners.partnercontact": (),
    "training.memberattendance": ("attended",),
}
FILLED = ("full_name", "preferred_name", "pronouns", "time_zone", "country", "languages")

Entry = tuple[str, str, list[Any]]


class MergeError(ValueError):
    """Raised if two people can't be merged or separated; the text tells the person who asked why."""


@transaction.atomic
def merge_people(*, keep: User, other: User, by: User | None) -> PersonMerge:
    """Point everything that refers to `other` at `keep`, who signs in with both addresses after agreeing.

    The other row stays, inactive and without an address. The caller checks whether `by` may know both people; here
    nobody gains more rights than they could grant. Raises MergeError, and then nothing has changed.
    """
    keep, other = _locked(keep, other)
    if keep == other:
        raise MergeError("Choose two different people.")
    if not (keep.is_active and other.is_active):
        raise MergeError("One of them has been merged or closed in the meantime. Check the list again.")
    if other == by:
        raise MergeError("You are signed in as the one who would go. Keep that one instead.")
    check_rights([keep, other], by)
    moved = [*_move_rows(keep, other), *_take_addresses(keep, other), *_fill(keep, other)]
    moved.append((USER, "email", [other.email]))
    other.email = f"merged-{other.pk}@merged.invalid"
    other.is_active = False
    other.save(update_fields=["email", "is_active"])
    return PersonMerge.objects.create(kept=keep, merged=other, moved=moved, by=by)


@transaction.atomic
def agree_to_merge(*, merge: PersonMerge) -> list[str]:
    """Record that the kept person agrees: proven addresses of the other account now sign them in.

    Returns the addresses that are still to be proven. Idempotent. Raises MergeError if the merge was undone.
    """
    locked = PersonMerge.objects.select_for_update(of=("self",)).get(pk=merge.pk)
    if locked.undone_at is not None:
        raise MergeError("These two accounts are no longer merged.")
    if locked.agreed_at is None:
        _prove_again(locked.moved, locked.kept)
        locked.agreed_at = timezone.now()
        locked.save(update_fields=["agreed_at"])
    came = [pk for label, field, ids in locked.moved if label == ADDRESS and field in ("user", "made") for pk in ids]
    unproven = EmailAddress.objects.filter(pk__in=came, user=locked.kept, verified=False)
    return list(unproven.order_by("pk").values_list("email", flat=True))


@transaction.atomic
def undo_merge_people(*, merge: PersonMerge, by: User | None) -> PersonMerge:
    """Give the merged person back whatever still refers to the kept one, with address and sign-in.

    Raises MergeError.
    """
    locked = PersonMerge.objects.select_for_update(of=("self",)).get(pk=merge.pk)
    keep, other = _locked(locked.kept, locked.merged)
    if locked.undone_at is not None:
        raise MergeError("This merge has already been undone.")
    if not keep.is_active:
        raise MergeError(f"{keep} is closed, or was merged into somebody else since. Undo that merge first.")
    check_rights([keep], by)
    _check_addresses(locked, keep)
    for label, field, ids in locked.moved:
        if label == USER:
            _empty_again(keep, other, field, ids)
        elif label == ADDRESS:
            _give_address_back(keep, other, field, ids)
        else:
            model = apps.get_model(label)
            model._base_manager.filter(pk__in=ids, **{field: keep}).update(**{field: other})
    other.is_active = True
    other.save(update_fields=["email", "is_active"])
    locked.undone_at = timezone.now()
    locked.save(update_fields=["undone_at"])
    return locked


def check_rights(people: Iterable[User], by: User | None) -> None:
    """Raise MergeError if merging could give `by` somebody else's rights.

    The owner of one address can sign in as the merged person. So operators, and people with a role in a workspace that
    `by` does not own, are merged by operators only.
    """
    if by is None or by.is_superuser:
        return
    people = list(people)
    if found := [person for person in people if person.is_staff or person.is_superuser]:
        raise MergeError(f"{found[0]} is an operator. Only an operator can merge operators.")
    owned = WorkspaceRole.objects.filter(user=by, role=WorkspaceRole.Role.OWNER).values("workspace_id")
    role = WorkspaceRole.objects.filter(user__in=people).exclude(workspace_id__in=owned).select_related("user").first()
    if role is not None:
        raise MergeError(
            f"{role.user} is in the team of a programme that you don't own. Ask an operator to merge them."
        )


def person_with_address(email: str) -> User | None:
    """The person with this additional address, proven or from a merge. An unproven claim does not count."""
    found = EmailAddress.objects.filter(email=email, user__is_active=True).select_related("user")
    return next((row.user for row in found.order_by("-verified", "pk") if is_theirs(row)), None)


def is_theirs(address: EmailAddress) -> bool:
    """Whether an address is proven or came by a merge: anybody can add somebody else's to their account."""
    return address.verified or address.pk in _merged_addresses(address.user)


def _locked(*people: User) -> list[User]:
    rows = {
        user.pk: user for user in User.objects.select_for_update().filter(pk__in=[p.pk for p in people]).order_by("pk")
    }
    return [rows[person.pk] for person in people]


def _move_rows(keep: User, other: User) -> Iterator[Entry]:
    for model, field in _pointing_fields():
        rows = model._base_manager.filter(**{field.name: other}).order_by("pk")
        if ids := [row.pk for row in rows if _may_move(row, field, keep)]:
            model._base_manager.filter(pk__in=ids).update(**{field.name: keep})
            yield model._meta.label_lower, field.name, ids


def _pointing_fields() -> list[tuple[type[Model], Field]]:
    """Every field of any model that refers to a person, including many-to-many tables."""
    relations = [r for r in User._meta.get_fields(include_hidden=True) if isinstance(r, ManyToOneRel)]
    return [(r.related_model, r.field) for r in relations if r.related_model._meta.label_lower not in STAYS]


def _may_move(row: Model, field: Field, keep: User) -> bool:
    """Whether the kept person has no such row yet. False if one is enough; raises MergeError if both count."""
    for names, condition in _unique_with(type(row), field):
        values = {name: getattr(row, name) for name in names if name != field.name}
        same = type(row)._base_manager.filter(**values, **{field.name: keep})
        if condition is not None:
            same = same.filter(condition)
            if not type(row)._base_manager.filter(condition, pk=row.pk).exists():
                continue
        clash = None if None in values.values() else same.first()
        if clash is None:
            continue
        agree = ONE_IS_ENOUGH.get(row._meta.label_lower, None if not row._meta.auto_created else ())
        if agree is not None and all(getattr(row, name) == getattr(clash, name) for name in agree):
            return False
        raise MergeError(_in_the_way(row, list(values)))
    return True


def _unique_with(model: type[Model], field: Field) -> list[tuple[tuple[str, ...], Q | None]]:
    """The fields that must be unique together with this one, and for which rows."""
    together: list[tuple[tuple[str, ...], Q | None]] = [(tuple(names), None) for names in model._meta.unique_together]
    together += [(tuple(c.fields), c.condition) for c in model._meta.constraints if isinstance(c, UniqueConstraint)]
    together += [((field.name,), None)] if field.unique else []
    return [(names, condition) for names, condition in together if field.name in names]


def _in_the_way(row: Model, names: list[str]) -> str:
    values = []
    for name in names:
        shown = getattr(row, f"get_{name}_display", lambda name=name: getattr(row, name))()
        values.append(f"{row._meta.get_field(name).verbose_name} “{shown}”")  # type: ignore[union-attr]
    of_it = f" with {' and '.join(values)}" if values else ""
    return f"Both have their own {row._meta.verbose_name}{of_it}, and one person can have only one. They stay two."


def _take_addresses(keep: User, other: User) -> Iterator[Entry]:
    """Add the other's addresses to the kept person, proven if they were proven."""
    if not EmailAddress.objects.filter(user=keep, primary=True).exists():
        # Without a main address, signing in with another address would make that the main one.
        EmailAddress.objects.update_or_create(user=keep, email=keep.email, defaults={"primary": True})
    present = dict(EmailAddress.objects.filter(user=keep).values_list("email", "verified"))
    rows = list(EmailAddress.objects.filter(user=other))
    for row in rows:
        if row.verified and present.get(row.email) is False:
            raise MergeError(f"Both have the address {row.email}, and only one has proven it. Keep that one instead.")
    moving = [row for row in rows if row.email not in present]
    ids = [row.pk for row in moving]
    EmailAddress.objects.filter(pk__in=ids).update(user=keep, primary=False, verified=False)
    yield ADDRESS, "user", ids
    yield ADDRESS, "verified", [row.pk for row in moving if row.verified]
    yield ADDRESS, "primary", [row.pk for row in moving if row.primary]
    if other.email not in {*present, *(row.email for row in moving)}:
        yield ADDRESS, "made", [EmailAddress.objects.create(user=keep, email=other.email).pk]


def _fill(keep: User, other: User) -> Iterator[Entry]:
    """Fill the kept person's empty fields from the other account."""
    names = [name for name in FILLED if getattr(other, name) and not getattr(keep, name)]
    for name in names:
        setattr(keep, name, getattr(other, name))
        yield USER, name, [keep.pk]
    if names:
        keep.save(update_fields=names)


def _merged_addresses(user: User) -> set[int]:
    """Ids of addresses that this person got by merges, except those that the other only claimed."""
    taken: set[int] = set()
    for merge in PersonMerge.objects.filter(kept=user, undone_at=None).select_related("merged"):
        taken |= _merged_addresses(merge.merged)
        taken |= {pk for label, field, ids in merge.moved if label == ADDRESS and field in TAKEN for pk in ids}
    return taken


def _check_addresses(merge: PersonMerge, keep: User) -> None:
    """Raise MergeError if an address to be returned is in use as somebody's main one."""
    given = {pk for label, field, ids in merge.moved if label == ADDRESS and field != "primary" for pk in ids}
    back = set(EmailAddress.objects.filter(pk__in=given, user=keep).values_list("email", flat=True))
    back |= {address for label, field, ids in merge.moved if (label, field) == (USER, "email") for address in ids}
    if taken := User.objects.filter(email__in=back).first():
        raise MergeError(f"{taken.email} is the main address of {taken} now. They have to choose another one first.")


def _prove_again(moved: Iterable[Entry], person: User) -> None:
    """Mark addresses as proven again, unless somebody else has proven them since."""
    ids = {pk for label, field, pks in moved if (label, field) == (ADDRESS, "verified") for pk in pks}
    rows = EmailAddress.objects.filter(pk__in=ids, user=person)
    elsewhere = EmailAddress.objects.filter(email__in=rows.values("email"), verified=True).exclude(user=person)
    rows.exclude(email__in=list(elsewhere.values_list("email", flat=True))).update(verified=True)


def _empty_again(keep: User, other: User, field: str, values: list[Any]) -> None:
    if field == "email":
        other.email = values[0]
    elif getattr(keep, field) == getattr(other, field):
        setattr(keep, field, getattr(User(), field))  # as empty as on a new row
        keep.save(update_fields=[field])


def _give_address_back(keep: User, other: User, field: str, ids: list[int]) -> None:
    rows = EmailAddress.objects.filter(pk__in=ids)
    if field == "user":
        rows.filter(user=keep).update(user=other, primary=False)
    elif field == "verified":
        _prove_again([(ADDRESS, field, ids)], other)
    elif field == "primary":
        rows.filter(user=other).update(primary=True)
    else:
        rows.filter(user=keep, verified=False).delete()
        rows.filter(user=keep).update(user=other, primary=True)

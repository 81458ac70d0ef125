"""Roles that a programme names beside the usual four. Their people are added by coordinators, and are not matched."""

from collections.abc import Sequence

from cohorts.models import Enrollment, Programme
from cohorts.models.setup import STANDARD_ROLES, role_key

MOST_ROLES = 12


def refuse_roles(names: Sequence[str], programme: Programme) -> str:
    """Why these can't be the other roles of a programme, "" if they can. People keep the role that they have."""
    keys: dict[str, str] = {}
    usual = {*STANDARD_ROLES, role_key(programme.mentor_label), role_key(programme.mentee_label)}
    for name in names:
        key = role_key(name)
        if not key:
            return f"Write “{name}” with letters from A to Z as well: it is part of addresses."
        if key in usual:
            return f"“{name}” is one of the usual roles."
        if key in keys:
            return f"“{name}” and “{keys[key]}” are too much alike."
        keys[key] = name
    if len(keys) > MOST_ROLES:
        return f"A programme has at most {MOST_ROLES} other roles."
    gone = {key: name for key, name in programme.named_roles.items() if key not in keys}
    held = (
        Enrollment.objects.filter(cohort__programme=programme.pk, role__in=gone).values_list("role", flat=True).first()
    )
    return f"Some people are “{gone[held]}”, so that role has to stay." if held else ""

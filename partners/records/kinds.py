"""Kinds of partner, with what each brings and asks."""

from collections.abc import Sequence

from django.db import transaction

from mentorship.core.accounts.models import User
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.errors import ServiceError
from partners.models import Partner, PartnerKind

# What partners of a kind usually bring, and ask in return: examples beside the form.
EXAMPLES: dict[str, tuple[str, str]] = {
    "funding": ("Money with a purpose and a term.", "A report, figures of what came of it, thanks by name."),
    "mentors": ("Paid time of their staff, who become mentors.", "Training for them, hours and cohorts that they led."),
    "training": ("A training or its slots, or a share of its cost.", "Seats for their own mentors, who attended."),
    "sister": ("Experience, guides, shared sessions.", "The same in return, and credit where theirs is used."),
    "coaches": ("People who help at events.", "Thanks for each of them; dates in good time."),
    "materials": ("Materials under an open licence.", "Credit with the licence; corrections sent back."),
    "organising": (
        "A venue, equipment, help before and on the day.",
        "Thanks at the event, and their logo in its material.",
    ),
    "diversity": (
        "Advice and contacts that reach people who are rarely reached.",
        "To be asked before the plan is fixed.",
    ),
}


@transaction.atomic
def add_kinds(*, partner: Partner, kinds: Sequence[str], by: User | None) -> None:
    """Add several kinds to a partner at once. Kinds that it already has are not changed."""
    there = set(partner.kinds.values_list("kind", flat=True))
    for kind in dict.fromkeys(kinds):
        if kind not in there:
            save_kind(kind=PartnerKind(partner=partner, kind=PartnerKind.Kind(kind)), by=by)


@transaction.atomic
def save_kind(*, kind: PartnerKind, by: User | None) -> PartnerKind:
    """Save one kind of a partner. Raises ServiceError if it has the kind already."""
    partner, is_new = kind.partner, kind.pk is None
    Partner.objects.select_for_update().get(pk=partner.pk)
    if partner.kinds.filter(kind=kind.kind).exclude(pk=kind.pk).exists():
        raise ServiceError(f"{partner} already has this kind. Edit it instead.")
    kind.save()
    verb = Verb.ADDED_A_KIND if is_new else Verb.EDITED_A_KIND
    record(verb=verb, target=partner, workspace_id=partner.workspace_id, by=by, reason=kind.get_kind_display())
    return kind


@transaction.atomic
def delete_kind(*, kind: PartnerKind, by: User) -> None:
    """Delete one kind of a partner."""
    partner, name = kind.partner, kind.get_kind_display()
    record(verb=Verb.REMOVED_A_KIND, target=partner, workspace_id=partner.workspace_id, by=by, reason=name)
    kind.delete()

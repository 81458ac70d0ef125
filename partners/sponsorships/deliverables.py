"""Deliverables, which the programme owes a partner in return: promise them, and note how far they are."""

from datetime import date

from django.db import transaction
from django.utils import timezone

from mentorship.core.accounts.models import User
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from partners.models import Agreement, Deliverable, Sponsorship

VERBS: dict[str, Verb] = {
    Deliverable.Status.OPEN: Verb.DELIVERABLE_OPEN,
    Deliverable.Status.STARTED: Verb.DELIVERABLE_STARTED,
    Deliverable.Status.DONE: Verb.DELIVERABLE_DONE,
    Deliverable.Status.DROPPED: Verb.DELIVERABLE_DROPPED,
}


@transaction.atomic
def add_deliverable(*, terms: Sponsorship | Agreement, what: str, due_on: date | None, by: User) -> Deliverable:
    """Promise something to the partner, for a round or for an agreement as a whole."""
    made = Deliverable(what=what, due_on=due_on)
    if isinstance(terms, Agreement):
        made.framework = terms
    else:
        made.sponsorship = terms
    made.save()
    record(verb=Verb.PROMISED, target=terms, workspace_id=terms.partner.workspace_id, by=by, what=what)
    return made


@transaction.atomic
def save_deliverable(*, deliverable: Deliverable, by: User) -> Deliverable:
    """Save what is owed, and how far it is. The day on which it was done is noted once."""
    is_done = deliverable.status == Deliverable.Status.DONE
    deliverable.done_on = (deliverable.done_on or timezone.localdate()) if is_done else None
    deliverable.save()
    terms = deliverable.terms
    verb = VERBS[deliverable.status]
    record(verb=verb, target=terms, workspace_id=terms.partner.workspace_id, by=by, what=deliverable.what)
    return deliverable

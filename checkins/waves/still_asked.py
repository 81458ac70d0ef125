"""Decide, when a mail of check-ins leaves, whom it is still for."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from checkins.models import CheckIn
from checkins.waves.lifecycle import obsolete_checkins
from mentorship.core.outbox.delivery.still_for import StillFor
from mentorship.core.outbox.models import OutboxMessage


def still_asked(messages: Sequence[OutboxMessage]) -> Mapping[UUID, StillFor]:
    """The person of the check-ins that each mail asks about, as long as one of them is open. A few queries."""
    ids = {pk for message in messages for pk in message.audience["checkins"]}
    checkins = CheckIn.objects.in_bulk(list(ids))
    gone = obsolete_checkins(ids)
    found = {}
    for message in messages:
        asked = [checkins[pk] for pk in message.audience["checkins"] if pk in checkins]
        still = [one for one in asked if one.status in CheckIn.OPEN and one.pk not in gone]
        if still:
            found[message.pk] = StillFor(people=[one.user_id for one in still])
        else:
            words = gone.get(asked[0].pk, asked[0].get_status_display()) if asked else "deleted"
            found[message.pk] = StillFor(reason=f"Nobody is asked any more: {words}.")
    return found

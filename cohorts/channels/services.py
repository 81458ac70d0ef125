"""The channels of a programme: kept by its coordinators, shown to people with a place."""

from collections.abc import Iterable

from django.db import transaction

from cohorts.models import Channel, Enrollment, Programme
from mentorship.core.accounts.models import User
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb


@transaction.atomic
def save_channel(*, channel: Channel, by: User) -> Channel:
    """Save a new or changed channel."""
    channel.save()
    _record(Verb.CHANNEL_SAVED, channel, by)
    return channel


@transaction.atomic
def delete_channel(*, channel: Channel, by: User) -> None:
    _record(Verb.CHANNEL_REMOVED, channel, by)
    channel.delete()


def channels_in_words(programme: Programme, roles: Iterable[str]) -> str:
    """The channels of people in these roles, one a line, for mails; "" if there are none."""
    found = Channel.objects.filter(programme=programme).for_roles(roles)
    return "\n".join(f"- {channel.in_words}" for channel in found)


def channels_of_people(enrollments: Iterable[Enrollment]) -> list[tuple[Programme, list[Channel]]]:
    """The channels of each programme in which these enrollments have a place, for their roles. One query."""
    roles: dict[Programme, set[str]] = {}
    for one in enrollments:
        if one.status == Enrollment.Status.ACCEPTED and not one.offer_is_open:
            roles.setdefault(one.cohort.programme, set()).add(one.role)
    found: dict[int, list[Channel]] = {}
    for channel in Channel.objects.filter(programme__in=roles):
        found.setdefault(channel.programme_id, []).append(channel)
    mine = [(one, [c for c in found.get(one.pk, []) if c.for_role in ("", *roles[one])]) for one in roles]
    return [(programme, channels) for programme, channels in mine if channels]


def _record(verb: Verb, channel: Channel, by: User) -> None:
    programme = channel.programme
    record(verb=verb, target=programme, workspace_id=programme.workspace_id, by=by, name=str(channel))

"""Stop links, so that nobody can act with them for their person. Links that are signed later work."""

from collections.abc import Sequence

from django.db import transaction

from mentorship.core.accounts.models import StoppedLink, User
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.errors import ServiceError
from mentorship.core.outbox.live_links.lookup import LiveLink
from mentorship.core.outbox.models import OutboxMessage
from mentorship.core.outbox.services import send_once_more


@transaction.atomic
def stop_links(*, person: User, links: Sequence[LiveLink], by: User, workspace_id: int | None = None) -> None:
    """Stop these links of a person. Raises ServiceError where one acts for somebody else."""
    if not links:
        raise ServiceError("These links no longer work.")
    if not all(link.may_stop for link in links):
        raise ServiceError("The whole team uses this link, so only the team’s lead can stop it.")
    StoppedLink.objects.bulk_create(
        StoppedLink(person=person, purpose=link.purpose, values=StoppedLink.written(link.values)) for link in links
    )
    names = sorted({link.purpose for link in links})
    record(verb=Verb.STOPPED_LINKS, target=person, workspace_id=workspace_id, by=by, links=names, number=len(links))


@transaction.atomic
def stop_all_of_kind(*, person: User, purpose: str, by: User) -> None:
    """Stop every link of a kind that a person ever got, whether or not its mail is still on record."""
    StoppedLink.objects.create(person=person, purpose=purpose)
    record(verb=Verb.STOPPED_LINKS, target=person, workspace_id=None, by=by, links=[purpose])


@transaction.atomic
def send_links_again(*, person: User, links: Sequence[LiveLink], by: User, workspace_id: int) -> list[OutboxMessage]:
    """Stop these links, and send the person their mails once more, with new ones."""
    stop_links(person=person, links=links, by=by, workspace_id=workspace_id)
    mails = {link.message.pk: link.message for link in links}
    return [send_once_more(message=mail, by=by, to=_addresses(mail, person)) for mail in mails.values()]


def _addresses(mail: OutboxMessage, person: User) -> list[str]:
    return [address for address in mail.recipients if mail.people.get(address) == person.pk]

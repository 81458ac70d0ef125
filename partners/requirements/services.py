"""Publish what is asked of partners, ask their contacts to accept it, and keep their answers."""

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from mentorship.core.accounts.models import User, Workspace
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.errors import ServiceError
from mentorship.core.outbox.send_mail import send_mail
from partners.contacts.mails import CONTACT_RULE
from partners.models import Partner, PartnerContact, RequirementAnswer, RequirementList
from partners.records.duties import may_act, somebody_may, to_write_to
from partners.records.links import REQUIREMENTS
from partners.records.standing import current_requirements

# Where a programme has no list yet: what such programmes usually ask.
USUAL = (
    "Materials that we make together are published under an open licence.",
    "Taking part is free of charge.",
    "Recordings and photos may be shared among the partners of an event.",
    "Our name is written as we write it.",
    "Everybody involved knows our values and our code of conduct.",
    "What we promote, and how, is for us to decide.",
)


@transaction.atomic
def publish_requirements(*, workspace: Workspace, items: Sequence[str], by: User) -> RequirementList:
    """Publish the requirements as their next version. Without a change, the last version stays."""
    Workspace.objects.select_for_update().get(pk=workspace.pk)
    if not items:
        raise ServiceError("Enter what you ask of partners, one point per line.")
    last = current_requirements(workspace.pk)
    if last and last.items == list(items):
        return last
    number = last.number + 1 if last else 1
    made = RequirementList.objects.create(workspace=workspace, number=number, items=list(items), published_by=by)
    record(verb=Verb.PUBLISHED, target=made, workspace_id=workspace.pk, by=by, version=number)
    return made


@transaction.atomic
def ask_for_requirements(*, partner: Partner, by: User) -> int:
    """Mail each contact who decides their own link to the current list, once a day. Returns how many contacts."""
    current = current_requirements(partner.workspace_id)
    if current is None:
        raise ServiceError("Publish your requirements first.")
    contacts = to_write_to(partner, PartnerContact.Task.DECIDES)
    if not contacts:
        raise ServiceError(f"Invite a contact of {partner} first. Nobody else can accept for them.")
    if not somebody_may(partner, PartnerContact.Task.DECIDES):
        raise ServiceError(f"No contact of {partner} decides for it. Set that on the page of one of them first.")
    programme = partner.workspace.programme
    for contact in contacts:
        send_mail(
            "partners/requirements",
            {
                "person": contact.user,
                "partner": partner,
                "programme": programme,
                "by": by,
                "link": REQUIREMENTS.url(contact.pk),
            },
            sender=programme.sender,
            key=f"requirements:{contact.pk}:{current.pk}:{timezone.now():%Y-%m-%d}",
            why=f"{by} asked {partner} to accept version {current.number} of the requirements.",
            to=[contact.user],
            audience={"rule": CONTACT_RULE, "contact": contact.pk},
        )
    record(verb=Verb.ASKED_TO_ACCEPT, target=partner, workspace_id=partner.workspace_id, by=by, version=current.number)
    return len(contacts)


@transaction.atomic
def answer_requirements(
    *, contact: PartnerContact, number: int, accepted: Sequence[str], note: str, by: User
) -> RequirementAnswer:
    """Record which sentences a contact accepts for the partner. Idempotent.

    Raises ServiceError if a newer version was published since they read it, or nothing was said.
    """
    if contact.user_id != by.pk:
        raise ServiceError("Only a contact of the partner can accept this.")
    if not may_act(by, contact.partner, PartnerContact.Task.DECIDES):
        raise ServiceError(f"Somebody else at {contact.partner} decides about this.")
    partner = Partner.objects.select_for_update().get(pk=contact.partner_id)
    current = current_requirements(partner.workspace_id)
    if current is None or current.number != number:
        raise ServiceError("The list has changed since you opened it. Please read it again.")
    kept = [item for item in current.items if item in accepted]
    if not kept and not note:
        raise ServiceError("Tick what you accept, or say what you can’t.")
    last = partner.requirement_answers.first()
    if last and (last.requirements_id, last.accepted, last.note) == (current.pk, kept, note):
        return last
    answer = RequirementAnswer.objects.create(partner=partner, requirements=current, user=by, accepted=kept, note=note)
    said = f"version {number}: {len(kept)} of {len(current.items)}"
    record(verb=Verb.ACCEPTED_REQUIREMENTS, target=partner, workspace_id=partner.workspace_id, by=by, reason=said)
    return answer

"""Save people's choices about their name and address, and ask those who have not made them."""

from collections.abc import Iterable, Sequence

from django.db import transaction

from cohorts.bulk_actions.services import BulkKind
from cohorts.enrollment.audience import to_people_of
from cohorts.models import BulkAction, Cohort, Enrollment, TeamMember
from cohorts.setup.role_words import RoleWord
from cohorts.sharing.links import SHARING
from mentorship.core.accounts.models import User
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.errors import ServiceError
from mentorship.core.outbox.send_mail import send_mail, written_keys
from mentorship.core.text import clean_name


@transaction.atomic
def save_sharing(*, enrollment: Enrollment, person: User, full_name: str, shares: bool) -> None:
    """Save a person's name and whether their match may have their address. Raises ServiceError if they have left."""
    locked = (
        Enrollment.objects.select_for_update(of=("self",)).select_related("cohort__programme").get(pk=enrollment.pk)
    )
    workspace_id = locked.cohort.workspace_id
    if person.pk == locked.user_id:
        changed = locked.shares_address != shares
        locked.shares_address = shares
        locked.save(update_fields=["shares_address", "updated_at"])
    else:
        member = TeamMember.objects.filter(enrollment=locked, user=person).first()
        if member is None:
            raise ServiceError("You are no longer in this team.")
        changed = member.shares_address != shares
        member.shares_address, member.named_as = shares, ""
        member.save(update_fields=["shares_address", "named_as"])
    if changed:
        record(
            verb=Verb.UPDATED,
            target=locked,
            workspace_id=workspace_id,
            by=person,
            fields=["shares_address"],
            shares=shares,
        )
    if (name := clean_name(full_name)) and name != person.full_name:
        User.objects.filter(pk=person.pk).update(full_name=name)
        record(verb=Verb.UPDATED, target=locked, workspace_id=workspace_id, by=person, fields=["full_name"])


def people_to_ask(enrollments: Iterable[Enrollment]) -> list[tuple[Enrollment, User]]:
    """People without a name, or without consent to share their address. The enrollments have people loaded."""
    found = {
        (enrollment.pk, person.pk): (enrollment, person)
        for enrollment in enrollments
        for person in enrollment.people
        if person.is_active and not (person.known_name and enrollment.shares_address_of(person))
    }
    return list(found.values())


def asking_key(enrollment: Enrollment, person: User) -> str:
    """The key of the mail that asks somebody."""
    return f"sharing-asked:{enrollment.pk}:{person.pk}"


def not_asked_yet(enrollments: Iterable[Enrollment]) -> dict[str, tuple[Enrollment, User]]:
    """People among `people_to_ask` who have had no mail about it, by the key of theirs. One query."""
    wanted = {asking_key(enrollment, person): (enrollment, person) for enrollment, person in people_to_ask(enrollments)}
    written = written_keys(wanted)
    return {key: one for key, one in wanted.items() if key not in written}


@transaction.atomic
def ask_about_sharing(*, cohort: Cohort, enrollments: Iterable[Enrollment], by: User) -> int:
    """Ask each person once for their name and whether their address may be shared. Returns the number of mails."""
    new, sender = not_asked_yet(enrollments), cohort.sender
    for key, (enrollment, person) in new.items():
        send_mail(
            "cohorts/sharing_asked",
            {
                "person": person,
                "cohort": cohort,
                "programme": cohort.programme,
                "role": RoleWord(cohort.programme, enrollment.role),
                "enrollment": enrollment,
                "link": SHARING.url(enrollment.pk, person.pk),
            },
            sender=sender,
            key=key,
            kind="sign-up",
            why=f"{by} asked before the introductions of {cohort}.",
            to=[person],
            audience=to_people_of(enrollment, Enrollment.OPEN),
            private=True,  # the link answers for this person
        )
    record(verb=Verb.ASKED, target=cohort, workspace_id=cohort.workspace_id, by=by, number=len(new))
    return len(new)


def _ask_some(action: BulkAction, ids: Sequence[int], by: User) -> int:
    enrollments = action.cohort.enrollments.filter(pk__in=ids).with_people()
    return ask_about_sharing(cohort=action.cohort, enrollments=enrollments, by=by)


SHARING_QUESTIONS = BulkKind(
    "Asking about names and addresses",
    _ask_some,
    lambda action: f"We’ve asked {action.number} {'person' if action.number == 1 else 'people'} by email.",
)

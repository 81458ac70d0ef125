"""Who answers for a team: its lead; and make another member the lead."""

from typing import Any

from django.db import IntegrityError, transaction

from cohorts.enrollment.leaving_mails import mail_lead_changed
from cohorts.enrollment.services import lock_enrollment
from cohorts.models import Enrollment, TeamMember
from mentorship.core.accounts.models import User
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.errors import ServiceError


def lead_to_ask(enrollment: Enrollment, reader: Any) -> User | None:
    """The lead, who alone answers for a team, if the reader of a page is somebody else or not signed in; else None.

    The link of a mail goes to everybody of the team, so it does not say who follows it.
    """
    return enrollment.user if enrollment.members.exists() and reader != enrollment.user else None


def check_answers_for(enrollment: Enrollment, by: User | None) -> None:
    """Raise ServiceError if a member answers for their team. Its lead may, and the coordinators."""
    if by is not None and enrollment.members.filter(user=by).exists():
        raise ServiceError(f"Only {enrollment.name_of(enrollment.user)} can answer for your team.")


@transaction.atomic
def change_lead(*, enrollment: Enrollment, to: User, by: User) -> Enrollment:
    """Make a member the lead of their team; who led it so far is a member, and can leave alone. Idempotent.

    Everybody in the team is told. What each said about themselves stays theirs, such as whether their address may be
    shared; the private needs of the lead so far go to the coordinators' note. Raises ServiceError if they are not
    in the team, or lead another application with this title.
    """
    locked = lock_enrollment(enrollment)
    before = locked.user
    if before.pk == to.pk:
        return locked
    member = TeamMember.objects.filter(enrollment=locked, user=to).first()
    if member is None or not locked.is_open:
        raise ServiceError(f"{to} is not in this team any more.")
    if locked.private_needs:
        needs = f"Private needs of {before}: {locked.private_needs}"
        locked.note = "\n".join(filter(None, [locked.note, needs]))
    locked.user, locked.private_needs, locked.comes_back_as = to, "", []
    locked.listed_publicly = locked.defers = False
    locked.shares_address, member.shares_address = member.shares_address, locked.shares_address
    locked.country, locked.time_zone, locked.languages = to.country, to.time_zone, to.languages
    member.user, member.named_as = before, ""
    try:
        with transaction.atomic():
            locked.save()
            member.save(update_fields=["user", "shares_address", "named_as"])
    except IntegrityError as error:
        raise ServiceError(
            f"{to} leads another application with this title. Change one of the titles first."
        ) from error
    record(
        verb=Verb.CHANGED_THE_LEAD,
        target=locked,
        workspace_id=locked.cohort.workspace_id,
        by=by,
        before=before.pk,
        person=to.pk,
    )
    mail_lead_changed(locked, before)
    return locked

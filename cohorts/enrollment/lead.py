"""A team's lead answers for the team; another member can become the lead."""

from typing import Any

from django.db import IntegrityError, transaction

from cohorts.enrollment.leaving_mails import mail_lead_changed
from cohorts.enrollment.services import lock_enrollment
from cohorts.models import Enrollment, TeamMember
from mentorship.core.accounts.models import User
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.errors import ServiceError

# Begins a line of the coordinators' note.
NEEDS_OF = "Private needs of "


def lead_to_ask(enrollment: Enrollment, reader: Any) -> User | None:
    """The lead of a team, if the reader of a page is another member or not signed in; otherwise None.

    Only the lead answers for a team. A mailed link goes to the whole team, so it does not identify its reader.
    """
    return enrollment.user if enrollment.members.exists() and reader != enrollment.user else None


def check_answers_for(enrollment: Enrollment, by: User | None) -> None:
    """Raise ServiceError if a member tries to answer for their team. Only its lead and coordinators may."""
    if by is not None and enrollment.members.filter(user=by).exists():
        raise ServiceError(f"Only {enrollment.name_of(enrollment.user)} can answer for your team.")


@transaction.atomic
def change_lead(*, enrollment: Enrollment, to: User, by: User) -> Enrollment:
    """Make a member the lead of their team; the previous lead becomes a member, who can leave alone. Idempotent.

    Tells everybody in the team. What each person said about themselves stays with them, such as whether their address
    may be shared; the private needs of the previous lead move to the coordinators' note. Raises ServiceError if the
    person is not in the team, or leads another application with this title.
    """
    locked = lock_enrollment(enrollment)
    before = locked.user
    if before.pk == to.pk:
        return locked
    member = TeamMember.objects.filter(enrollment=locked, user=to).select_related("user").first()
    if member is None or not locked.is_open:
        raise ServiceError(f"{to} is not in this team any more.")
    _exchange(locked, member)
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


def _exchange(enrollment: Enrollment, member: TeamMember) -> None:
    """Let the lead and a member change places, without saving. What each said about themselves goes with them."""
    before, to = enrollment.user, member.user
    if enrollment.private_needs:
        # One line, by which an erasure of its subject finds all of it.
        needs = f"{NEEDS_OF}{before}: {' '.join(enrollment.private_needs.split())}"
        enrollment.note = "\n".join(filter(None, [enrollment.note, needs]))
    enrollment.user, enrollment.private_needs, enrollment.comes_back_as = to, "", []
    enrollment.listed_publicly = enrollment.defers = False
    enrollment.shares_address, member.shares_address = member.shares_address, enrollment.shares_address
    enrollment.country, enrollment.time_zone, enrollment.languages = to.country, to.time_zone, to.languages
    enrollment.city = enrollment.availability = ""  # of the previous lead; the new one is asked on the sign-up page
    member.user, member.named_as = before, ""

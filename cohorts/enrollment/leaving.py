"""Leave a cohort or a team, remove somebody, and return."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from cohorts.enrollment import leaving_mails as mails
from cohorts.enrollment.extensions import companions_of, endings_of
from cohorts.enrollment.services import lock_enrollment, set_enrollment_status
from cohorts.models import Enrollment, TeamDeparture, TeamMember
from mentorship.core.accounts.models import User
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.errors import ServiceError

Departure = Enrollment.Departure


@transaction.atomic
def withdraw(*, enrollment: Enrollment, by: User | None, reason: str = "", defer: bool = False) -> Enrollment:
    """Withdraw an enrollment, for a team by its lead and for everybody, and tell each of them. Idempotent.

    With `defer` they are asked again for the next cohort. Raises ServiceError for members, who can leave alone, and if
    the cohort is over for them.
    """
    if by is not None and by.pk != enrollment.user_id:
        raise ServiceError(gettext("Only the lead can withdraw the team. You can leave it yourself."))
    why = "; ".join(filter(None, ["asked to be in the next cohort" if defer else "", reason]))
    return _end(enrollment, Departure.WITHDREW, by=by, reason=why, defer=defer)


@transaction.atomic
def withdraw_at_request(
    *, enrollment: Enrollment, by: User, reason: str, message: str = "", mail: bool = True
) -> Enrollment:
    """Withdraw a person or a team who told the coordinators that they are leaving. Idempotent.

    `reason` is for the programme's team, `message` is a paragraph in the mails.
    """
    return _end(enrollment, Departure.AT_REQUEST, by=by, reason=reason, message=message, mail=mail)


@transaction.atomic
def remove(*, enrollment: Enrollment, by: User, reason: str, message: str = "", mail: bool = True) -> Enrollment:
    """Remove a person or a team who has a place. They can't return by themselves. Idempotent.

    Raises ServiceError for people without a place: decline their application instead.
    """
    if enrollment.status not in (Enrollment.Status.ACCEPTED, Enrollment.Status.WITHDRAWN):
        raise ServiceError(f"{enrollment} is {enrollment.get_status_display()}. Decline the application instead.")
    return _end(enrollment, Departure.REMOVED, by=by, reason=reason, message=message, mail=mail)


def _end(
    enrollment: Enrollment,
    departure: str,
    *,
    by: User | None,
    reason: str,
    message: str = "",
    defer: bool = False,
    mail: bool = True,
) -> Enrollment:
    locked = lock_enrollment(enrollment)
    if locked.status == Enrollment.Status.WITHDRAWN:
        return locked
    had_offer, ends = locked.offer_is_open, endings_of(locked.pk, known_only=True)
    left = set_enrollment_status(
        enrollment=locked, to=Enrollment.Status.WITHDRAWN, by=by, note=reason, departure=departure
    )
    if defer:
        left.defers = True
        left.save(update_fields=["defers", "updated_at"])
    if mail:
        for letter in mails.goodbye_mails(left, departure, ends=ends, message=message, had_offer=had_offer):
            letter.send(left.status_changes)
    return left


@transaction.atomic
def come_back(*, enrollment: Enrollment, by: User | None) -> Enrollment:
    """Undo a withdrawal, for a team by its lead: the application counts again. Idempotent.

    Tells everybody in the team. Raises ServiceError once the cohort is running, for people who were removed, and for
    members of the team.
    """
    locked = lock_enrollment(enrollment)
    if by is not None and by.pk != locked.user_id:
        raise ServiceError(gettext("Only the lead can bring the team back."))
    if locked.is_open:
        return locked
    if not locked.may_come_back:
        raise ServiceError(
            gettext("It’s too late to come back from this page. Write to us: there may still be a place.")
        )
    return bring_back(enrollment=locked, by=by)


@transaction.atomic
def bring_back(*, enrollment: Enrollment, by: User | None) -> Enrollment:
    """Turn a withdrawn sign-up into an application again, and tell everybody in it."""
    back = set_enrollment_status(
        enrollment=enrollment, to=Enrollment.Status.APPLIED, by=by, note="came back after withdrawing"
    )
    mails.mail_came_back(back)
    return back


# --- one of a team ---


@transaction.atomic
def leave_team(*, enrollment: Enrollment, member: User, reason: str = "") -> None:
    """Let a member leave the team; the others carry on. Tells the member, the lead and the mentors. Idempotent.

    Raises ServiceError for the lead, and if the cohort is over for the team.
    """
    locked = lock_enrollment(enrollment)
    if member.pk == locked.user_id:
        raise ServiceError(
            gettext("You lead this team. Withdraw it, or write to us if the others want to carry on without you.")
        )
    if not locked.is_open:
        raise ServiceError(
            gettext("The team’s sign-up is {status} already.").format(status=locked.get_status_display())
        )
    if row := TeamMember.objects.filter(enrollment=locked, user=member).select_related("user").first():
        row.delete()
        note_departures(enrollment=locked, people=[row.person], by=member, reason=reason)


def departures_since(enrollment: Enrollment, moment: datetime) -> list[TeamDeparture]:
    """People who left a team after a moment (UTC) and have not rejoined."""
    left = enrollment.departures.filter(left_at__gt=moment).exclude(user__in=[p.pk for p in enrollment.people])
    return list(left.select_related("user"))


@transaction.atomic
def note_departures(
    *, enrollment: Enrollment, people: Iterable[User], by: User | None, reason: str = "", mail: bool = True
) -> None:
    """Record that people have left a team, and tell them, the others and the mentors.

    The caller has deleted their rows. If `by` is somebody else, they were taken off the team.
    """
    for person in people:
        taken_off = by != person
        departure, _ = TeamDeparture.objects.update_or_create(
            enrollment=enrollment,
            user=person,
            defaults={
                "left_at": timezone.now(),
                "removed": taken_off,
                "reason": reason.strip()[:500],
                "invited_at": None,
                "named_as": person.named_as,
            },
        )
        verb = Verb.TOOK_OFF_THE_TEAM if taken_off else Verb.LEFT_THE_TEAM
        record(
            verb=verb,
            target=enrollment,
            workspace_id=enrollment.cohort.workspace_id,
            by=by,
            person=person.pk,
            reason=reason,
        )
        if mail:
            mails.mail_member_left(departure, companions_of(enrollment.pk))


@transaction.atomic
def invite_back(*, departure: TeamDeparture, by: User) -> None:
    """Let the lead ask somebody who left to return; they rejoin once they accept. Idempotent.

    Raises ServiceError for anybody but the lead, and if the team is not in the cohort.
    """
    locked = lock_enrollment(departure.enrollment)
    asked = TeamDeparture.objects.select_for_update(of=("self",)).select_related("user").get(pk=departure.pk)
    if by.pk != locked.user_id:
        raise ServiceError(gettext("Only the lead of the team can invite people back."))
    if not locked.is_open:
        raise ServiceError(_nobody_can_come_back(locked))
    if asked.invited_at is not None:
        return
    asked.invited_at = timezone.now()
    asked.save(update_fields=["invited_at"])
    asked.enrollment = locked
    record(
        verb=Verb.INVITED_BACK,
        target=locked,
        workspace_id=locked.cohort.workspace_id,
        by=by,
        person=asked.user_id,
    )
    mails.mail_invited_back(asked)


def _nobody_can_come_back(enrollment: Enrollment) -> str:
    words = gettext("The team’s sign-up is {status}, so nobody can come back to it.")
    return words.format(status=enrollment.get_status_display())


@transaction.atomic
def rejoin_team(*, enrollment: Enrollment, member: User) -> None:
    """Put somebody whom the lead invited back into the team; tells the others and the mentors. Idempotent.

    Raises ServiceError if they were not invited, or the team is not in the cohort.
    """
    locked = lock_enrollment(enrollment)
    if TeamMember.objects.filter(enrollment=locked, user=member).exists():
        return
    if not locked.is_open:
        raise ServiceError(_nobody_can_come_back(locked))
    departure = TeamDeparture.objects.filter(enrollment=locked, user=member).select_related("user").first()
    if departure is None or departure.invited_at is None:
        raise ServiceError(gettext("Ask the lead of the team to invite you back."))
    TeamMember.objects.create(enrollment=locked, user=member, named_as=departure.named_as)
    record(
        verb=Verb.CAME_BACK_TO_THE_TEAM,
        target=locked,
        workspace_id=locked.cohort.workspace_id,
        by=member,
        person=member.pk,
    )
    departure.enrollment = locked
    mails.mail_rejoined(departure, companions_of(locked.pk))
    departure.delete()

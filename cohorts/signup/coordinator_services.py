"""Create or change somebody's sign-up as their coordinator."""

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction

from cohorts.calendar.services import renew_calendar_link
from cohorts.enrollment.audience import to_people_of
from cohorts.enrollment.leaving import note_departures
from cohorts.enrollment.links import place_link
from cohorts.enrollment.services import lock_enrollment
from cohorts.enrollment.upsert import EnrollmentInput, save_enrollment
from cohorts.models import Cohort, Enrollment
from cohorts.people.duplicates import people_out_of_reach
from cohorts.signup import services
from cohorts.signup.coordinator_forms import LABELS
from cohorts.signup_form.services import save_own_answers
from mentorship.core.accounts.models import User
from mentorship.core.accounts.people.services import change_address, has_proven_address
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.errors import ServiceError
from mentorship.core.outbox.send_mail import send_mail


@transaction.atomic
def create_signup(*, cohort: Cohort, role: str, answers: Mapping[str, Any], by: User, mail: bool) -> Enrollment:
    """Create a sign-up for somebody who did not fill in the form; its status is applied, like any other.

    With `mail` they, and the members of their team, get the usual confirmation; otherwise nobody is told. Raises
    ServiceError if the cohort is over, or they are in it already.
    """
    Cohort.objects.select_for_update(of=("self",)).get(pk=cohort.pk)
    if cohort.status in Cohort.OVER:
        raise ServiceError(f"{cohort} is {cohort.get_status_display()}; nobody can be added any more.")
    _check_not_there(cohort, role, answers)
    try:
        saved, _outcome = save_enrollment(cohort=cohort, role=role, given=_input(role, answers), by=by)
    except IntegrityError as error:
        raise ServiceError(f"They are in {cohort} already with this project.") from error
    save_own_answers(enrollment=saved, answers=answers.get("own", {}))
    if mail:
        services.mail_received(saved, by_coordinator=True)
        services.mail_new_members(saved, set(), by_coordinator=True)
    return saved


@transaction.atomic
def edit_signup(
    *, enrollment: Enrollment, answers: Mapping[str, Any], by: User, mail: bool
) -> tuple[Enrollment, list[str]]:
    """Change somebody's sign-up, including name and address. Returns it with the changes in words.

    With `mail` they are told what changed, and so is whoever is new in the team or no longer in it. Raises ServiceError
    if the address is somebody else's, the account is used elsewhere, or the project is there twice.
    """
    locked = lock_enrollment(enrollment)
    told_before = locked.user.email if has_proven_address(locked.user) else ""
    changed = _edit_person(locked, answers, by)
    given = _input(locked.role, answers)
    before = {m.user_id: m.person for m in locked.members.select_related("user")}
    shown = _shown_values(locked)
    try:
        saved, _outcome = save_enrollment(cohort=locked.cohort, role=locked.role, given=given, by=by, enrollment=locked)
    except IntegrityError as error:
        raise ServiceError("They have another sign-up in this cohort with this title. Choose another title.") from error
    changed += [name for name, value in _shown_values(saved).items() if value != shown[name]]
    if save_own_answers(enrollment=saved, answers=answers.get("own", {})):
        changed.append("answers")
    here = set(saved.members.values_list("user_id", flat=True))
    if gone := [person for pk, person in before.items() if pk not in here]:
        note_departures(enrollment=saved, people=gone, by=by, mail=mail)
    if here != set(before):
        changed.append("team")
    words = [LABELS.get(name, name.capitalize()) for name in changed]
    if words:
        entry = record(
            verb=Verb.EDITED, target=saved, workspace_id=saved.cohort.workspace_id, by=by, reason=", ".join(words)
        )
        if "email" in changed and told_before:
            _mail_old_address(saved, told_before, entry.pk)
        if mail:
            _mail_edited(saved, words, entry.pk)
            services.mail_new_members(saved, set(before), by_coordinator=True)
    return saved, words


def is_locked(person: User, by: User) -> bool:
    """Whether coordinators may not change somebody's name and address, since the account is used elsewhere."""
    return bool(people_out_of_reach([person.pk], by))


def is_address_theirs(person: User, by: User) -> bool:
    """Whether only the person or an operator may change the address: its mail lets people sign in as them."""
    return has_proven_address(person) and not by.is_superuser


def _edit_person(locked: Enrollment, answers: Mapping[str, Any], by: User) -> list[str]:
    """Change name, pronouns and address of the person, and return the names of changed fields."""
    person = locked.user
    new = {name: answers[name] for name in ("full_name", "pronouns", "email") if name in answers}
    changed = [name for name, value in new.items() if getattr(person, name) != value]
    if changed and is_locked(person, by):
        raise ServiceError(f"{person} uses this account elsewhere too, so only they can change their name or address.")
    if "email" in changed and is_address_theirs(person, by):
        raise ServiceError(
            f"{person} has confirmed this address, so only they can change it, in their profile. If they can’t read "
            "email there any more, ask an operator."
        )
    if "email" in changed:
        change_address(person=person, email=new["email"])
        renew_calendar_link(user=person, by=by)
    for name in changed:
        setattr(person, name, new[name])
    person.save(update_fields=[name for name in changed if name != "email"])
    # The account took its details from the sign-up, so it takes the correction as well.
    zone = answers.get("time_zone", "")
    if zone and person.time_zone == locked.time_zone != zone:
        person.time_zone = zone
        person.save(update_fields=["time_zone"])
    return changed


def _check_not_there(cohort: Cohort, role: str, answers: Mapping[str, Any]) -> None:
    title = answers.get("title", "")
    for one in services.signups_of(cohort=cohort, role=role, email=answers["email"]):
        is_same = role != Enrollment.Role.MENTEE or one.title.casefold() == title.casefold()
        if is_same:
            raise ServiceError(
                f"{one.user} is in {cohort} as {role} already ({one.get_status_display()}). Edit that sign-up instead."
            )


def _input(role: str, answers: Mapping[str, Any]) -> EnrollmentInput:
    values = {name: answers[name] for name in services.ENROLLMENT_FIELDS if name in answers}
    team = [(m["full_name"], m["email"]) for m in answers.get("members", [])]
    return EnrollmentInput(
        email=answers["email"],
        full_name=answers["full_name"],
        pronouns=answers.get("pronouns", ""),
        values=values,
        topics=answers.get("topics"),
        members=team if role == Enrollment.Role.MENTEE else None,
    )


def _shown_values(enrollment: Enrollment) -> dict[str, Any]:
    """The values of the sign-up, to compare with those after the change."""
    topics = sorted(enrollment.topics.values_list("name", flat=True))
    row = Enrollment.objects.get(pk=enrollment.pk)
    return {**{name: getattr(row, name) for name in services.ENROLLMENT_FIELDS}, "topics": topics}


def _mail_edited(enrollment: Enrollment, changed: list[str], number: int) -> None:
    send_mail(
        "cohorts/signup_edited",
        {
            **services.mail_context(enrollment),
            "changed": changed,
            "link": place_link(enrollment.pk, enrollment.user_id),
        },
        sender=enrollment.cohort.sender,
        key=f"signup-edited:{enrollment.pk}:{number}",
        why=f"A coordinator changed the sign-up of {enrollment.user}.",
        to=[enrollment.user],
        audience=to_people_of(enrollment, Enrollment.Status.values),
        kind="sign-up",
        private=True,
    )


def _mail_old_address(enrollment: Enrollment, address: str, number: int) -> None:
    """Tell the previous address; the mail does not name the new one."""
    send_mail(
        "cohorts/address_changed",
        services.mail_context(enrollment),
        sender=enrollment.cohort.sender,
        key=f"address-changed:{enrollment.pk}:{number}",
        why=f"A coordinator changed the address of {enrollment.user}.",
        to=[address],
        kind="sign-up",
    )

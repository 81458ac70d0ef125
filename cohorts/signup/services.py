"""Request, confirm and edit a sign-up."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from cohorts.enrollment.services import set_enrollment_status
from cohorts.enrollment.upsert import CREATED, UNCHANGED, EnrollmentInput, save_enrollment
from cohorts.models import Cohort, Enrollment, Group, PendingSignup, SignupFile
from cohorts.questions.files import delete_file
from cohorts.questions.services import claim_files, save_own_answers
from cohorts.signup import links
from mentorship.core.accounts.models import User
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.errors import ServiceError
from mentorship.core.outbox.erased_addresses import remember
from mentorship.core.outbox.send_mail import send_mail

# Answers that are fields of Enrollment by the same name.
ENROLLMENT_FIELDS = (
    "title",
    "description",
    "goals",
    "mentoring_type",
    "interaction_style",
    "hours_per_month",
    "capacity",
    "mentors_wanted",
    "country",
    "time_zone",
    "languages",
    "private_needs",
    "shares_address",
    "listed_publicly",
)
# Sign-ups that nobody confirmed are deleted after this.
FORGET_AFTER = timedelta(days=30)
# People who withdrew may sign up again. A decision of coordinators stays.
MAY_SIGN_UP_AGAIN_FROM = (Enrollment.Status.WITHDRAWN,)


@transaction.atomic
def request_signup(*, cohort: Cohort, role: str, answers: Mapping[str, Any]) -> PendingSignup:
    """Store what a visitor typed, and mail the address a link to confirm it. Nothing else changes before that.

    `answers` is plain JSON as the form cleaned it, with the address. Idempotent for the same answers.
    Raises ServiceError where the cohort takes no sign-ups.
    """
    _check_open(cohort, find_group(cohort, answers.get("group", "")))
    claim_files(cohort=cohort, role=role, answers=answers.get("own", {}))
    signup = PendingSignup.objects.filter(
        cohort=cohort, role=role, email=answers["email"], answers=dict(answers), enrollment=None
    ).first() or PendingSignup.objects.create(cohort=cohort, role=role, email=answers["email"], answers=dict(answers))
    send_mail(
        "cohorts/signup_confirm",
        {
            "cohort": cohort,
            "programme": cohort.programme,
            "role": cohort.programme.label_of(role),
            "link": links.confirm_link(signup.pk),
            "days": links.CONFIRM_WITHIN.days,
        },
        sender=cohort.sender,
        key=f"signup-confirm:{signup.pk}",
        why="Somebody signed up with this address.",
        to=[signup.email],
        kind="sign-up",
        private=True,
    )
    return signup


@transaction.atomic
def confirm_signup(*, signup: PendingSignup) -> Enrollment:
    """Confirm that the address is theirs: create the enrollment, or update it. Idempotent.

    Raises ServiceError where the cohort takes no sign-ups any more.
    """
    locked = PendingSignup.objects.select_for_update(of=("self",)).select_related("cohort__programme").get(pk=signup.pk)
    if locked.enrollment is not None:
        return locked.enrollment
    remember(locked.email)  # somebody erased earlier who returns may get mails again
    enrollment = save_answers(cohort=locked.cohort, role=locked.role, answers=locked.answers, by=None)
    locked.enrollment = enrollment
    locked.save(update_fields=["enrollment"])
    return enrollment


@transaction.atomic
def save_answers(
    *, cohort: Cohort, role: str, answers: Mapping[str, Any], by: User | None, enrollment: Enrollment | None = None
) -> Enrollment:
    """Write the answers of a person whose address is proven, and mail them and new team members.

    Raises ServiceError where sign-up is closed, or the person was declined or is in already under another title.
    """
    group = find_group(cohort, answers.get("group", "")) or (enrollment.group if enrollment else None)
    _check_open(cohort, group)
    said = EnrollmentInput(
        email=answers["email"],
        full_name=answers["full_name"],
        pronouns=answers.get("pronouns", ""),
        values={
            **{name: answers[name] for name in ENROLLMENT_FIELDS if name in answers},
            **({"group": group} if group else {}),
        },
        topics=answers.get("topics"),
        members=[(m["full_name"], m["email"]) for m in answers.get("members", [])] if role == "mentee" else None,
    )
    before: set[int] = set(enrollment.members.values_list("user_id", flat=True)) if enrollment else set()
    saved, outcome = save_enrollment(cohort=cohort, role=role, given=said, by=by, enrollment=enrollment)
    if save_own_answers(enrollment=saved, answers=answers.get("own", {})) and outcome == UNCHANGED:
        record(verb=Verb.UPDATED, target=saved, workspace_id=cohort.workspace_id, by=by, fields=["answers"])
    if saved.status in MAY_SIGN_UP_AGAIN_FROM:
        saved = set_enrollment_status(enrollment=saved, to=Enrollment.Status.APPLIED, by=by, note="signed up again")
    if outcome == CREATED:
        _mail_received(saved)
    _mail_new_members(saved, before)
    return saved


@transaction.atomic
def edit_answers(*, enrollment: Enrollment, answers: Mapping[str, Any]) -> Enrollment:
    """Change what a person, of a team its lead, said in their sign-up. Raises ServiceError where that is closed."""
    if not is_open_to_edit(enrollment):
        raise ServiceError("Sign-up is closed; this can't be changed any more.")
    return save_answers(
        cohort=enrollment.cohort, role=enrollment.role, answers=answers, by=enrollment.user, enrollment=enrollment
    )


def is_open_to_edit(enrollment: Enrollment) -> bool:
    """Whether the person may still change what they said."""
    return enrollment.cohort.accepts_signups(timezone.now(), enrollment.group) and enrollment.is_open


def find_group(cohort: Cohort, slug: str) -> Group | None:
    """The group with this slug, or None."""
    return cohort.groups.filter(slug=slug).first() if slug else None


def _check_open(cohort: Cohort, group: Group | None) -> None:
    if not cohort.accepts_signups(timezone.now(), group):
        raise ServiceError(f"Sign-up for {cohort} is closed.")


def _mail_received(enrollment: Enrollment) -> None:
    # Private: whoever has the edit link can change the sign-up.
    send_mail(
        "cohorts/signup_received",
        {**_mail_context(enrollment), "link": links.edit_link(enrollment.pk)},
        sender=enrollment.cohort.sender,
        key=f"signup-received:{enrollment.pk}",
        why=f"{enrollment.user} confirmed the sign-up.",
        to=[enrollment.user.email],
        kind="sign-up",
        private=True,
    )


def _mail_new_members(enrollment: Enrollment, before: set[int]) -> None:
    for member in enrollment.members.select_related("user"):
        if member.user_id not in before:
            send_mail(
                "cohorts/team_added",
                {**_mail_context(enrollment), "member": member.user},
                sender=enrollment.cohort.sender,
                key=f"team-added:{enrollment.pk}:{member.user_id}",
                why=f"{enrollment.user} named {member.user} as a member of the team.",
                to=[member.user.email],
                kind="sign-up",
            )


def _mail_context(enrollment: Enrollment) -> dict[str, Any]:
    programme = enrollment.cohort.programme
    return {
        "enrollment": enrollment,
        "person": enrollment.user,
        "cohort": enrollment.cohort,
        "programme": programme,
        "role": programme.label_of(enrollment.role),
    }


def delete_unconfirmed_signups(now: datetime) -> int:
    """Delete sign-ups that nobody confirmed within 30 days with their files, and files that none arrived with."""
    gone, _ = PendingSignup.objects.filter(enrollment=None, created_at__lt=now - FORGET_AFTER).delete()
    unclaimed = Q(draft_until__lt=now) | Q(enrollment=None, created_at__lt=now - FORGET_AFTER)
    for file in SignupFile.objects.filter(unclaimed):
        delete_file(file)
        gone += 1
    return gone

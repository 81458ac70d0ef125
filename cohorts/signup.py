"""Every write of the public sign-up: ask, confirm the address, come back and edit."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from cohorts import links
from cohorts.enrolling import CREATED, UNCHANGED, UPDATED, Said, save_enrollment, split_topics
from cohorts.models import Cohort, Enrollment, Group, PendingSignup, Topic
from cohorts.questions import save_own_answers
from cohorts.services import ServiceError, set_enrollment_status
from cohorts.topics import kept_names
from mentorship.accounts.models import User
from mentorship.audit.services import record
from mentorship.outbox.forgetting import remember
from mentorship.outbox.services import enqueue, render_mail

# What the form asks that is a field of Enrollment by the same name.
VALUES = (
    "title", "description", "goals", "mentoring_type", "interaction_style", "hours_per_month", "capacity",
    "mentors_wanted", "country", "time_zone", "languages", "private_needs", "shares_address", "listed_publicly",
)  # fmt: skip
# Who confirmed once and withdrew may sign up again; a decision of the coordinators stays one.
COMES_BACK_FROM = (Enrollment.Status.WITHDRAWN,)


def suggested_topics(cohort: Cohort, most: int = 24) -> list[str]:
    """The cohort's own suggestions, then the topics that most people of the programme chose."""
    names = split_topics(cohort.suggested_topics)
    used = (
        Topic.objects.filter(programme=cohort.programme_id)
        .annotate(uses=Count("enrollments"))
        .filter(uses__gt=1)
        .order_by("-uses", "name")
        .values_list("name", flat=True)
    )
    known = {name.casefold() for name in names}
    names += [name for name in used[:most] if name.casefold() not in known]
    return kept_names(cohort.programme_id, names)[:most]


@transaction.atomic
def ask(*, cohort: Cohort, role: str, answers: Mapping[str, Any]) -> PendingSignup:
    """Keep what a visitor typed and mail the address a link to confirm it. Nothing else changes before that.

    `answers` is plain JSON as the form cleaned it, with the address. The same answers again are the same sign-up.
    Raises ServiceError where the cohort takes no sign-ups.
    """
    _check_open(cohort, group_of(cohort, answers.get("group", "")))
    signup = PendingSignup.objects.filter(
        cohort=cohort, role=role, email=answers["email"], answers=dict(answers), enrollment=None
    ).first() or PendingSignup.objects.create(cohort=cohort, role=role, email=answers["email"], answers=dict(answers))
    subject, text, html = render_mail(
        "cohorts/signup_confirm",
        {
            "cohort": cohort,
            "programme": cohort.programme,
            "role": cohort.programme.label_of(role),
            "link": links.confirm_link(signup.pk),
            "days": links.CONFIRM_WITHIN.days,
        },
        workspace_id=cohort.workspace_id,
        scope=cohort.scope,
    )
    enqueue(
        key=f"signup-confirm:{signup.pk}",
        workspace_id=None,  # a link that signs for somebody is nobody else's to read
        scope=cohort.scope,
        kind="sign-up",
        why="Somebody signed up with this address.",
        to=[signup.email],
        subject=subject,
        text=text,
        html=html,
        reply_to=[cohort.programme.contact_email],
    )
    return signup


@transaction.atomic
def confirm(*, signup: PendingSignup) -> Enrollment:
    """The address is theirs: make the enrollment, or bring it up to date. Confirming again changes nothing.

    Raises ServiceError where the cohort takes no sign-ups any more.
    """
    locked = PendingSignup.objects.select_for_update(of=("self",)).select_related("cohort__programme").get(pk=signup.pk)
    if locked.enrollment is not None:
        return locked.enrollment
    remember(locked.email)  # who was erased once, and comes back of their own will, gets mails again
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
    group = group_of(cohort, answers.get("group", "")) or (enrollment.group if enrollment else None)
    _check_open(cohort, group)
    said = Said(
        email=answers["email"],
        full_name=answers["full_name"],
        pronouns=answers.get("pronouns", ""),
        values={
            **{name: answers[name] for name in VALUES if name in answers},
            **({"group": group} if group else {}),
        },
        topics=answers.get("topics"),
        members=[(m["full_name"], m["email"]) for m in answers.get("members", [])] if role == "mentee" else None,
    )
    before: set[int] = set(enrollment.members.values_list("user_id", flat=True)) if enrollment else set()
    saved, outcome = save_enrollment(cohort=cohort, role=role, said=said, by=by, enrollment=enrollment)
    if save_own_answers(enrollment=saved, answers=answers.get("own", {})) and outcome == UNCHANGED:
        record(verb=UPDATED, target=saved, workspace_id=cohort.workspace_id, by=by, fields=["answers"])
    if saved.status in COMES_BACK_FROM:
        saved = set_enrollment_status(enrollment=saved, to=Enrollment.Status.APPLIED, by=by, note="signed up again")
    if outcome == CREATED:
        _mail_received(saved)
    _mail_new_members(saved, before)
    return saved


def is_open_to_edit(enrollment: Enrollment) -> bool:
    """Whether the person may still change what they said."""
    editable = (Enrollment.Status.APPLIED, Enrollment.Status.WAITLISTED, Enrollment.Status.ACCEPTED)
    return enrollment.cohort.accepts_signups(timezone.now(), enrollment.group) and enrollment.status in editable


def group_of(cohort: Cohort, slug: str) -> Group | None:
    """The group whose sign-up address somebody came by; None where there is no such group."""
    return cohort.groups.filter(slug=slug).first() if slug else None


def _check_open(cohort: Cohort, group: Group | None) -> None:
    if not cohort.accepts_signups(timezone.now(), group):
        raise ServiceError(f"Sign-up for {cohort} is closed.")


def _mail_received(enrollment: Enrollment) -> None:
    _mail(
        enrollment,
        "cohorts/signup_received",
        key=f"signup-received:{enrollment.pk}",
        why=f"{enrollment.user} confirmed the sign-up.",
        to=[enrollment.user.email],
        link=links.edit_link(enrollment.pk),
    )


def _mail_new_members(enrollment: Enrollment, before: set[int]) -> None:
    for member in enrollment.members.select_related("user"):
        if member.user_id not in before:
            _mail(
                enrollment,
                "cohorts/team_added",
                key=f"team-added:{enrollment.pk}:{member.user_id}",
                why=f"{enrollment.user} named {member.user} as a member of the team.",
                to=[member.user.email],
                member=member.user,
            )


def _mail(enrollment: Enrollment, template: str, *, key: str, why: str, to: Sequence[str], **context: Any) -> None:
    programme = enrollment.cohort.programme
    subject, text, html = render_mail(
        template,
        {
            "enrollment": enrollment,
            "person": enrollment.user,
            "cohort": enrollment.cohort,
            "programme": programme,
            "role": programme.label_of(enrollment.role),
            **context,
        },
        workspace_id=programme.workspace_id,
        scope=enrollment.cohort.scope,
    )
    # Who holds the edit link can change the sign-up: that mail is nobody else's to read.
    private = "link" in context
    enqueue(
        key=key,
        workspace_id=None if private else programme.workspace_id,
        scope=enrollment.cohort.scope,
        kind="sign-up",
        why=why,
        to=to,
        subject=subject,
        text=text,
        html=html,
        reply_to=[programme.contact_email],
    )

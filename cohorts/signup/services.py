"""Request, confirm and edit a sign-up."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext

from cohorts.enrollment.audience import to_people_of
from cohorts.enrollment.leaving import bring_back, invite_back, note_departures
from cohorts.enrollment.links import place_link
from cohorts.enrollment.mails import called
from cohorts.enrollment.upsert import CREATED, UNCHANGED, EnrollmentInput, save_enrollment
from cohorts.models import Cohort, Enrollment, Group, PendingSignup
from cohorts.setup.role_words import RoleWord
from cohorts.sharing.links import SHARING
from cohorts.signup import links
from cohorts.signup_form.eligibility import history_errors, way_out
from cohorts.signup_form.services import claim_files, save_own_answers
from mentorship.core.accounts.models import User
from mentorship.core.accounts.people.services import prove_address
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.errors import ServiceError
from mentorship.core.outbox.delivery.erased_addresses import remember
from mentorship.core.outbox.send_mail import send_mail

# Answers with a field of the same name in Enrollment.
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
    "city",
    "time_zone",
    "availability",
    "languages",
    "private_needs",
    "shares_address",
    "listed_publicly",
)
# People who withdrew may sign up again, unless they were removed. Coordinators' decisions stay.
MAY_SIGN_UP_AGAIN_FROM = (Enrollment.Status.WITHDRAWN,)
# Unconfirmed sign-ups are deleted after this time.


class AlreadySignedUpError(ServiceError):
    """The person has signed up in this role already, so nothing was written. `signups`: theirs, newest first."""

    def __init__(self, signups: Sequence[Enrollment]) -> None:
        super().__init__(gettext("You’ve already signed up for {cohort}.").format(cohort=signups[0].cohort))
        self.signups = signups


def signups_of(*, cohort: Cohort, role: str, email: str) -> list[Enrollment]:
    """The sign-ups of an address in a round and role, including its team's; the newest first.

    Withdrawn ones are included only if there are no others.
    """
    person = User.objects.filter(email=email).first()
    if person is None:
        return []
    own = Enrollment.objects.of_person(person).filter(cohort=cohort, role=role).with_people()
    found = list(own.order_by("-created_at", "-pk"))
    standing = [one for one in found if one.status not in MAY_SIGN_UP_AGAIN_FROM]
    return standing or [one for one in found if one.user_id == person.pk]


def joined_roles(cohorts: Iterable[Cohort], user: Any) -> dict[int, set[str]]:
    """The active roles of a person for each cohort's id, including those of their team."""
    found: dict[int, set[str]] = {cohort.pk: set() for cohort in cohorts}
    own = Enrollment.objects.of_person(user).filter(cohort__in=found).exclude(status__in=MAY_SIGN_UP_AGAIN_FROM)
    for cohort_id, role in own.values_list("cohort", "role"):
        found[cohort_id].add(role)
    return found


def withdrawn_signup(signups: Sequence[Enrollment], title: str = "") -> Enrollment | None:
    """The person's withdrawn sign-up, if they have no other: signing up again continues with it.

    Among several, the one with this title, otherwise the newest.
    """
    withdrawn = [one for one in signups if one.status in MAY_SIGN_UP_AGAIN_FROM and not one.was_removed]
    return next((one for one in withdrawn if one.title == title), next(iter(withdrawn), None))


@transaction.atomic
def request_signup(*, cohort: Cohort, role: str, answers: Mapping[str, Any], language: str = "") -> PendingSignup:
    """Store a visitor's input, and mail the address a link to confirm it. Nothing else changes before that.

    `answers` is plain JSON as the form cleaned it, with the address; `language` is the code of the one that they chose,
    "" where there is no choice. Idempotent for the same answers. Raises
    ServiceError if the cohort takes no sign-ups.
    """
    _check_open(cohort, find_group(cohort, answers.get("group", "")))
    claim_files(cohort=cohort, role=role, answers=answers.get("own", {}))
    signup = PendingSignup.objects.filter(
        cohort=cohort, role=role, email=answers["email"], answers=dict(answers), enrollment=None
    ).first() or PendingSignup.objects.create(
        cohort=cohort,
        role=role,
        email=answers["email"],
        answers=dict(answers),
        language=language,
        person=User.objects.filter(email=answers["email"], is_active=True).first(),
    )
    send_mail(
        "cohorts/signup_confirm",
        {
            "cohort": cohort,
            "programme": cohort.programme,
            "role": RoleWord(cohort.programme, role),
            "link": links.confirm_link(signup.pk),
            "days": links.CONFIRM_WITHIN.days,
        },
        sender=cohort.sender,
        key=f"signup-confirm:{signup.pk}",
        why="Somebody signed up with this address.",
        to=[signup.person or signup.email],
        kind="sign-up",
        private=True,
        language=language,
    )
    return signup


@transaction.atomic
def confirm_signup(*, signup: PendingSignup, replace: Enrollment | None = None) -> Enrollment:
    """Confirm the address of a sign-up, and create the enrollment. Idempotent.

    With `replace` the answers go to that sign-up of theirs instead. Raises AlreadySignedUpError if they have one and it
    is missing, and ServiceError if the cohort takes no sign-ups any more.
    """
    rows = PendingSignup.objects.select_for_update(of=("self",)).select_related("cohort__programme", "person")
    locked = rows.get(pk=signup.pk)
    if locked.enrollment is not None:
        return locked.enrollment
    remember(locked.email)  # an erased person who returns may get mails again
    # Somebody whose address has changed since is still the same person.
    answers = {**locked.answers, "email": locked.address}
    if reason := ineligible_because(locked):
        raise ServiceError(reason)
    if replace is not None:
        enrollment = edit_answers(enrollment=replace, answers=answers)
        keep_language(enrollment.user, locked.language)
    else:
        enrollment = save_answers(
            cohort=locked.cohort, role=locked.role, answers=answers, by=None, language=locked.language
        )
    prove_address(enrollment.user)
    locked.enrollment = enrollment
    locked.save(update_fields=["enrollment"])
    return enrollment


def ineligible_because(signup: PendingSignup) -> str:
    """Why the confirmed owner of an address can't take part in the round, "" if they can.

    Only shown once the address is proven. People already in the round stay in.
    """
    cohort, role = signup.cohort, signup.role
    if signup.enrollment is not None or signups_of(cohort=cohort, role=role, email=signup.address):
        return ""
    reasons = history_errors(cohort, role, signup.address)
    if not reasons:
        return ""
    return f"{' '.join(reasons.values())} {way_out(cohort)}"


@transaction.atomic
def keep_signup(*, signup: PendingSignup, kept: Enrollment) -> None:
    """Discard a repeated sign-up, and keep the earlier one. Idempotent."""
    PendingSignup.objects.filter(pk=signup.pk, enrollment=None).update(enrollment=kept)


@transaction.atomic
def save_answers(
    *,
    cohort: Cohort,
    role: str,
    answers: Mapping[str, Any],
    by: User | None,
    enrollment: Enrollment | None = None,
    language: str = "",
) -> Enrollment:
    """Write the answers of a person with a proven address, and mail them and new team members.

    Without `enrollment` this makes a new one, or goes on with the one that they withdrew. Raises AlreadySignedUpError
    if they are in already: what they said is changed only by those who saw it. Raises ServiceError if sign-up is
    closed. Their account keeps the `language` that they chose; "" changes nothing.
    """
    # Two simultaneous sign-ups create one enrollment.
    Cohort.objects.select_for_update(of=("self",)).get(pk=cohort.pk)
    if enrollment is None and (signups := signups_of(cohort=cohort, role=role, email=answers["email"])):
        enrollment = withdrawn_signup(signups, answers.get("title", ""))
        if enrollment is None:
            raise AlreadySignedUpError(signups)
    group = find_group(cohort, answers.get("group", "")) or (enrollment.group if enrollment else None)
    _check_open(cohort, group)
    said = _input_of(answers, role, group)
    before = {m.user_id: m.person for m in enrollment.members.select_related("user")} if enrollment else {}
    try:
        saved, outcome = save_enrollment(cohort=cohort, role=role, given=said, by=by, enrollment=enrollment)
    except IntegrityError as error:
        words = gettext("You have another sign-up for {cohort} with this title. Choose a different one.")
        raise ServiceError(words.format(cohort=cohort)) from error
    keep_language(saved.user, language)
    if save_own_answers(enrollment=saved, answers=answers.get("own", {})) and outcome == UNCHANGED:
        record(verb=Verb.UPDATED, target=saved, workspace_id=cohort.workspace_id, by=by, fields=["answers"])
    if outcome == CREATED:
        mail_received(saved)
    _tell_team(saved, before, [email for _name, email in said.members or ()])
    if saved.status in MAY_SIGN_UP_AGAIN_FROM:
        saved = bring_back(enrollment=saved, by=by)
    return saved


def keep_language(person: User, language: str) -> None:
    """Keep the language that somebody chose on a form; "" changes nothing."""
    if language and person.language != language:
        person.language = language
        person.save(update_fields=["language"])


def _input_of(answers: Mapping[str, Any], role: str, group: Group | None) -> EnrollmentInput:
    values = {name: answers[name] for name in ENROLLMENT_FIELDS if name in answers}
    return EnrollmentInput(
        email=answers["email"],
        full_name=answers["full_name"],
        pronouns=answers.get("pronouns", ""),
        values={**values, "group": group} if group else values,
        topics=answers.get("topics"),
        members=[(m["full_name"], m["email"]) for m in answers["members"]] if "members" in answers else None,
        by_themselves=True,
    )


def _tell_team(saved: Enrollment, before: Mapping[int, User], named: Sequence[str]) -> None:
    """Tell people who were added or removed; ask back those who had left."""
    here = {member.user_id: member.user for member in saved.members.select_related("user")}
    if gone := [person for pk, person in before.items() if pk not in here]:
        note_departures(enrollment=saved, people=gone, by=saved.user)
    mail_new_members(saved, set(before))
    if saved.is_open:
        for departure in saved.departures.filter(user__email__in=named):
            invite_back(departure=departure, by=saved.user)


@transaction.atomic
def edit_answers(*, enrollment: Enrollment, answers: Mapping[str, Any]) -> Enrollment:
    """Change a person's sign-up, for a team as its lead. Raises ServiceError if that is closed."""
    if not is_open_to_edit(enrollment):
        raise ServiceError(gettext("Sign-up is closed; this can't be changed any more."))
    return save_answers(
        cohort=enrollment.cohort, role=enrollment.role, answers=answers, by=enrollment.user, enrollment=enrollment
    )


def is_open_to_edit(enrollment: Enrollment) -> bool:
    """Whether the person may still change their answers."""
    return enrollment.cohort.accepts_signups(timezone.now(), enrollment.group) and enrollment.is_open


def find_group(cohort: Cohort, slug: str) -> Group | None:
    """The group with this slug, or None."""
    return cohort.groups.filter(slug=slug).first() if slug else None


def _check_open(cohort: Cohort, group: Group | None) -> None:
    if not cohort.accepts_signups(timezone.now(), group):
        raise ServiceError(gettext("Sign-up for {cohort} is closed.").format(cohort=cohort))


def mail_received(enrollment: Enrollment, *, by_coordinator: bool = False) -> None:
    """Confirm a sign-up to its person, with a link to change it."""
    may_edit = is_open_to_edit(enrollment)  # coordinators may add people after sign-up has closed
    # Private: anybody with the edit link can change the sign-up.
    send_mail(
        "cohorts/signed_up_for_you" if by_coordinator else "cohorts/signup_received",
        {
            **mail_context(enrollment),
            "may_edit": may_edit,
            "link": (links.edit_link if may_edit else place_link)(enrollment.pk, enrollment.user_id),
        },
        sender=enrollment.cohort.sender,
        key=f"signup-received:{enrollment.pk}",
        why=f"{'A coordinator added' if by_coordinator else 'Confirmed the sign-up:'} {enrollment.user}.",
        to=[enrollment.user],
        audience=to_people_of(enrollment, (*Enrollment.OPEN, Enrollment.Status.COMPLETED)),
        kind="sign-up",
        private=True,
    )


def asked_back(enrollment: Enrollment, answers: Mapping[str, Any]) -> list[User]:
    """Named members who had left the team: they are asked, not put back."""
    named = [member["email"] for member in answers.get("members", [])]
    departures = enrollment.departures.filter(user__email__in=named, invited_at__isnull=False)
    return [departure.person for departure in departures.select_related("user")]


def mail_new_members(enrollment: Enrollment, before: set[int], *, by_coordinator: bool = False) -> None:
    """Tell the members of a team who were not in it `before`, with a link to leave it.

    Before the team is accepted, a mail to a stranger quotes nothing that the lead typed.
    """
    for member in enrollment.members.select_related("user"):
        if member.user_id not in before:
            quotes = by_coordinator or enrollment.may_quote_to(member.user)
            send_mail(
                "cohorts/team_added",
                {
                    **mail_context(enrollment),
                    "called": called(member.user, quotes=quotes),
                    "by_coordinator": by_coordinator,
                    "quotes": quotes,
                    "link": place_link(enrollment.pk, member.user_id),
                    "sharing": SHARING.url(enrollment.pk, member.user_id),
                },
                sender=enrollment.cohort.sender,
                key=f"team-added:{enrollment.pk}:{member.user_id}",
                why=f"{enrollment.user} named {member} as a member of the team.",
                to=[member.user],
                audience=to_people_of(enrollment, (*Enrollment.OPEN, Enrollment.Status.COMPLETED)),
                kind="sign-up",
                private=True,
            )


def mail_context(enrollment: Enrollment) -> dict[str, Any]:
    """The context of every mail about a sign-up."""
    programme = enrollment.cohort.programme
    return {
        "enrollment": enrollment,
        "person": enrollment.user,
        "cohort": enrollment.cohort,
        "programme": programme,
        "role": RoleWord(programme, enrollment.role),
    }

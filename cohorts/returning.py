"""People who come back: their form filled in from last time, their history, and invitations to the next round."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction

from cohorts import links
from cohorts.mailing import opt_out_link
from cohorts.models import Cohort, Enrollment
from cohorts.questions import as_typed, field_name, questions_of
from mentorship.accounts.models import User
from mentorship.audit.services import record
from mentorship.outbox.services import enqueue, mail_text
from mentorship.outbox.suppressing import who_is_left_out

# What is filled in from the last sign-up in the same role; a new project is described anew.
KEPT = (
    "goals", "mentoring_type", "interaction_style", "hours_per_month", "capacity", "mentors_wanted", "country",
    "time_zone", "languages", "private_needs", "shares_address", "listed_publicly",
)  # fmt: skip
# What is true of a person in whatever role: a mentee who comes back as a mentor need not type it again.
IN_ANY_ROLE = ("country", "time_zone", "languages", "hours_per_month", "private_needs", "listed_publicly")
OF_PERSON = ("full_name", "pronouns", "country", "time_zone", "languages")


def filled_in(*, user: User | None, cohort: Cohort, role: str) -> tuple[dict[str, Any], str]:
    """What the form begins with for a person whose address is proven, and the name of the cohort it comes from.

    A deferred project comes along whole: it was never begun.
    """
    if user is None:
        return {}, ""
    initial = {name: getattr(user, name) for name in OF_PERSON}
    earlier = (
        Enrollment.objects.of_person(user)
        .filter(cohort__programme=cohort.programme_id)
        .exclude(cohort=cohort)
        .select_related("cohort")
        .prefetch_related("topics", "answers__question")
        .order_by("-cohort__starts_on", "-pk")
    )
    last = earlier.filter(user=user, role=role).first()
    if last is None:
        other = earlier.first()
        if other is None:
            return initial, ""
        if other.user_id == user.pk:  # what the lead of a team said is the lead's
            initial |= {name: value for name in IN_ANY_ROLE if (value := getattr(other, name)) not in (None, "", [])}
        initial["topics"] = ", ".join(topic.name for topic in other.topics.all())
        return initial, other.cohort.name
    initial |= {name: value for name in KEPT if (value := getattr(last, name)) not in (None, "", [])}
    initial["topics"] = ", ".join(topic.name for topic in last.topics.all())
    if last.defers:
        initial |= {"title": last.title, "description": last.description}
    # A question keeps its key from round to round; the answer goes along where its words are the same.
    said = {a.question.key: a for a in last.answers.all()}
    for question in questions_of(cohort, role):
        answer = said.get(question.key)
        if answer and answer.question.text == question.text and question.kind != "file":
            initial[field_name(question)] = as_typed(question, answer.value)
    return initial, last.cohort.name


@dataclass(frozen=True)
class Past:
    """What a person did in earlier cohorts of the programme."""

    roles: list[tuple[str, Cohort, str]]  # role, cohort, status

    @property
    def words(self) -> list[str]:
        """Short phrases for lists: “was a mentee in Seeds 7”."""
        took_part = [(role, cohort) for role, cohort, status in self.roles if status in ("accepted", "completed")]
        return [f"was a {role} in {cohort.name}" for role, cohort in took_part]

    def first_time(self, role: str) -> bool:
        """Whether they never took part in this role before."""
        return not any(r == role and status in ("accepted", "completed") for r, _, status in self.roles)


def past_of(users: Iterable[int], cohort: Cohort) -> dict[int, Past]:
    """Everybody's earlier cohorts of the programme, by user id, with team memberships. Two queries."""
    ids = set(users)
    found: dict[int, list[tuple[str, Cohort, str]]] = {pk: [] for pk in ids}
    earlier = (
        Enrollment.objects.filter(cohort__programme=cohort.programme_id, cohort__starts_on__lt=cohort.starts_on)
        .exclude(cohort=cohort)
        .select_related("cohort__programme")
        .order_by("cohort__starts_on", "pk")
    )
    for enrollment in earlier.filter(user__in=ids):
        found[enrollment.user_id].append((enrollment.role, enrollment.cohort, enrollment.status))
    for enrollment in earlier.filter(members__user__in=ids).prefetch_related("members").distinct():
        for member in enrollment.members.all():
            if member.user_id in ids:
                found[member.user_id].append((enrollment.role, enrollment.cohort, enrollment.status))
    return {pk: Past(roles) for pk, roles in found.items()}


@dataclass(frozen=True)
class Returning:
    """Somebody who could be asked back."""

    user: User
    roles: list[str]
    why: str
    last: Enrollment


# A later room knows who else agreed to be asked, and who wants to be left alone for a while.
ALSO: dict[str, Callable[[Cohort], Iterable[Returning]]] = {}
NOT_NOW: dict[str, Callable[[Cohort], set[int]]] = {}


def who_might_return(cohort: Cohort) -> list[Returning]:
    """People of earlier rounds who are not in this one: first those who asked to come back or put it off.

    Everybody counts once. Those who withdrew without asking to come back, or were declined, are not asked.
    """
    here = set(cohort.enrollments.values_list("user_id", flat=True))
    here = here.union(*(not_now(cohort) for not_now in NOT_NOW.values()))
    earlier = (
        Enrollment.objects.filter(cohort__programme=cohort.programme_id)
        .exclude(cohort=cohort)
        .exclude(user_id__in=here)
        .filter(user__is_active=True)
        .select_related("user", "cohort")
        .order_by("-cohort__starts_on", "-pk")
    )
    found: dict[int, Returning] = {}
    for one in earlier:
        if one.user_id in found:
            continue
        if one.defers:
            found[one.user_id] = Returning(one.user, [one.role], f"put it off from {one.cohort.name}", one)
        elif one.comes_back_as and one.status in ("accepted", "completed"):
            found[one.user_id] = Returning(one.user, one.comes_back_as, f"said so in {one.cohort.name}", one)
        elif one.status in ("accepted", "completed") and one.role == "mentor":
            found[one.user_id] = Returning(one.user, ["mentor"], f"was a mentor in {one.cohort.name}", one)
    for also in ALSO.values():
        for other in also(cohort):
            if other.user.pk in here:
                continue
            known = found.get(other.user.pk)
            roles = list(dict.fromkeys([*known.roles, *other.roles])) if known else other.roles
            found[other.user.pk] = replace(known, roles=roles) if known else other
    order = {"put": 0, "sai": 1, "sta": 1}
    return sorted(found.values(), key=lambda r: (order.get(r.why[:3], 2), str(r.user).casefold()))


@transaction.atomic
def invite(
    *, cohort: Cohort, role: str, emails: Sequence[str], by: User, message: str = "", passed: bool = False
) -> int:
    """Mail each address a personal link to the form of `role`. Who was invited to it before gets no second mail.

    Nobody asked for it, so it is not a necessary mail: addresses that are left out get none, and one click stops them.
    With `passed` the person asked to be let in; the rules of who may sign up don't count for them. Returns how many
    mails were written.
    """
    left_out = who_is_left_out(cohort.workspace_id, emails, necessary=passed)
    emails = [email for email in emails if email not in left_out]
    people = {u.email: u for u in User.objects.filter(email__in=[e.lower() for e in emails])}
    before = cohort_invitations(cohort).count()
    words = mail_text("cohorts/signup_invitation", workspace_id=cohort.workspace_id, scope=cohort.scope)
    for email in dict.fromkeys(e.lower() for e in emails):
        person = people.get(email)
        stop = opt_out_link(cohort.workspace_id, person.pk) if person and not passed else ""
        subject, text, html = words.render(
            {
                "name": person.short_name if person else "",
                "cohort": cohort,
                "programme": cohort.programme,
                "role": cohort.programme.label_of(role),
                "message": message.strip(),
                "known": person is not None,
                "link": links.invite_link(links.Invitation(cohort.pk, role, email, passed)),
                "stop": stop,
            }
        )
        enqueue(
            key=f"signup-invite:{cohort.pk}:{role}:{'passed:' if passed else ''}{email}",
            workspace_id=None,  # who holds the link can sign up for this person
            scope=cohort.scope,
            kind="invitation",
            why=f"{by} invited them to sign up for {cohort}.",
            to=[email],
            subject=subject,
            text=text,
            html=html,
            reply_to=[cohort.programme.contact_email],
            unsubscribe_url=stop,
        )
    record(
        verb="invited", target=cohort, workspace_id=cohort.workspace_id, by=by, role=role, number=len(emails),
        passed=passed,
    )  # fmt: skip
    return cohort_invitations(cohort).count() - before


def cohort_invitations(cohort: Cohort) -> Any:
    """The messages that invite people to sign up for a cohort."""
    from mentorship.outbox.models import OutboxMessage

    return OutboxMessage.objects.filter(key__startswith=f"signup-invite:{cohort.pk}:")

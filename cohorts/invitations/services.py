"""Invite people of earlier cohorts, and others, to sign up."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import models, transaction
from django.db.models import QuerySet

from cohorts.bulk_actions.services import BulkKind
from cohorts.invitations.links import Invitation, invite_link
from cohorts.mailings.links import opt_out_link
from cohorts.models import BulkAction, Cohort, Enrollment
from cohorts.setup.role_words import RoleWord
from cohorts.signup_form.services import record_eligibility_override
from mentorship.core.accounts.models import User
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.extensions import ExtensionPoint
from mentorship.core.outbox.delivery.suppression import who_is_left_out
from mentorship.core.outbox.models import OutboxMessage
from mentorship.core.outbox.send_mail import render_for, send_mail
from mentorship.core.own_links import OWN_LINK

TEMPLATE = "cohorts/signup_invitation"


class ReturnReason(models.TextChoices):
    """Why somebody could be asked to return, with the words around a cohort's name in lists."""

    DEFERRED = "deferred", "put it off from {}"
    OFFERED = "offered", "said so in {}"
    STAYS_IN_TOUCH = "stays in touch", "stays in touch since {}"
    MENTORED = "mentored", "was a mentor in {}"


# The order of the list: people who were promised a place, people who asked to return, everybody else.
REASON_ORDER = {
    ReturnReason.DEFERRED: 0,
    ReturnReason.OFFERED: 1,
    ReturnReason.STAYS_IN_TOUCH: 1,
    ReturnReason.MENTORED: 2,
}


@dataclass(frozen=True)
class ReturningPerson:
    """A person who could be asked to return, the roles they would take, and the enrollment that shows it."""

    user: User
    roles: list[str]
    reason: ReturnReason
    last: Enrollment

    @property
    def why(self) -> str:
        """The reason in words for lists, such as: was a mentor in Seeds 7."""
        return self.reason.label.format(self.last.cohort.name)


RETURNING_PEOPLE: ExtensionPoint[Callable[[Cohort], Iterable[ReturningPerson]]] = ExtensionPoint(
    "people who would return", asked_by=__name__, about="Who agreed to be asked back to a cohort."
)
PEOPLE_LEFT_ALONE: ExtensionPoint[Callable[[Cohort], set[int]]] = ExtensionPoint(
    "people left alone", asked_by=__name__, about="The ids of users who are not asked back to a cohort for now."
)


def returning_people(cohort: Cohort) -> list[ReturningPerson]:
    """People of earlier rounds who are not in this one; those who asked to return or deferred come first.

    Each person appears once. People who were declined, or withdrew without asking to return, are left out.
    """
    here = set(cohort.enrollments.values_list("user_id", flat=True))
    here = here.union(*(not_now(cohort) for not_now in PEOPLE_LEFT_ALONE))
    earlier = (
        Enrollment.objects.filter(cohort__programme=cohort.programme_id)
        .exclude(cohort=cohort)
        .exclude(user_id__in=here)
        .filter(user__is_active=True)
        .select_related("user", "cohort")
        .order_by("-cohort__starts_on", "-pk")
    )
    found: dict[int, ReturningPerson] = {}
    for one in earlier:
        if one.user_id in found:
            continue
        if one.defers:
            found[one.user_id] = ReturningPerson(one.user, [one.role], ReturnReason.DEFERRED, one)
        elif one.comes_back_as and one.occupies_place:
            found[one.user_id] = ReturningPerson(one.user, one.comes_back_as, ReturnReason.OFFERED, one)
        elif one.occupies_place and one.role == "mentor":
            found[one.user_id] = ReturningPerson(one.user, ["mentor"], ReturnReason.MENTORED, one)
    for also in RETURNING_PEOPLE:
        for other in also(cohort):
            if other.user.pk in here:
                continue
            known = found.get(other.user.pk)
            roles = list(dict.fromkeys([*known.roles, *other.roles])) if known else other.roles
            found[other.user.pk] = replace(known, roles=roles) if known else other
    return sorted(found.values(), key=lambda one: (REASON_ORDER[one.reason], str(one.user).casefold()))


@transaction.atomic
def send_signup_invitations(
    *, cohort: Cohort, role: str, emails: Sequence[str], by: User, message: str = "", passed: bool = False
) -> int:
    """Mail each address a personal link to the form of `role`, unless it was invited before.

    These mails are unsolicited: suppressed addresses get none, and recipients can unsubscribe with one click. With
    `passed` the person asked for the invitation, and the eligibility rules do not apply to them. Returns the number of
    mails written.
    """
    left_out = who_is_left_out(cohort.workspace_id, emails, necessary=passed)
    addresses = list(dict.fromkeys(email.lower() for email in emails if email not in left_out))
    people = {user.email: user for user in User.objects.filter(email__in=addresses)}
    before, sender = invitation_messages(cohort).count(), cohort.sender
    for email in addresses:
        person = people.get(email)
        stop = opt_out_link(cohort.workspace_id, person.pk) if person and not passed else ""
        send_mail(
            TEMPLATE,
            _mail_context(
                cohort, role, person, message, link=invite_link(Invitation(cohort.pk, role, email, passed)), stop=stop
            ),
            sender=sender,
            key=invitation_key(cohort, role, email, passed=passed),
            kind="invitation",
            why=f"{by} invited them to sign up for {cohort}.",
            to=[person or email],
            private=True,  # the link lets anybody sign up as this person
            unsubscribe_url=stop,
        )
    record(
        verb=Verb.INVITED,
        target=cohort,
        workspace_id=cohort.workspace_id,
        by=by,
        role=role,
        number=len(addresses),
        passed=passed,
    )
    return invitation_messages(cohort).count() - before


@transaction.atomic
def invite_past_rules(*, cohort: Cohort, role: str, email: str, note: str, by: User) -> None:
    """Invite somebody who does not meet the eligibility rules. The audit trail keeps the reason."""
    record_eligibility_override(cohort=cohort, role=role, email=email, note=note, by=by)
    send_signup_invitations(cohort=cohort, role=role, emails=[email], by=by, passed=True)


def preview_invitation(*, cohort: Cohort, role: str, person: User, message: str) -> tuple[str, str, str]:
    """Subject, text and HTML of an invitation as `person` would get it. Writes nothing.

    The real link acts for this person, so nobody else may see it.
    """
    context = _mail_context(cohort, role, person, message, link=OWN_LINK, stop=OWN_LINK)
    return render_for(cohort.sender, TEMPLATE, context)


def invitation_messages(cohort: Cohort) -> QuerySet[OutboxMessage]:
    """The messages that invite people to sign up for a cohort."""
    return OutboxMessage.objects.filter(key__startswith=f"signup-invite:{cohort.pk}:")


def invitation_key(cohort: Cohort, role: str, email: str, *, passed: bool = False) -> str:
    """The key of the message that invites an address to a form of a cohort."""
    return f"signup-invite:{cohort.pk}:{role}:{'passed:' if passed else ''}{email}"


def invited_person(cohort: Cohort, invitation: Invitation) -> User | None:
    """The person invited by this link, even if their address has changed since; None if the address was unknown."""
    key = invitation_key(cohort, invitation.role, invitation.email, passed=invitation.passed)
    message = OutboxMessage.objects.filter(key=key).first()
    return User.objects.filter(pk__in=message.people.values(), is_active=True).first() if message else None


def _mail_context(
    cohort: Cohort, role: str, person: User | None, message: str, *, link: str, stop: str
) -> dict[str, Any]:
    return {
        "name": person.short_name if person else "",
        "cohort": cohort,
        "programme": cohort.programme,
        "role": RoleWord(cohort.programme, role),
        "message": message.strip(),
        "known": person is not None,
        "link": link,
        "stop": stop,
    }


def _invite_some(action: BulkAction, ids: Sequence[int], by: User) -> int:
    return send_signup_invitations(
        cohort=action.cohort,
        role=action.word("role"),
        emails=list(User.objects.filter(pk__in=ids).values_list("email", flat=True)),
        by=by,
        message=action.word("message"),
    )


def _said(action: BulkAction) -> str:
    sent, left = action.number, action.total - action.number
    again = f" {left} had been asked before, or get no such emails." if left else ""
    return f"{sent} invitation{'' if sent == 1 else 's'} on the way.{again}"


INVITATIONS = BulkKind("Sending invitations to sign up", _invite_some, _said)

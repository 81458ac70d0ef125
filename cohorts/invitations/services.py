"""Invite people of earlier cohorts, and others, to sign up."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction

from cohorts.invitations import links as invitations_links
from cohorts.mailings.links import opt_out_link
from cohorts.models import Cohort, Enrollment
from mentorship.core.accounts.models import User
from mentorship.core.audit.services import record
from mentorship.core.outbox.delivery.suppression import who_is_left_out
from mentorship.core.outbox.mail_templates.rendering import mail_text
from mentorship.core.outbox.services import enqueue


@dataclass(frozen=True)
class ReturningPerson:
    """Somebody who could be asked back."""

    user: User
    roles: list[str]
    why: str
    last: Enrollment


# A later room knows who else agreed to be asked, and who wants to be left alone for a while.
EXTRA_SOURCES: dict[str, Callable[[Cohort], Iterable[ReturningPerson]]] = {}


EXCLUSIONS: dict[str, Callable[[Cohort], set[int]]] = {}


def returning_people(cohort: Cohort) -> list[ReturningPerson]:
    """People of earlier rounds who are not in this one: first those who asked to come back or put it off.

    Everybody counts once. Those who withdrew without asking to come back, or were declined, are not asked.
    """
    here = set(cohort.enrollments.values_list("user_id", flat=True))
    here = here.union(*(not_now(cohort) for not_now in EXCLUSIONS.values()))
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
            found[one.user_id] = ReturningPerson(one.user, [one.role], f"put it off from {one.cohort.name}", one)
        elif one.comes_back_as and one.status in ("accepted", "completed"):
            found[one.user_id] = ReturningPerson(one.user, one.comes_back_as, f"said so in {one.cohort.name}", one)
        elif one.status in ("accepted", "completed") and one.role == "mentor":
            found[one.user_id] = ReturningPerson(one.user, ["mentor"], f"was a mentor in {one.cohort.name}", one)
    for also in EXTRA_SOURCES.values():
        for other in also(cohort):
            if other.user.pk in here:
                continue
            known = found.get(other.user.pk)
            roles = list(dict.fromkeys([*known.roles, *other.roles])) if known else other.roles
            found[other.user.pk] = replace(known, roles=roles) if known else other
    order = {"put": 0, "sai": 1, "sta": 1}
    return sorted(found.values(), key=lambda r: (order.get(r.why[:3], 2), str(r.user).casefold()))


@transaction.atomic
def send_signup_invitations(
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
    before = invitation_messages(cohort).count()
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
                "link": invitations_links.invite_link(invitations_links.Invitation(cohort.pk, role, email, passed)),
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
        verb="invited",
        target=cohort,
        workspace_id=cohort.workspace_id,
        by=by,
        role=role,
        number=len(emails),
        passed=passed,
    )
    return invitation_messages(cohort).count() - before


def invitation_messages(cohort: Cohort) -> Any:
    """The messages that invite people to sign up for a cohort."""
    from mentorship.core.outbox.models import OutboxMessage

    return OutboxMessage.objects.filter(key__startswith=f"signup-invite:{cohort.pk}:")

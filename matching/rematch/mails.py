"""Tell both sides that their match has ended."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from cohorts.enrollment.audience import why_not
from cohorts.models import Enrollment
from cohorts.sharing.addressing import Addressing, MailLists, team_lists
from matching.intro.mails import greeting_of
from matching.models import Match
from mentorship.core.accounts.models import User
from mentorship.core.outbox.delivery.still_for import StillFor
from mentorship.core.outbox.models import OutboxMessage
from mentorship.core.outbox.send_mail import render_for, send_mail
from mentorship.core.text import join_names

GONE = (Enrollment.Status.WITHDRAWN, Enrollment.Status.DECLINED)
RULE = "end of a match"  # who says whom it is still for
NO_LONGER = "no longer with them"


@dataclass(frozen=True)
class EndedMail:
    """The mail to one side of a match that ended; it has no recipients if they left the cohort."""

    match: Match
    side: str
    people: Sequence[User]
    context: dict[str, Any]
    co_mentors: Sequence[Enrollment] = ()
    new_mentor: Enrollment | None = None

    @property
    def template(self) -> str:
        return f"matching/match_ended_{self.side}"

    @property
    def to(self) -> list[str]:
        return [person.email for person in self.people]

    def render(self) -> tuple[str, str, str]:
        """Subject, text and HTML. Writes nothing."""
        return render_for(self.match.mentee.cohort.sender, self.template, self.context)

    @property
    def addressing(self) -> Addressing:
        """The addressing of the mail: co-mentors who get a copy see no address whose owner did not agree."""
        return Addressing([self.match.mentee], self.match.mentee.cohort.programme.contact_email, self.co_mentors)

    @property
    def lists(self) -> MailLists:
        """The recipients, and those of them whom the others don't see."""
        if self.co_mentors:
            of = self.addressing
            return {"to": of.to, "cc": of.cc, "bcc": of.bcc}
        contact = self.match.mentee.cohort.programme.contact_email
        return team_lists(self.people, [self.match.mentee, self.match.mentor], contact)

    def send(self, due_at: datetime) -> None:
        """Queue the mail under a new key, since a match may end again after its rematch was undone."""
        if not self.to:
            return
        match, base = self.match, f"match-ended:{self.match.pk}:{self.side}"
        before = OutboxMessage.objects.filter(Q(key=base) | Q(key__startswith=f"{base}:")).count()
        send_mail(
            self.template,
            self.context,
            sender=match.mentee.cohort.sender,
            kind="match ended",
            key=f"{base}:{before + 1}" if before else base,
            why=f"The match of “{match.mentee}” with {match.mentor.user} is {match.get_status_display()}.",
            **self.lists,
            audience={
                "rule": RULE,
                "match": match.pk,
                "side": self.side,
                "message": self.context["message"],
                "new_mentor": self.new_mentor.pk if self.new_mentor else None,
            },
            due_at=due_at,
        )


def ended_mails(
    match: Match, *, new_mentor: Enrollment | None = None, to_mentee: str = "", to_mentor: str = ""
) -> list[tuple[list[str], str, str]]:
    """Recipients, subject and text of what both sides would be told. Writes nothing."""
    mails = [mail_to_mentee(match, new_mentor, to_mentee), mail_to_mentor(match, to_mentor)]
    return [(mail.to, *mail.render()[:2]) for mail in mails if mail.to]


def send_to_mentee(match: Match, *, due_at: datetime, new_mentor: Enrollment | None = None, message: str = "") -> None:
    """Tell the mentee, or the team, with a copy to the co-mentors who stay."""
    mail_to_mentee(match, new_mentor, message).send(due_at)


def send_to_mentor(match: Match, *, due_at: datetime, message: str = "") -> None:
    """Tell the mentor."""
    mail_to_mentor(match, message).send(due_at)


def mail_to_mentee(match: Match, new_mentor: Enrollment | None, message: str) -> EndedMail:
    """The mail to the mentee, or the team."""
    people = _active(match.mentee.people) if match.mentee.status not in GONE else []
    co_mentors = _co_mentors(match, new_mentor)
    context = {
        "new_mentor": new_mentor.name_of(new_mentor.user) if new_mentor else "",
        "co_mentors": join_names([e.name_of(e.user) for e in co_mentors]),
    }
    return EndedMail(match, "mentee", people, {**_context(match, people, message), **context}, co_mentors, new_mentor)


def mail_to_mentor(match: Match, message: str) -> EndedMail:
    """The mail to the mentor."""
    people = _active([match.mentor.user]) if match.mentor.status not in GONE else []
    context = {"mentee_left": match.mentee.status in GONE}
    return EndedMail(match, "mentor", people, {**_context(match, people, message), **context})


def _context(match: Match, people: Sequence[User], message: str) -> dict[str, Any]:
    cohort = match.mentee.cohort
    return {
        "match": match,
        "cohort": cohort,
        "programme": cohort.programme,
        "names": greeting_of(people),
        "mentor": match.mentor.name_of(match.mentor.user),
        "mentee_names": join_names([match.mentee.name_of(person) for person in match.mentee.people]),
        "message": message.strip(),
    }


def _co_mentors(match: Match, but: Enrollment | None) -> list[Enrollment]:
    """Mentors who continue with the mentee: only people who were introduced know of them."""
    others = Match.objects.under_way().told().filter(mentee=match.mentee, mentor__user__is_active=True)
    others = others.exclude(pk=match.pk).exclude(mentor__status__in=GONE)
    found = others.select_related("mentor__user", "mentor__cohort__programme").order_by("pk")
    return [other.mentor for other in found if but is None or other.mentor_id != but.pk]


def _active(people: Sequence[User]) -> list[User]:
    return [person for person in people if person.is_active]


def still_to_be_told(messages: Sequence[OutboxMessage]) -> Mapping[UUID, StillFor]:
    """The people of a side that is in the cohort, as long as the match has ended. A few queries for each message."""
    matches = Match.objects.with_people().in_bulk([message.audience["match"] for message in messages])
    return {message.pk: _still(message.audience, matches.get(message.audience["match"])) for message in messages}


def _still(audience: Mapping[str, Any], match: Match | None) -> StillFor:
    if match is None or match.status not in Match.OVER:
        return StillFor(reason="The match goes on.")
    side = match.mentor if audience["side"] == "mentor" else match.mentee
    if reason := why_not(side, [s for s in Enrollment.Status.values if s not in GONE]):
        return StillFor(reason=reason)
    if audience["side"] == "mentor":
        return StillFor(people=[side.user_id], rewrite=lambda: mail_to_mentor(match, audience["message"]).context)
    new_mentor = Enrollment.objects.occupying_place().filter(pk=audience["new_mentor"]).select_related("user").first()
    mail = mail_to_mentee(match, new_mentor, audience["message"])
    people = [*(person.pk for person in mail.people), *(mentor.user_id for mentor in mail.co_mentors)]
    of = mail.lists
    lists = {"to": of["to"], "cc": of["cc"], "bcc": of["bcc"]}
    return StillFor(people=people, gone=NO_LONGER, lists=lists, rewrite=lambda: mail.context)

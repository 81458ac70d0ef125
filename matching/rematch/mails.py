"""Tell both sides that their match has ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from cohorts.models import Enrollment
from matching.models import Match
from mentorship.core.accounts.models import User
from mentorship.core.outbox.models import OutboxMessage
from mentorship.core.outbox.send_mail import render_for, send_mail
from mentorship.core.text import join_names

GONE = (Enrollment.Status.WITHDRAWN, Enrollment.Status.DECLINED)


@dataclass(frozen=True)
class EndedMail:
    """The mail to one side of a match that ended; it has no recipients where they left the cohort."""

    match: Match
    side: str
    people: Sequence[User]
    context: dict[str, Any]

    @property
    def template(self) -> str:
        return f"matching/match_ended_{self.side}"

    @property
    def to(self) -> list[str]:
        return [person.email for person in self.people]

    def render(self) -> tuple[str, str, str]:
        """Subject, text and HTML. Writes nothing."""
        return render_for(self.match.mentee.cohort.sender, self.template, self.context)

    def send(self, due_at: datetime, cc: Sequence[str] = ()) -> None:
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
            to=self.to,
            cc=[address for address in cc if address not in self.to],
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
    co_mentors = [e.user.email for e in _co_mentors(match, new_mentor)]
    mail_to_mentee(match, new_mentor, message).send(due_at, cc=co_mentors)


def send_to_mentor(match: Match, *, due_at: datetime, message: str = "") -> None:
    """Tell the mentor."""
    mail_to_mentor(match, message).send(due_at)


def mail_to_mentee(match: Match, new_mentor: Enrollment | None, message: str) -> EndedMail:
    """The mail to the mentee, or the team."""
    people = match.mentee.people if match.mentee.status not in GONE else []
    context = {
        "new_mentor": str(new_mentor.user) if new_mentor else "",
        "co_mentors": join_names([str(e.user) for e in _co_mentors(match, new_mentor)]),
    }
    return EndedMail(match, "mentee", people, {**_context(match, people, message), **context})


def mail_to_mentor(match: Match, message: str) -> EndedMail:
    """The mail to the mentor."""
    people = [match.mentor.user] if match.mentor.status not in GONE else []
    context = {"mentee_left": match.mentee.status in GONE}
    return EndedMail(match, "mentor", people, {**_context(match, people, message), **context})


def _context(match: Match, people: Sequence[User], message: str) -> dict[str, Any]:
    cohort = match.mentee.cohort
    return {
        "match": match,
        "cohort": cohort,
        "programme": cohort.programme,
        "names": join_names([person.short_name for person in people]),
        "mentor": str(match.mentor.user),
        "mentee_names": join_names([str(person) for person in match.mentee.people]),
        "message": message.strip(),
    }


def _co_mentors(match: Match, but: Enrollment | None) -> list[Enrollment]:
    others = Match.objects.under_way().filter(mentee=match.mentee).exclude(pk=match.pk).select_related("mentor__user")
    return [other.mentor for other in others if but is None or other.mentor_id != but.pk]

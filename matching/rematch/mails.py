"""Tell both sides that their match has ended."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q

from cohorts.models import Enrollment
from matching.models import Match
from mentorship.core.accounts.models import User
from mentorship.core.outbox.mail_templates.rendering import render_mail
from mentorship.core.outbox.models import OutboxMessage
from mentorship.core.outbox.services import enqueue

GONE = (Enrollment.Status.WITHDRAWN, Enrollment.Status.DECLINED)


# --- mails ---


def ended_mails(
    match: Match, *, new_mentor: Enrollment | None = None, to_mentee: str = "", to_mentor: str = ""
) -> list[tuple[list[str], str, str]]:
    """What both sides would be told: recipients, subject and text each. Writes nothing."""
    mails = [_mentee_mail(match, new_mentor, to_mentee), _mentor_mail(match, to_mentor)]
    return [(to, subject, text) for to, subject, text, _ in mails if to]


def write_to_mentee(match: Match, *, due_at: datetime, new_mentor: Enrollment | None = None, message: str = "") -> None:
    co_mentors = [e.user.email for e in _co_mentors(match, new_mentor)]
    _write(match, "mentee", _mentee_mail(match, new_mentor, message), due_at, cc=co_mentors)


def write_to_mentor(match: Match, *, due_at: datetime, message: str = "") -> None:
    _write(match, "mentor", _mentor_mail(match, message), due_at)


def _mentee_mail(match: Match, new_mentor: Enrollment | None, message: str) -> tuple[list[str], str, str, str]:
    people = match.mentee.people if match.mentee.status not in GONE else []
    context = {
        "new_mentor": str(new_mentor.user) if new_mentor else "",
        "co_mentors": _listed([str(e.user) for e in _co_mentors(match, new_mentor)]),
    }
    return [p.email for p in people], *_rendered(match, "mentee", people, message, context)


def _mentor_mail(match: Match, message: str) -> tuple[list[str], str, str, str]:
    people = [match.mentor.user] if match.mentor.status not in GONE else []
    context = {"mentee_left": match.mentee.status in GONE}
    return [p.email for p in people], *_rendered(match, "mentor", people, message, context)


def _rendered(
    match: Match, side: str, people: Sequence[User], message: str, context: dict[str, Any]
) -> tuple[str, str, str]:
    cohort = match.mentee.cohort
    return render_mail(
        f"matching/match_ended_{side}",
        {
            "match": match,
            "cohort": cohort,
            "programme": cohort.programme,
            "names": _listed([person.short_name for person in people]),
            "mentor": str(match.mentor.user),
            "mentee_names": _listed([str(person) for person in match.mentee.people]),
            "message": message.strip(),
            **context,
        },
        workspace_id=cohort.workspace_id,
        scope=cohort.scope,
    )


def _write(
    match: Match, side: str, mail: tuple[list[str], str, str, str], due_at: datetime, cc: Sequence[str] = ()
) -> None:
    to, subject, text, html = mail
    if not to:
        return
    cohort, base = match.mentee.cohort, f"match-ended:{match.pk}:{side}"
    before = OutboxMessage.objects.filter(Q(key=base) | Q(key__startswith=f"{base}:")).count()
    enqueue(
        key=f"{base}:{before + 1}" if before else base,
        workspace_id=cohort.workspace_id,
        scope=cohort.scope,
        kind="match ended",
        why=f"The match of “{match.mentee}” with {match.mentor.user} is {match.get_status_display()}.",
        to=to,
        cc=[address for address in cc if address not in to],
        subject=subject,
        text=text,
        html=html,
        reply_to=[cohort.programme.contact_email],
        due_at=due_at,
    )


def _co_mentors(match: Match, but: Enrollment | None) -> list[Enrollment]:
    others = Match.objects.live().filter(mentee=match.mentee).exclude(pk=match.pk).select_related("mentor__user")
    return [other.mentor for other in others if but is None or other.mentor_id != but.pk]


def _listed(items: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(items[:-1]), items[-1]])) if items else ""

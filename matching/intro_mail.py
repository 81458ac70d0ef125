"""What an intro says: who, why, when they could meet. It only reads; introducing.py sends."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse

from cohorts.models import Enrollment
from cohorts.places import country_name, language_name
from matching.models import MatchProposal
from matching.places import clock_name, shared_daytime
from mentorship.accounts.models import User
from mentorship.outbox.services import render_mail


@dataclass(frozen=True)
class IntroMail:
    """The one message that a mentee team and its mentors get together."""

    mentee: Enrollment
    mentors: list[Enrollment]
    to: list[str]
    subject: str
    text: str
    html: str


def intro_mail(mentee: Enrollment, proposals: Sequence[MatchProposal]) -> IntroMail:
    """The intro as it will arrive. Writes nothing."""
    mentors = [p.mentor for p in proposals]
    people = [*mentee.people, *(m.user for m in mentors)]
    subject, text, html = render_mail(
        "matching/intro",
        _context(mentee, proposals),
        workspace_id=mentee.cohort.workspace_id,
        scope=mentee.cohort.scope,
    )
    # A mentor may be in no team twice, but two people may share an address: nobody gets the mail twice.
    return IntroMail(mentee, mentors, list(dict.fromkeys(p.email for p in people)), subject, text, html)


def said_to_the_pair(why: str) -> str:
    """The coordinators' sentence about a pair, as the pair is told it: what speaks for it; "" where nothing does."""
    if not why.startswith("They "):
        return ""
    spoken_for = why.removeprefix("They ").split(", but ")[0].rstrip(".")
    return f"You {spoken_for}."


def _context(mentee: Enrollment, proposals: Sequence[MatchProposal]) -> dict[str, Any]:
    cohort, mentors = mentee.cohort, [p.mentor for p in proposals]
    people = [*mentee.people, *(m.user for m in mentors)]
    zones = [e.time_zone for e in (mentee, *mentors) if e.time_zone]
    window = shared_daytime(zones, cohort.starts_on) if len(zones) == len(mentors) + 1 else None
    return {
        "cohort": cohort,
        "programme": cohort.programme,
        "mentee": mentee,
        "greeting": _listed([person.short_name for person in people]),
        "mentor_names": _listed([str(m.user) for m in mentors]),
        "team": [_described(person, mentee) for person in mentee.people],
        "mentors": [_described(m.user, m) for m in mentors],
        "whys": [(p.mentor.user.short_name, said_to_the_pair(p.why)) for p in proposals],
        "several": len(mentors) > 1,
        "hours": [window.on_clock(zone) for zone in dict.fromkeys(zones)] if window else [],
        "far_apart": window is None and len(zones) == len(mentors) + 1,
        "languages": _shared_languages([mentee, *mentors]),
        "matches_url": settings.SITE_URL + reverse("home"),
    }


def _described(person: User, enrollment: Enrollment) -> str:
    """`Mona Sato (she/her), Japan, in Tokyo`: what is known, in one line. The zone is that of the enrollment."""
    name = f"{person} ({person.pronouns})" if person.pronouns else str(person)
    own = person.pk == enrollment.user_id
    country = country_name(enrollment.country if own else person.country)
    zone = enrollment.time_zone if own else person.time_zone
    return ", ".join(part for part in (name, country, clock_name(zone) if zone else "") if part)


def _shared_languages(enrollments: Sequence[Enrollment]) -> str:
    shared = [code for code in enrollments[0].languages if all(code in e.languages for e in enrollments)]
    return _listed([language_name(code) for code in shared])


def _listed(items: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(items[:-1]), items[-1]])) if items else ""

"""Mails to everybody concerned when somebody leaves a cohort or a team, or returns."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as lazy

from cohorts.enrollment.audience import to_people_of
from cohorts.enrollment.extensions import Ending
from cohorts.enrollment.links import place_link
from cohorts.enrollment.mails import called, lead_for
from cohorts.models import Enrollment, TeamDeparture
from cohorts.setup.role_words import RoleWord
from mentorship.core.accounts.models import User
from mentorship.core.outbox.send_mail import render_for, send_mail
from mentorship.core.text import join_names

Departure = Enrollment.Departure
KIND = "leaving"
# In place of names that a lead typed, see Enrollment.may_quote_to.
LEAD, ONE_OF_THEM = lazy("the lead of your team"), "somebody"


@dataclass(frozen=True)
class Goodbye:
    """The mail to one person when they, or their team, are no longer in a cohort."""

    enrollment: Enrollment
    person: User
    template: str
    context: dict[str, Any]

    def render(self) -> tuple[str, str, str]:
        """Subject, text and HTML. Writes nothing."""
        return render_for(self.enrollment.cohort.sender, self.template, self.context, [self.person])

    def send(self, change: int) -> None:
        """Write the mail, once for each change of status."""
        send_mail(
            self.template,
            self.context,
            sender=self.enrollment.cohort.sender,
            key=f"left:{self.enrollment.pk}:{change}:{self.person.pk}",
            kind=KIND,
            why=f"{self.enrollment} is no longer in {self.enrollment.cohort}.",
            to=[self.person],
            private=True,
            audience=to_people_of(self.enrollment, [Enrollment.Status.WITHDRAWN], change=change),
        )


def goodbye_mails(
    enrollment: Enrollment,
    departure: str,
    *,
    ends: Sequence[Ending],
    message: str = "",
    had_offer: bool = False,
    link: str = "",
) -> list[Goodbye]:
    """The mails to the person, or to each member of the team, as they would be sent. Writes nothing.

    In a preview `link` replaces the personal link, which nobody else should use.
    """
    template = "cohorts/removed" if departure == Departure.REMOVED else "cohorts/withdrawn"
    shared = {
        "at_request": departure == Departure.AT_REQUEST,
        "had_offer": had_offer,
        "may_come_back": enrollment.cohort.gives_places,
        "ends": [ending.text for ending in ends],
        "message": message.strip(),
        **({"link": link} if link else {}),
    }
    return [
        Goodbye(enrollment, person, template, {**_context(enrollment, person), **shared})
        for person in enrollment.people
    ]


def mail_came_back(enrollment: Enrollment) -> None:
    """Tell everybody in a sign-up that it counts again."""
    for person in enrollment.people:
        _send(
            "cohorts/came_back",
            _context(enrollment, person),
            key=f"came-back:{enrollment.pk}:{enrollment.status_changes}:{person.pk}",
            why=f"{enrollment} is back in {enrollment.cohort}.",
            audience=to_people_of(enrollment, Enrollment.OPEN),
        )


def mail_member_left(departure: TeamDeparture, companions: Iterable[Enrollment]) -> None:
    """Tell somebody that they have left a team, and the rest of the team and its mentors."""
    enrollment, leaver, key = departure.enrollment, departure.person, _key(departure)
    why = f"{leaver} is no longer in the team of {enrollment}."
    facts = {"taken_off": departure.removed, "leaver": leaver.known_name or ONE_OF_THEM}
    own = {**_context(enrollment, leaver), **facts}
    _send("cohorts/team_left", own, key=f"team-left:{key}:{leaver.pk}", why=why)
    for person, context, audience in _others(enrollment, leaver, companions):
        mine = f"team-left:{key}:{person.pk}"
        _send("cohorts/team_member_left", {**context, **_told(facts, context)}, key=mine, why=why, audience=audience)


def mail_member_erased(enrollment: Enrollment, erased: User, companions: Iterable[Enrollment]) -> None:
    """Tell the rest of a team and its mentors that a member was erased. The mails name nobody."""
    why = f"Somebody is no longer in the team of {enrollment}."
    for person, context, audience in _others(enrollment, erased, companions):
        _send(
            "cohorts/team_member_left",
            # Unlike people who left, they can't be invited back by the lead.
            {**context, "taken_off": False, "leaver": "one of the team", "lead": context["lead"] or str(person)},
            key=f"team-erased:{enrollment.pk}:{erased.pk}:{person.pk}",
            why=why,
            audience=audience,
        )


def mail_lead_changed(enrollment: Enrollment, before: User) -> None:
    """Tell everybody in a team who leads it now."""
    for person in enrollment.people:
        _send(
            "cohorts/team_lead_changed",
            {**_context(enrollment, person), "led_so_far": person.pk == before.pk},
            key=f"lead-changed:{enrollment.pk}:{enrollment.user_id}:{enrollment.updated_at:%Y%m%dT%H%M%S%f}:{person.pk}",
            why=f"{enrollment.user} leads the team of {enrollment} now.",
            audience=to_people_of(enrollment, Enrollment.OPEN),
        )


def mail_invited_back(departure: TeamDeparture) -> None:
    """Ask somebody who left a team whether they want to return."""
    enrollment, person = departure.enrollment, departure.person
    _send(
        "cohorts/team_invited_back",
        _context(enrollment, person),
        key=f"team-invited-back:{_key(departure)}",
        why=f"{enrollment.user} invited {person} back into the team.",
    )


def mail_rejoined(departure: TeamDeparture, companions: Iterable[Enrollment]) -> None:
    """Tell the rest of a team and its mentors that somebody has returned."""
    enrollment, person = departure.enrollment, departure.person
    facts = {"member": person.known_name or ONE_OF_THEM}
    for reader, context, audience in _others(enrollment, person, companions):
        _send(
            "cohorts/team_rejoined",
            {**context, **_told(facts, context)},
            key=f"team-rejoined:{_key(departure)}:{reader.pk}",
            why=f"{person} is back in the team.",
            audience=audience,
        )


def _others(
    enrollment: Enrollment, but: User, companions: Iterable[Enrollment]
) -> Iterable[tuple[User, dict[str, Any], dict[str, Any]]]:
    """The lead, members and mentors except one person, each with the facts and the audience of their mail."""
    of_team = [person for person in enrollment.people if person.pk != but.pk]
    facts = {
        "team": join_names([person.known_name for person in enrollment.people if person.known_name]),
        "alone": len(enrollment.people) == 1,
    }
    for person in of_team:
        audience = to_people_of(enrollment, Enrollment.OPEN)
        context = _context(enrollment, person)
        yield person, {**context, **facts, **({} if context["quotes"] else {"team": ""}), "of_team": True}, audience
    for companion in companions:
        person = companion.user
        if person.pk not in {but.pk, *(one.pk for one in of_team)}:
            yield person, {**_context(enrollment, person), **facts, "of_team": False}, to_people_of(companion)


def _told(facts: dict[str, Any], context: dict[str, Any]) -> dict[str, Any]:
    """The facts without other people's names, for a mail that may not quote them."""
    names = ("leaver", "member")
    return facts if context["quotes"] else {k: ONE_OF_THEM if k in names else v for k, v in facts.items()}


def _context(enrollment: Enrollment, person: User) -> dict[str, Any]:
    cohort, quotes = enrollment.cohort, enrollment.may_quote_to(person)
    lead = lead_for(enrollment, person)
    return {
        "enrollment": enrollment,
        "person": person,
        "called": called(person, quotes=quotes),
        "quotes": quotes,
        "cohort": cohort,
        "programme": cohort.programme,
        "role": RoleWord(cohort.programme, enrollment.role),
        "lead": lead if quotes or not lead else LEAD,
        "link": place_link(enrollment.pk, person.pk),
    }


def _send(
    template: str, context: dict[str, Any], *, key: str, why: str, audience: dict[str, Any] | None = None
) -> None:
    sender, person = context["cohort"].sender, context["person"]
    # Private: the link lets the reader act for themselves, and no coordinator may use it.
    send_mail(
        template, context, sender=sender, key=key, kind=KIND, why=why, to=[person], audience=audience, private=True
    )


def _key(departure: TeamDeparture) -> str:
    """Build the key of a mail. Somebody may leave, return and leave again: each time has its own mails."""
    return f"{departure.enrollment_id}:{departure.user_id}:{departure.left_at:%Y%m%dT%H%M%S%f}"

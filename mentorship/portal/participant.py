"""The to-do list on a participant's home page, from all apps."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from checkins.overview import needs as checkins_today
from checkins.schedule.planning import open_checkins_of
from checkins.waves.links import checkin_link
from cohorts.models import Enrollment
from matching.consent.links import ANSWER_LINK
from matching.events.services import events_for_participant
from matching.groups.introduced import groups_for_participant
from matching.models import AskedSide, Match, SpeedEvent, SpeedRsvp
from matching.pairs.services import matches_with_goals_awaiting
from mentorship.core.accounts.models import User
from mentorship.core.ui.counts import counts_up_to
from mentorship.core.ui.moments import event_in_words, reader_zone
from partners.contributions.services import own_partner_rows
from partners.models import ContributionEntry, Partner, PartnerPerson
from training.attendance.training_status import NONE, REFRESHER, with_training_status
from training.models import TrainingSession


@dataclass(frozen=True)
class TodoItem:
    """A task: what, a line about it, the deadline (None: none), the address, and the label of the button."""

    title: str
    text: str
    until: datetime | None
    url: str
    label: str


@dataclass(frozen=True)
class OwnThings:
    """The enrollments, matches, events and groups of a person, read once for their home page."""

    user: User
    enrollments: list[Enrollment]  # those of their teams, too
    matches: list[Match]
    events: list[tuple[SpeedEvent, SpeedRsvp | None]]
    groups: list[dict[str, Any]]

    def own(self, *roles: str) -> list[Enrollment]:
        """The person's own accepted enrollments in these roles, or in any."""
        mine = (one for one in self.enrollments if one.user_id == self.user.pk and one.status == "accepted")
        return [one for one in mine if not roles or one.role in roles]


@dataclass(frozen=True)
class OpenQuestions:
    """Whether there is a training slot to choose, something of partners to confirm, and which pages a person has."""

    to_choose: bool
    to_confirm: bool
    speaks_for_partners: bool
    has_partners: bool


def own_things_of(user: User) -> OwnThings:
    """Read it. A constant number of queries."""
    enrollments = list(Enrollment.objects.of_person(user).with_people().order_by("-created_at"))
    matches = Match.objects.ever_of_enrollments([one.pk for one in enrollments])
    return OwnThings(
        user,
        enrollments,
        list(matches.with_people().order_by("-created_at", "-pk")),
        events_for_participant(user),
        groups_for_participant(user),
    )


def todo_items_of(things: OwnThings, questions: OpenQuestions, now: datetime) -> list[TodoItem]:
    """The to-do items of a person, starting with those that others wait for."""
    user = things.user
    found = [*_answers(things, user, now), *_matching(things)]
    if questions.to_choose:
        url = reverse("training:my-slot-list")
        found.append(TodoItem("Mentor training", "Choose the slot that suits you.", None, url, "See the slots"))
    found += _others(things)
    if questions.to_confirm:
        url = reverse("partners:my-hours")
        found.append(TodoItem("Hours and organisations", "Confirm the hours noted for you.", None, url, "View hours"))
    return found


def _answers(things: OwnThings, user: User, now: datetime) -> Iterator[TodoItem]:
    for offer in things.own():
        if offer.offer_is_open:
            url = reverse("cohorts:my-place-detail", args=[offer.pk])
            yield TodoItem(
                f"Your place in {offer.cohort.name}", "Do you take it?", offer.offer_expires_at, url, "Answer"
            )
    sides = AskedSide.objects.filter(status="asked", pair__status="open").select_related("pair__mentee", "pair__mentor")
    own = [one.pk for one in things.enrollments if one.user_id == user.pk]
    theirs = Q(side="mentor", pair__mentor__in=own) | Q(side="mentee", pair__mentee__in=own)
    for side in sides.filter(theirs).order_by("pk"):
        yield TodoItem(
            "A match for you", "Read who it is, then say yes or no.", side.answer_by, ANSWER_LINK.url(side.pk), "Read"
        )
    for checkin in open_checkins_of(user, now):
        about = f" with {checkin.about}" if checkin.about else ""
        yield TodoItem(
            f"{checkin.wave.name}: how is it going{about}?",
            "About two minutes.",
            checkin.closes_at,
            checkin_link(checkin),
            "Answer",
        )


def _matching(things: OwnThings) -> Iterator[TodoItem]:
    for pk, number in matches_with_goals_awaiting(things.user).items():
        title = "A goal for you to agree to" if number == 1 else f"{number} goals for you to agree to"
        url = reverse("matching:my-match", args=[pk]) + "#goals"
        yield TodoItem(title, "On your match’s page.", None, url, "Read")
    for event, answer in things.events:
        if answer is None and event.starts_at > timezone.now():
            url = reverse("matching:my-event", args=[event.pk])
            when = event_in_words(event.starts_at, event.tz, reader_zone())
            yield TodoItem(f"{event} in {event.cohort.name}", f"Will you take part? {when}", None, url, "Answer")
    for thing in things.groups:
        if thing["group"] is None and not thing["chosen"]:
            enrollment = thing["enrollment"]
            url = reverse("matching:my-groups", args=[enrollment.pk])
            yield TodoItem(
                f"Goal groups of {enrollment.cohort.name}", "Which ones would you join?", None, url, "Choose"
            )


def open_questions_of(things: OwnThings, now: datetime) -> OpenQuestions:
    """Ask what waits for the person and which pages they have; one query."""
    mentoring = Enrollment.objects.filter(pk__in=[enrollment.pk for enrollment in things.own("mentor")])
    theirs = (
        [enrollment for enrollment in things.enrollments if enrollment.occupies_place] if things.own("mentor") else []
    )
    ahead = TrainingSession.objects.not_cancelled().open_to(theirs).upcoming(now).filter(training__kind="training")
    slots, none, refresher, asked, stated, partners, *of_partners = counts_up_to(
        ahead,
        with_training_status(mentoring, NONE),
        with_training_status(mentoring, REFRESHER),
        PartnerPerson.objects.to_answer_by(things.user),
        ContributionEntry.objects.to_confirm_by(things.user),
        Partner.objects.visible_to(things.user),
        *own_partner_rows(things.user),
    )
    return OpenQuestions(
        to_choose=bool(slots and (none or refresher)),
        to_confirm=bool(asked or stated),
        speaks_for_partners=bool(partners),
        has_partners=any(of_partners),
    )


def _others(things: OwnThings) -> Iterator[TodoItem]:
    user = things.user
    if not user.known_name:
        text = "The people you meet here don’t know what to call you."
        yield TodoItem("Your name", text, None, reverse("accounts:profile"), "Add your name")
    reviews = {one.cohort for one in things.own("mentor") if one.cohort.mentors_review and one.cohort.gives_places}
    for cohort in sorted(reviews, key=lambda one: (one.starts_on, one.pk), reverse=True):
        yield TodoItem(
            f"Applications to {cohort.name}",
            f"The coordinators ask the {cohort.programme.plural_of('mentor')} to read them.",
            None,
            reverse("cohorts:review-list", args=[cohort.slug]),
            "Read and review",
        )
    for title, text, url in checkins_today.needs_of_participant(user, timezone.localdate()):
        yield TodoItem(title, text, None, url, "Open")

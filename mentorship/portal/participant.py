"""The to-do list on a participant's home page, from all apps."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from checkins.overview import needs as checkins_today
from checkins.schedule.planning import open_checkins_of
from checkins.waves.links import checkin_link
from cohorts.models import Cohort, Enrollment
from matching.consent.links import ANSWER_LINK
from matching.events.services import events_for_participant
from matching.groups.introduced import groups_for_participant
from matching.models import AskedSide
from matching.pairs.services import matches_with_goals_awaiting
from mentorship.core.accounts.models import User
from mentorship.core.ui.moments import event_in_words, reader_zone
from partners.models import ContributionEntry, PartnerPerson
from training.attendance.training_status import training_status_of
from training.models import TrainingSession


@dataclass(frozen=True)
class TodoItem:
    """A task: what, a line about it, the deadline (None: none), the address, and the label of the button."""

    title: str
    text: str
    until: datetime | None
    url: str
    label: str


def todo_items_of(user: User, now: datetime) -> list[TodoItem]:
    """The to-do items of a person, starting with those that others wait for."""
    return [*_answers(user, now), *_matching(user), *_trainings(user, now), *_others(user)]


def _answers(user: User, now: datetime) -> Iterator[TodoItem]:
    for offer in Enrollment.objects.filter(user=user, status="accepted").select_related("cohort"):
        if offer.offer_is_open:
            url = reverse("cohorts:my-place-detail", args=[offer.pk])
            yield TodoItem(
                f"Your place in {offer.cohort.name}", "Do you take it?", offer.offer_expires_at, url, "Answer"
            )
    sides = AskedSide.objects.filter(status="asked", pair__status="open").select_related("pair__mentee", "pair__mentor")
    theirs = Q(side="mentor", pair__mentor__user=user) | Q(side="mentee", pair__mentee__user=user)
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


def _matching(user: User) -> Iterator[TodoItem]:
    for pk, number in matches_with_goals_awaiting(user).items():
        title = "A goal for you to agree to" if number == 1 else f"{number} goals for you to agree to"
        url = reverse("matching:my-match", args=[pk]) + "#goals"
        yield TodoItem(title, "On your match’s page.", None, url, "Read")
    for event, answer in events_for_participant(user):
        if answer is None and event.starts_at > timezone.now():
            url = reverse("matching:my-event", args=[event.pk])
            when = event_in_words(event.starts_at, event.tz, reader_zone())
            yield TodoItem(f"{event} in {event.cohort.name}", f"Will you take part? {when}", None, url, "Answer")
    for thing in groups_for_participant(user):
        if thing["group"] is None and not thing["chosen"]:
            enrollment = thing["enrollment"]
            url = reverse("matching:my-groups", args=[enrollment.pk])
            yield TodoItem(
                f"Goal groups of {enrollment.cohort.name}", "Which ones would you join?", None, url, "Choose"
            )


def _trainings(user: User, now: datetime) -> Iterator[TodoItem]:
    sessions = TrainingSession.objects.bookable_by(user).upcoming(now).filter(training__kind="training")
    if sessions.exists():
        mentoring = Enrollment.objects.filter(user=user, role="mentor", status="accepted").values_list("pk", flat=True)
        if any(credit.status in ("none", "refresher") for credit in training_status_of(mentoring).values()):
            url = reverse("training:my-slot-list")
            yield TodoItem("Mentor training", "Choose the slot that suits you.", None, url, "See the slots")


def _others(user: User) -> Iterator[TodoItem]:
    if not user.known_name:
        text = "The people you meet here don’t know what to call you."
        yield TodoItem("Your name", text, None, reverse("accounts:profile"), "Add your name")
    reviews = Cohort.objects.filter(
        mentors_review=True,
        enrollments__user=user,
        enrollments__role="mentor",
        enrollments__status="accepted",
        status__in=["enrolling", "matching"],
    )
    for cohort in reviews.distinct():
        yield TodoItem(
            f"Applications to {cohort.name}",
            f"The coordinators ask the {cohort.programme.plural_of('mentor')} to read them.",
            None,
            reverse("cohorts:review-list", args=[cohort.slug]),
            "Read and review",
        )
    for title, text, url in checkins_today.needs_of_participant(user, timezone.localdate()):
        yield TodoItem(title, text, None, url, "Open")
    if PartnerPerson.objects.to_answer_by(user).exists() or ContributionEntry.objects.to_confirm_by(user).exists():
        yield TodoItem("Hours and organisations", "Confirm what they say.", None, reverse("partners:my-hours"), "Look")

"""The next step of a round, in a sentence with its one button."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, Min, OuterRef, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from cohorts.figures import TO_DECIDE
from cohorts.models import Cohort
from matching.models import Match, MatchRun
from mentorship.core.ui.markup import counted
from mentorship.core.ui.needs import Need

SECONDS_OF_MINUTE, MINUTES_OF_HOUR, HOURS_OF_DAY = 60, 60, 24


@dataclass(frozen=True)
class NextStep:
    """The sentence, and the button that leads there."""

    sentence: str
    label: str
    url: str


def next_step_of(cohort: Cohort, funnel: Mapping[str, int], needs: list[Need]) -> NextStep:
    """The next step by the status of the cohort, with the figures that Today shows anyway. At most one query."""
    by_status: dict[str, Callable[[Cohort, Mapping[str, int], list[Need]], NextStep]] = {
        Cohort.Status.DRAFT: _of_draft,
        Cohort.Status.ENROLLING: _of_sign_up,
        Cohort.Status.MATCHING: _of_matching,
        Cohort.Status.RUNNING: _of_running,
    }
    return by_status.get(cohort.status, _of_end)(cohort, funnel, needs)


def _of_draft(cohort: Cohort, funnel: Mapping[str, int], needs: list[Need]) -> NextStep:
    setup = f"{reverse('first-run')}?programme={cohort.programme.slug}"
    first = cohort.repeats_id is None
    if first and not cohort.forms_checked_at:
        return NextStep(f"Look at the sign-up forms of {cohort}, then open sign-up.", "Continue setting up", setup)
    return NextStep(f"Open sign-up for {cohort}.", "Go to the cohort", cohort.get_absolute_url())


def _of_sign_up(cohort: Cohort, funnel: Mapping[str, int], needs: list[Need]) -> NextStep:
    people = counted(funnel["Signed up"], "sign-up")
    if cohort.accepts_signups():
        closes = cohort.signup_closes_at
        until = f" until {date_format(closes.astimezone(cohort.closing_zone), 'l j F')}" if closes else ""
        share = reverse("cohorts:cohort-share", args=[cohort.slug])
        return NextStep(f"Sign-up is open{until}, with {people} so far. Share it.", "Share sign-up", share)
    if undecided := _number_of(needs, "Sign-ups awaiting a decision"):
        words = f"Sign-up is closed. Decide about {counted(undecided, 'sign-up')}, then start matching."
        return NextStep(words, f"Decide about {undecided}", TO_DECIDE.url(cohort))
    if not funnel["Signed up"]:
        words = "Sign-up is closed, and nobody signed up. Choose a later closing day, or import a sheet."
        return NextStep(words, "Edit the cohort", reverse("cohorts:cohort-edit", args=[cohort.slug]))
    words = f"Sign-up is closed and everything is decided: {counted(funnel['Accepted'], 'person,people')} accepted."
    return NextStep(f"{words} Start matching.", "Go to the cohort", cohort.get_absolute_url())


def _of_matching(cohort: Cohort, funnel: Mapping[str, int], needs: list[Need]) -> NextStep:
    board = reverse("matching:board", args=[cohort.slug])
    now = timezone.now()
    state = _state_of_matching(cohort)
    if number := state["intros"]:
        verb = "goes" if number == 1 else "go"
        words = f"{counted(number, 'intro')} {verb} out {_in_words(state['first'], now, cohort)}."
        return NextStep(f"{words} Until then you can undo them.", "See the matches", _matches(cohort))
    if not state["has_run"]:
        words = f"Ready to match: {counted(funnel['Accepted'], 'person,people')} accepted."
        return NextStep(f"{words} Run the matching.", "Open matching", board)
    unmatched = next((need for need in needs if need.url == board and need.label == "Open matching"), None)
    if unmatched and funnel["Matches"]:
        return NextStep(f"{unmatched.title}: {unmatched.number}. Find them a match.", "Open matching", board)
    if unmatched:
        return NextStep(
            "Check the proposed pairs and confirm them. The intros are sent after that.", "Review the pairs", board
        )
    words = f"Everybody has a match. Move {cohort} on to running when the round begins."
    return NextStep(words, "Go to the cohort", cohort.get_absolute_url())


def _state_of_matching(cohort: Cohort) -> dict[str, Any]:
    """Intros that wait, when the first leaves, and whether there is a run. One query."""
    matches = Match.objects.filter(mentee__cohort=cohort, intro__status="queued").occupying_place()
    waiting = matches.order_by().values("mentee__cohort")
    found = Cohort.objects.filter(pk=cohort.pk).annotate(
        intros=Subquery(waiting.annotate(number=Count("intro", distinct=True)).values("number")),
        first=Subquery(waiting.annotate(first=Min("intro__due_at")).values("first")),
        has_run=Exists(MatchRun.objects.filter(cohort=OuterRef("pk"))),
    )
    return dict(found.values("intros", "first", "has_run").get())


def _of_running(cohort: Cohort, funnel: Mapping[str, int], needs: list[Need]) -> NextStep:
    if cohort.ends_on < timezone.localdate(timezone=cohort.tz):
        words = (
            f"{cohort} ended on {date_format(cohort.ends_on, 'j F')}. Decide who graduates, then complete the round."
        )
        return NextStep(words, "Open graduation", reverse("checkins:graduation-list", args=[cohort.slug]))
    if needs:
        first = needs[0]
        return NextStep(f"{first.title}: {first.number}. {first.text}", first.label, first.url)
    words = f"Nothing is due. {cohort} runs until {date_format(cohort.ends_on, 'j F')}."
    return NextStep(words, "View the plan", reverse("cohorts:plan-detail", args=[cohort.slug]))


def _of_end(cohort: Cohort, funnel: Mapping[str, int], needs: list[Need]) -> NextStep:
    words = f"{cohort} is complete. Plan the next round from it: dates, forms and rules are copied."
    return NextStep(words, "Plan the next round", reverse("repeat", args=[cohort.slug]))


def _matches(cohort: Cohort) -> str:
    return reverse("matching:match-list", args=[cohort.slug])


def _number_of(needs: list[Need], title: str) -> Any:
    return next((need.number for need in needs if need.title == title), 0)


def _in_words(due: datetime, now: datetime, cohort: Cohort) -> str:
    """`in a moment`, `in 8 minutes`, `in 3 hours`, `on Monday 30 November, 09:00 (Nairobi)`."""
    minutes = round((due - now).total_seconds() / SECONDS_OF_MINUTE)
    if minutes < 1:
        return "in a moment"
    if minutes < 2 * MINUTES_OF_HOUR:
        return f"in {counted(minutes, 'minute')}"
    if minutes < HOURS_OF_DAY * MINUTES_OF_HOUR:
        return f"in {counted(round(minutes / MINUTES_OF_HOUR), 'hour')}"
    return f"on {date_format(due.astimezone(cohort.tz), 'l j F, H:i')} ({cohort.zone_name})"

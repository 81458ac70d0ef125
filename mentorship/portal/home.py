"""The home page of each role."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from cohorts.channels.services import channels_of_people
from cohorts.models import Cohort, Enrollment
from cohorts.places.next_steps import next_steps
from cohorts.signup.services import MAY_SIGN_UP_AGAIN_FROM
from cohorts.signup_form.form_definition import FORM_ROLES
from matching.models import Match
from mentorship.core.accounts.models import User, WorkspaceRole
from mentorship.core.accounts.permissions import has_role
from mentorship.core.ui.requests import choice_in, page_of
from mentorship.portal.navigation import active_cohorts, chosen_cohort, count_waiting, takes_part
from mentorship.portal.next_step import next_step_of
from mentorship.portal.participant import OwnThings, open_questions_of, own_things_of, todo_items_of
from mentorship.portal.round_pictures import answers_by_wave, count_steps, signups_over_time
from mentorship.portal.today import finding_of_supply, needs_of, needs_of_any_day, next_dates_of, supply_of
from partners.models import Partner

# As many as somebody looks through: the choice of cohorts on Today, and the open rounds on a participant's page.
MOST_COHORTS, MOST_ROUNDS = 100, 20


def home(request: HttpRequest) -> HttpResponse:
    """Today for coordinators, personal tasks for participants, reports for partners, a welcome for visitors.

    An operator without any role, and a team whose programme has no cohort yet, are led through setting up, unless
    something waits for them.
    """
    user = request.user
    if not isinstance(user, User):
        cohorts = Cohort.objects.accepting_signups(timezone.now()).order_by("signup_closes_at", "name", "pk")
        cohorts = cohorts.select_related("programme__public_page")
        return render(request, "portal/welcome.html", {"page_obj": page_of(request, cohorts)})
    if has_role(user):
        return today(request, user)
    if not takes_part(request, user):
        partners = list(Partner.objects.visible_to(user)[:2])
        if len(partners) == 1:
            return redirect(partners[0])
        if partners:
            return redirect("partners:partner-list")
        if user.is_superuser:
            return today(request, user)
    context = _own_things(user)
    request.is_contact = bool(context["partners"])  # type: ignore[attr-defined]  # the navigation asks, too
    return render(request, "portal/participant.html", context)


def today(request: HttpRequest, user: User) -> HttpResponse:
    """The coordinator's tasks in the busiest cohort, or the one chosen by `?cohort=`."""
    cohorts = list(active_cohorts(user)[:MOST_COHORTS])
    if not request.GET.get("cohort"):
        request.chosen_cohort = cohorts[0] if cohorts else None  # type: ignore[attr-defined]  # found once
    cohort = chosen_cohort(request, user)
    context: dict[str, Any] = {"cohort": cohort, "now": timezone.now()}
    if cohort is None:
        context["needs"] = needs_of_any_day(user)
        sets_up = user.is_superuser or has_role(user, among=WorkspaceRole.EDITORS)
        if sets_up and not context["needs"] and not Cohort.objects.visible_to(user).exists():
            return redirect("first-run")
    else:
        role = choice_in(request, "people", ("mentee", "mentor")) or "mentee"
        (funnel, steps), needs = count_steps(cohort, role), needs_of(user, cohort)
        request.waiting = count_waiting(needs, cohort)  # type: ignore[attr-defined]  # the navigation shows it
        context |= {
            "cohorts": cohorts if cohort in cohorts else [cohort, *cohorts],
            "funnel": funnel,
            "needs": needs,
            "next_step": next_step_of(cohort, {label: number for label, number, _ in funnel}, needs),
            "picture": steps,
            "roles": [(one, cohort.programme.plural_of(one).capitalize()) for one in Enrollment.MATCHED_ROLES],
            **_pictures_of(cohort),
            "dates": next_dates_of(cohort),
            "week": cohort.week_on(timezone.localdate(timezone=cohort.tz)),
        }
    return render(request, "portal/today.html", context)


def _pictures_of(cohort: Cohort) -> dict[str, Any]:
    """Sign-ups and topics before the pairs meet, answers to check-ins after that."""
    before = cohort.status in (Cohort.Status.DRAFT, Cohort.Status.ENROLLING, Cohort.Status.MATCHING)
    supply = supply_of(cohort) if before else []
    return {
        "signups": signups_over_time(cohort) if before else None,
        "supply": supply,
        "supply_finding": finding_of_supply(supply),
        "answers": [] if before else answers_by_wave(cohort),
        "is_before": before,
    }


def _rounds_to_join(things: OwnThings, now: datetime) -> list[tuple[Cohort, list[tuple[str, str]]]]:
    """Rounds with open sign-up that a person has not joined, each with its roles in the programme's words."""
    rounds = list(Cohort.objects.accepting_signups(now).order_by("signup_closes_at", "name", "pk")[:MOST_ROUNDS])
    joined = {one.cohort_id for one in things.enrollments if one.status not in MAY_SIGN_UP_AGAIN_FROM}
    return [
        (one, [(role, one.programme.label_of(role)) for role in FORM_ROLES]) for one in rounds if one.pk not in joined
    ]


def _own_things(user: User) -> dict[str, Any]:
    now, things = timezone.now(), own_things_of(user)
    questions = open_questions_of(things, now)
    return {
        "asks": todo_items_of(things, questions, now),
        "matches": [match for match in things.matches if match.status in Match.UNDER_WAY],
        "past_matches": [match for match in things.matches if match.status not in Match.UNDER_WAY],
        "coming": next_steps(things.enrollments, now),
        "channels": channels_of_people(things.enrollments),
        "rounds": _rounds_to_join(things, now),
        "events": things.events,
        "groups": things.groups,
        "enrollments": things.enrollments,
        "partners": list(Partner.objects.visible_to(user)) if questions.speaks_for_partners else [],
        "has_partners": questions.has_partners,
    }

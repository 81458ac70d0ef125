"""Tasks from check-ins for the home pages of the team and of participants."""

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils import timezone

from checkins.cases.services import concerns_for_today, unread_concerns
from checkins.graduation.evidence import evidence_of
from checkins.graduation.progress import states_of_everybody
from checkins.models import Graduation, Honorarium
from checkins.recognition.facilitator_tasks import own_tasks, tasks_of
from checkins.recognition.links import honorarium_link
from cohorts.models import Cohort
from mentorship.core.accounts.models import User
from mentorship.core.accounts.permissions import has_role
from mentorship.core.ui.counts import counts_up_to
from mentorship.core.ui.markup import counted
from mentorship.core.ui.needs import Need


def needs_of_team(user: User, cohort: Cohort, today: date) -> list[Need]:
    """Tasks of the team, the most pressing first; `counted_needs` counts them. Constant queries."""
    return [*_concerns(user, cohort), *_endings(cohort), *_helpers_and_alumni(cohort, today)]


def _concerns(user: User, cohort: Cohort) -> list[Need]:
    workspace_id = cohort.workspace_id
    owner = has_role(user, workspace_id, among=["owner"])
    return [
        Need(
            concerns_for_today(user, cohort),
            "Conduct concerns to look into",
            "Only those named for it see them.",
            reverse("checkins:concern-list", args=[cohort.slug]),
            "Read",
        ),
        Need(
            unread_concerns(workspace_id) if owner else 0,
            "Conduct concerns wait for a reader",
            "Name somebody; you read nothing of it here.",
            reverse("checkins:conduct-reader-list", args=[cohort.slug]),
            "Name somebody",
        ),
    ]


def _endings(cohort: Cohort) -> list[Need]:
    graduations = reverse("checkins:graduation-list", args=[cohort.slug])
    # Nobody graduates from a round that has not begun.
    begun = cohort.status in (Cohort.Status.RUNNING, *Cohort.OVER)
    criteria = list(cohort.graduation_criteria.all()) if begun else []
    evidence = evidence_of(cohort, timezone.now(), criteria=criteria) if criteria else None
    people = states_of_everybody(cohort, evidence) if evidence else []
    return [
        Need(
            sum(one.state == "ready" for one in people),
            "People are ready to graduate",
            "Everything is met; confirm it.",
            graduations + "?state=ready",
            "Confirm",
        ),
        Need(
            Graduation.objects.graduated().filter(enrollment__cohort=cohort, issued_at=None),
            "Certificates to send",
            "They graduated and have none yet.",
            graduations + "?state=graduated",
            "Send",
        ),
    ]


def _helpers_and_alumni(cohort: Cohort, today: date) -> list[Need]:
    return [
        Need(
            Honorarium.objects.to_pay().filter(cohort=cohort),
            "Honoraria to pay",
            "Accepted, not paid yet.",
            reverse("checkins:honorarium-list", args=[cohort.slug]) + "?status=accepted",
            "Pay",
        ),
        Need(
            cohort.programme.opportunities.filter(status="proposed"),
            "Opportunities to read",
            "Alumni posted them for the next digest.",
            reverse("checkins:opportunity-list", args=[cohort.slug]) + "?status=proposed",
            "Read",
        ),
        Need(
            tasks_of(cohort).filter(done_at=None, due_on__lt=today),
            "Tasks of facilitators are late",
            "They tick them on their own page.",
            reverse("checkins:facilitator-task-list", args=[cohort.slug]),
            "See whose",
        ),
    ]


def needs_of_participant(user: User, today: date) -> list[tuple[str, str, str]]:
    """A participant's tasks besides check-ins, as text, detail and address. Two queries."""
    offered: Any = Honorarium.objects.filter(user=user, status="offered").select_related("cohort")
    found = [
        (f"{one.amount} {one.currency} for {one.what}", f"An honorarium of {one.cohort}: take it or decline", link)
        for one in offered
        for link in [honorarium_link(one)]
    ]
    tasks = own_tasks(user).filter(done_at=None)
    number, late = counts_up_to(tasks, tasks.filter(due_on__lt=today))
    if number:
        words = f"{counted(number, 'task')} as a facilitator"
        found.append((words, f"{late} late" if late else "None is late", reverse("checkins:own-page")))
    return found

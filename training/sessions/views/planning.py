"""Propose hours at which everybody can attend at least one slot."""

from collections import Counter
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views import View

from cohorts.models import Cohort
from mentorship.core.accounts.permissions import CoordinatorRequiredMixin, get_visible_or_404, may_edit
from training.sessions.forms import PlanningForm
from training.sessions.slot_planner import propose_slots


class Planning(CoordinatorRequiredMixin, View):
    """Everything stands in the address: nothing is saved before a slot is made."""

    def get(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.visible_to(request.user), slug=cohort_slug)
        first = max(cohort.starts_on, timezone.localdate()) + timedelta(days=7)
        initial = {"week": first, "minutes": 180, "slots": 3, "start": 8, "end": 21}
        form = PlanningForm({**initial, **request.GET.dict()})
        context: dict[str, Any] = {
            "cohort": cohort,
            "form": form,
            "may_edit": may_edit(request.user, cohort.workspace_id),
            "plan": None,
        }
        if not form.is_valid():
            return render(request, "training/sessions/planning.html", context, status=422)
        mentors = list(cohort.enrollments.mentors().occupying_place().select_related("user", "cohort"))
        zones = {m.pk: m.user.time_zone or m.time_zone for m in mentors}
        known = {pk: zone for pk, zone in zones.items() if zone}
        data = form.cleaned_data
        plan = propose_slots(known, data["monday"], minutes=data["minutes"], slots=data["slots"], decent=form.decent)
        context |= {
            "plan": plan,
            "minutes": data["minutes"],
            "slots": [(slot, sum(n in can for can in plan.attends.values())) for n, slot in enumerate(plan.slots)],
            "zones": _zones(known, plan),
            "cannot": [m for m in mentors if m.pk in plan.cannot],
            "unknown": [m for m in mentors if not zones[m.pk]],
            "reached": len(known) - len(plan.cannot),
            "people": len(known),
        }
        return render(request, "training/sessions/planning.html", context)


def _zones(zones: dict[int, str], plan: Any) -> list[tuple[str, int, list[tuple[Any, bool]]]]:
    """Zone, how many live there, and each slot by their clock with whether it suits."""
    numbers = Counter(zones.values())
    can = {zone: plan.attends[pk] for pk, zone in zones.items()}
    rows = []
    for zone, number in sorted(numbers.items(), key=lambda z: (_offset(z[0], plan), z[0])):
        times = [
            (slot.astimezone(ZoneInfo(zone)).strftime("%a %H:%M"), n in can[zone]) for n, slot in enumerate(plan.slots)
        ]
        rows.append((zone.rsplit("/", 1)[-1].replace("_", " "), number, times))
    return rows


def _offset(zone: str, plan: Any) -> timedelta:
    """How far its clock is from UTC in that week: the table goes around the world from west to east."""
    at = plan.slots[0] if plan.slots else timezone.now()
    return at.astimezone(ZoneInfo(zone)).utcoffset() or timedelta()

"""Propose hours at which everybody can attend at least one slot."""

from collections import Counter
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from cohorts.cohort_view import CohortView
from mentorship.core.timezones import zone_name
from training.sessions.forms import MORE_SLOTS, PlanningForm
from training.sessions.slot_planner import SlotPlan, propose_slots


class Planning(CohortView):
    """Propose hours. Everything is in the address: nothing is saved until an hour becomes a slot."""

    template_name = "training/sessions/planning.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        first = max(self.cohort.starts_on, timezone.localdate()) + timedelta(days=7)
        initial = {"week": first, "minutes": 180, "slots": 3, "start": 8, "end": 21}
        form = PlanningForm({**initial, **request.GET.dict()})
        if not form.is_valid():
            return self.page(status=422, form=form, plan=None)
        return self.page(form=form, **self._proposal(form))

    def _proposal(self, form: PlanningForm) -> dict[str, Any]:
        mentors = list(self.cohort.enrollments.mentors().occupying_place().select_related("user", "cohort"))
        zones = {m.pk: m.user.time_zone or m.time_zone for m in mentors}
        known = {pk: zone for pk, zone in zones.items() if zone}
        data = form.cleaned_data
        plan = propose_slots(
            known, data["monday"], minutes=data["minutes"], slots=data["slots"], acceptable=form.acceptable_hours
        )
        return {
            "plan": plan,
            "minutes": data["minutes"],
            "all_slots": urlencode(
                {
                    "minutes": data["minutes"],
                    **{name: at.isoformat() for name, at in zip(("starts_at", *MORE_SLOTS), plan.slots, strict=False)},
                }
            ),
            "slots": [(slot, sum(n in can for can in plan.attends.values())) for n, slot in enumerate(plan.slots)],
            "zones": _zones(known, plan),
            "cannot": [m for m in mentors if m.pk in plan.cannot],
            "unknown": [m for m in mentors if not zones[m.pk]],
            "reached": len(known) - len(plan.cannot),
            "people": len(known),
        }


def _zones(zones: dict[int, str], plan: SlotPlan) -> list[tuple[str, int, list[tuple[str, bool]]]]:
    """Zone, its number of people, and each slot in its local time with whether it suits."""
    numbers = Counter(zones.values())
    can = {zone: plan.attends[pk] for pk, zone in zones.items()}
    rows = []
    for zone, number in sorted(numbers.items(), key=lambda z: (_offset(z[0], plan), z[0])):
        times = [
            (slot.astimezone(ZoneInfo(zone)).strftime("%a %H:%M"), n in can[zone]) for n, slot in enumerate(plan.slots)
        ]
        rows.append((zone_name(zone), number, times))
    return rows


def _offset(zone: str, plan: SlotPlan) -> timedelta:
    """The offset from UTC in that week. The table goes around the world from west to east."""
    at = plan.slots[0] if plan.slots else timezone.now()
    return at.astimezone(ZoneInfo(zone)).utcoffset() or timedelta()

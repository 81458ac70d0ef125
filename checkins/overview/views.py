"""A signed-in person's own page of check-ins, certificates, honoraria and tasks."""

from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views import View

from checkins.alumni.links import stay_link
from checkins.answering.services import is_open, open_until
from checkins.models import AlumniConsent, CheckIn, Graduation, Honorarium, ServiceCertificate
from checkins.recognition.facilitator_tasks import own_tasks, tick_own_task
from checkins.recognition.links import honorarium_link
from checkins.waves.links import checkin_link
from cohorts.models import ChecklistItem, Programme
from mentorship.core.accounts.permissions import get_visible_or_404
from mentorship.core.querysets import found_by_any
from mentorship.core.ui.requests import number_in

MOST_CHECKINS = 50


class OwnPage(LoginRequiredMixin, View):
    """Check-ins, certificates, honoraria and tasks of the signed-in person."""

    def get(self, request: HttpRequest) -> HttpResponse:
        user: Any = request.user
        honoraria = Honorarium.objects.filter(user=user).exclude(status="cancelled").select_related("cohort")
        certificates = ServiceCertificate.objects.filter(enrollment__user=user).select_related("enrollment__cohort")
        context = {
            "checkins": _checkins(user),
            "graduations": Graduation.objects.graduated().with_people().filter(user=user),
            "services": certificates,
            "honoraria": [(h, honorarium_link(h) if h.status in h.ANSWERABLE else "") for h in honoraria],
            "tasks": own_tasks(user).select_related("cohort").order_by("done_at", "due_on", "pk"),
            "programmes": _programmes(user),
            "today": timezone.localdate(),
        }
        return render(request, "checkins/overview/own_page.html", context)

    def post(self, request: HttpRequest) -> HttpResponse:
        mine = ChecklistItem.objects.filter(owner=request.user)
        item = get_visible_or_404(mine, pk=number_in(request.POST.get("item")))
        tick_own_task(item=item, done=request.POST.get("done") == "yes", by=request.user)
        return redirect("checkins:own-page")


def _checkins(user: Any) -> list[tuple[CheckIn, str, Any]]:
    """Each check-in, with the link for answering it now, and the deadline."""
    now = timezone.now()
    asked = CheckIn.objects.filter(user=user).asked()
    asked = asked.select_related("wave__survey", "wave__cohort", "match__mentee__user", "match__mentor__user")
    return [
        (checkin, checkin_link(checkin) if is_open(checkin, now) else "", open_until(checkin))
        for checkin in asked.order_by("-due_at", "-pk")[:MOST_CHECKINS]
    ]


def _programmes(user: Any) -> list[tuple[Programme, str, bool]]:
    """Each programme of the person, with the link to stay in touch, and their choice."""
    as_member = Q(cohorts__enrollments__members__user=user)
    took_part = found_by_any(Programme.objects.all(), Q(cohorts__enrollments__user=user), as_member)
    stays = set(AlumniConsent.objects.filter(user=user, left_at=None).values_list("programme", flat=True))
    return [(p, stay_link(p.pk, user.pk), p.pk in stays) for p in took_part.order_by("name")]

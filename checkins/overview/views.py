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
from checkins.recognition.facilitator_tasks import tick_own_task
from checkins.recognition.links import honorarium_link
from checkins.waves.links import checkin_link
from cohorts.models import ChecklistItem, Programme
from mentorship.core.accounts.permissions import get_visible_or_404
from mentorship.core.ui.requests import number_in


class OwnPage(LoginRequiredMixin, View):
    """Everything of this room that is a signed-in person's own."""

    def get(self, request: HttpRequest) -> HttpResponse:
        user, now = request.user, timezone.now()
        asked = CheckIn.objects.filter(user=user, mails_sent__gt=0).exclude(status="cancelled")
        checkins = asked.select_related(
            "wave__survey", "wave__cohort", "match__mentee__user", "match__mentor__user"
        ).order_by("-due_at", "-pk")[:50]
        took_part = Programme.objects.filter(
            Q(cohorts__enrollments__user=user) | Q(cohorts__enrollments__members__user=user)
        ).distinct()
        honoraria = Honorarium.objects.filter(user=user).exclude(status="cancelled").select_related("cohort")
        context = {
            "checkins": [(c, checkin_link(c) if is_open(c, now) else "", open_until(c)) for c in checkins],
            "graduations": Graduation.objects.graduated().with_people().filter(user=user),
            "services": ServiceCertificate.objects.filter(enrollment__user=user).select_related("enrollment__cohort"),
            "honoraria": [(h, honorarium_link(h) if h.status in h.ANSWERABLE else "") for h in honoraria],
            "tasks": ChecklistItem.objects.filter(
                owner=user, cohort__enrollments__user=user, cohort__enrollments__role="facilitator"
            )
            .select_related("cohort")
            .order_by("done_at", "due_on", "pk")
            .distinct(),
            "programmes": [(p, stay_link(p.pk, user.pk), p.pk in _alumna_of(user)) for p in took_part.order_by("name")],
            "today": timezone.localdate(),
        }
        return render(request, "checkins/overview/own_page.html", context)

    def post(self, request: HttpRequest) -> HttpResponse:
        mine = ChecklistItem.objects.filter(owner=request.user)
        item = get_visible_or_404(mine, pk=number_in(request.POST.get("item")))
        tick_own_task(item=item, done=request.POST.get("done") == "yes", by=request.user)  # type: ignore[arg-type]
        return redirect("checkins:mine")


def _alumna_of(user: Any) -> set[int]:
    return set(AlumniConsent.objects.filter(user=user, left_at=None).values_list("programme", flat=True))

"""The public page that thanks everybody who agreed to be named."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views import View

from cohorts.models import Enrollment, Programme
from mentorship.core.accounts.models import User
from mentorship.core.accounts.permissions import get_visible_or_404


class ThanksPage(View):
    """Everybody who helped and agreed to be named, by round. Public."""

    def get(self, request: HttpRequest, programme_slug: str) -> HttpResponse:
        programme = get_visible_or_404(Programme.objects.all(), slug=programme_slug)
        helped = (
            Enrollment.objects.filter(
                cohort__programme=programme,
                cohort__status__in=["running", "completed", "archived"],
                listed_publicly=True,
                user__is_active=True,
            )
            .exclude(role="mentee")
            .occupying_place()
            .select_related("user", "cohort")
            .order_by("-cohort__starts_on", "user__full_name", "user_id")
        )
        rounds: dict[str, dict[User, list[str]]] = {}
        for one in helped:
            rounds.setdefault(one.cohort.name, {}).setdefault(one.user, []).append(programme.label_of(one.role))
        shown = [(name, [(u, ", ".join(roles)) for u, roles in people.items()]) for name, people in rounds.items()]
        return render(request, "checkins/recognition/thanks_page.html", {"programme": programme, "rounds": shown})

"""After the programme: who comes back, opportunities, public thanks."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views import View

from checkins.forms.after import OpportunityForm
from checkins.models import Opportunity
from checkins.services import opportunities as services
from checkins.services.errors import CheckInError
from cohorts.models import Cohort, Enrollment, Programme
from mentorship.accounts.permissions import CoordinatorRequiredMixin, get_visible_or_404, may_edit

LATER_ROLES = ("mentee", "mentor", "facilitator", "expert")


class Afterwards(CoordinatorRequiredMixin, View):
    """What became of the people of a cohort, and what goes out to alumni."""

    def get(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.visible_to(request.user), slug=cohort_slug)
        programme = cohort.programme
        context = {
            "cohort": cohort,
            "paths": paths_of(cohort),
            "would": _would_come_back(cohort),
            "opportunities": programme.opportunities.select_related("posted_by")[:100],
            "approved": programme.opportunities.filter(status="approved").count(),
            "alumni": services.alumni_of(programme).count(),
            "may_edit": may_edit(request.user, cohort.workspace_id),
        }
        return render(request, "checkins/after.html", context)

    def post(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.editable_by(request.user), slug=cohort_slug)
        pk = request.POST.get("opportunity", "")
        try:
            if request.POST.get("do") == "digest":
                number = services.send_digest(programme=cohort.programme, by=request.user)
                messages.success(request, f"The digest is on its way to {number} alumni.")
            else:
                mine = cohort.programme.opportunities.select_related("programme")
                one = get_visible_or_404(mine, pk=int(pk) if pk.isascii() and pk.isdigit() else 0)
                approve = request.POST.get("do") == "approve"
                services.decide_opportunity(opportunity=one, approve=approve, by=request.user)
        except CheckInError as error:
            messages.error(request, str(error))
        return redirect("checkins:after", cohort_slug=cohort.slug)


class Propose(LoginRequiredMixin, View):
    """Alumni and coordinators post an opportunity."""

    def get(self, request: HttpRequest, programme_slug: str) -> HttpResponse:
        return self._page(request, self._programme(request, programme_slug), OpportunityForm())

    def post(self, request: HttpRequest, programme_slug: str) -> HttpResponse:
        programme = self._programme(request, programme_slug)
        form = OpportunityForm(request.POST, instance=Opportunity(programme=programme))
        if not form.is_valid():
            return self._page(request, programme, form, status=422)
        posted = services.post_opportunity(opportunity=form.save(commit=False), by=request.user)  # type: ignore[arg-type]
        words = "It goes into the next digest." if posted.status == "approved" else "A coordinator reads it first."
        messages.success(request, f"Thank you. {words}")
        return redirect("checkins:propose", programme_slug=programme.slug)

    @staticmethod
    def _programme(request: HttpRequest, slug: str) -> Programme:
        programme = get_visible_or_404(Programme.objects.all(), slug=slug)
        alumna = services.alumni_of(programme).filter(pk=request.user.pk).exists()
        if not alumna and not may_edit(request.user, programme.workspace_id):
            raise Http404
        return programme

    @staticmethod
    def _page(request: HttpRequest, programme: Programme, form: OpportunityForm, status: int = 200) -> HttpResponse:
        return render(request, "checkins/opportunity.html", {"programme": programme, "form": form}, status=status)


class ThanksPage(View):
    """Everybody who helped and agreed to be named, by round. Public."""

    def get(self, request: HttpRequest, programme_slug: str) -> HttpResponse:
        programme = get_visible_or_404(Programme.objects.all(), slug=programme_slug)
        helped = (
            Enrollment.objects.filter(
                cohort__programme=programme, cohort__status__in=["running", "completed", "archived"],
                listed_publicly=True, user__is_active=True,
            )
            .exclude(role="mentee").accepted().select_related("user", "cohort")
            .order_by("-cohort__starts_on", "user__full_name")
        )  # fmt: skip
        rounds: dict[str, list[Enrollment]] = {}
        for enrollment in helped:
            rounds.setdefault(enrollment.cohort.name, []).append(enrollment)
        return render(request, "checkins/thanks_page.html", {"programme": programme, "rounds": list(rounds.items())})


def paths_of(cohort: Cohort) -> list[tuple[str, int, dict[str, int]]]:
    """Role in this cohort, its people, and how many of them took which role in a later one. Two queries."""
    here = cohort.enrollments.accepted().values_list("role", "user")
    later: dict[int, set[str]] = {}
    after = Enrollment.objects.accepted().filter(
        cohort__programme=cohort.programme_id, cohort__starts_on__gt=cohort.starts_on
    )
    for role, user in after.values_list("role", "user"):
        later.setdefault(user, set()).add(role)
    people: dict[str, set[int]] = {}
    for role, user in here:
        people.setdefault(role, set()).add(user)
    return [
        (role, len(users), {to: sum(1 for u in users if to in later.get(u, ())) for to in LATER_ROLES})
        for role, users in sorted(people.items(), key=lambda item: LATER_ROLES.index(item[0]))
    ]


def _would_come_back(cohort: Cohort) -> list[tuple[str, int]]:
    counts: dict[str, int] = {}
    said: Any = cohort.enrollments.exclude(comes_back_as=[]).values_list("comes_back_as", flat=True)
    for roles in said:
        for role in roles:
            counts[role] = counts.get(role, 0) + 1
    return sorted(counts.items(), key=lambda item: -item[1])

"""After the programme: opportunities and their digest, who comes back, public thanks."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views import View

from checkins.forms.after import DigestPlanForm, OpportunityForm
from checkins.models import DigestPlan, Opportunity
from checkins.paths import STEPS, paths_of
from checkins.results import tally_of_wave
from checkins.services import alumni
from checkins.services import opportunities as services
from checkins.services.errors import CheckInError
from cohorts.models import Cohort, Enrollment, Programme
from mentorship.accounts.models import User
from mentorship.accounts.permissions import CoordinatorRequiredMixin, get_visible_or_404, may_edit, pk_of
from mentorship.ui.export import export, wants_export

PAGE_SIZE = 50


class Afterwards(CoordinatorRequiredMixin, View):
    """Opportunities: what waits to be read, what goes into the next digest, what went out, and when it leaves."""

    def get(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.visible_to(request.user), slug=cohort_slug)
        return self._page(request, cohort, DigestPlanForm(instance=_plan(cohort)))

    def post(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.editable_by(request.user), slug=cohort_slug)
        do = request.POST.get("do")
        if do == "plan":
            form = DigestPlanForm(request.POST, instance=_plan(cohort))
            if not form.is_valid():
                return self._page(request, cohort, form, status=422)
            services.save_plan(programme=cohort.programme, by=request.user, **form.cleaned_data)
            messages.success(request, "Saved.")
            return redirect("checkins:after", cohort_slug=cohort.slug)
        try:
            self._do(request, cohort, do or "")
        except CheckInError as error:
            messages.error(request, str(error))
        return redirect("checkins:after", cohort_slug=cohort.slug)

    @staticmethod
    def _do(request: HttpRequest, cohort: Cohort, do: str) -> None:
        if do == "digest":
            number = services.send_digest(programme=cohort.programme, by=request.user)  # type: ignore[arg-type]
            messages.success(request, f"The digest is on its way to {number} alumni.")
        elif do == "ask":
            number = alumni.ask_to_stay(cohort=cohort, by=request.user)  # type: ignore[arg-type]
            messages.success(request, f"{number} people are asked whether they stay in touch.")
        else:
            pk = request.POST.get("opportunity", "")
            mine = cohort.programme.opportunities.select_related("programme")
            one = get_visible_or_404(mine, pk=pk_of(pk))
            services.decide_opportunity(opportunity=one, approve=do == "approve", by=request.user)  # type: ignore[arg-type]

    @staticmethod
    def _page(request: HttpRequest, cohort: Cohort, form: DigestPlanForm, status: int = 200) -> HttpResponse:
        programme = cohort.programme
        found = _filtered(programme.opportunities.select_related("posted_by"), request)
        if wants_export(request):
            head = ["kind", "title", "text", "address", "closes", "status", "posted by", "sent"]
            rows = (
                [
                    o.get_kind_display(), o.title, o.text, o.url, o.closes_on or "", o.get_status_display(),
                    o.posted_by or "", f"{o.sent_at:%Y-%m-%d}" if o.sent_at else "",
                ]
                for o in found
            )  # fmt: skip
            return export(request, f"{programme.slug}-opportunities", head, rows)
        context = {
            "cohort": cohort,
            "page_obj": Paginator(found, PAGE_SIZE).get_page(request.GET.get("page")),
            "statuses": Opportunity.Status.choices,
            "status": request.GET.get("status", ""),
            "q": request.GET.get("q", ""),
            "total": programme.opportunities.count(),
            "approved": programme.opportunities.filter(status="approved").count(),
            "alumni": services.alumni_of(programme).count(),
            "to_ask": len(alumni.waiting_to_be_asked(cohort)),
            "plan": _plan(cohort),
            "plan_form": form,
            "mail": services.preview_digest(programme, request.user),  # type: ignore[arg-type]
            "may_edit": may_edit(request.user, cohort.workspace_id),
        }
        return render(request, "checkins/after.html", context, status=status)


class ComingBack(CoordinatorRequiredMixin, View):
    """The path of people from round to round, as what they would come back, and what lasted."""

    def get(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.visible_to(request.user), slug=cohort_slug)
        paths = [path for path in paths_of(cohort.programme) if path.mentees]
        if wants_export(request):
            head = ["round", "mentees for the first time", *STEPS.values(), "came back", "per cent"]
            rows = (
                [p.cohort, len(p.mentees), *p.numbers, p.came_back, "" if p.rate is None else p.rate] for p in paths
            )
            return export(request, f"{cohort.programme.slug}-paths", head, rows)
        over = [path for path in paths if path.has_later]
        chart = [("Mentees of rounds before the last", sum(len(p.mentees) for p in over))]
        chart += [
            (f"Later {label}s", sum(len(p.took[step]) for p in over)) for step, label in STEPS.items()
        ]  # fmt: skip
        later = cohort.waves.filter(anchor="ends", offset__gt=0).select_related("survey").order_by("unit", "offset")
        context = {
            "cohort": cohort,
            "paths": paths,
            "steps": list(STEPS.values()),
            "chart": chart if over else [],
            "would": _would_come_back(cohort),
            "alumni": services.alumni_of(cohort.programme).count(),
            "later": [(wave, _asked(wave), [t for t in tally_of_wave(wave) if t.answered]) for wave in later],
            "may_edit": may_edit(request.user, cohort.workspace_id),
        }
        return render(request, "checkins/coming_back.html", context)


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
        context = {
            "programme": programme,
            "form": form,
            "mine": programme.opportunities.filter(posted_by=request.user)[:20],
            "may_edit": may_edit(request.user, programme.workspace_id),
        }
        return render(request, "checkins/opportunity.html", context, status=status)


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
            .order_by("-cohort__starts_on", "user__full_name", "user_id")
        )  # fmt: skip
        rounds: dict[str, dict[User, list[str]]] = {}
        for one in helped:
            rounds.setdefault(one.cohort.name, {}).setdefault(one.user, []).append(programme.label_of(one.role))
        shown = [(name, [(u, ", ".join(roles)) for u, roles in people.items()]) for name, people in rounds.items()]
        return render(request, "checkins/thanks_page.html", {"programme": programme, "rounds": shown})


def _plan(cohort: Cohort) -> DigestPlan:
    return DigestPlan.objects.filter(programme=cohort.programme).first() or DigestPlan(programme=cohort.programme)


def _filtered(found: Any, request: HttpRequest) -> Any:
    for word in request.GET.get("q", "").replace("\0", "").split():
        found = found.filter(title__icontains=word) | found.filter(text__icontains=word)
    status = request.GET.get("status", "")
    return found.filter(status=status) if status in Opportunity.Status.values else found


def _asked(wave: Any) -> tuple[int, int]:
    """How many answered, of how many."""
    asked = wave.checkins.filter(mails_sent__gt=0).exclude(status="cancelled")
    return asked.filter(status="answered").count(), asked.count()


def _would_come_back(cohort: Cohort) -> list[tuple[str, int]]:
    """As what people of this round said that they would come back, on the page of their place or as alumni."""
    wanted: dict[int, set[str]] = {}
    people = set(cohort.enrollments.accepted().values_list("user", flat=True))
    people |= set(cohort.enrollments.accepted().values_list("members__user", flat=True))
    said: Any = cohort.enrollments.exclude(comes_back_as=[]).values_list("user", "comes_back_as")
    consents: Any = cohort.programme.alumni_consents.filter(left_at=None, user__in=people - {None})
    for user, roles in [*said, *consents.values_list("user", "roles")]:
        wanted.setdefault(user, set()).update(roles)
    counts: dict[str, int] = {}
    for roles in wanted.values():
        for role in roles:
            counts[role] = counts.get(role, 0) + 1
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))

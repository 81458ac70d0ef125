"""Pages for honoraria."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views import View

from checkins.models import Honorarium
from checkins.recognition import honoraria
from checkins.recognition.forms import HonorariumForm, PaidForm
from checkins.recognition.links import read_honorarium_link
from cohorts.models import Cohort
from mentorship.core.accounts.permissions import CoordinatorRequiredMixin, get_visible_or_404, may_edit
from mentorship.core.accounts.services import person_by_email
from mentorship.core.errors import ServiceError
from mentorship.core.ui.export import export, wants_export
from mentorship.core.ui.requests import numbers_in, page_of


class HonorariumList(CoordinatorRequiredMixin, View):
    """What was offered, accepted, declined and paid, with totals for each currency."""

    def get(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.visible_to(request.user), slug=cohort_slug)
        return self._page(request, cohort, PaidForm(initial={"paid_on": timezone.localdate(timezone=cohort.tz)}))

    def post(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.editable_by(request.user), slug=cohort_slug)
        ids = numbers_in(request.POST.getlist("ids"))
        chosen = list(cohort.honoraria.filter(pk__in=ids))
        form = PaidForm(request.POST if request.POST.get("do") == "paid" else None)
        if not chosen:
            messages.warning(request, "Choose somebody first.")
            return redirect("checkins:honoraria", cohort_slug=cohort.slug)
        try:
            if request.POST.get("do") == "back":
                for one in chosen:
                    honoraria.cancel_honorarium(honorarium=one, by=request.user)  # type: ignore[arg-type]
                messages.success(request, f"{len(chosen)} taken back.")
            elif form.is_valid():
                number = honoraria.pay_honoraria(honoraria=chosen, by=request.user, **form.cleaned_data)
                messages.success(request, f"{number} noted as paid.")
            else:
                return self._page(request, cohort, form, chosen=set(ids), status=422)
        except ServiceError as error:
            messages.error(request, str(error))
        return redirect("checkins:honoraria", cohort_slug=cohort.slug)

    @staticmethod
    def _page(
        request: HttpRequest, cohort: Cohort, form: PaidForm, *, chosen: set[int] | None = None, status: int = 200
    ) -> HttpResponse:
        mine = Honorarium.objects.visible_to(request.user).filter(cohort=cohort)
        found = mine.search(request.GET.get("q", "")).select_related("user")
        wanted = request.GET.get("status", "")
        found = found.filter(status=wanted) if wanted in Honorarium.Status.values else found
        if wants_export(request):
            head = ["person", "address", "what for", "amount", "currency", "status", "offered", "paid", "reference"]
            rows = (
                [
                    h.user,
                    h.user.email,
                    h.what,
                    f"{h.amount:.2f}",
                    h.currency,
                    h.get_status_display(),
                    f"{h.offered_at:%Y-%m-%d}",
                    h.paid_on or "",
                    h.reference,
                ]
                for h in found
            )
            return export(request, f"{cohort.slug}-honoraria", head, rows)
        context = {
            "cohort": cohort,
            "page_obj": page_of(request, found),
            "total": mine.count(),
            "totals": [(c, [of[s] for s in TOTAL_COLUMNS]) for c, of in honoraria.honoraria_totals(mine)],
            "columns": [Honorarium.Status(s).label for s in TOTAL_COLUMNS],
            "statuses": Honorarium.Status.choices,
            "status": wanted,
            "q": request.GET.get("q", ""),
            "paid_form": form,
            "chosen": chosen or set(),
            "may_edit": may_edit(request.user, cohort.workspace_id),
        }
        return render(request, "checkins/recognition/honoraria.html", context, status=status)


class HonorariumOffer(CoordinatorRequiredMixin, View):
    """Offer the same amount to some of those who help."""

    def get(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.editable_by(request.user), slug=cohort_slug)
        return self._page(request, cohort, HonorariumForm(cohort=cohort))

    def post(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.editable_by(request.user), slug=cohort_slug)
        form = HonorariumForm(request.POST, cohort=cohort)
        if not form.is_valid():
            return self._page(request, cohort, form, status=422)
        said = form.cleaned_data
        people = [enrollment.user for enrollment in said["people"]]
        if said["email"]:
            people.append(person_by_email(email=said["email"], full_name=said["full_name"]))
        terms = {name: said[name] for name in ("what", "amount", "currency")}
        number = len(honoraria.offer_honoraria(cohort=cohort, people=people, by=request.user, **terms))  # type: ignore[arg-type]
        left = len(set(people)) - number
        words = f"{number} offered by mail."
        messages.success(request, words + (f" {left} had been offered it before." if left else ""))
        return redirect("checkins:honoraria", cohort_slug=cohort.slug)

    @staticmethod
    def _page(request: HttpRequest, cohort: Cohort, form: HonorariumForm, status: int = 200) -> HttpResponse:
        return render(
            request, "checkins/recognition/honorarium_offer.html", {"cohort": cohort, "form": form}, status=status
        )


class HonorariumAnswer(View):
    """By the signed link of a mail: take it or decline. Looking changes nothing."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        one = self._one(token)
        if one is None:
            return render(request, "checkins/bad_link.html", status=404)
        return render(request, "checkins/recognition/honorarium_answer.html", {"one": one})

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        one = self._one(token)
        if one is None:
            return render(request, "checkins/bad_link.html", status=404)
        answer = request.POST.get("answer")
        if answer in ("accept", "decline"):
            try:
                honoraria.answer_honorarium(honorarium=one, accept=answer == "accept")
            except ServiceError as error:
                messages.error(request, str(error))
        return redirect("checkins:honorarium-answer", token=token)

    @staticmethod
    def _one(token: str) -> Honorarium | None:
        pk = read_honorarium_link(token)
        theirs = Honorarium.objects.filter(pk=pk, user__is_active=True)
        return theirs.select_related("user", "cohort__programme").first() if pk else None


TOTAL_COLUMNS = ("offered", "accepted", "declined", "paid")

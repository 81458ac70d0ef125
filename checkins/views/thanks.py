"""Thanks: certificates of what people gave, honoraria, and the facilitators' tasks."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views import View

from checkins.forms.after import HonorariumForm, PaidForm, TaskForm
from checkins.links import read_honorarium
from checkins.models import Honorarium, ServiceCertificate
from checkins.services import helping
from checkins.services import thanks as services
from checkins.services.errors import CheckInError
from checkins.views.graduation import all_in_one, one_pdf
from cohorts.models import Cohort
from cohorts.plan import delete_item, tick_item
from mentorship.accounts.models import ERASED
from mentorship.accounts.permissions import CoordinatorRequiredMixin, get_visible_or_404, may_edit
from mentorship.accounts.services import person_by_email
from mentorship.ui.export import export, wants_export
from mentorship.ui.requests import number_in, numbers_in, page_of

MOST_HOURS = 2000
ROLES = [("mentor", "Mentors"), ("facilitator", "Facilitators"), ("expert", "Experts")]


class Recognition(CoordinatorRequiredMixin, View):
    """Everybody who helped, the hours that their certificate names, and who has one."""

    def get(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.visible_to(request.user), slug=cohort_slug)
        if wants_export(request):
            head = ["person", "role", "what", "hours", "certificate", "sent"]
            rows = (
                [
                    g.enrollment.user, g.enrollment.get_role_display(), g.what, _hours(g), c.pk if c else "",
                    f"{c.issued_at:%Y-%m-%d}" if c and c.issued_at else "",
                ]
                for g in services.gifts_of(cohort, request.GET.get("role", ""))
                for c in [g.certificate]
            )  # fmt: skip
            return export(request, f"{cohort.slug}-thanks", head, rows)
        return self._page(request, cohort)

    def post(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.editable_by(request.user), slug=cohort_slug)
        chosen = set(numbers_in(request.POST.getlist("ids")))
        hours: dict[int, int | None] = {}
        wrong: dict[int, str] = {}
        for pk in chosen:
            text = request.POST.get(f"hours-{pk}", "").strip()
            if text and not (text.isascii() and text.isdigit() and len(text) < 5 and int(text) <= MOST_HOURS):
                wrong[pk] = f"A whole number up to {MOST_HOURS}, or nothing."
            else:
                hours[pk] = int(text) if text else None
        if wrong:
            return self._page(request, cohort, wrong=wrong, chosen=chosen, status=422)
        if not hours:
            messages.warning(request, "Choose somebody first.")
        else:
            number = services.issue_service_certificates(cohort=cohort, hours=hours, by=request.user)  # type: ignore[arg-type]
            again = len(hours) - number
            words = f"{number} certificate{'' if number == 1 else 's'} on the way."
            messages.success(request, words + (f" {again} had one: the hours are corrected." if again else ""))
        return redirect("checkins:recognition", cohort_slug=cohort.slug)

    @staticmethod
    def _page(
        request: HttpRequest,
        cohort: Cohort,
        *,
        wrong: dict[int, str] | None = None,
        chosen: set[int] | None = None,
        status: int = 200,
    ) -> HttpResponse:
        role = request.GET.get("role", "")
        gifts = services.gifts_of(cohort, role)
        page = page_of(request, gifts, 200)
        rows = [
            {
                "gift": g,
                "hours": request.POST.get(f"hours-{g.enrollment.pk}", _hours(g)),
                "wrong": (wrong or {}).get(g.enrollment.pk, ""),
                "chosen": g.enrollment.pk in (chosen or ()),
            }
            for g in page
        ]
        context = {
            "cohort": cohort,
            "rows": rows,
            "page_obj": page,
            "role": role,
            "roles": ROLES,
            "issued": sum(1 for g in gifts if g.certificate),
            "may_edit": may_edit(request.user, cohort.workspace_id),
        }
        return render(request, "checkins/recognition.html", context, status=status)


class ServiceCertificatePage(View):
    """Whether a certificate of thanks is valid. Whoever has its number may look."""

    def get(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        found = _valid().filter(pk=pk).first()
        context = {"certificate": found}
        return render(request, "checkins/service_certificate.html", context, status=200 if found else 404)


class ServiceCertificateFile(View):
    """The certificate as PDF."""

    def get(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        found = get_visible_or_404(_valid(), pk=pk)
        return one_pdf(request, found)


class ServiceCertificates(CoordinatorRequiredMixin, View):
    """All of a cohort in one file, to print."""

    def get(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.visible_to(request.user), slug=cohort_slug)
        found = list(_valid().filter(enrollment__cohort=cohort).order_by("name", "pk"))
        if not found:
            messages.warning(request, "There are no certificates yet.")
            return redirect("checkins:recognition", cohort_slug=cohort.slug)
        return all_in_one(request, found, f"{cohort.slug}-thanks.pdf", "checkins:recognition", cohort)


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
                    services.take_back_honorarium(honorarium=one, by=request.user)  # type: ignore[arg-type]
                messages.success(request, f"{len(chosen)} taken back.")
            elif form.is_valid():
                number = services.pay_honoraria(honoraria=chosen, by=request.user, **form.cleaned_data)
                messages.success(request, f"{number} noted as paid.")
            else:
                return self._page(request, cohort, form, chosen=set(ids), status=422)
        except CheckInError as error:
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
                    h.user, h.user.email, h.what, f"{h.amount:.2f}", h.currency, h.get_status_display(),
                    f"{h.offered_at:%Y-%m-%d}", h.paid_on or "", h.reference,
                ]
                for h in found
            )  # fmt: skip
            return export(request, f"{cohort.slug}-honoraria", head, rows)
        context = {
            "cohort": cohort,
            "page_obj": page_of(request, found),
            "total": mine.count(),
            "totals": [(c, [of[s] for s in _COLUMNS]) for c, of in services.totals_of(mine)],
            "columns": [Honorarium.Status(s).label for s in _COLUMNS],
            "statuses": Honorarium.Status.choices,
            "status": wanted,
            "q": request.GET.get("q", ""),
            "paid_form": form,
            "chosen": chosen or set(),
            "may_edit": may_edit(request.user, cohort.workspace_id),
        }
        return render(request, "checkins/honoraria.html", context, status=status)


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
        number = len(services.offer_honoraria(cohort=cohort, people=people, by=request.user, **terms))  # type: ignore[arg-type]
        left = len(set(people)) - number
        words = f"{number} offered by mail."
        messages.success(request, words + (f" {left} had been offered it before." if left else ""))
        return redirect("checkins:honoraria", cohort_slug=cohort.slug)

    @staticmethod
    def _page(request: HttpRequest, cohort: Cohort, form: HonorariumForm, status: int = 200) -> HttpResponse:
        return render(request, "checkins/honorarium_offer.html", {"cohort": cohort, "form": form}, status=status)


class HonorariumAnswer(View):
    """By the signed link of a mail: take it or decline. Looking changes nothing."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        one = self._one(token)
        if one is None:
            return render(request, "checkins/bad_link.html", status=404)
        return render(request, "checkins/honorarium_answer.html", {"one": one})

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        one = self._one(token)
        if one is None:
            return render(request, "checkins/bad_link.html", status=404)
        answer = request.POST.get("answer")
        if answer in ("accept", "decline"):
            try:
                services.answer_honorarium(honorarium=one, accept=answer == "accept")
            except CheckInError as error:
                messages.error(request, str(error))
        return redirect("checkins:honorarium-answer", token=token)

    @staticmethod
    def _one(token: str) -> Honorarium | None:
        pk = read_honorarium(token)
        theirs = Honorarium.objects.filter(pk=pk, user__is_active=True)
        return theirs.select_related("user", "cohort__programme").first() if pk else None


class Facilitators(CoordinatorRequiredMixin, View):
    """Who facilitates, and what each of them looks after in the background."""

    def get(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.visible_to(request.user), slug=cohort_slug)
        return self._page(request, cohort, TaskForm(cohort=cohort))

    def post(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.editable_by(request.user), slug=cohort_slug)
        try:
            match request.POST.get("do"):
                case "usual":
                    number = helping.add_usual_tasks(cohort=cohort, by=request.user)  # type: ignore[arg-type]
                    messages.success(request, f"{number} tasks added.")
                case "add":
                    form = TaskForm(request.POST, cohort=cohort)
                    if not form.is_valid():
                        return self._page(request, cohort, form, status=422)
                    helping.save_task(cohort=cohort, by=request.user, **form.cleaned_data)
                case do:
                    tasks = helping.tasks_of(cohort)
                    item = get_visible_or_404(tasks, pk=number_in(request.POST.get("item")))
                    if do == "drop":
                        delete_item(item=item, by=request.user)  # type: ignore[arg-type]
                    else:
                        tick_item(item=item, done=do == "done", by=request.user)  # type: ignore[arg-type]
        except CheckInError as error:
            messages.error(request, str(error))
        return redirect("checkins:facilitators", cohort_slug=cohort.slug)

    @staticmethod
    def _page(request: HttpRequest, cohort: Cohort, form: TaskForm, status: int = 200) -> HttpResponse:
        people = list(helping.facilitators_of(cohort))
        tasks = list(helping.tasks_of(cohort))
        if wants_export(request):
            head = ["task", "owner", "by", "done"]
            rows = ([t.name, t.owner, t.due_on or "", f"{t.done_at:%Y-%m-%d}" if t.done_at else ""] for t in tasks)
            return export(request, f"{cohort.slug}-facilitators", head, rows)
        context = {
            "cohort": cohort,
            "people": [(p, [t for t in tasks if t.owner_id == p.pk]) for p in people],
            "today": timezone.localdate(timezone=cohort.tz),
            "open": sum(1 for t in tasks if not t.done_at),
            "form": form,
            "may_edit": may_edit(request.user, cohort.workspace_id),
        }
        return render(request, "checkins/facilitators.html", context, status=status)


_COLUMNS = ("offered", "accepted", "declined", "paid")


def _valid() -> Any:
    """Certificates with everything that they show; those of people who were erased are void."""
    return ServiceCertificate.objects.exclude(name=ERASED).select_related("enrollment__cohort__programme")


def _hours(gift: Any) -> Any:
    """Those of the certificate, else what we would suggest; nothing where there is none."""
    hours = gift.certificate.hours if gift.certificate else gift.hours
    return "" if hours is None else hours

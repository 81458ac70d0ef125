"""Pages for honoraria."""

from collections.abc import Collection
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from checkins.models import Honorarium
from checkins.querysets import HonorariumQuerySet
from checkins.recognition import honoraria
from checkins.recognition.forms import HonorariumForm, PaidForm
from checkins.recognition.links import HONORARIUM
from cohorts.cohort_view import CohortView
from mentorship.core.links import LinkError
from mentorship.core.outbox.rehearsal import ask_before_mails
from mentorship.core.ui.downloads.export import export, wants_export
from mentorship.core.ui.requests import choice_in, numbers_in, page_of
from mentorship.core.views import Ask, FormPage, LookupView, Question, errors_as_messages

TOTAL_COLUMNS = ("offered", "accepted", "declined", "paid")


class HonorariumList(CohortView):
    """Honoraria by status, with totals for each currency."""

    asks = {
        "do=back": Ask(
            "Take these honoraria back?",
            "Take back",
            "Offers are withdrawn, and what was noted as paid is unpaid again. Nobody gets an email.",
        ),
    }

    template_name = "checkins/recognition/honoraria.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        if wants_export(request):
            return self._export()
        return self._list(PaidForm(initial={"paid_on": timezone.localdate(timezone=self.cohort.tz)}))

    def post(self, request: HttpRequest) -> HttpResponse:
        ids = numbers_in(request.POST.getlist("ids"))
        chosen = list(self.cohort.honoraria.filter(pk__in=ids))
        pays = request.POST.get("do") == "paid"
        form = PaidForm(request.POST if pays else None)
        if not chosen:
            messages.warning(request, "Choose somebody first.")
        elif request.POST.get("do") == "back":
            with errors_as_messages(request):
                honoraria.cancel_honoraria(honoraria=chosen, by=self.user)
                messages.success(request, f"{len(chosen)} taken back.")
        elif not form.is_valid():
            return self._list(form, chosen=set(ids), status=422)
        else:
            with errors_as_messages(request):
                number = honoraria.pay_honoraria(honoraria=chosen, by=self.user, **form.cleaned_data)
                messages.success(request, f"{number} noted as paid.")
        return redirect("checkins:honorarium-list", cohort_slug=self.cohort.slug)

    @property
    def _all(self) -> HonorariumQuerySet:
        return Honorarium.objects.visible_to(self.user).filter(cohort=self.cohort)

    def _found(self) -> HonorariumQuerySet:
        found = self._all.search(self.request.GET.get("q", "")).select_related("user")
        wanted = choice_in(self.request, "status", Honorarium.Status.values)
        return found.filter(status=wanted) if wanted else found

    def _list(self, form: PaidForm, *, chosen: Collection[int] = (), status: int = 200) -> HttpResponse:
        return self.page(
            status=status,
            page_obj=page_of(self.request, self._found()),
            total=self._all.count(),
            totals=[(c, [of[s] for s in TOTAL_COLUMNS]) for c, of in honoraria.honoraria_totals(self._all)],
            columns=[Honorarium.Status(s).label for s in TOTAL_COLUMNS],
            statuses=Honorarium.Status.choices,
            paid_form=form,
            chosen=chosen,
            q=self.request.GET.get("q", ""),
        )

    def get_context(self) -> dict[str, Any]:
        return {**super().get_context(), "status": choice_in(self.request, "status", Honorarium.Status.values)}

    def _export(self) -> HttpResponse:
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
            for h in self._found()
        )
        return export(self.request, f"{self.cohort.slug}-honoraria", head, rows)


class HonorariumOffer(FormPage, CohortView):
    """Offer the same amount to several helpers."""

    template_name = "checkins/recognition/honorarium_offer.html"
    for_editors = True

    def get_form(self, *data: Any) -> HonorariumForm:
        return HonorariumForm(*data, cohort=self.cohort)

    def ask_first(self) -> Question | None:
        """Ask before people are promised money by mail."""
        form = self.get_form(self.request.POST)
        if not form.is_valid():
            return None
        offer = form.offer
        return ask_before_mails(
            lambda: honoraria.offer_honoraria(cohort=self.cohort, by=self.user, **offer),
            title="Offer the honorarium?",
            text=f"It offers each of them {offer['amount']} {offer['currency']} for {offer['what']}.",
            button="Send the offer",
            back=reverse("checkins:honorarium-list", args=[self.cohort.slug]),
        )

    def save(self, form: HonorariumForm) -> HttpResponse:
        number = len(honoraria.offer_honoraria(cohort=self.cohort, by=self.user, **form.offer))
        known = form.number_of_people - number
        words = f"{number} offered by email."
        messages.success(self.request, words + (f" {known} had been offered it before." if known else ""))
        return redirect("checkins:honorarium-list", cohort_slug=self.cohort.slug)


class HonorariumAnswer(LookupView):
    """Accept or decline by the signed link of a mail. Opening it changes nothing."""

    template_name = "checkins/recognition/honorarium_answer.html"

    def look_up(self) -> None:
        theirs = Honorarium.objects.filter(user__is_active=True).select_related("user", "cohort__programme")
        found = theirs.filter(pk=HONORARIUM.read_one(self.kwargs["token"])).first()
        if found is None:
            raise LinkError
        self.honorarium = found

    @property
    def is_open(self) -> bool:
        return self.honorarium.status in Honorarium.ANSWERABLE

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(one=self.honorarium)

    def post(self, request: HttpRequest) -> HttpResponse:
        answer = request.POST.get("answer")
        if answer in ("accept", "decline"):
            with errors_as_messages(request):
                honoraria.answer_honorarium(honorarium=self.honorarium, accept=answer == "accept")
        else:
            messages.error(request, "Choose your answer first, then send it.")
        return redirect("checkins:honorarium-answer", token=self.kwargs["token"])

"""Pages for quotes: the coordinators' list of a cohort, and the page on which a person answers."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from cohorts.cohort_view import CohortView
from mentorship.core.accounts.permissions import get_visible_or_404
from mentorship.core.links import LinkError
from mentorship.core.ui.requests import number_in, page_of
from mentorship.core.views import Ask, LookupView, errors_as_messages
from partners.models import Quote
from partners.records.view_base import OneFormPage
from partners.testimonials.forms import AnswerForm, QuoteForm
from partners.testimonials.links import QUOTE
from partners.testimonials.services import (
    add_quote,
    answer_quote,
    ask_for_quote,
    delete_quote,
    save_quote,
    withdraw_quote,
)


class QuoteList(CohortView):
    """Quotes of a cohort's people, and whether they may be published."""

    asks = {
        "remove": Ask("Delete this quote?", "Delete the quote", "It’s no longer shown, even in published reports."),
    }

    template_name = "partners/testimonials/list.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(form=self._form())

    def post(self, request: HttpRequest) -> HttpResponse:
        back = redirect("partners:quote-list", cohort_slug=self.cohort.slug)
        quotes = self.cohort.quotes.select_related("cohort__programme", "person")
        if "remove" in request.POST:
            delete_quote(quote=get_visible_or_404(quotes, pk=number_in(request.POST["remove"])), by=self.user)
            return back
        if "ask" in request.POST:
            with errors_as_messages(request):
                asked = ask_for_quote(quote=get_visible_or_404(quotes, pk=number_in(request.POST["ask"])), by=self.user)
                messages.success(request, f"{asked.person} gets an email with a link to answer.")
            return back
        form = self._form(request.POST)
        if not form.is_valid():
            return self.page(status=422, form=form)
        quote = add_quote(cohort=self.cohort, by=self.user, **form.cleaned_data)
        ask_for_quote(quote=quote, by=self.user)
        messages.success(request, f"{quote.person} gets an email with a link to answer.")
        return back

    def _form(self, *data: Any) -> QuoteForm:
        return QuoteForm(*data, instance=Quote(cohort=self.cohort))

    def get_context(self) -> dict[str, Any]:
        found = Quote.objects.filter(cohort=self.cohort).select_related("person").order_by("-pk")
        return {**super().get_context(), "page_obj": page_of(self.request, found)}


class QuoteEdit(OneFormPage, CohortView):
    """Say whose words a quote is, or change what they are asked."""

    for_editors = True
    heading = "Edit quote"
    state = "The person isn’t asked until you choose to. Nothing is published until they agree."
    quote: Quote

    def look_up(self) -> None:
        super().look_up()
        self.quote = get_visible_or_404(self.cohort.quotes.select_related("person"), pk=self.kwargs["pk"])
        self.crumbs = [("Quotes", reverse("partners:quote-list", args=[self.cohort.slug]))]

    def get_form(self, *data: Any) -> QuoteForm:
        return QuoteForm(*data, instance=self.quote)

    def save(self, form: QuoteForm) -> HttpResponse:
        save_quote(quote=form.save(commit=False), by=self.user)
        messages.success(self.request, "Saved. Nobody has been asked about it yet.")
        return redirect("partners:quote-list", cohort_slug=self.cohort.slug)


class QuoteAnswer(LookupView):
    """The person's answer by the signed link of a mail, without signing in. Opening it changes nothing."""

    template_name = "partners/testimonials/answer.html"
    asks = {
        "withdraw": Ask("Withdraw this quote?", "Withdraw", "We stop showing it, even in published reports."),
    }
    quote: Quote

    def look_up(self) -> None:
        pk = QUOTE.read_one(self.kwargs["token"])
        found = Quote.objects.exclude(status=Quote.Status.NOT_ASKED).exclude(person=None)
        quote = found.select_related("cohort__programme", "person").filter(pk=pk).first()
        if quote is None:
            raise LinkError
        self.quote = quote

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page()

    def post(self, request: HttpRequest) -> HttpResponse:
        quote = self.quote
        assert quote.person is not None  # noqa: S101  (look_up finds no other)
        if "withdraw" in request.POST:
            withdraw_quote(quote=quote, by=quote.person)
            messages.success(request, "Withdrawn. We no longer show it.")
        elif "decline" in request.POST:
            answer_quote(quote=quote, by=quote.person, agree=False)
            messages.success(request, "Thank you for your answer. We won’t publish it.")
        else:
            form = AnswerForm(request.POST)
            if not form.is_valid():
                return self.page(status=422, form=form)
            words = {name: form.cleaned_data[name] for name in ("text", "attribution")}
            answer_quote(quote=quote, by=quote.person, agree=True, **words)
            messages.success(request, "Thank you! You can withdraw this at any time, here or on your own pages.")
        return redirect("partners:quote-answer", token=self.kwargs["token"])

    def get_context(self) -> dict[str, Any]:
        quote = self.quote
        initial = {"text": quote.text, "attribution": quote.attribution}
        return {
            **super().get_context(),
            "quote": quote,
            "cohort": quote.cohort,
            "programme": quote.cohort.programme,
            "form": AnswerForm(initial=initial),
        }

"""The privacy notice, and the page on which an operator completes it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views import View

from cohorts.models import Cohort, Programme
from mentorship.core.accounts.permissions import get_visible_or_404
from mentorship.operations.models import PrivacyDetails
from mentorship.operations.privacy.notice import contact_addresses, processors
from mentorship.operations.privacy.purposes import PURPOSES
from mentorship.operations.privacy.services import save_details


class PrivacyNotice(View):
    """The public privacy notice: which data is kept, why, how long, and its readers; of one programme where named."""

    def get(self, request: HttpRequest, programme_slug: str = "") -> HttpResponse:
        programme = _programme(request, programme_slug) if programme_slug else None
        details = PrivacyDetails.read()
        context: dict[str, Any] = {
            "details": details,
            "programme": programme,
            "purposes": PURPOSES,
            "processors": processors(details),
            "addresses": contact_addresses([programme] if programme else []),
            "requests_url": reverse("data-request-mine"),
        }
        return render(request, "operations/privacy/notice.html", context)


class DetailsForm(forms.ModelForm):
    """Details that only the operator knows."""

    class Meta:
        model = PrivacyDetails
        fields = ("responsible", "contact_email", "officer", "authority", "processors", "more")
        widgets = {
            name: forms.Textarea(attrs={"rows": 3})
            for name in ("responsible", "officer", "authority", "processors", "more")
        }
        help_texts = {
            "responsible": "The organisation, its postal address and the person who represents it.",
            "contact_email": "People write here with questions and requests about their data.",
            "officer": "Name and address. Leave this empty if you don’t have one.",
            "authority": "Where people can complain, with its website.",
            "processors": "One on each line, for example: Example Hosting, Germany: the server and its backups.",
            "more": "For example, transfers to other countries and their legal basis.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("responsible", "contact_email"):
            self.fields[name].required = True


class DetailsEdit(LoginRequiredMixin, View):
    """The operator's details: who is responsible, whom to write to, and who processes data for them."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and not request.user.is_superuser:
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(DetailsForm(instance=PrivacyDetails.read()))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = DetailsForm(request.POST, instance=PrivacyDetails.read())
        if not form.is_valid():
            return self._page(form, status=422)
        save_details(form.save(commit=False), changed=form.changed_data, by=request.user)
        messages.success(request, "Privacy notice updated.")
        return redirect("privacy-notice")

    def _page(self, form: DetailsForm, status: int = 200) -> HttpResponse:
        return render(self.request, "operations/privacy/details_form.html", {"form": form}, status=status)


def _programme(request: HttpRequest, slug: str) -> Programme:
    """A programme that the public knows of, because one of its cohorts is past its plan, or the reader works in it."""
    known = Q(pk__in=Cohort.objects.exclude(status="draft").values("programme"))
    own = Q(pk__in=Programme.objects.visible_to(request.user).values("pk"))
    return get_visible_or_404(Programme.objects.filter(known | own), slug=slug)

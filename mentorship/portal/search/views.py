"""The search page, whose results the command palette shows as well."""

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views import View

from mentorship.core.accounts.models import User
from mentorship.core.accounts.permissions import CoordinatorRequiredMixin
from mentorship.portal.navigation import chosen_cohort
from mentorship.portal.search.results import search


class Search(CoordinatorRequiredMixin, View):
    """Find people, projects, cohorts, partners, pages and actions. `?cohort=` says of which cohort pages are meant.

    The palette asks with the header of htmx, and gets the results alone.
    """

    http_method_names = ("get",)

    def get(self, request: HttpRequest) -> HttpResponse:
        user, text = cast(User, request.user), request.GET.get("q", "")[:200]
        cohort = chosen_cohort(request, user)
        context = {"q": text, "cohort": cohort, "results": search(user, text, cohort)}
        part = "HX-Request" in request.headers
        response = render(request, "portal/search/_results.html" if part else "portal/search/page.html", context)
        patch_vary_headers(response, ["HX-Request"])
        return response

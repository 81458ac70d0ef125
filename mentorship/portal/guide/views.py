"""The coordinator's guide in the product."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views import View

from mentorship.core.accounts.permissions import CoordinatorRequiredMixin
from mentorship.portal.guide.pages import FIRST, all_pages, neighbours_of, page_names, read_page


class Help(CoordinatorRequiredMixin, View):
    """A page of the guide; without a name the first one."""

    http_method_names = ("get", "head", "options")

    def get(self, request: HttpRequest, page: str = FIRST) -> HttpResponse:
        if page not in (FIRST, *page_names()):
            raise Http404
        before, after = neighbours_of(page)
        context = {
            "guide_page": read_page(page),
            "is_first": page == FIRST,
            "pages": all_pages(),
            "before": read_page(before) if before else None,
            "after": read_page(after) if after else None,
        }
        return render(request, "portal/guide/page.html", context)

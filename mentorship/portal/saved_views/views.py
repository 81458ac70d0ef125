"""Keep and delete views of lists. Both lead back to the list."""

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views import View

from mentorship.core.accounts.models import SavedView, User
from mentorship.core.accounts.permissions import CoordinatorRequiredMixin
from mentorship.core.views import Ask, LookupView, errors_as_messages
from mentorship.portal.saved_views.services import delete_view, save_view


class SavedViewCreate(CoordinatorRequiredMixin, View):
    http_method_names = ("post",)

    def post(self, request: HttpRequest) -> HttpResponse:
        sent = request.POST
        query = sent.get("query", "")
        with errors_as_messages(request):
            view = save_view(
                user=cast(User, request.user),
                list_name=sent.get("list", "")[:100],
                name=sent.get("name", ""),
                query=query,
            )
            messages.success(request, f"View “{view}” saved. Find it above the list, in every cohort.")
        return redirect(_list_of(request) + (f"?{query}" if query else ""))


class SavedViewDelete(CoordinatorRequiredMixin, LookupView):
    http_method_names = ("post",)
    asks = {"": Ask("Delete this view?", "Delete the view", "The list itself stays, with everything in it.")}

    def look_up(self) -> None:
        self.view = get_object_or_404(SavedView, pk=self.kwargs["pk"], user=self.user)

    def post(self, request: HttpRequest) -> HttpResponse:
        delete_view(view=self.view, by=self.user)
        messages.success(request, "View deleted.")
        return redirect(_list_of(request))


def _list_of(request: HttpRequest) -> str:
    """The address of the list that the form was on."""
    path = request.POST.get("path", "")
    ours = path.startswith("/") and url_has_allowed_host_and_scheme(path, allowed_hosts=None) and "?" not in path
    return path if ours else "/"

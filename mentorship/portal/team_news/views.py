"""The pages on which coordinators choose how often they are told what happened: of all programmes, or by a link."""

from typing import cast

from django.contrib import messages
from django.core.paginator import Page
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from mentorship.core.accounts.models import User, WorkspaceRole
from mentorship.core.accounts.permissions import CoordinatorRequiredMixin
from mentorship.core.ui.requests import page_of
from mentorship.core.views import LookupView
from mentorship.portal.team_news.forms import NewsForm
from mentorship.portal.team_news.links import read_news_link
from mentorship.portal.team_news.services import set_news


class TeamNews(CoordinatorRequiredMixin, View):
    """All programmes that the reader runs."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(request, NewsForm(roles=self._roles(request).object_list))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = NewsForm(request.POST, roles=self._roles(request).object_list)
        if not form.is_valid():
            return self._page(request, form, 422)
        for role, news in form.chosen():
            set_news(role=role, news=news, by=cast(User, request.user))
        messages.success(request, "Saved.")
        return redirect(request.get_full_path())

    def _roles(self, request: HttpRequest) -> Page[WorkspaceRole]:
        mine = WorkspaceRole.objects.filter(user=cast(User, request.user), role__in=WorkspaceRole.EDITORS)
        return page_of(request, mine.select_related("workspace").order_by("workspace__name", "pk"))

    def _page(self, request: HttpRequest, form: NewsForm, status: int = 200) -> HttpResponse:
        context = {"form": form, "page_obj": self._roles(request)}
        return render(request, "portal/team_news/settings.html", context, status=status)


@method_decorator(csrf_exempt, name="dispatch")
class TeamNewsByLink(LookupView):
    """One programme, by the signed link of a mail, without signing in. Opening the page changes nothing.

    Mail programs post here without cookies (RFC 8058); the signed link authorises them.
    """

    template_name = "portal/team_news/by_link.html"

    def look_up(self) -> None:
        self.role = read_news_link(self.kwargs["token"])

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(role=self.role, form=NewsForm(roles=[self.role]))

    def post(self, request: HttpRequest) -> HttpResponse:
        if request.POST.get("List-Unsubscribe") == "One-Click":  # RFC 8058 allows no redirect
            set_news(role=self.role, news=WorkspaceRole.News.NEVER, by=self.role.user)
            self.role.refresh_from_db()
            return self.get(request)
        form = NewsForm(request.POST, roles=[self.role])
        if not form.is_valid():
            return self.page(422, role=self.role, form=form)
        for role, news in form.chosen():
            set_news(role=role, news=news, by=role.user)
        messages.success(request, "Saved.")
        return redirect(request.path)

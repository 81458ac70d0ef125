"""Pages of requests about personal data: one's own, and those that a team answers."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views import View

from cohorts.models import Programme
from mentorship.core.accounts.models import DataRequest, User
from mentorship.core.accounts.permissions import CoordinatorRequiredMixin, get_visible_or_404
from mentorship.core.accounts.sign_in.reauthentication import require_recent_sign_in
from mentorship.core.errors import ServiceError
from mentorship.core.ui.requests import choice_in, number_in, page_of
from mentorship.core.views import CONFIRMED, LookupView, Question
from mentorship.operations.data_requests import services
from mentorship.operations.data_requests.forms import AnswerForm, RequestForm
from mentorship.operations.privacy.notice import contact_addresses

SHOWN = 12  # lines of what would be erased, beside the total


class MyRequests(LoginRequiredMixin, View):
    """The reader's requests, and a form for a new one. It takes a fresh sign-in: it can end with an erasure."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(RequestForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        require_recent_sign_in(request)
        user = User.objects.get(pk=request.user.pk)
        if "withdraw" in request.POST:
            return self._withdraw(user, number_in(request.POST["withdraw"]))
        form = RequestForm(request.POST)
        if form.is_valid():
            try:
                asked = services.ask_about_data(user=user, **form.cleaned_data)
            except ServiceError as error:
                form.add_error("kind", str(error))
            else:
                messages.success(
                    request, f"Request sent. You’ll get an answer by {asked.due_by}. We’ve emailed you a receipt."
                )
                return redirect("data-request-mine")
        return self._page(form, status=422)

    def _withdraw(self, user: User, pk: int) -> HttpResponse:
        asked = get_visible_or_404(user.data_requests.all(), pk=pk)
        try:
            services.withdraw_request(request=asked, by=user)
            messages.success(self.request, "Request withdrawn.")
        except ServiceError as error:
            messages.error(self.request, str(error))
        return redirect("data-request-mine")

    def _page(self, form: RequestForm, status: int = 200) -> HttpResponse:
        user = User.objects.get(pk=self.request.user.pk)
        programmes = Programme.objects.filter(workspace__in=services.workspaces_of_person(user)).order_by("pk")
        context = {
            "form": form,
            "requests": user.data_requests.order_by("-asked_at"),
            "addresses": contact_addresses(programmes),
        }
        return render(self.request, "operations/data_requests/mine.html", context, status=status)


class RequestList(CoordinatorRequiredMixin, View):
    """The requests that a team has to answer, the most urgent first."""

    def get(self, request: HttpRequest) -> HttpResponse:
        found = DataRequest.objects.visible_to(request.user).select_related("user")
        status = choice_in(request, "status", DataRequest.Status.choices) or DataRequest.Status.OPEN
        context = {
            "page_obj": page_of(request, found.filter(status=status)),
            "statuses": DataRequest.Status.choices,
            "status": status,
            "today": timezone.localdate(),
        }
        return render(request, "operations/data_requests/list.html", context)


class RequestDetail(CoordinatorRequiredMixin, LookupView):
    """One request: who asked for what, and answering it."""

    template_name = "operations/data_requests/detail.html"
    needs_recent_sign_in = True

    def look_up(self) -> None:
        found = DataRequest.objects.visible_to(self.request.user).select_related("user", "answered_by")
        self.asked = get_visible_or_404(found, pk=self.kwargs["pk"])

    def ask_first(self) -> Question | None:
        """Say what an erasure would do. Where it can't be done `post` says why."""
        if "erase" not in self.request.POST:
            return None
        try:
            report = services.what_would_be_erased(self.asked, self.user)
        except ServiceError:
            return None
        lines = [f"{line.what}: {line.number} {line.action}" for line in report.lines]
        more = [f"and {len(lines) - SHOWN} more kinds of records"] if len(lines) > SHOWN else []
        text = [
            f"This erases the data of {self.asked.user} in every programme on this site. It can’t be undone.",
            "; ".join([*lines[:SHOWN], *more]) + ".",
            "They’ll get one last email to confirm it. Backups hold their data until the backups are deleted.",
        ]
        back = self.asked.get_absolute_url()
        return Question("Erase this person’s data?", "Erase their data", text, back, danger=True)

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(form=AnswerForm(kind=self.asked.kind))

    def post(self, request: HttpRequest) -> HttpResponse:
        if "erase" in request.POST:
            return self._erase()
        form = AnswerForm(request.POST, kind=self.asked.kind)
        if form.is_valid():
            try:
                services.answer_request(request=self.asked, by=self.user, **form.cleaned_data)
            except ServiceError as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, "Answer sent by email.")
                return redirect("data-request-list")
        return self.page(form=form, status=422)

    def _erase(self) -> HttpResponse:
        try:
            if CONFIRMED in self.request.POST:
                services.erase_requester(request=self.asked, by=self.user)
                messages.success(self.request, "Data erased. We’ve sent one last email to confirm it.")
                return redirect("data-request-list")
            services.what_would_be_erased(self.asked, self.user)
        except ServiceError as error:
            for line in str(error).splitlines():
                messages.error(self.request, line)
        return redirect(self.asked)

    def get_context(self) -> dict[str, Any]:
        return {
            "asked": self.asked,
            "reason": services.reason_not_to_answer(self.asked, self.user),
            "programmes": Programme.objects.filter(workspace__in=self.asked.workspaces.all()),
            "today": timezone.localdate(),
        }

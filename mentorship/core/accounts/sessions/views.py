"""A person's open sessions, and ending them."""

from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views import View

from mentorship.core.accounts.sessions.browser_names import browser_name
from mentorship.core.accounts.sessions.services import end_sessions
from mentorship.core.ui.requests import numbers_in


class SessionList(LoginRequiredMixin, View):
    """The browsers in which the reader is signed in; they can sign out of each, or of all others at once."""

    def get(self, request: HttpRequest) -> HttpResponse:
        sessions = UserSession.objects.purge_and_list(request.user)
        sessions.sort(key=lambda one: (not one.is_current(), -one.last_seen_at.timestamp()))
        shown = [(one, browser_name(one.user_agent)) for one in sessions]
        return render(request, "accounts/sessions.html", {"sessions": shown})

    def post(self, request: HttpRequest) -> HttpResponse:
        others = UserSession.objects.filter(user=request.user).exclude(session_key=request.session.session_key)
        if "all" not in request.POST:
            others = others.filter(pk__in=numbers_in(request.POST.getlist("session")))
        if end_sessions(list(others), by=self.request.user):
            messages.success(request, "Signed out there.")
        return redirect("accounts:session-list")

"""Ask people to prove who they are again before sensitive actions, in case the browser is unattended."""

import secrets
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.account.views import BaseReauthenticateView
from allauth.core.exceptions import ReauthenticationRequired
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from mentorship.core.accounts.sign_in.services import spend_mail
from mentorship.core.ui.downloads.export import wants_export
from mentorship.core.web import limits

CODE_IN_SESSION = "reauthentication_code"
TRIES = 3


def require_recent_sign_in(request: HttpRequest) -> None:
    """Redirect to the page for a password, second factor or mailed code, unless they have just given one.

    The submitted form is kept and continues afterwards.
    """
    if not signed_in_recently(request):
        raise ReauthenticationRequired


def signed_in_recently(request: HttpRequest) -> bool:
    """Whether they said who they are in the last minutes, or are never asked again."""
    if settings.REAUTHENTICATE_MINUTES is None:
        return True
    records = get_authentication_records(request, request.user)
    return bool(records) and time.time() - records[-1]["at"] <= 60 * settings.REAUTHENTICATE_MINUTES


# Files with what other people wrote, or that list them. One's own papers, and those of a partner, ask nothing.
FILES = frozenset(
    {
        "checkins:certificates-pdf",
        "checkins:certificates-zip",
        "checkins:service-certificates-pdf",
        "cohorts:answer-file-download",
        "cohorts:import-rejected-list",
        "outbox:message-source",
        "partners:cost-file",
    }
)


class FilesMiddleware:
    """Ask people to prove again who they are before they download a list or file about people.

    Asked before the page itself, so that no view can forget it. Pages that nobody else reaches stay 404 after it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: dict[str, Any]) -> HttpResponse | None:
        """Return the way to the question, unless they just answered it."""
        is_file = wants_export(request) or (request.resolver_match and request.resolver_match.view_name in FILES)
        if not is_file or not request.user.is_authenticated or signed_in_recently(request):
            return None
        (first, *_) = get_adapter().get_reauthentication_methods(request.user)
        return redirect(f"{first['url']}?{urlencode({REDIRECT_FIELD_NAME: request.get_full_path()})}")


class CodeForm(forms.Form):
    """The code from the mail."""

    code = forms.CharField(label="Code", widget=forms.TextInput(attrs={"autocomplete": "one-time-code"}))

    def __init__(self, *args: Any, expected: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.expected = expected

    def clean_code(self) -> str:
        code = self.cleaned_data["code"].replace("-", "").replace(" ", "").upper()
        if not self.expected or not secrets.compare_digest(code.encode(), self.expected.replace("-", "").encode()):
            raise forms.ValidationError("This is not the code from our latest email. Check it, or ask for another one.")
        return code


class ReauthenticateByCode(LoginRequiredMixin, BaseReauthenticateView):
    """Confirm identity by a mailed code, for people without a password."""

    form_class = CodeForm
    template_name = "accounts/reauthenticate_by_code.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "send" in request.POST:
            self._send()
            return self.render_to_response(self.get_context_data(form=CodeForm(expected="")))
        return super().post(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        kept = self.request.session.get(CODE_IN_SESSION) or {}
        is_valid = kept and kept["tries"] < TRIES and time.time() - kept["at"] < settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT
        return {**super().get_form_kwargs(), "expected": kept["code"] if is_valid else ""}

    def form_valid(self, form: CodeForm) -> HttpResponse:
        self.request.session.pop(CODE_IN_SESSION, None)
        record_authentication(self.request, self.request.user, method="code", reauthenticated=True)
        return super().form_valid(form)

    def form_invalid(self, form: CodeForm) -> HttpResponse:
        if kept := self.request.session.get(CODE_IN_SESSION):
            self.request.session[CODE_IN_SESSION] = {**kept, "tries": kept["tries"] + 1}
        return super().form_invalid(form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "sent": CODE_IN_SESSION in self.request.session}

    def _send(self) -> None:
        email = self.request.user.email
        try:
            spend_mail(self.request, email)
        except limits.LimitError as error:
            messages.error(self.request, f"We have sent several codes already. Please try again in {error.wait}.")
            return
        code = get_adapter().generate_login_code()
        self.request.session[CODE_IN_SESSION] = {"code": code, "at": time.time(), "tries": 0}
        get_adapter().send_mail("account/email/login_code", email, {"code": code, "request": self.request})

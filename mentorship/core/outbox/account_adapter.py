"""allauth settings that need code: who may sign up, and mails through the outbox."""

import uuid
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlparse

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as allauth_context
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from mentorship.core.accounts.models import Workspace
from mentorship.core.accounts.sign_in.known_browsers import remember_browser
from mentorship.core.accounts.sign_in.services import may_mail_unknown, person_signing_in, spend_password
from mentorship.core.outbox.models import OutboxMessage
from mentorship.core.outbox.scope_names import home_of
from mentorship.core.outbox.send_mail import Sender
from mentorship.core.outbox.services import enqueue
from mentorship.core.web.limits import LimitError

# allauth's mails that this product words itself; others keep allauth's text.
OURS = {
    "account/email/login_code": "accounts/sign_in_code",
    "account/email/password_reset_key": "accounts/password_reset",
    "account/email/email_confirmation": "accounts/address_confirm",
    "account/email/email_confirmation_signup": "accounts/address_confirm",
    "account/email/unknown_account": "accounts/unknown_account",
}
CHANGES = {
    "account/email/password_changed": "the password was changed",
    "account/email/password_reset": "the password was set anew",
    "account/email/password_set": "a password was set",
    "account/email/email_changed": "the address was changed",
    "account/email/email_confirm": "an address was confirmed",
    "account/email/email_deleted": "an address was removed",
    "mfa/email/totp_activated": "signing in now asks for a code of your authenticator app",
    "mfa/email/totp_deactivated": "signing in asks for no code of an authenticator app any more",
    "mfa/email/recovery_codes_generated": "new recovery codes were made",
    "mfa/email/webauthn_added": "a passkey was added",
    "mfa/email/webauthn_removed": "a passkey was removed",
}


class AccountAdapter(DefaultAccountAdapter):
    """Refuses direct registration: accounts are created by cohort sign-ups and invitations."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """Do nothing: there is no user name, the e-mail address is the login."""

    def get_user_search_fields(self) -> list[str]:
        return ["full_name", "email"]

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Do nothing: our limits count in `authenticate`, where nobody can lock out somebody else."""

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        """The owner of address and password, or None. Only a wrong password counts towards the limits."""
        email = str(credentials.get("email", ""))
        try:
            spent = spend_password(request, email)
        except LimitError as error:
            raise ValidationError(
                f"Too many wrong passwords. Try again in {error.wait}, or ask for a sign-in code by email."
            ) from error
        user = super().authenticate(request, **credentials)
        if user is None or user != person_signing_in(email, active=None):
            return None
        spent.take_back()
        return user

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        """Remember the browser, so that wrong passwords elsewhere do not lock its owner out here."""
        response: HttpResponse = super().post_login(request, user, **kwargs)
        remember_browser(request, response, user)
        return response

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """Add a mailed code: most people here have no password."""
        by_code = {
            "id": "code",
            "description": "Use a code sent by email",
            "url": reverse("accounts:reauthenticate-by-code"),
        }
        return [*super().get_reauthentication_methods(user), by_code]

    def can_delete_email(self, email_address: Any) -> bool:
        """Whether an address may go. The main one may not, marked by allauth or not: another would replace it."""
        return email_address.email.lower() != email_address.user.email.lower() and super().can_delete_email(
            email_address
        )

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Put allauth's mail into the outbox, so that signing in never waits for a mail server.

        It uses the wording of the person's programme, but belongs to no workspace: no coordinator may read a sign-in
        code.
        """
        if template_prefix == "account/email/unknown_account" and not may_mail_unknown(allauth_context.request, email):
            return
        context = {name: _on_this_site(value) for name, value in context.items()}
        kind = OURS.get(template_prefix) or ("accounts/account_changed" if template_prefix in CHANGES else "")
        if kind:
            subject, text, html = self._in_our_words(kind, email, {**context, "what": CHANGES.get(template_prefix, "")})
        else:
            subject, text, html = self._in_allauths_words(template_prefix, email, context)
        enqueue(
            key=f"sign-in:{uuid.uuid4()}",
            workspace_id=None,
            kind=OutboxMessage.SIGN_IN,
            why="Somebody asked for it on the account pages.",
            to=[email],
            subject=subject,
            text=text,
            html=html,
        )

    @staticmethod
    def _in_our_words(kind: str, email: str, context: dict[str, Any]) -> tuple[str, str, str]:
        workspace_id, scope = home_of(email)
        workspace = Workspace.objects.filter(pk=workspace_id).first() if workspace_id else None
        values = {
            "code": "",
            **context,
            "email": email,
            "minutes": settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT // 60,
            "sign_in_url": settings.SITE_URL + reverse("account_login"),
            "reset_url": settings.SITE_URL + reverse("account_reset_password"),
            "signature": workspace.name if workspace else urlparse(settings.SITE_URL).hostname or "",
        }
        return Sender(workspace_id, scope).words_of(kind).render(values)

    def _in_allauths_words(self, prefix: str, email: str, context: dict[str, Any]) -> tuple[str, str, str]:
        request = allauth_context.request
        site = SimpleNamespace(name=urlparse(settings.SITE_URL).hostname, domain=urlparse(settings.SITE_URL).netloc)
        mail = self.render_mail(prefix, email, {"request": request, "email": email, "current_site": site, **context})
        parts = getattr(mail, "alternatives", [])
        html = next((part.content for part in parts if part.mimetype == "text/html"), "")
        return mail.subject, str(mail.body), str(html)


def _on_this_site(value: Any) -> Any:
    """An address that allauth built from the request, with this site's host: the request may name any host."""
    request = allauth_context.request
    if not isinstance(value, str) or request is None:
        return value
    asked = request.build_absolute_uri("/")
    return f"{settings.SITE_URL}/{value.removeprefix(asked)}" if value.startswith(asked) else value

"""How allauth behaves here."""

import uuid
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as allauth_context
from django.contrib.sites.shortcuts import get_current_site
from django.http import HttpRequest

from mentorship.outbox.models import OutboxMessage
from mentorship.outbox.services import enqueue


class AccountAdapter(DefaultAccountAdapter):
    """No accounts by hand: signing up for a cohort, or an invitation, makes them."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """There is no user name; the e-mail address is the login."""

    def get_user_search_fields(self) -> list[str]:
        return ["full_name", "email"]

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Put allauth's mail into the outbox, so that signing in never waits for a mail server.

        It belongs to no workspace: no coordinator reads anybody's sign-in code.
        """
        request = allauth_context.request
        mail = self.render_mail(
            template_prefix,
            email,
            {
                "request": request,
                "email": email,
                "current_site": get_current_site(request),
                **context,
            },
        )
        html = next(
            (part.content for part in getattr(mail, "alternatives", []) if part.mimetype == "text/html"),
            "",
        )
        enqueue(
            key=f"sign-in:{uuid.uuid4()}",
            workspace_id=None,
            kind=OutboxMessage.SIGN_IN,
            why="Somebody asked for it on the account pages.",
            to=mail.to,
            subject=mail.subject,
            text=str(mail.body),
            html=str(html),
        )

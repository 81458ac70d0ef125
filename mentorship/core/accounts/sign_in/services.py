"""Sign-in: the owners of addresses, and limits on attempts.

Limits count source and account together first, so that nobody can lock out somebody else from one place. An account's
limits over all sources do not apply to browsers in which its owner has signed in before.
"""

from allauth.account.models import EmailAddress
from django.db.models import Q
from django.http import HttpRequest

from mentorship.core.accounts.models import User
from mentorship.core.accounts.sign_in.known_browsers import known_browser_of
from mentorship.core.web import limits


def person_signing_in(email: str, *, active: bool | None = True) -> User | None:
    """The person who signs in with this address: their main one, or another one proven to be theirs."""
    proven = EmailAddress.objects.filter(email__iexact=email, verified=True).values("user_id")
    found = User.objects.filter(Q(email__iexact=email) | Q(pk__in=proven))
    if active is not None:
        found = found.filter(is_active=active)
    # Somebody who proved the address wins over somebody who only entered it.
    return found.filter(pk__in=proven).first() or found.first()


def spend_password(request: HttpRequest, email: str) -> limits.Spent:
    """Count a password attempt; callers take it back if the password was right. Raises LimitError."""
    email, source = email.strip().lower(), limits.source_of(request)
    if browser := _known_browser(request, email):
        return limits.spend(request, password_by_known_browser=f"{browser} {email}")
    return limits.spend(
        request,
        password_by_source_and_account=f"{source} {email}",
        password_by_source=source,
        password_by_account=email,
    )


def spend_mail(request: HttpRequest, email: str) -> None:
    """Count a requested account mail, such as a sign-in code. Raises LimitError."""
    email, source = email.strip().lower(), limits.source_of(request)
    if browser := _known_browser(request, email):
        limits.spend(request, account_mail_by_known_browser=f"{browser} {email}")
    else:
        limits.spend(
            request,
            account_mail_by_source_and_address=f"{source} {email}",
            account_mail_by_source=source,
            account_mail_by_address=email,
        )


def may_mail_unknown(request: HttpRequest, email: str) -> bool:
    """Whether to mail an address that it has no account: strangers get few such mails."""
    try:
        limits.spend(request, unknown_by_source=limits.source_of(request), unknown_by_address=email.strip().lower())
    except limits.LimitError:
        return False
    return True


def forget_passwords(*, request: HttpRequest, user: User, **_signal: object) -> None:
    """Reset the limits of an account whose owner has set a new password by mail."""
    source = limits.source_of(request)
    limits.forget(request, password_by_source_and_account=f"{source} {user.email}", password_by_account=user.email)


def _known_browser(request: HttpRequest, email: str) -> str:
    person = person_signing_in(email)
    return known_browser_of(request, person.pk) if person else ""

"""Changes on the account pages, and operators' on theirs, leave entries of the audit trail."""

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa import signals
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from mentorship.core.accounts.people.trail import CHANGES
from mentorship.core.audit.admin import ReadOnlyAdmin, RecordedAdmin
from mentorship.core.audit.models import AuditEntry
from mentorship.core.audit.services import history_of
from mentorship.devtools.testing.factories import UserFactory
from mentorship.devtools.testing.walks.unrecorded import writes

pytestmark = pytest.mark.django_db
WORDS = "kestrel over water"
# Pages of the library that signs people in: what leaves an entry, and why the others leave none.
RECORDED = set(
    """
    account_change_password account_set_password account_reset_password_from_key account_email account_confirm_email
    mfa_activate_totp mfa_deactivate_totp mfa_add_webauthn mfa_remove_webauthn mfa_generate_recovery_codes
    """.split()  # noqa: SIM905 (names are read as text)
)
UNRECORDED = {
    "account_login": "a session, which is on the person's list of sessions",
    "account_logout": "the end of a session",
    "account_confirm_login_code": "a session",
    "mfa_authenticate": "a session",
    "mfa_login_webauthn": "a session",
    "account_request_login_code": "an email, which is on record",
    "account_reset_password": "an email, which is on record",
    "account_email_verification_sent": "says that an email is on its way",
    "account_reauthenticate": "says once more who one is",
    "mfa_reauthenticate": "says once more who one is",
    "mfa_reauthenticate_webauthn": "says once more who one is",
    "mfa_edit_webauthn": "the name that somebody gives to a passkey of their own",
    "account_signup": "closed: nobody signs up there",
    "account_inactive": "only says something",
    "account_reset_password_done": "only says something",
    "account_reset_password_from_key_done": "only says something",
    "mfa_index": "only shows something",
    "mfa_list_webauthn": "only shows something",
    "mfa_view_recovery_codes": "only shows something",
    "mfa_download_recovery_codes": "only shows something",
}


def account_pages(resolver: URLResolver) -> set[str]:
    """The names of the library's own pages, without those of the operator's."""
    found: set[str] = set()
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            found |= {pattern.name} if str(pattern.name).startswith(("account_", "mfa_")) else set()
        elif pattern.namespace != "admin":
            found |= account_pages(pattern)
    return found


@pytest.fixture
def person(client):
    """A person who is signed in, with a proven address and no password."""
    user = UserFactory(email="owner@example.org", full_name="Ada Obi")
    user.set_unusable_password()
    user.save()
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    client.force_login(user)
    return user


def test_every_account_page_is_known_to_leave_an_entry_or_has_a_reason():
    assert account_pages(get_resolver()) == RECORDED | UNRECORDED.keys()
    assert not RECORDED & UNRECORDED.keys()


def test_changes_of_passwords_addresses_and_the_profile_leave_entries(client, person):
    with writes() as written:
        client.post(reverse("account_set_password"), {"password1": WORDS, "password2": WORDS})
        new = {"oldpassword": WORDS, "password1": f"{WORDS} 2", "password2": f"{WORDS} 2"}
        client.post(reverse("account_change_password"), new)
        client.post(reverse("account_email"), {"action_add": "", "email": "ada@example.net"})
        EmailAddress.objects.filter(email="ada@example.net").update(verified=True)
        client.post(reverse("account_email"), {"action_primary": "", "email": "ada@example.net"})
        removed = {"action_remove": "", "email": "owner@example.org", "confirmed": "yes"}
        client.post(reverse("account_email"), removed)
        client.post(reverse("accounts:profile"), {"full_name": "Ada Obi-Mensah", "time_zone": "Africa/Accra"})
    assert not written.unrecorded
    verbs = [entry.verb for entry in history_of(person).order_by("pk")]
    assert verbs[:2] == ["set a password", "changed the password"]
    assert {"added an address", "changed the main address", "edited"} <= set(verbs)
    assert {entry.actor for entry in history_of(person)} == {person}


def test_second_factors_leave_entries(rf, person):
    assert set(CHANGES) >= {signals.authenticator_added, signals.authenticator_removed, signals.authenticator_reset}
    totp = Authenticator(user=person, type=Authenticator.Type.TOTP, data={})
    codes = Authenticator(user=person, type=Authenticator.Type.RECOVERY_CODES, data={})
    sent = {"sender": Authenticator, "request": rf.get("/"), "user": person}
    signals.authenticator_added.send(authenticator=totp, **sent)
    signals.authenticator_added.send(authenticator=codes, **sent)
    signals.authenticator_removed.send(authenticator=totp, **sent)
    verbs = [entry.verb for entry in history_of(person).order_by("pk")]
    assert verbs == ["added a second factor", "made new recovery codes", "removed a second factor"]


def test_operators_pages_leave_entries_and_change_no_trail(client):
    assert [page for page in admin.site._registry.values() if not isinstance(page, RecordedAdmin | ReadOnlyAdmin)] == []
    operator, other = UserFactory(is_staff=True, is_superuser=True), UserFactory(full_name="Ben")
    client.force_login(operator)
    page = reverse("admin:accounts_user_change", args=[other.pk])
    form = client.get(page).context["adminform"].form
    sent = {name: value for name in form.fields if (value := form[name].value()) not in (None, False)}
    sent["languages"] = "[]"
    assert client.post(page, {**sent, "full_name": "Ben Asare"}).status_code == 302
    entry = AuditEntry.objects.get(object_type="accounts.user", object_id=other.pk)
    assert (entry.verb, entry.actor) == ("edited", operator)
    assert "Full name" in entry.data["fields"]
    assert client.post(reverse("admin:accounts_user_delete", args=[other.pk]), {"post": "yes"}).status_code == 403
    trail = reverse("admin:audit_auditentry_change", args=[entry.pk])
    assert client.get(trail).status_code == 200
    assert client.post(trail, {"verb": "nothing"}).status_code == 403
    assert client.get(reverse("admin:audit_readentry_changelist")).status_code == 200

"""A passkey in a real browser: the scripts that allauth brings must run under our content security policy."""

import pytest

from mentorship.devtools.testing.browser import chromium
from mentorship.devtools.testing.factories import UserFactory

PASSWORD = "a-long-enough-passphrase"
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.mark.browser
def test_a_coordinator_adds_a_passkey_and_signs_in_with_it(site, settings):
    settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
    user = UserFactory(email="coordinator@example.org")
    user.set_password(PASSWORD)
    user.save()
    with chromium() as browser:
        page = browser.new_page()
        faults: list[str] = []
        page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
        devices = page.context.new_cdp_session(page)
        devices.send("WebAuthn.enable")
        devices.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
        page.goto(f"{site}/accounts/login/")
        page.get_by_label("Email").fill(user.email)
        page.locator("input[type=password]").fill(PASSWORD)
        page.locator("input[type=password]").press("Enter")
        page.wait_for_url(lambda url: "login" not in url)
        page.goto(f"{site}/accounts/2fa/webauthn/add/")
        page.get_by_label("Password").fill(PASSWORD)  # asked again before the way in is changed
        page.get_by_role("button", name="Continue").click()
        page.get_by_label("Name").fill("My phone")
        page.get_by_label("Passwordless").check()
        page.locator("#mfa_webauthn_add").click()
        page.wait_for_url(lambda url: "add" not in url)
        page.context.clear_cookies()
        page.goto(f"{site}/accounts/login/")
        page.get_by_role("button", name="Use a passkey").click()
        page.wait_for_url(lambda url: "login" not in url)
        assert page.get_by_text("Sign out").count()
        assert faults == []

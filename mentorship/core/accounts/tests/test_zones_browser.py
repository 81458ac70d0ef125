"""The list of time zones in a browser: its own zone first, found by city, country and offset; and without scripts."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect

from mentorship.core.accounts.models import User
from mentorship.devtools.testing.browser import chromium
from mentorship.devtools.testing.factories import UserFactory

pytestmark = pytest.mark.browser


@pytest.fixture
def person(db, site, monkeypatch) -> User:
    # The browser's own loop runs in this thread while rows are read here.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    return UserFactory(full_name="Nima", time_zone="Etc/GMT-3")


def profile(browser, person: User, site: str, **options) -> Page:
    client = Client()
    client.force_login(person)
    context = browser.new_context(viewport={"width": 390, "height": 844}, timezone_id="Asia/Kathmandu", **options)
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": site}])
    page = context.new_page()
    page.goto(site + reverse("accounts:profile"))
    return page


def offered(page: Page) -> list[str]:
    return [" ".join(text.split()) for text in page.locator("[role=option]").all_inner_texts()]


def test_zones_are_found_by_city_country_and_offset_with_the_keyboard(person, site):
    with chromium() as browser:
        page = profile(browser, person, site)
        field = page.get_by_role("combobox", name="Time zone")
        expect(field).to_have_value("UTC+3")
        field.click()
        assert offered(page)[0] == "Kathmandu, Nepal (UTC+5:45) on this device"
        assert Axe().run(page).response["violations"] == []
        field.fill("são pau")
        assert offered(page) == ["Sao Paulo, Brazil (UTC-3)"]
        field.fill("Calcutta")
        assert offered(page) == ["Kolkata, India (UTC+5:30)"]
        field.fill("+3:30")
        assert offered(page) == ["Tehran, Iran (UTC+3:30)"]
        field.fill("UTC+03:00")
        found = offered(page)
        assert "Nairobi, Kenya (UTC+3)" in found
        assert all(text.endswith(("(UTC+3)", "UTC+3")) for text in found)
        field.fill("Atlantis")
        expect(page.get_by_text("No time zone found. Try a larger city")).to_be_visible()
        field.press("Escape")
        field.fill("kenya")
        field.press("Enter")
        expect(field).to_have_value("Nairobi, Kenya (UTC+3)")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_text("Saved.")).to_be_visible()
        person.refresh_from_db()
        assert person.time_zone == "Africa/Nairobi"


def test_without_scripts_the_list_is_a_list(person, site):
    with chromium() as browser:
        page = profile(browser, person, site, java_script_enabled=False)
        page.get_by_label("Time zone").select_option("Asia/Kathmandu")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_text("Saved.")).to_be_visible()
        person.refresh_from_db()
        assert person.time_zone == "Asia/Kathmandu"

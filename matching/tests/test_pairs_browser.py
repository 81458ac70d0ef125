"""On a phone: a mentee proposes a goal, the mentor agrees and writes a note, the mentee reads it; axe looks on."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from matching.models import PairGoal, PairNote
from mentorship.devtools.testing.browser import chromium

pytestmark = pytest.mark.browser
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def pair(cast, site, monkeypatch):
    # The browser's own loop runs in this thread while rows are read here.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    cookies = {}
    for who in ("mentee", "mentor"):
        client = Client()  # of their own: one that signs somebody else in ends the session before
        client.force_login(getattr(cast, who))
        cookies[who] = client.cookies["sessionid"].value
    return cast, site, cookies


def phone_of(browser: Browser, pair, who: str, errors: list[str]) -> Page:
    """The pair's page by the link of the intro, on the phone of one of them."""
    cast, site, cookies = pair
    context = browser.new_context(viewport=PHONE, is_mobile=True, has_touch=True)
    context.add_cookies([{"name": "sessionid", "value": cookies[who], "url": site}])
    page = context.new_page()
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.goto(f"{site}/my/pairs/{cast.mentee_enrollment.pk}/")
    return page


def faultless(page: Page) -> None:
    found = Axe().run(page).response["violations"]
    assert [(v["id"], [n["target"] for n in v["nodes"]]) for v in found] == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_a_pair_agrees_a_goal_and_reads_each_others_note(pair):
    errors: list[str] = []
    with chromium() as browser:
        mentee = phone_of(browser, pair, "mentee", errors)
        faultless(mentee)
        mentee.get_by_label("A goal").fill("Give one talk")
        mentee.get_by_role("button", name="Propose goal").tap()
        expect(mentee.get_by_text("the other side hasn’t agreed yet")).to_be_visible()

        mentor = phone_of(browser, pair, "mentor", errors)
        expect(mentor.get_by_text("proposed by Tariq Anwar")).to_be_visible()
        mentor.get_by_role("button", name="Agree: Give one talk").tap()
        expect(mentor.get_by_text("agreed on")).to_be_visible()
        mentor.get_by_role("link", name="Write a note").tap()
        mentor.wait_for_url("**/notes/new/")
        faultless(mentor)
        mentor.get_by_role("textbox", name="Note").fill("We talked about soil.")
        mentor.get_by_role("button", name="Save").tap()
        expect(mentor.get_by_text("Only the people of your pair read it")).to_be_visible()

        mentee.reload()
        expect(mentee.get_by_text("We talked about soil.")).to_be_visible()
        mentee.get_by_role("button", name="Reached: Give one talk").tap()
        expect(mentee.get_by_text("reached on")).to_be_visible()
        faultless(mentee)
        assert (PairGoal.objects.get().done_at is None, PairNote.objects.get().text) == (False, "We talked about soil.")
    assert errors == []

"""A session on the board with nothing but a keyboard, a drag, and a second coordinator beside it."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect

from matching.board.change_plan import ChangeRequest
from matching.board.services import change_board
from matching.engine import services as engine_services
from matching.models import BoardChange, MatchPin, MatchProposal
from mentorship.devtools.testing.browser import chromium
from mentorship.devtools.testing.factories import CohortFactory, EnrollmentFactory, RoleFactory, UserFactory

pytestmark = pytest.mark.browser


@pytest.fixture
def market(cast, site, monkeypatch):
    # The browser's own loop runs in this thread while rows are read here.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    cohort = CohortFactory(programme=cast.programme, slug="board", status="matching")
    people = {}
    for title, name, zone in (("Birds", "Ada", "Europe/Berlin"), ("Maps", "Bo", "Asia/Tokyo"), ("Soil", "Cy", "UTC")):
        people[title] = EnrollmentFactory(cohort=cohort, title=title, time_zone=zone)
        people[name] = EnrollmentFactory(cohort=cohort, role="mentor", user__full_name=name, time_zone=zone)
    people["run"], _ = engine_services.run_now(cohort=cohort, by=None)
    people["ben"] = UserFactory(full_name="Ben")
    RoleFactory(workspace=cast.programme.workspace, user=people["ben"])
    client = Client()
    client.force_login(cast.coordinator)
    people["cookie"] = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": site}
    return people


def open_board(browser, market, site, **size) -> Page:
    context = browser.new_context(viewport={"width": 1440, "height": 900, **size})
    context.add_cookies([market["cookie"]])
    page = context.new_page()
    page.goto(site + reverse("matching:board", args=["board"]))
    return page


def pairs(run):
    chosen = MatchProposal.objects.filter(run=run, kind="chosen")
    return dict(chosen.values_list("mentee__title", "mentor__user__full_name"))


def on_row(page: Page, title: str) -> None:
    """With the arrow keys to a row, from wherever the focus is."""
    for _ in range(40):
        if page.evaluate("document.activeElement.matches('[data-board-row]')"):
            break
        page.keyboard.press("Tab")
    for key in ("ArrowUp", "ArrowDown"):
        for _ in range(3):
            if page.evaluate("document.activeElement.textContent") == title:
                return
            page.keyboard.press(key)
    raise AssertionError(f"The keyboard never reaches {title}.")


def faultless(page: Page) -> None:
    found = Axe().run(page).response["violations"]
    assert [(v["id"], [n["target"] for n in v["nodes"]]) for v in found] == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_a_session_by_keyboard_swaps_locks_and_undoes(market, site):
    run = market["run"]
    with chromium() as browser:
        page = open_board(browser, market, site)
        errors: list[str] = []
        page.on("console", lambda m: errors.append(m.text) if m.type == "error" else None)
        faultless(page)
        on_row(page, "Birds")
        page.keyboard.press("s")
        expect(page.locator("#board-said")).to_contain_text("“Birds” is picked up")
        on_row(page, "Maps")
        page.keyboard.press("s")
        dialog = page.get_by_role("dialog", name="What this change costs")
        expect(dialog).to_be_visible()
        expect(dialog.get_by_role("row", name="Total score")).to_be_visible()
        faultless(page)
        page.keyboard.press("Escape")
        expect(dialog).to_be_hidden()
        assert not BoardChange.objects.exists()
        on_row(page, "Birds")
        page.keyboard.press("s")
        on_row(page, "Maps")
        page.keyboard.press("s")
        expect(dialog).to_be_visible()
        page.keyboard.press("Enter")
        expect(page.get_by_text("The coordinator swapped the mentors of “Birds” and “Maps”")).to_be_visible()
        expect(dialog).to_be_hidden()
        expect(page.locator("#board-state")).to_contain_text("1 change by hand: total")
        assert (pairs(run)["Birds"], pairs(run)["Maps"]) == ("Bo", "Ada")
        on_row(page, "Soil")
        page.keyboard.press("l")
        expect(page.locator("tr", has_text="Soil").get_by_text("locked", exact=True)).to_be_visible()
        expect(page.locator(":focus")).to_have_text("Soil")
        assert MatchPin.objects.get().mentee == market["Soil"]
        page.keyboard.press("u")
        expect(page.locator("tr", has_text="Soil").get_by_text("locked", exact=True)).to_have_count(0)
        expect(page.locator(":focus")).to_have_text("Soil")  # the board was replaced
        on_row(page, "Birds")
        page.keyboard.press("u")
        expect(page.get_by_text("proven best")).to_be_visible()
        assert (pairs(run)["Birds"], pairs(run)["Maps"]) == ("Ada", "Bo")
        assert not MatchPin.objects.exists()
        assert errors == []


def test_a_key_that_falls_into_a_refresh_is_not_lost(market, site):
    with chromium() as browser:
        page = open_board(browser, market, site)
        on_row(page, "Soil")
        # One task of the browser: the refresh has left, nothing has come back, and the key is pressed.
        page.evaluate("""() => {
            htmx.trigger("#board-page", "board-refresh");
            document.activeElement.dispatchEvent(new KeyboardEvent("keydown", {key: "l", bubbles: true}));
        }""")
        expect(page.locator("tr", has_text="Soil").get_by_text("locked", exact=True)).to_be_visible()
        assert MatchPin.objects.get().mentee == market["Soil"]


def test_a_mentor_is_dragged_and_what_another_coordinator_does_is_seen(market, site):
    run = market["run"]
    with chromium() as browser:
        page = open_board(browser, market, site)
        page.locator("tr", has_text="Birds").locator("[data-drag]").drag_to(page.locator("tr", has_text="Maps"))
        dialog = page.get_by_role("dialog", name="What this change costs")
        expect(dialog).to_be_visible()
        # Meanwhile another coordinator is faster; the board behind the dialog waits, the change is refused.
        change_board(run=run, wish=ChangeRequest("hold", market["Soil"].pk), version=0, by=market["ben"])
        dialog.get_by_role("button", name="Swap").click()
        late = page.get_by_role("dialog", name="Somebody was faster")
        expect(late.get_by_text("Ben left “Soil” for later")).to_be_visible()
        assert pairs(run)["Birds"] == "Ada"
        late.get_by_role("button", name="Swap").click()
        expect(page.get_by_text("swapped the mentors of “Birds” and “Maps”")).to_be_visible()
        assert pairs(run)["Birds"] == "Bo"
        expect(page.get_by_role("heading", name="Left for later")).to_be_visible()
        # Whoever only looks sees it too, without doing anything.
        change_board(run=run, wish=ChangeRequest("bring_back", market["Soil"].pk), version=2, by=market["ben"])
        expect(page.locator("#board-news")).to_contain_text("Ben brought “Soil” back", timeout=15_000)
        expect(page.get_by_role("heading", name="Left for later")).to_have_count(0)


def test_on_a_phone_the_board_fits_and_a_candidate_is_chosen(market, site):
    run = market["run"]
    with chromium() as browser:
        page = open_board(browser, market, site, width=390, height=844)
        faultless(page)
        page.goto(site + reverse("matching:candidate-list", args=["board", run.number, market["Birds"].pk]))
        faultless(page)
        page.locator("[data-change]").first.click()
        faultless(page)
        page.get_by_role("button", name="Swap").click()
        expect(page.get_by_text("swapped the mentors of")).to_be_visible()
        assert pairs(run)["Birds"] != "Ada"

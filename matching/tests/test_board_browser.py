"""A session on the board with nothing but a keyboard, a drag, and a second coordinator beside it."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect

from matching.board.change_plan import ChangeRequest
from matching.board.services import change_board
from matching.board.state import read_state
from matching.engine import services as engine_services
from matching.models import MatchPin, MatchProposal
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
    """With the keys to a row, from wherever the focus is."""
    for key in ("k", "k", "k", "j", "j", "j"):
        if page.evaluate("document.activeElement.closest('tr')?.dataset.name") == title:
            return
        page.keyboard.press(key)
    expect(page.locator(f"tr[data-name={title}] [data-board-row]")).to_be_focused()


def faultless(page: Page) -> None:
    found = Axe().run(page).response["violations"]
    assert [(v["id"], [n["target"] for n in v["nodes"]]) for v in found] == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def by_keyboard(page: Page, market) -> None:
    run = market["run"]
    faultless(page)
    on_row(page, "Birds")
    page.keyboard.press("Enter")
    why = page.locator("#why")
    expect(why).to_be_focused()
    expect(why.get_by_role("heading", level=2)).to_contain_text("with Ada")
    faultless(page)
    page.keyboard.press("Escape")
    expect(why).to_have_count(0)
    expect(page.locator("tr[data-name=Birds] [data-board-row]")).to_be_focused()
    page.keyboard.press("s")
    expect(page.locator("#board-said")).to_contain_text("“Birds” is picked up")
    on_row(page, "Maps")
    page.keyboard.press("s")
    dialog = page.get_by_role("dialog", name="What this change would do")
    expect(dialog.get_by_role("row", name="Total score")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator("#board-last")).to_contain_text("The coordinator swapped the mentors of “Birds” and “Maps”")
    expect(dialog).to_be_hidden()
    assert (pairs(run)["Birds"], pairs(run)["Maps"]) == ("Bo", "Ada")
    on_row(page, "Soil")
    # One task of the browser: a refresh has left, nothing has come back, and the key is pressed.
    page.evaluate("""() => {
        htmx.trigger(document.body, "board-moved");
        document.activeElement.dispatchEvent(new KeyboardEvent("keydown", {key: "l", bubbles: true}));
    }""")
    locked = page.locator("tr[data-name=Soil]").get_by_text("locked", exact=True)
    expect(locked).to_be_visible()
    expect(page.locator("tr[data-name=Soil] [data-board-row]")).to_be_focused()  # the board was replaced
    assert MatchPin.objects.get().mentee == market["Soil"]
    page.keyboard.press("u")
    expect(locked).to_have_count(0)
    page.keyboard.press("u")
    expect(page.get_by_text("proven best")).to_be_visible()
    assert (pairs(run)["Birds"], pairs(run)["Maps"]) == ("Ada", "Bo")


def beside_another_coordinator(page: Page, market) -> None:
    run = market["run"]
    version = read_state(run).version
    page.locator("tr[data-name=Birds] [data-drag]").drag_to(page.locator("tr[data-name=Maps]"))
    dialog = page.get_by_role("dialog", name="What this change would do")
    expect(dialog).to_be_visible()
    # A refresh that was under way when the dialog opened does not close it.
    with page.expect_response(lambda answer: answer.url.endswith("/matching/")):
        page.evaluate("""() => htmx.ajax("GET", location.href.split("?")[0], {
            source: "#board-page", target: "#board-page", select: "#board-page", swap: "outerHTML",
        })""")
    expect(dialog).to_be_visible()
    # Another coordinator is faster; the board behind the dialog waits, the change is refused.
    change_board(run=run, wish=ChangeRequest("hold", market["Soil"].pk), version=version, by=market["ben"])
    dialog.get_by_role("button", name="Swap").click()
    late = page.get_by_role("dialog", name="Somebody else changed the board")
    expect(late.get_by_text("Ben left “Soil” for later")).to_be_visible()
    assert pairs(run)["Birds"] == "Ada"
    late.get_by_role("button", name="Swap").click()
    expect(page.locator("#board-last")).to_contain_text("swapped the mentors of “Birds” and “Maps”")
    expect(page.get_by_role("heading", name="Left for later")).to_be_visible()
    # What somebody else does comes by itself, and what is being typed stays.
    search = page.get_by_label("Search pairs")
    # One task of the browser again: a refresh has left, and somebody types before it comes back.
    page.evaluate("""() => {
        document.getElementById("board").dataset.old = "";
        htmx.trigger(document.body, "board-moved");
        document.querySelector("#board-page [name=q]").value = "Bir";
    }""")
    expect(page.locator("#board[data-old]")).to_have_count(0)
    expect(search).to_have_value("Bir")
    change_board(run=run, wish=ChangeRequest("bring_back", market["Soil"].pk), version=version + 2, by=market["ben"])
    expect(page.locator("#board-news")).to_contain_text("Ben brought “Soil” back", timeout=60_000)
    expect(search).to_have_value("Bir")
    page.get_by_role("link", name="Show changes").click()
    expect(page.get_by_role("heading", name="Left for later")).to_have_count(0)
    expect(search).to_have_value("Bir")
    # Two clicks swap: the row, then the other mentor.
    page.locator("tr[data-name=Birds]").click()
    page.get_by_role("button", name="Swap").first.click()
    expect(page.locator("tr[data-name=Birds] .m-board-mentor")).not_to_contain_text("Bo")
    assert pairs(run)["Birds"] != "Bo"


def test_a_session_on_the_board(market, site):
    with chromium() as browser:
        page = open_board(browser, market, site)
        errors: list[str] = []
        page.on("console", lambda m: errors.append(m.text) if m.type == "error" else None)
        by_keyboard(page, market)
        assert errors == []
        beside_another_coordinator(page, market)
        phone = open_board(browser, market, site, width=390, height=844)
        faultless(phone)
        phone.locator("tr[data-name=Birds] [data-board-row]").click()
        expect(phone.locator("#why")).to_be_visible()
        expect(phone.locator("tr[data-name=Birds]")).to_be_hidden()
        faultless(phone)
        phone.go_back()
        expect(phone.locator("tr[data-name=Birds]")).to_be_visible()

"""A check-in answered on a phone with nothing but a keyboard, from one answer in the mail; axe looks at every page."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Page

from checkins.models import Answer, Case, CheckIn
from checkins.waves.sweep import sweep_checkins
from cohorts.models import Cohort
from mentorship.core.outbox.models import OutboxMessage
from mentorship.devtools.testing.browser import chromium

pytestmark = pytest.mark.browser
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def link(cast, site, monkeypatch):
    """The address of the answer “Once or twice” in the mentee's mail, on the test's own server."""
    # The browser's own loop runs in this thread while rows are read here.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    now = timezone.now().astimezone(UTC)
    OutboxMessage.objects.filter(pk=cast.match.intro_id).update(status="sent", sent_at=now - timedelta(days=95))
    Cohort.objects.filter(pk=cast.cohort.pk).update(starts_on=now.date() - timedelta(days=99))
    sweep_checkins(datetime.now(UTC))
    (mail,) = OutboxMessage.objects.filter(kind="check-in", to=[cast.mentee.email])
    found = re.search(r"https?://[^/]+(/c/\S+have-met=sometimes)", mail.full_text)
    assert found
    return site + found[1]


def faultless(page: Page) -> None:
    found = Axe().run(page).response["violations"]
    assert [(v["id"], [n["target"] for n in v["nodes"]]) for v in found] == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def press_to(page: Page, name: str) -> int:
    """Press Tab until a field of this name, or a button or link with this text, has the focus. Returns how often."""
    here = "n => (e => e.name === n || e.textContent.trim() === n)(document.activeElement)"
    for number in range(1, 40):
        page.keyboard.press("Tab")
        if page.evaluate(here, name):
            return number
    raise AssertionError(f"The keyboard never reaches {name}.")


def test_a_phone_a_keyboard_and_few_keys_are_enough(cast, link):
    with chromium() as browser:
        page = browser.new_page(viewport=PHONE, is_mobile=True, has_touch=True)
        errors: list[str] = []
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        page.goto(link)
        faultless(page)
        assert page.locator("input[name=have-met]:checked").input_value() == "sometimes"
        assert not Answer.objects.exists()
        keys = press_to(page, "helpful")
        page.keyboard.press("ArrowRight")  # from nothing to the first: little helpful
        keys += 1 + press_to(page, "want")
        page.keyboard.press("Space")
        page.keyboard.press("ArrowRight")
        keys += 2 + press_to(page, "words")
        page.keyboard.type("We lost sight of each other.")
        keys += press_to(page, "Send all")
        page.keyboard.press("Enter")
        page.wait_for_url("**/thanks/")
        faultless(page)
        # Reading aside: a key a second, and half a minute to write a sentence, is well below two minutes.
        assert keys < 40
        answers = {a.question.key: a.value or a.text for a in Answer.objects.select_related("question")}
        case = Case.objects.get()
        # A second visit shows the answers; they are changed with as few keys.
        press_to(page, "Change my answers")
        page.keyboard.press("Enter")
        page.wait_for_load_state()
        shown = page.locator("textarea[name=words]").input_value()
        assert errors == []
    assert answers["have-met"] == "sometimes"
    assert answers["want"] == "help"
    assert answers["words"] == shown == "We lost sight of each other."
    assert (case.kind, case.about, case.owner) == ("help", cast.mentee, cast.coordinator)
    assert CheckIn.objects.get(user=cast.mentee).status == "answered"

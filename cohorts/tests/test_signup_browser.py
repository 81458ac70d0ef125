"""Signing up on a phone with nothing but a keyboard, from the link to the confirmation; axe looks at every page."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from cohorts.models import Enrollment, SignupQuestion
from cohorts.questions.versions import move_question, save_question
from mentorship.core.outbox.models import OutboxMessage
from mentorship.devtools.testing.browser import chromium

pytestmark = pytest.mark.browser
PHONE = {"width": 390, "height": 844}
# Ends once the browser has stored these words; the page then says whether it has.
DRAFT_IS_STORED = """async (words) => {
  const isStored = () => [localStorage, sessionStorage].some((store) => Object.values(store).join().includes(words));
  for (let n = 0; n < 1000 && !isStored(); n++) await new Promise((next) => setTimeout(next, 20));
}"""


@pytest.fixture
def cohort(cast, site, monkeypatch):
    # The browser's own loop runs in this thread while rows are read here.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    cast.cohort.status, cast.cohort.signup_closes_at = "enrolling", None
    cast.cohort.suggested_topics = "Soil, Maps"
    cast.cohort.save()
    first = save_question(
        question=SignupQuestion(cohort=cast.cohort, role="mentee", kind="yes_no", text="Have you done this before?"),
        by=cast.coordinator,
    )
    save_question(
        question=SignupQuestion(
            cohort=cast.cohort,
            role="mentee",
            kind="short",
            text="Where was that?",
            required=True,
            shown_if=first.key,
            shown_if_value="yes",
        ),
        by=cast.coordinator,
    )
    return cast.cohort


def tab_to(page: Page, name: str) -> None:
    """Press Tab until a field of this name, or a button or link with this text, has the focus."""
    for _ in range(80):
        page.keyboard.press("Tab")
        here = "e => e === document.activeElement && (e.name === n || e.textContent.trim() === n)"
        if page.evaluate(f"n => ({here})(document.activeElement)", name):
            return
    raise AssertionError(f"The keyboard never reaches {name}.")


def fill(page: Page, name: str, text: str) -> None:
    tab_to(page, name)
    page.keyboard.type(text)


def faultless(page: Page) -> None:
    found = Axe().run(page).response["violations"]
    assert [(v["id"], [n["target"] for n in v["nodes"]]) for v in found] == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_sign_up_works_on_a_phone_with_the_keyboard_alone(cohort, site):
    with chromium() as browser:
        page = browser.new_page(viewport=PHONE, is_mobile=True, has_touch=True, timezone_id="Asia/Kathmandu")
        errors: list[str] = []
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        page.goto(f"{site}/join/{cohort.slug}/")
        open_form(page)
        describe_project(page)
        lose_the_session(page)
        answer_questions(page)
        send(page)
        confirm(page)
        assert errors == []
        enrollment = Enrollment.objects.get(user__email="nima@example.org")
        assert (enrollment.title, enrollment.country, enrollment.languages) == ("Maps of glaciers", "NP", ["en"])
        assert {a.question.text: a.value for a in enrollment.answers.all()} == {
            "Have you done this before?": True,
            "Where was that?": "In Lalitpur",
        }
        assert [topic.name for topic in enrollment.topics.all()] == ["Glaciers", "Snow, ice"]


def open_form(page: Page) -> None:
    """The form knows the browser's time zone."""
    faultless(page)
    tab_to(page, "Sign up as mentee")
    page.keyboard.press("Enter")
    page.wait_for_url("**/mentee/")
    faultless(page)
    assert page.locator("select[name=time_zone]").input_value() in ("Asia/Kathmandu", "Asia/Katmandu")


def go_on(page: Page) -> None:
    """Go on to the next step, which the address names."""
    tab_to(page, "Continue")
    page.keyboard.press("Enter")


def describe_project(page: Page) -> None:
    """The first step says what is missing before it lets go; the second one begins with its heading."""
    go_on(page)
    expect(page.get_by_text("Enter your name.")).to_be_visible()
    expect(page.locator("input[name=full_name]")).to_be_focused()
    page.keyboard.type("Nima")
    expect(page.get_by_text("Enter your name.")).to_be_hidden()
    fill(page, "email", "nima@example.org")
    page.get_by_label("Country").focus()
    page.keyboard.type("Nepal")
    page.keyboard.press("Tab")
    page.locator("#id_languages").focus()
    page.keyboard.type("English,")
    go_on(page)
    expect(page.get_by_role("heading", name="Your project")).to_be_focused()
    assert page.url.endswith("#step-2")
    fill(page, "title", "Maps of glaciers")
    fill(page, "description", "Ice that melts, seen from above.")
    page.keyboard.press("Tab")


def lose_the_session(page: Page) -> None:
    """The browser keeps the input, so nothing is lost with the session."""
    page.evaluate(DRAFT_IS_STORED, "Ice that melts, seen from above.")
    page.context.clear_cookies()
    page.reload()
    expect(page.get_by_text("We kept what you had typed here.")).to_be_visible()
    assert page.locator("input[name=full_name]").input_value() == "Nima"
    assert page.locator("input[name=languages]").input_value() == "English"
    assert page.locator("textarea[name=description]").input_value() == "Ice that melts, seen from above."


def answer_questions(page: Page) -> None:
    """Add a topic, and answer the question that another one reveals."""
    fill(page, "description", "")
    page.keyboard.press("Tab")
    while page.evaluate("document.activeElement.tagName") == "BUTTON":  # the topics that are suggested
        page.keyboard.press("Tab")
    page.keyboard.type('Glaciers, "Snow, ice",')
    go_on(page)
    page.go_back()
    expect(page.locator("textarea[name=description]")).to_be_visible()
    page.go_forward()
    go_on(page)
    expect(page.get_by_text("Have you done this before?")).to_be_visible()
    expect(page.get_by_text("Where was that?")).to_be_hidden()
    question = SignupQuestion.objects.get(text="Have you done this before?")
    tab_to(page, f"q_{question.key}")
    page.keyboard.press("Space")
    expect(page.get_by_text("Where was that?")).to_be_visible()
    other = SignupQuestion.objects.get(text="Where was that?")
    fill(page, f"q_{other.key}", "In Lalitpur")
    go_on(page)
    tab_to(page, "shares_address")
    page.keyboard.press("Space")
    faultless(page)


def send(page: Page) -> None:
    tab_to(page, "Sign up")
    page.keyboard.press("Enter")
    page.wait_for_url("**/sent/**")  # the address may still name the last step
    faultless(page)
    assert page.evaluate("Object.keys(localStorage).filter(k => k.startsWith('draft:')).length") == 0


def confirm(page: Page) -> None:
    """Confirm the address by the link of the mail."""
    mail = OutboxMessage.objects.get(to=["nima@example.org"])
    page.goto(next(word for word in mail.full_text.split() if "/join/confirm/" in word))
    assert not Enrollment.objects.filter(user__email="nima@example.org").exists()
    faultless(page)
    tab_to(page, "mine")
    page.keyboard.press("Space")
    tab_to(page, page.locator("main form button").inner_text().strip())
    page.keyboard.press("Enter")
    expect(page.get_by_text("Thank you, Nima")).to_be_visible()
    faultless(page)


def test_what_is_wrong_gets_the_focus_and_leads_into_the_fields(cohort, site):
    with chromium() as browser:
        page = browser.new_page()
        page.goto(f"{site}/join/{cohort.slug}/mentee/")
        rows = page.locator("[data-repeat=members] [data-repeat-row]")
        expect(rows).to_have_count(1)
        page.get_by_role("button", name="Add a person").click()
        expect(rows).to_have_count(2)
        page.locator("input[name=members-1-full_name]").fill("Baraka")
        page.get_by_role("button", name="Sign up").click()
        summary = page.locator("[data-error-summary]")
        expect(summary).to_be_focused()
        assert page.title().startswith("Error: ")
        faultless(page)
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.locator("input[name=full_name]")).to_be_focused()
        page.set_viewport_size(PHONE)  # now in steps, and a link opens that of its field
        for field, link in (("id_topics", "topic"), ("id_members-1-email", "Enter the email address of Baraka.")):
            summary.get_by_role("link", name=link).click()
            expect(page.locator(f"[id='{field}']")).to_be_focused()


def test_a_question_is_shown_by_what_it_depends_on_wherever_it_is(cohort, site, cast):
    then = SignupQuestion.objects.get(text="Where was that?")
    move_question(question=then, up=True, by=cast.owner)
    with chromium() as browser:
        page = browser.new_page()
        page.goto(f"{site}/join/{cohort.slug}/mentee/")
        field = page.locator(f"[id='id_q_{then.key}']")
        expect(field).to_be_hidden()
        page.get_by_label("Yes", exact=True).check()
        expect(field).to_be_visible()

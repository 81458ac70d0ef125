"""Clicks and seconds from an empty installation to an open sign-up form, counted in a browser.

    python -m mentorship.devtools.bench.first_steps http://127.0.0.1:8000 operator@example.org password

The installation is empty but for this operator (`manage.py createsuperuser`). Typing is as fast as people type; reading
is not counted. Exit status 1 with more than twelve clicks or five minutes.
"""

import sys
import time

from playwright.sync_api import Page

from mentorship.devtools.testing.browser import chromium

MOST_CLICKS, MOST_SECONDS = 12, 300
# Milliseconds between two keys: forty words a minute.
TYPING = 300


class Walk:
    """Clicks and types as a person, and counts the clicks."""

    def __init__(self, page: Page) -> None:
        self.page, self.clicks = page, 0

    def click(self, role: str, name: str) -> None:
        self.page.get_by_role(role, name=name).first.click()  # type: ignore[arg-type]
        self.page.wait_for_load_state()
        self.clicks += 1

    def type(self, label: str, text: str) -> None:
        field = self.page.get_by_label(label, exact=False).first
        field.focus()
        field.press_sequentially(text, delay=TYPING)


def walk(page: Page, base: str, email: str, password: str) -> int:
    """From the sign-in page to the open form; returns the number of clicks."""
    person = Walk(page)
    page.goto(f"{base}/accounts/login/")
    person.type("Email", email)
    person.type("Password", password)
    person.click("button", "Sign in")
    person.type("Name", "Tidepool Fellows")
    person.click("radio", "Pairs")
    person.click("button", "Create programme")
    person.click("button", "Plan the cohort")
    person.click("link", "Form for mentees")
    page.go_back()
    person.clicks += 1
    person.click("button", "The forms are right")
    person.click("button", "Open sign-up")
    link = page.get_by_label("Link to sign up").input_value()
    person.click("button", "Copy")
    page.context.clear_cookies()
    page.goto(link)
    page.get_by_role("link", name="Sign up as mentee").wait_for()
    return person.clicks


def main() -> int:
    base, email, password = sys.argv[1:4]
    with chromium() as browser:
        began = time.monotonic()
        page = browser.new_page()
        page.set_default_timeout(60_000)
        clicks = walk(page, base, email, password)
        seconds = time.monotonic() - began
    print(f"{clicks} clicks, {seconds:.0f} seconds, typing included")
    return int(clicks > MOST_CLICKS or seconds > MOST_SECONDS)


if __name__ == "__main__":
    sys.exit(main())

"""Take the pictures of the guide and of the README from the demo in this database."""

import mimetypes
import os
import shutil
from argparse import ArgumentParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management.base import BaseCommand, CommandError
from django.test import Client
from django.urls import reverse

from mentorship.core.accounts.models import User
from mentorship.devtools.demo import fill

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Route

SITE = "http://demo.example.org"
WIDE, PHONE = {"width": 1200, "height": 780}, {"width": 390, "height": 780}
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome")
TEAM, MENTEE, NOBODY = "coordinator", "mentee", ""
# File, who looks, view with its arguments, size of the window.
PICTURES: tuple[tuple[str, str, tuple[str, ...], dict[str, int]], ...] = (
    ("docs/guide/img/today.png", TEAM, ("home",), WIDE),
    ("docs/guide/img/programme.png", TEAM, ("cohorts:programme-detail", "open-seeds"), WIDE),
    ("docs/guide/img/plan.png", TEAM, ("cohorts:plan-detail", "seeds-2"), WIDE),
    ("docs/guide/img/sign-up.png", NOBODY, ("cohorts:signup-create", "seeds-3", "mentee"), PHONE),
    ("docs/guide/img/people.png", TEAM, ("cohorts:people-list", "seeds-2"), WIDE),
    ("docs/guide/img/review.png", TEAM, ("cohorts:review-list", "seeds-3"), WIDE),
    ("docs/guide/img/matching.png", TEAM, ("matching:board", "seeds-2"), WIDE),
    ("docs/guide/img/training.png", TEAM, ("training:session-list", "seeds-2"), WIDE),
    ("docs/guide/img/check-ins.png", TEAM, ("checkins:checkin-list", "seeds-1"), WIDE),
    ("docs/guide/img/mentee.png", MENTEE, ("home",), PHONE),
    ("docs/guide/img/emails.png", TEAM, ("outbox:message-list",), WIDE),
    ("docs/guide/img/partners.png", TEAM, ("partners:partner-list",), WIDE),
)


class Command(BaseCommand):
    help = "Take the pictures of docs/guide and of the README. Needs the demo in this database, and a Chromium."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--only", default="", help="only pictures whose file has this in its name")

    def handle(self, *args: Any, **options: Any) -> None:
        if not fill.has_demo():
            raise CommandError("The pictures are of the demo: run `manage.py demo` in an empty database first.")
        # Playwright is for development; and it runs a loop of its own while rows are read here.
        from playwright.sync_api import sync_playwright  # noqa: PLC0415 optional dependency: of the tools only

        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
        settings.ALLOWED_HOSTS = ["*"]
        addresses = dict(fill.sign_ins())
        with sync_playwright() as playwright:
            found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUMS)), None)
            browser = playwright.chromium.launch(executable_path=found)
            for file, role, (view, *of), size in PICTURES:
                if options["only"] in file:
                    take(browser, file, addresses.get(role, ""), reverse(view, args=of), size)
                    self.stdout.write(file)
            browser.close()


def take(browser: "Browser", file: str, email: str, path: str, size: dict[str, int]) -> None:
    """One picture of the first screen of a page, which the browser gets from this process and not from a server."""
    client = Client(SERVER_NAME=SITE.partition("//")[2])
    if email:
        client.force_login(User.objects.get(email=email))
    context = browser.new_context(viewport={"width": size["width"], "height": size["height"]}, color_scheme="light")
    context.route("**/*", lambda route: _answer(route, client))
    page = context.new_page()
    page.goto(SITE + path)
    target = Path(settings.BASE_DIR) / file
    target.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=target)
    context.close()


def _answer(route: "Route", client: Client) -> None:
    path = route.request.url.removeprefix(SITE)
    if path.startswith(settings.STATIC_URL):
        found = finders.find(path.removeprefix(settings.STATIC_URL).partition("?")[0])
        kind = mimetypes.guess_type(path)[0] or "text/plain"
        route.fulfill(path=str(found), content_type=kind) if found else route.fulfill(status=404)
        return
    answer = client.get(path, follow=True)
    route.fulfill(status=answer.status_code, body=answer.content, content_type=answer.headers["Content-Type"])

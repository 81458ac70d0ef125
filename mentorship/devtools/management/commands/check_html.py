"""Check the HTML of every page of the demo with the Nu HTML checker (vnu.jar, from the npm package vnu-jar)."""

import json
import logging
import os
import re
import subprocess
import tempfile
from argparse import ArgumentParser
from collections import defaultdict
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.test import Client

from mentorship.core.accounts.models import User
from mentorship.core.outbox.models import OutboxMessage
from mentorship.devtools.demo import fill
from mentorship.devtools.testing.walks.crawl import crawl

# Pages that no crawl of a signed-in person reaches, with what they show to visitors.
OF_VISITORS = ("/", "/accounts/login/", "/accounts/login/code/", "/accounts/password/reset/", "/no-such-page/")
OF_OPERATORS = ("/setup/", "/health/page/")
MAILS = 2  # of each kind
# htmx has attributes of its own; old mail programs want some that are obsolete on pages.
ALLOWED = re.compile(r"^Attribute “hx-|^The “(align|valign|bgcolor|cellpadding|cellspacing|border|width)” attribute")


class Command(BaseCommand):
    help = "Check every page and some mails of the demo in this database with the Nu HTML checker. Needs Java."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--jar", default=os.environ.get("VNU_JAR", ""), help="where vnu.jar is (or VNU_JAR)")

    def handle(self, *args: Any, **options: Any) -> None:
        if not Path(options["jar"]).is_file():
            raise CommandError("Say where vnu.jar is: --jar node_modules/vnu-jar/build/dist/vnu.jar")
        if not fill.has_demo():
            raise CommandError("The pages are those of the demo: run `manage.py demo` in an empty database first.")
        settings.ALLOWED_HOSTS = ["*"]
        settings.DEBUG = False  # which keeps every query in memory
        logging.disable(logging.WARNING)
        with tempfile.TemporaryDirectory() as folder:
            pages = Pages(Path(folder))
            write_pages(pages)
            found = check(options["jar"], pages)
        for message, places in sorted(found.items(), key=lambda one: -len(one[1])):
            self.stdout.write(f"{len(places):>5} × {message}\n        {places[0]}")
        self.stdout.write(f"{len(pages.of)} pages, {sum(map(len, found.values()))} findings")
        if found:
            raise CommandError("Mend the findings above.")


class Pages:
    """Pages as files, and where each comes from."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.of = folder, dict[str, str]()

    def keep(self, who: str, url: str, html: str) -> None:
        if "<!doctype" not in html.lower():
            return  # a part of a page, for a script
        name = f"{len(self.of)}.html"
        (self.folder / name).write_text(html)
        self.of[name] = f"{who} {url}"


def write_pages(pages: Pages) -> None:
    """Every page that somebody of each role reaches, those of visitors, and mails of each kind."""
    for role, email in fill.sign_ins():
        client = Client()
        client.force_login(User.objects.get(email=email))
        crawl(client, show=lambda url, html, role=role: pages.keep(role, url, html))  # type: ignore[misc]
    for url in OF_VISITORS:
        pages.keep("visitor", url, Client().get(url, follow=True).content.decode())
    crawl(Client(), show=lambda url, html: pages.keep("visitor", url, html))
    kinds: dict[str, int] = defaultdict(int)
    for message in OutboxMessage.objects.exclude(body_html="").order_by("-created_at"):
        kinds[message.kind] += 1
        if kinds[message.kind] <= MAILS:
            pages.keep("mail", message.kind, message.full_html)


def check(jar: str, pages: Pages) -> dict[str, list[str]]:
    """Findings of the checker: the message → where."""
    command = ["java", "-Xss4m", "-jar", jar, "--format", "json", "--exit-zero-always", str(pages.folder)]
    answer = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 (the path of an operator)
    found: dict[str, list[str]] = defaultdict(list)
    for one in json.loads(answer.stderr)["messages"]:
        name = Path(one["url"]).name
        if ALLOWED.match(one["message"]):
            continue
        extract = " ".join(one.get("extract", "").split())
        found[one["message"]].append(f"{pages.of[name]}: {extract}")
    return found

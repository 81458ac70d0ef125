"""Promise: no input is a server error. Every form and list of the demo is sent what no browser would send."""

import os
import random
import tempfile
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.test import Client, override_settings

from mentorship.core.accounts.models import User
from mentorship.devtools.assurance.table import Row
from mentorship.devtools.demo import fill
from mentorship.devtools.testing.demo import filled_demo
from mentorship.devtools.testing.walks.crawl import crawl
from mentorship.devtools.testing.walks.forms import PageForm, post_forms

REQUESTS = int(os.environ.get("ASSURANCE_INPUTS", "10000"))
ROLES = ("programme owner", "mentor", "mentee", "partner contact")

NUMBERS = ("-1", "0", "1e400", "NaN", "½", "٣", "18446744073709551616", "9" * 400)
DATES = ("2027-02-30", "0000-00-00", "99999-01-01", "2027-03-28T02:30", "24:61", "Europe/Nowhere", "en_XX")
CODE = ("[]", "{}", "null", '{"a":', "%", "%00", "%s", "{name}", "{{ 1 }}", "<svg onload=x>", "None", "on", "true")
PLACES = ("../../etc/passwd", "a@b@c", "@", "a@" + "b" * 300, "javascript:x", "http://[::1", "\r\nBcc: a@example.org")
LETTERS = ("", " ", "\x00", "a\x00b", "\ud800", "\ufeff", "\u202e", "x" * 100_000, "🦉" * 500)
WORDS = (*NUMBERS, *DATES, *CODE, *PLACES, *LETTERS)
# A body that is no form at all, with the type that it claims to have.
BODIES = (
    (b"\xff\xfe\x00", "application/x-www-form-urlencoded; charset=utf-8"),
    (b"a=1&" * 10_000, "application/x-www-form-urlencoded"),
    (b"{" * 5_000, "application/json"),
    (b"--x\r\nContent-Disposition: form-data", "multipart/form-data; boundary=x"),
    (b"x", "multipart/form-data"),
    (b"\x00" * 1_000, "text/plain; charset=no-such"),
)


def rows() -> Iterator[Row]:
    """Send forms, queries and bodies to every page that four roles reach; each change is rolled back."""
    chance, errors, sent = random.Random(15), list[str](), 0
    # Pages for developers print every variable, however long.
    with tempfile.TemporaryDirectory() as media, filled_demo(Path(media)), override_settings(DEBUG=False):
        people = dict(fill.sign_ins())
        targets = [target for role in ROLES for target in _targets(User.objects.get(email=people[role]))]
        while sent < REQUESTS:
            browser, url, form = chance.choice(targets)
            status = _send(browser, url, form, chance)
            sent += 1
            if status >= 500:
                errors.append(f"{url}: {status}")
    yield Row(
        "S15",
        "No input is a server error",
        f"{sent} requests to {len(targets)} pages and forms of {len(ROLES)} roles, with {len(WORDS)} bad values",
        "; ".join([f"{len(errors)} errors", *sorted(set(errors))[:5]]),
        not errors,
    )


def _targets(user: User) -> Iterator[tuple[Client, str, PageForm | None]]:
    """Each page that somebody reaches, and each form on them once: every page has the one that signs out."""
    known = set()
    browser = Client(raise_request_exception=False)
    browser.force_login(user)
    for url in crawl(browser).pages:
        yield browser, url, None
        answer = browser.get(url)
        if answer["Content-Type"].startswith("text/html"):
            for form in post_forms(answer.content.decode(), url):
                if (looks := (form.action, *sorted(form.values))) not in known:
                    known.add(looks)
                    yield browser, form.action, form


def _send(browser: Client, url: str, form: PageForm | None, chance: random.Random) -> int:
    """Send one bad request, and return the status of the answer. Whoever it signs out is signed in again."""
    session = browser.cookies[settings.SESSION_COOKIE_NAME].value
    with transaction.atomic():
        if form is None:
            names = ("page", "q", "sort", "group", "status", "topic", "as", "next", "ids", _text(chance) or "x")
            query = {chance.choice(names): _text(chance) for _ in range(chance.randint(1, 3))}
            answer = browser.get(url.partition("?")[0], query)
        elif chance.random() < 0.1:
            body, kind = chance.choice(BODIES)
            answer = browser.generic("POST", url, body, content_type=kind)
        else:
            few = chance.random()  # from one bad field to all of them
            bad = {name: [_text(chance)] if chance.random() < few else value for name, value in form.values.items()}
            answer = browser.post(url, bad)
        transaction.set_rollback(True)
    browser.cookies[settings.SESSION_COOKIE_NAME] = session
    return answer.status_code


def _text(chance: random.Random) -> str:
    """A bad value, as bytes can carry it."""
    return chance.choice(WORDS).encode("utf-8", "surrogatepass").decode("utf-8", "replace")

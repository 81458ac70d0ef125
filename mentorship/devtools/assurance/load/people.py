"""People as locust plays them, in an environment of its own: this module imports nothing of the product's models.

Each request is a line of `requests.jsonl` in LOAD_FOLDER, and whatever a page said to be done one of
`acknowledged.jsonl`.
"""

import importlib.util
import json
import os
import random
import time
from itertools import count
from pathlib import Path
from typing import Any

from locust import HttpUser, constant_pacing, events, task

FOLDER = Path(os.environ["LOAD_FOLDER"])
WORLD = json.loads((FOLDER / "world.json").read_text())
PATIENCE = 90  # seconds; whoever waits longer is told in the figures that it hung
_numbers = count(1)
_spec = importlib.util.spec_from_file_location("forms", os.environ["LOAD_FORMS"])
assert _spec is not None
assert _spec.loader is not None
_forms: Any = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_forms)


def note(name: str, line: dict[str, Any]) -> None:
    """Add a line to a file; acknowledged requests must outlive this process."""
    with (FOLDER / f"{name}.jsonl").open("a") as out:
        out.write(json.dumps(line) + "\n")


@events.request.add_listener
def _note_request(name: str, response_time: float, response: Any, exception: Any, **_more: Any) -> None:
    status = getattr(response, "status_code", 0) or 0
    error = type(exception).__name__ if exception and not status else ""
    note("requests", {"at": time.time(), "name": name, "ms": response_time, "status": status, "error": error})


class Person(HttpUser):
    """A person at an address of their own, with a browser that keeps cookies."""

    abstract = True
    wait_time = constant_pacing(2)

    def on_start(self) -> None:
        number = next(_numbers)
        # As a proxy does: a connection that is kept may close just when the next request takes it.
        self.client.headers["Connection"] = "close"
        self.client.headers["X-Forwarded-For"] = f"10.{os.getpid() % 200}.{number // 250}.{number % 250 + 1}"

    def open(self, path: str, name: str) -> Any:
        return self.client.get(path, name=name, timeout=PATIENCE)

    def send(self, page: Any, name: str, action: str = "", **typed: Any) -> Any:
        """Fill in the form of a page, by its action where it has several, and send it; again if the server was busy."""
        forms = _forms.post_forms(page.text, page.url.partition("?")[0].removeprefix(self.host))
        form = next((one for one in forms if action in one.action and "next" not in one.values), None)
        if form is None:
            return page
        data = {**form.values, **{key: [value] for key, value in typed.items()}}
        return self.client.post(form.action, data=data, name=name, timeout=PATIENCE)

    def sign_in(self, email: str) -> bool:
        page = self.open("/accounts/login/", "sign in")
        answer = self.send(page, "sign in", "/accounts/login/", login=email, password=WORLD["password"])
        return answer.status_code == 200 and "login" not in answer.url


class Newcomer(Person):
    """Signs up, reads the mail, confirms."""

    weight = 4

    @task
    def sign_up(self) -> None:
        self.client.cookies.clear()
        email = f"new{os.getpid()}-{next(_numbers)}@example.org"
        path = f"/join/{WORLD['open']}/mentee/"
        page = self.open(path, "sign-up form")
        if page.status_code != 200:
            return
        answer = self.send(
            page,
            "sign up",
            path,
            full_name="Wanjiru",
            email=email,
            title="Soil maps",
            description="Maps of soil.",
            topics="Soil, remote sensing",
            goals="A first map.",
            country="KE",
            time_zone="Africa/Nairobi",
            languages="English, Swahili",
            shares_address="on",
            **{"members-TOTAL_FORMS": "0"},
        )
        if answer.status_code == 200 and answer.url.endswith("/sent/"):
            note("acknowledged", {"kind": "signed up", "what": email})
        elif answer.status_code == 422:
            note("refused", {"path": path, "text": answer.text})

    @task
    def confirm(self) -> None:
        """Confirm by a link that arrived at the mail server, each once."""
        if not (link := _mailed_link()):
            return
        address, path = link
        self.client.cookies.clear()
        answer = self.send(self.open(path, "confirm form"), "confirm", "/join/confirm/", mine="yes")
        if answer.status_code == 200 and "Thank you" in answer.text:
            note("acknowledged", {"kind": "confirmed", "what": address})


_read = 0
_links: list[tuple[str, str]] = []


def _mailed_link() -> tuple[str, str] | None:
    """The oldest link to confirm that nobody followed yet."""
    global _read  # noqa: PLW0603 one process reads one file
    if not _links and (file := FOLDER / "mails.jsonl").exists():
        with file.open() as mails:
            mails.seek(_read)
            for line in iter(mails.readline, ""):
                if not line.endswith("\n"):
                    break
                _read += len(line.encode())
                mail = json.loads(line)
                if "/join/confirm/" in mail["text"]:
                    path = "/join/confirm/" + mail["text"].partition("/join/confirm/")[2].split()[0]
                    _links.append((mail["to"][0], path))
    return _links.pop(0) if _links else None


class Answerer(Person):
    """Answers a check-in by its link."""

    weight = 3

    @task
    def answer(self) -> None:
        if not WORLD["checkins"]:
            return
        link = WORLD["checkins"].pop()
        self.client.cookies.clear()
        page = self.open(link.removeprefix(self.host), "check-in form")
        answer = self.send(page, "answer", "/c/", good="yes", words="Thank you ⭐")
        if answer.status_code == 200 and answer.url.endswith("/thanks/"):
            note("acknowledged", {"kind": "answered", "what": link})


class Coordinator(Person):
    """Reads lists, and confirms one run of matches after the other."""

    weight = 3
    signed_in = False

    @task(3)
    def read(self) -> None:
        if not self._is_in():
            return
        cohort = WORLD["cohort"]
        pages = ["/", f"/cohorts/{cohort}/people/", f"/cohorts/{cohort}/check-ins/", "/messages/"]
        path = random.choice(pages)
        if "/accounts/login/" in self.open(path, f"coordinator: {path}").url:
            self.signed_in = False

    @task(1)
    def confirm_matches(self) -> None:
        if not self._is_in() or not WORLD["runs"]:
            return
        path = WORLD["runs"].pop()
        page = self.open(path, "preview of intros")
        answer = self.send(page, "confirm matches", "/confirm/")
        if answer.status_code == 200 and "confirmed." in answer.text:
            note("acknowledged", {"kind": "matches confirmed", "what": path})

    def _is_in(self) -> bool:
        self.signed_in = self.signed_in or self.sign_in(WORLD["coordinator"])
        return self.signed_in


class Mentee(Person):
    """Signs in and looks at their own pages."""

    weight = 2
    signed_in = False

    @task
    def look(self) -> None:
        self.signed_in = self.signed_in or self.sign_in(WORLD["mentee"])
        if self.signed_in and "/accounts/login/" in self.open("/", "mentee: home").url:
            self.signed_in = False


class Probe(Person):
    """Asks for the empty view, against which the others are measured."""

    fixed_count = 1
    wait_time = constant_pacing(1)

    @task
    def ask(self) -> None:
        self.open("/healthz", "empty view")

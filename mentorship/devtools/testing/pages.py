"""Read pages in tests."""

import re
from html import unescape
from html.parser import HTMLParser

from django.http import HttpResponse

from mentorship.core.views import CONFIRMED, YES

# What the page of a question sends in addition: it was read, and answered with yes.
SURE = {CONFIRMED: YES}


def words_in(page: HttpResponse | str) -> str:
    """The page with single spaces: where a template breaks its lines is no test's concern."""
    html = page if isinstance(page, str) else page.content.decode()
    return " ".join(html.split())


class FirstForm(HTMLParser):
    """The first form of a page that is sent by POST, as somebody sends it who touches nothing but its first button.

    `data` is what a browser would send, `action` where to; `links` are the addresses of the whole page.
    """

    def __init__(self, page: HttpResponse | str) -> None:
        super().__init__()
        self.found = False
        self.action = ""
        self.data: dict[str, list[str]] = {}
        self.links: list[str] = []
        self._inside = self._pressed = False
        self._select = self._text = ""
        self.feed(page if isinstance(page, str) else page.content.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        if tag == "form" and not self.found and given.get("method", "").lower() == "post":
            self.found = self._inside = True
            self.action = given.get("action", "")
        if self._inside and "disabled" not in given:
            self._read(tag, given)

    def _read(self, tag: str, given: dict[str, str]) -> None:
        name, kind = given.get("name", ""), given.get("type", "text" if tag == "input" else "submit")
        match tag:
            case "button" | "input" if kind == "submit":
                if not self._pressed and name:
                    self._add(name, given.get("value", ""))
                self._pressed = True
            case "input" if kind in ("checkbox", "radio"):
                if "checked" in given:
                    self._add(name, given.get("value", "on"))
            case "input" if name and kind not in ("button", "file", "image", "reset"):
                self._add(name, given.get("value", ""))
            case "select":
                self._select = name
            case "option" if self._select:
                # A browser sends the first one if none is selected.
                if "selected" in given or self._select not in self.data:
                    self.data[self._select] = [given.get("value", "")]
            case "textarea":
                self._text = name
                self.data[name] = [""]

    def handle_data(self, data: str) -> None:
        if self._text:
            self.data[self._text] = [self.data[self._text][0] + data]

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        elif tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._text = ""

    def _add(self, name: str, value: str) -> None:
        self.data.setdefault(name, []).append(value)


def text_in(page: HttpResponse | str) -> str:
    """The text of a page, without its tags."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", words_in(page))).split())

"""Read the forms of a page as a browser does, and fill in what they require."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit

# Values for empty fields, by the type of the input.
TYPED = {
    "email": "somebody.new@example.org",
    "date": "2027-03-05",
    "datetime-local": "2027-03-05T10:00",
    "time": "10:00",
    "url": "https://example.org/",
    "number": "1",
}


@dataclass
class PageForm:
    """A form: where it posts to, what stands in its fields, and its buttons."""

    action: str
    values: dict[str, list[str]] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)

    def sendings(self) -> Iterator[dict[str, list[str]]]:
        """The data sent by each of its buttons."""
        for name, value in self.buttons or [("", "")]:
            yield {**self.values, **({name: [value]} if name else {})}


def post_forms(page: str, url: str) -> list[PageForm]:
    """The forms of a page that post, filled in; those that lead away from the site are left out."""
    reader = _Forms(page)
    found = [form for form in reader.forms if not urlsplit(form.action).netloc]
    for form in found:
        form.action = urljoin(url, form.action) if form.action else url
    return found


class _Forms(HTMLParser):
    """Collects forms; a required field that is empty is filled in, of radios and lists one is chosen."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.forms: list[PageForm] = []
        self.form: PageForm | None = None
        self.select: dict[str, Any] | None = None
        self.textarea: dict[str, Any] | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.form = PageForm(given.get("action", "")) if given.get("method", "").lower() == "post" else None
            if self.form:
                self.forms.append(self.form)
        if self.form is None or "disabled" in given:
            return
        if tag == "input":
            self._input(given)
        elif tag == "button" and given.get("type", "submit") == "submit":
            self.form.buttons.append((given.get("name", ""), given.get("value", "")))
        elif tag == "select":
            self.select = {**given, "options": [], "selected": []}
        elif tag == "option" and self.select is not None:
            self.select["options"].append(given.get("value", ""))
            if "selected" in given:
                self.select["selected"].append(given.get("value", ""))
        elif tag == "textarea":
            self.textarea = {**given, "text": ""}

    def _input(self, given: dict[str, str]) -> None:
        assert self.form is not None
        kind, name, value = given.get("type", "text"), given.get("name", ""), given.get("value", "")
        if kind in ("checkbox", "radio"):
            # Of lists of ticks the first one, as somebody who chooses one row.
            wanted = "checked" in given or ("required" in given and name not in self.form.values)
            wanted = wanted or (name in ("pk", "ids", "chosen") and name not in self.form.values)
            if wanted or (kind == "radio" and name not in self.form.values):
                if kind == "radio":
                    self.form.values[name] = [value or "on"]
                else:
                    self.form.values.setdefault(name, []).append(value or "on")
        elif name and kind not in ("submit", "file", "button", "image", "reset"):
            if not value and "required" in given:
                value = given.get("min") or TYPED.get(kind, "Something")
            self.form.values.setdefault(name, []).append(value)

    def handle_data(self, data: str) -> None:
        if self.textarea is not None:
            self.textarea["text"] += data

    def handle_endtag(self, tag: str) -> None:
        if self.form is None:
            return
        if tag == "form":
            self.form = None
        elif tag == "select" and self.select is not None:
            chosen = (
                self.select["selected"] or [o for o in self.select["options"] if o or "required" not in self.select][:1]
            )
            if "multiple" in self.select:
                chosen = self.select["selected"] or [o for o in self.select["options"] if o][:1]
            self.form.values[self.select.get("name", "")] = chosen
            self.select = None
        elif tag == "textarea" and self.textarea is not None:
            text = self.textarea["text"].removeprefix("\n")
            if not text and "required" in self.textarea:
                text = "Something"
            self.form.values[self.textarea.get("name", "")] = [text]
            self.textarea = None

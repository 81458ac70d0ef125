"""The coordinator's guide: the Markdown files of docs/guide as pages, and which of them helps with which view."""

import re
import struct
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from markdown_it import MarkdownIt
from markdown_it.token import Token

FOLDER = Path(settings.BASE_DIR) / "docs" / "guide"
FIRST = "README"
# The beginning of a view's name → the page of the guide about it, perhaps with a heading. The longest beginning wins.
HELP = {
    "first-run": "plan",
    "cohorts:": "plan",
    "cohorts:cohort-share": "sign-up",
    "cohorts:signup-": "sign-up",
    "cohorts:question-": "sign-up",
    "cohorts:people-": "people",
    "cohorts:enrollment-": "people",
    "cohorts:duplicate": "people#the-same-person-twice",
    "cohorts:import-": "people#import-a-sheet",
    "cohorts:invitation": "people#people-of-earlier-rounds",
    "cohorts:waitlist-": "selection#offers-and-the-waitlist",
    "cohorts:review-": "selection",
    "cohorts:rubric": "selection",
    "cohorts:conflict": "selection",
    "cohorts:selection-": "selection#selection-rules",
    "cohorts:mailing-": "emails",
    "cohorts:weekly-mail": "emails#the-weekly-email",
    "cohorts:mail-template": "emails#your-own-wording",
    "cohorts:programme-": "programme",
    "cohorts:team": "programme#the-team",
    "cohorts:topic-": "programme#topics",
    "public:": "programme#public-pages",
    "outbox:": "emails#messages",
    "health-page": "emails#messages",
    "team-news": "emails#what-you-are-told",
    "matching:": "matching",
    "matching:match-": "matching#after-the-intro",
    "matching:event-": "matching#speed-mentoring",
    "training:": "training",
    "checkins:": "check-ins",
    "checkins:graduation": "check-ins#at-the-end",
    "partners:": "partners",
    "partners:report": "partners#reports",
    "partners:version": "partners#reports",
    "partners:quote": "partners#reports",
    "partners:invoice": "partners#money",
    "partners:cost": "partners#money",
    "partners:fund": "partners#money",
    "partners:bank": "partners#money",
    "partners:biller": "partners#money",
    "partners:outstanding": "partners#money",
}


@dataclass(frozen=True)
class GuidePage:
    """A page of the guide. `headings` are (anchor, text) of its sections."""

    name: str
    title: str
    html: SafeString
    headings: tuple[tuple[str, str], ...]

    def get_absolute_url(self) -> str:
        return address_of(self.name)


def address_of(name: str, anchor: str = "") -> str:
    """The address of a page by the name of its file."""
    url = reverse("help") if name == FIRST else reverse("help-page", args=[name])
    return f"{url}#{anchor}" if anchor else url


def help_for(view: str) -> str:
    """The address of the help for a view; of the first page where nothing is about it."""
    begins = [begin for begin in HELP if view.startswith(begin)]
    name, _, anchor = HELP[max(begins, key=len)].partition("#") if begins else (FIRST, "", "")
    return address_of(name, anchor)


@cache
def page_names() -> tuple[str, ...]:
    """The names of the pages in the order in which the first page lists them, without the first page."""
    return tuple(re.findall(r"\]\(([\w-]+)\.md\)", (FOLDER / f"{FIRST}.md").read_text()))


def all_pages() -> list[GuidePage]:
    return [read_page(name) for name in page_names()]


def neighbours_of(name: str) -> tuple[str, str]:
    """The names of the pages before and after a page; "" where there is none."""
    order = ("", FIRST, *page_names(), "")
    return next((before, after) for (before, at), (_, after) in pairwise(pairwise(order)) if at == name)


@cache
def read_page(name: str) -> GuidePage:
    """Read and render a page. Its files come with the release, so each is read once."""
    parser = MarkdownIt("commonmark", {"html": False, "xhtmlOut": False})
    tokens = parser.parse((FOLDER / f"{name}.md").read_text())
    title, headings = tokens[1].content, []
    body = tokens[3:]  # the title is the heading of the page
    for token, words in pairwise(body):
        if token.type == "heading_open":
            token.attrSet("id", slugify(words.content))
            headings.append((slugify(words.content), words.content))
    for token in body:
        for part in token.children or []:
            _adapt(part)
    html = parser.renderer.render(body, parser.options, {})
    return GuidePage(name, title, mark_safe(html), tuple(headings))  # made of our own files


def _adapt(part: Token) -> None:
    """Links and pictures between files become those between pages."""
    link, picture = str(part.attrGet("href") or ""), str(part.attrGet("src") or "")
    if part.type == "link_open" and ":" not in link:
        file, _, anchor = link.partition("#")
        part.attrSet("href", address_of(file.removesuffix(".md"), anchor) if file else f"#{anchor}")
    if part.type == "image":
        width, height = _size_of(FOLDER / picture)
        part.attrSet("src", static(f"guide/{Path(picture).name}"))
        part.attrSet("width", str(width))
        part.attrSet("height", str(height))
        part.attrSet("loading", "lazy")


def _size_of(picture: Path) -> tuple[int, int]:
    """Width and height of a PNG, from its header."""
    with picture.open("rb") as file:
        width, height = struct.unpack(">II", file.read(24)[16:])
    return width, height

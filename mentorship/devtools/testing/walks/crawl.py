"""Follow every link as a browser would, and collect pages and forms."""

import re
from collections import Counter, defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from django.test import Client
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve

from mentorship.core.links import TOKEN
from mentorship.core.web.private_pages import PUBLIC_FILES

# Several objects and several queries show the states of a view; more would only cost time.
OBJECTS_OF_VIEW, QUERIES = 4, 1
# A key of the time zone database, such as Europe/Berlin or Etc/GMT-3, where people should read a name.
RAW_ZONE = re.compile(
    r"\b(?:Etc|Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Europe|Indian|Pacific|US)/[A-Z][\w+-]+|GMT[+-]\d+"
)
# What a browser would fetch from somewhere else, without being asked. A link is only followed by people.
FETCHED = re.compile(
    r'<(?:audio|embed|iframe|img|input|object|script|source|track|video)\b[^>]*\s(?:src|srcset|data|poster)="((?:https?:)?//[^"]*)"'
    r'|<link\b(?=[^>]*\srel="[^"]*(?:stylesheet|icon|preload|manifest))[^>]*\shref="((?:https?:)?//[^"]*)"'
)
# A page head has one button for what is done most, perhaps a second one, and a menu with the rest.
BUTTONS_OF_HEAD = {"primary": 1, "button": 2, "menu": 1}
# A blank before a comma or a full stop: a template broke its line there.
SPACED = re.compile(r"\w[^\S\u00a0\u202f]+[,.;](?=\s|$)")
# Pages of libraries, which have tests of their own.
NOT_OURS = ("admin:", "account_", "mfa_")


@dataclass
class Site:
    """The reachable addresses of a site: address → view for pages, address → view for targets of forms."""

    pages: dict[str, str] = field(default_factory=dict)
    posts: dict[str, str] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)  # pages that a browser or a proxy may keep
    tokens: dict[str, str] = field(default_factory=dict)  # signed tokens that people would see → where
    fetched: list[str] = field(default_factory=list)  # what a browser would fetch from elsewhere, and where
    crowded: list[str] = field(default_factory=list)  # pages whose head has too many buttons
    spaced: list[str] = field(default_factory=list)  # words with a blank before a comma, and where
    raw_zones: list[str] = field(default_factory=list)  # what people would read of a zone's key, and where
    clicks: dict[str, int] = field(default_factory=dict)  # view → clicks from the first page, menus included
    show: Callable[[str, str], None] | None = None  # gets the address and the HTML of each page

    @property
    def views(self) -> set[str]:
        """The names of the views that were reached."""
        return {*self.pages.values(), *self.posts.values()}


def crawl(client: Client, start: str = "/", show: Callable[[str, str], None] | None = None) -> Site:
    """Open every page that links lead to, beginning at `start`; forms are noted and not sent.

    Of each view the pages of a few objects are opened, and each with one query.
    """
    site, waiting, seen = Site(show=show), deque([(start, "")]), {start}
    objects: dict[str, set[str]] = defaultdict(set)
    queries: Counter[str] = Counter()
    clicks_to = {start: 0}
    while waiting:
        url, found_on = waiting.popleft()
        for target, clicks in _open(site, client, url, found_on):
            view = _view(target)
            clicks_to[target] = min(clicks_to[url] + clicks, clicks_to.get(target, clicks_to[url] + clicks))
            site.clicks[view or ""] = min(clicks_to[target], site.clicks.get(view or "", clicks_to[target]))
            if target in seen:
                continue
            seen.add(target)
            if view is None and not target.startswith(("/static/", "/media/")) and target:
                site.broken.append(f"{target} on {url}: no such address")
            elif view and not view.startswith(NOT_OURS):
                path = urlsplit(target).path
                if len(objects[view] | {path}) <= OBJECTS_OF_VIEW and queries[path] < QUERIES:
                    objects[view].add(path)
                    queries[path] += 1
                    waiting.append((target, url))
    return site


def _open(site: Site, client: Client, url: str, found_on: str) -> list[tuple[str, int]]:
    """Open an address, note its contents, and return the addresses that it links to, each with its clicks."""
    answer = client.get(url)
    if answer.status_code in (301, 302):
        return [(_local(url, answer["Location"]), 0)]
    if answer.status_code != 200:
        site.broken.append(f"{url} on {found_on}: {answer.status_code}")
        return []
    site.pages[url] = _view(url) or ""
    if "no-store" not in answer.get("Cache-Control", "") and site.pages[url] not in PUBLIC_FILES:
        site.kept.append(url)
    if not answer.streaming:
        site.tokens.update(dict.fromkeys(TOKEN.findall(answer.content.decode(errors="replace")), url))
    if answer["Content-Type"].startswith("text/html"):
        page = answer.content.decode()
        if site.show:
            site.show(url, page)
        site.fetched += [f"{url}: {match[0]}" for match in FETCHED.finditer(page)]
        return _read(site, url, _Links(page))
    if answer["Content-Type"].startswith(("text/csv", "text/calendar")):
        site.raw_zones += [f"{url}: {key}" for key in RAW_ZONE.findall(answer.getvalue().decode())]
    return []


def _read(site: Site, url: str, page: "_Links") -> list[tuple[str, int]]:
    """Note the words and forms of a page, and return the addresses that it links to, each with its clicks."""
    site.raw_zones += [f"{url}: {key}" for key in RAW_ZONE.findall(" ".join(page.words))]
    if any(page.head_buttons[look] > most for look, most in BUTTONS_OF_HEAD.items()):
        site.crowded.append(url)
    for action in page.posts:
        if view := _view(target := _local(url, action)):
            site.posts.setdefault(target, view)
    return [(_local(url, link), 2 if link in page.in_menus else 1) for link in page.links]


def every_view(resolver: URLResolver | None = None, prefix: str = "") -> set[str]:
    """The names of all addresses, such as `cohorts:people-list`."""
    found: set[str] = set()
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLPattern):
            if pattern.name and not (prefix + pattern.name).startswith(NOT_OURS):
                found.add(prefix + pattern.name)
        else:
            found |= every_view(pattern, prefix + (f"{pattern.namespace}:" if pattern.namespace else ""))
    return found


def _local(page: str, link: str) -> str:
    """The path with its query; "" for what leads away from the site or stays on the page."""
    parts = urlsplit(urljoin(f"http://testserver{page}", link))
    if parts.scheme not in ("http", "https") or parts.netloc != "testserver":
        return ""
    return parts.path + (f"?{parts.query}" if parts.query else "")


def _view(url: str) -> str | None:
    try:
        return resolve(urlsplit(url).path).view_name if url else None
    except Resolver404:
        return None


class _Links(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.in_menus: set[str] = set()  # what a closed menu has and nothing else on the page
        self.words: list[str] = []
        self._code = ""
        self.posts: list[str] = []
        self.head_buttons: Counter[str] = Counter()
        self._inside: list[str] = []  # the classes of the divs around
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._code = tag if tag in ("script", "style") else self._code
        if tag == "div":
            self._inside.append(given.get("class", ""))
        classes = given.get("class", "").split()
        if "btn" in classes and "m-page-head" in self._inside and "m-menu-list" not in self._inside:
            self.head_buttons.update(["menu" if tag == "summary" else "button"])
            self.head_buttons.update(["primary"] if "btn-primary" in classes else [])
        if tag == "a" and "href" in given:
            if "m-menu-list" in self._inside and given["href"] not in self.links:
                self.in_menus.add(given["href"])
            elif "m-menu-list" not in self._inside:
                self.in_menus.discard(given["href"])
            self.links.append(given["href"])
        if tag == "form" and given.get("method", "").lower() == "post":
            self.posts.append(given.get("action", ""))
        if "hx-get" in given:
            self.links.append(given["hx-get"])
        if "formaction" in given:
            self.posts.append(given["formaction"])

    def handle_endtag(self, tag: str) -> None:
        self._code = "" if tag == self._code else self._code
        if tag == "div" and self._inside:
            self._inside.pop()

    def handle_data(self, data: str) -> None:
        if not self._code:
            self.words.append(data)

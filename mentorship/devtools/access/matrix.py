"""Open every address as somebody of every role, and compare what each reads and changes with what they may."""

import io
import re
import zipfile
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from django.http.response import HttpResponseBase
from django.test import Client, RequestFactory, override_settings
from django.test.client import ClientHandler
from django.urls import resolve, reverse

from cohorts.calendar.links import FEED
from mentorship.core.accounts.models import User
from mentorship.core.links import TOKEN, meaning_of
from mentorship.core.outbox.models import OutboxMessage
from mentorship.core.own_links import address_of
from mentorship.core.views import CONFIRMED, YES
from mentorship.devtools.access.addresses import Pattern, every_pattern
from mentorship.devtools.access.document import table
from mentorship.devtools.access.marks import Marks
from mentorship.devtools.access.people import Reader

# What pages show to whoever has their address, because the people agreed or handed it on themselves.
_CERTIFICATE = {"checkins.Graduation.name", "cohorts.Enrollment.title"}
_IN_PUBLIC = {
    "accounts.User.full_name",
    "cohorts.Enrollment.title",
    "cohorts.CohortDate.name",
    "partners.Partner.name",
    "partners.Partner.website",
    "partners.Quote.text",
    "partners.Quote.attribution",
    *(f"cohorts.ProjectPage.{name}" for name in ("summary", "problem", "made", "next_steps", "links")),
}
OPENLY = {
    "public:thanks": {"accounts.User.full_name"},
    "public:partners": {"partners.Contribution.what", "partners.Partner.name", "partners.Partner.website"},
    "public:programme": _IN_PUBLIC,
    "public:round": _IN_PUBLIC,
    "public:project": _IN_PUBLIC,
    "public:feed": _IN_PUBLIC,
    "matching:event-public": {f"matching.SpeedEvent.{name}" for name in ("name", "place", "good_to_know")},
    "checkins:certificate-detail": _CERTIFICATE,
    "checkins:certificate-file": _CERTIFICATE,
    "checkins:service-certificate-detail": {"checkins.ServiceCertificate.name", "checkins.ServiceCertificate.what"},
    "checkins:service-certificate-file": {"checkins.ServiceCertificate.name", "checkins.ServiceCertificate.what"},
}
# Purpose of a personal link → which of its values says whose it is, and of which model that is the id.
LINKS = {
    "checkins.alumni": (1, "accounts.User"),
    "checkins.answer": (0, "checkins.CheckIn"),
    "checkins.graduation": (0, "matching.Match"),
    "checkins.honorarium": (0, "checkins.Honorarium"),
    "cohorts.calendar": (0, "accounts.User"),
    "cohorts.mailing.opt-out": (1, "accounts.User"),
    "cohorts.people.merge-agree": (0, "accounts.PersonMerge"),
    "cohorts.people.merge-allow": (0, "accounts.User"),
    "cohorts.place": (1, "accounts.User"),
    "cohorts.sharing": (1, "accounts.User"),
    "cohorts.signup.confirm": (0, "cohorts.PendingSignup"),
    "cohorts.signup.edit": (1, "accounts.User"),
    "cohorts.signup.invite": (0, "accounts.User"),
    "matching.asked": (0, "matching.AskedSide"),
    "matching.event": (1, "cohorts.Enrollment"),
    "matching.event.calendar": (1, "cohorts.Enrollment"),
    "matching.event.guest": (0, "matching.SpeedGuest"),
    "matching.event.guest.calendar": (0, "matching.SpeedGuest"),
    "matching.groups": (0, "cohorts.Enrollment"),
    "portal.team-news": (1, "accounts.User"),
    "partners.paper": (0, "partners.Invoice"),
    "partners.quote": (0, "partners.Quote"),
    "partners.requirements": (0, "partners.PartnerContact"),
    "training.certificate": (0, "training.TrainingBooking"),
    "training.choose": (0, "cohorts.Enrollment"),
    "training.feedback": (0, "training.TrainingBooking"),
    "training.guest": (0, "training.TrainingGuest"),
    "training.guest.confirm": (0, "training.GuestOrganisation"),
    "training.ics": (0, "training.TrainingBooking"),
}
REFUSED = (401, 403, 404, 405, 410)


class Browser:
    """Sends requests as one person. Django's own client keeps a copy of each page's context, which takes longer."""

    def __init__(self, user: Any) -> None:
        client = Client()
        if user is not None:
            client.force_login(user)
        self.cookies = "; ".join(f"{name}={one.value}" for name, one in client.cookies.items())
        self.handler = ClientHandler(enforce_csrf_checks=False)

    def send(self, method: str, url: str, data: Any = None) -> HttpResponseBase:
        make = getattr(RequestFactory(), method.lower())
        request = (
            make(url, data or {}, headers={"cookie": self.cookies})
            if data
            else make(url, headers={"cookie": self.cookies})
        )
        return self.handler(request.environ)


def text_of(answer: Any) -> str:
    """The words of a page or a file."""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as files:
            content = b"\n".join(
                files.read(name) for name in files.namelist() if name.endswith((".xml", ".csv", ".txt"))
            )
    return content.decode(errors="replace")


# In the addresses of the programme of "coordinator elsewhere".
ELSEWHERE = "/elsewhere"


def _as_if_elsewhere(url: str) -> str:
    """The same row below the slug of another programme, whose coordinator asks for it."""
    return re.sub(
        r"^/(cohorts|programmes)/[^/]+/",
        rf"/\1{ELSEWHERE}/",
        re.sub(r"^/partners/[a-z][^/]*-[^/]*/", f"/partners{ELSEWHERE}-fund/", url),
    )


def is_refused(answer: HttpResponseBase) -> bool:
    """Whether a page does not open for them: it is not there, or they are asked to sign in."""
    return answer.status_code in REFUSED or "/accounts/login/" in answer.get("Location", "")


# What these open in the short form, by the beginnings of the names: coordinators pages that keep some texts from them,
# readers of concerns what has to do with cases, others what their like has.
SHORT: dict[str, tuple[str, ...]] = {
    "programme owner": (),
    "coordinator": ("checkins:ca", "checkins:con", "matching:match-", "outbox:message-list", "outbox:message-d"),
    "viewer who owns elsewhere": ("data-request", "partners:", "outbox:", "cohorts:enrollment-", "checkins:survey-"),
    "conduct reader": ("checkins:ca", "checkins:con", "checkins:checkin-d"),
    "mentor": ("matching:my-", "checkins:my", "checkins:own", "cohorts:my-"),
    "team lead": ("cohorts:my-", "matching:my-"),
    "team member": ("cohorts:my-", "cohorts:place", "matching:my-"),
    "reviewing mentor": ("cohorts:review", "cohorts:appl", "cohorts:enrollment-"),
    "facilitator": ("cohorts:", "training:"),
    "who left": ("cohorts:my-", "matching:my-", "training:my"),
    "operator": ("data-request", "outbox:", "checkins:ca", "matching:my-"),
    "participant elsewhere": ("cohorts:my-", "matching:my-", "checkins:", "data-request"),
    "contact of another partner": ("partners:",),
    "former coordinator": ("cohorts:c", "cohorts:p", "outbox:"),
}
SENDS_IN_SHORT = ("viewer", "mentee", "partner contact", "coordinator elsewhere", "anonymous")
# The columns of the docs: owners and coordinators open everything of their programme, others are like one of these.
IN_DOCS = (
    "viewer",
    "mentor",
    "mentee",
    "team member",
    "reviewing mentor",
    "facilitator",
    "who left",
    "partner contact",
    "coordinator elsewhere",
    "operator",
    "anonymous",
)
# Operators answer who asks for their data where no coordinator may.
OF_OPERATORS = ("data-request-list", "data-request-detail")
# Reviewers read what somebody wrote to be chosen, and the rubric.
OF_REVIEWERS = ("cohorts:review-list", "cohorts:review-edit", "cohorts:conflict-declare")
READ_BY_REVIEWERS = {
    "accounts.User.full_name",
    "cohorts.Criterion.help",
    "cohorts.Criterion.name",
    "cohorts.Enrollment.description",
    "cohorts.Enrollment.goals",
    "cohorts.Enrollment.title",
}
FOR_EVERYBODY = (
    *OPENLY,
    "help-page",  # the guide tells of nobody; who reads it says `CoordinatorRequiredMixin`
    "partners:logo-file",
    "privacy-notice-of-programme",
    "public:calls-frame",
    "public:programme-picture",
    "public:project-picture",
    "public:round-picture",
    "cohorts:signup-start",
    "cohorts:signup-create",
    "cohorts:signup-sent",
    "cohorts:topic-suggest",
)


@dataclass
class Matrix:
    """The findings: view → role → letters, of which `a` is a page of others, `o` an own one, `c` that it changes."""

    readers: list[Reader]
    about: set[int]  # whose rows are opened first
    thorough: bool = False
    most: int = 1  # so many rows of their own and of others for each address
    cells: dict[str, dict[str, set[str]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(set)))
    leaks: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)  # addresses that have no row
    files: set[str] = field(default_factory=set)  # views that hand out files
    seen: set[tuple[str, str]] = field(default_factory=set)  # marked texts that somebody read
    requests: int = 0

    @cached_property
    def patterns(self) -> list[Pattern]:
        return list(every_pattern())

    def table(self) -> tuple[dict[tuple[str, str], str], list[str]]:
        """The table of the docs, and its roles; in the short form only those that open everything in it, too."""
        roles = list(IN_DOCS if self.thorough else SENDS_IN_SHORT)
        modules = {one.view: one.module for one in self.patterns}
        return table(self.cells, modules, roles), roles

    @override_settings(DEMO=False)  # there, everybody reads the mails
    def run(self) -> None:
        """Open everything as everybody."""
        self.marks = Marks()
        plain = [one for one in self.patterns if not one.has_token]
        self.unknown = [one.view for one in plain if one.parameters and one.rows is None]
        addresses = {one.view: list(one.addresses()) for one in plain}
        self.unknown += [view for view, found in addresses.items() if not found]
        for reader in self.readers:
            browser = Browser(reader.user)
            begins = "" if self.thorough else SHORT.get(reader.role, "")
            for pattern in (one for one in plain if one.view.startswith(begins)):
                noted: set[bool] = set()
                for own, url in self._chosen(pattern, addresses[pattern.view], reader):
                    # The table tells of the first row of each, so that it is the same however many are opened.
                    found = self.cells[pattern.view][reader.role] if own not in noted else set()
                    noted.add(own)
                    found |= self._open(browser, reader, pattern, url, own)
        self._open_links()

    def _chosen(self, pattern: Pattern, addresses: list, reader: Reader) -> list[tuple[bool, str]]:
        """Addresses of the reader's own rows and of others', each with whether it is own."""
        pk = reader.user.pk if reader.user else None
        label = pattern.rows.model if pattern.rows else ""
        people = {row: self.marks.people_of(label, row) if label else set() for row, _ in addresses}
        addresses = sorted(addresses, key=lambda one: not people[one[0]] & self.about)
        is_elsewhere = reader.role == "coordinator elsewhere"
        own = [url for row, url in addresses if row is None or pk in people[row] or (is_elsewhere and ELSEWHERE in url)]
        own = list(dict.fromkeys(own))
        others = list(dict.fromkeys(url for row, url in addresses if url not in own))
        found = [(True, url) for url in own[: self.most]] + [(False, url) for url in others[: self.most]]
        if is_elsewhere and ("<int:" in pattern.route or "<uuid:" in pattern.route):
            found += [(False, mixed) for _, url in found if (mixed := _as_if_elsewhere(url)) != url]
        return found

    def _open(self, browser: Browser, reader: Reader, pattern: Pattern, url: str, own: bool) -> set[str]:
        found = set()
        if pattern.gets and (answer := self._send(browser, "GET", url)).status_code == 200:
            found.add("o" if own else "a")
            self._read(reader, pattern.view, url, answer)
            if not own and not self._is_for(reader, pattern.view):
                self.leaks.append(f"{reader.role} opens {url}")
        if pattern.posts and (self.thorough or reader.role in SENDS_IN_SHORT):
            with transaction.atomic():
                answer = self._send(browser, "POST", url, {CONFIRMED: YES})
                if not is_refused(answer):
                    found.add("c")
                    if answer.status_code in (200, 422):
                        self._read(reader, pattern.view, f"POST {url}", answer)
                    if not own and not self._is_for(reader, pattern.view):
                        self.leaks.append(f"{reader.role} sends a form to {url}")
                transaction.set_rollback(True)
        return found

    def _is_for(self, reader: Reader, view: str) -> bool:
        """Whether all rows of a view are for readers of this role."""
        return (
            reader.of_team
            or view in FOR_EVERYBODY
            or (reader.role == "operator" and view in OF_OPERATORS)
            or (reader.role == "reviewing mentor" and view in OF_REVIEWERS)
        )

    def _open_links(self) -> None:
        """Open a mailed link of each kind without signing in, as the person whom it was mailed to."""
        browser, opened = Browser(None), set[str]()
        people = User.objects.in_bulk()
        for message in OutboxMessage.objects.exclude(links={}).order_by("pk"):
            for link in message.links.values():
                url = urlsplit(address_of(link)).path
                view = resolve(url).view_name
                if view in opened or len(message.people) != 1:
                    continue
                (owner,) = message.people.values()
                answer = self._send(browser, "GET", url)
                if answer.status_code == 200:
                    opened.add(view)
                    self._read(Reader("whoever has a link", people[owner]), view, url, answer)
        for reader in self.readers:
            if reader.user:  # their calendar, which they have by a page
                url = reverse("cohorts:calendar-feed", args=[FEED.sign(reader.user.pk, 0)])
                self._read(reader, "cohorts:calendar-feed", url, self._send(browser, "GET", url))

    def _send(self, browser: Browser, method: str, url: str, data: Any = None) -> HttpResponseBase:
        self.requests += 1
        answer = browser.send(method, url, data)
        if answer.status_code >= 500:
            self.leaks.append(f"{method} {url}: {answer.status_code}")
        return answer

    def _read(self, reader: Reader, view: str, where: str, answer: Any) -> None:
        """Note every marked text, and every signed link, that the reader should not see."""
        text = text_of(answer)
        if "attachment" in answer.get("Content-Disposition", "") and "?format=" not in where:
            self.files.add(view)
        for label, name, pk in self.marks.in_text(text):
            self.seen.add((label, name))
            if f"{label}.{name}" not in OPENLY.get(view, ()) and not self._may_read(reader, view, label, name, pk):
                self.leaks.append(f"{reader.role} reads {label}.{name} of {pk} at {where}")
        for token in set(TOKEN.findall(text)):
            kind, values = meaning_of(token) or (None, ())
            if kind and kind.personal and not self._may_use(reader, kind.salt, values):
                self.leaks.append(f"{reader.role} gets a link to {kind.view_name} {values} at {where}")
        if "format=csv" in text and not where.startswith("POST"):
            browser = Browser(reader.user)
            for ending in ("csv", "xlsx") if self.thorough else ("csv",):
                file = f"{where}?format={ending}"
                self._read(reader, view, file, self._send(browser, "GET", file))

    def _may_read(self, reader: Reader, view: str, label: str, name: str, pk: str) -> bool:
        marks, kinds = self.marks, self.marks.kinds(label, name)
        person = reader.user.pk if reader.user else 0
        if "case" in kinds:
            return person in marks.readers_of_concerns if marks.is_concern(label, pk) else reader.coordinates
        return (
            "everybody" in kinds
            or (reader.role == "operator" and view in OF_OPERATORS)
            or (reader.role == "reviewing mentor" and view in OF_REVIEWERS and f"{label}.{name}" in READ_BY_REVIEWERS)
            or (reader.of_team and "team" in kinds)
            or (reader.coordinates and "coordinators" in kinds)
            or ("subject" in kinds and person in marks.people_of(label, pk))
            or ("companions" in kinds and person in marks.companions_of(label, pk))
            or ("author" in kinds and person == marks.author_of(label, name, pk))
        )

    def _may_use(self, reader: Reader, salt: str, values: tuple) -> bool:
        """Whether a signed link is the reader's own: mailed to them, or about a row of theirs."""
        person = reader.user.pk if reader.user else 0
        if (salt, values) in self._mailed_links[person]:
            return True
        at, model = LINKS[salt]
        return len(values) > at and person in (
            {values[at]} if model == "accounts.User" else self.marks.people_of(model, values[at])
        )

    @cached_property
    def _mailed_links(self) -> dict[int, set[tuple[str, tuple]]]:
        found: dict[int, set[tuple[str, tuple]]] = defaultdict(set)
        for people, links in OutboxMessage.objects.exclude(links={}).values_list("people", "links"):
            for pk in people.values():
                found[pk] |= {(one["for"], tuple(one["values"])) for one in links.values()}
        return found

"""Results of the search over everything that a reader may see. A constant number of queries, each with a limit."""

from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse

from cohorts.models import Cohort, Enrollment, TeamMember
from mentorship.core.accounts.models import User, WorkspaceRole
from mentorship.core.accounts.permissions import has_role
from mentorship.core.ui.search import every_word, has_every_word, words_of
from mentorship.core.ui.word_search import with_every_word
from mentorship.portal.guide.pages import all_pages
from mentorship.portal.navigation import OF_ALL, OF_COHORT
from partners.models import Partner

# So many of each kind are shown; so many rows are read to find them, since somebody may have several.
SHOWN, READ, SHORTEST = 5, 20, 2
OF_PERSON = ("full_name", "email")
# Label, view by the cohort's slug, icon, more words to find it by, and whether only editors can use it.
ACTIONS_OF_COHORT = [
    ("Share sign-up", "cohorts:cohort-share", "share-2", "link qr code announce embed", False),
    ("Write to people", "cohorts:mailing-create", "megaphone", "send email mailing message", True),
    ("Import a sheet", "cohorts:import-create", "upload", "csv xlsx spreadsheet upload", True),
    ("Edit this cohort", "cohorts:cohort-edit", "pencil", "dates seats name change", True),
    ("Repeat this cohort", "repeat", "repeat", "next round clone copy", True),
    ("Check-in schedule", "checkins:wave-list", "calendar-clock", "edit change dates wave survey", False),
    ("Matching settings", "matching:policy-edit", "settings-2", "weights rules goal", True),
    ("Add a training session", "training:session-create", "graduation-cap", "slot book", True),
]
ACTIONS = [
    ("New programme", "cohorts:programme-create", "plus", "create start", True),
    ("Who owes what", "partners:outstanding-list", "receipt", "new invoice bill draft", False),
    ("Your profile", "accounts:profile", "user", "name time zone password account", False),
]


@dataclass(frozen=True)
class Found:
    """One result. `kind` describes it, such as the role and the cohort of a person."""

    label: str
    url: str
    icon: str
    kind: str = ""


@dataclass(frozen=True)
class Results:
    """Results by group, in the order in which they are shown, without empty groups."""

    groups: list[tuple[str, list[Found]]] = field(default_factory=list)

    @property
    def number(self) -> int:
        return sum(len(found) for _, found in self.groups)


def search(user: User, text: str, cohort: Cohort | None) -> Results:
    """People, projects, cohorts, partners, pages and actions with every word of `text`.

    Pages and actions are of `cohort`. After ">" only pages and actions are found; so they are by one letter.
    """
    only_pages = text.lstrip().startswith(">")
    text = text.replace(">", " ") if only_pages else text
    groups = [("Actions", _actions(user, text, cohort)), ("Pages", _pages(text, cohort)), ("Help", _help(text))]
    if not only_pages and len("".join(words_of(text))) >= SHORTEST:
        people, projects = _people(user, text)
        groups = [
            ("People", people),
            ("Projects", projects),
            ("Cohorts", _cohorts(user, text)),
            ("Partners", _partners(user, text)),
            *groups,
        ]
    return Results([(title, found[:SHOWN]) for title, found in groups if found])


def _people(user: User, text: str) -> tuple[list[Found], list[Found]]:
    """People by name or address, and projects by title: by the beginnings of their words. Six queries."""
    visible = Enrollment.objects.visible_to(user)
    projects = with_every_word(visible, text, "title").order_by("-pk").select_related("cohort")[:SHOWN]
    rows = with_every_word(visible, text, *OF_PERSON, by="user").order_by("-pk")
    teams = TeamMember.objects.filter(enrollment__in=visible)
    members = with_every_word(teams, text, *OF_PERSON, by="user").order_by("-pk")
    people: dict[int, Found] = {}
    for row in rows.select_related("user", "cohort__programme")[:READ]:
        where = f"{row.get_role_display().capitalize()} · {row.cohort}"
        people.setdefault(row.user_id, Found(str(row.user), row.get_absolute_url(), "user", where))
    for member in members.select_related("user", "enrollment__cohort__programme")[:READ]:
        where = f"In the team of {member.enrollment.title or 'a project'} · {member.enrollment.cohort}"
        url = member.enrollment.get_absolute_url()
        people.setdefault(member.user_id, Found(str(member.person), url, "users", where))
    titles = [Found(row.title, row.get_absolute_url(), "folder", str(row.cohort)) for row in projects]
    return list(people.values()), titles


def _cohorts(user: User, text: str) -> list[Found]:
    rows = every_word(Cohort.objects.visible_to(user), text, "name", "programme__name").order_by("-starts_on", "pk")
    return [
        Found(row.name, row.get_absolute_url(), "flag", f"{row.programme} · {row.get_status_display()}")
        for row in rows.select_related("programme")[:SHOWN]
    ]


def _partners(user: User, text: str) -> list[Found]:
    rows = every_word(Partner.objects.visible_to(user), text, "name").order_by("name", "pk")
    return [Found(str(row), row.get_absolute_url(), "building-2", "Partner") for row in rows[:SHOWN]]


def _pages(text: str, cohort: Cohort | None) -> list[Found]:
    own = [
        (label, reverse(view, args=[cohort.slug]), icon, cohort.name) for label, view, icon, _ in OF_COHORT if cohort
    ]
    general = [(label, reverse(view), icon, "") for label, view, icon, _ in OF_ALL]
    today = [("Today", reverse("home"), "sun", "")]
    return [
        Found(label, url, icon, kind)
        for label, url, icon, kind in [*today, *own, *general]
        if has_every_word(label, text)
    ]


def _help(text: str) -> list[Found]:
    """Pages of the guide, by their title and the headings of their sections."""
    found = []
    for page in all_pages():
        url, title = page.get_absolute_url(), page.title
        if has_every_word(title, text):
            found.append(Found(title, url, "circle-question-mark"))
        sections = [(anchor, words) for anchor, words in page.headings if has_every_word(words, text)]
        found += [Found(words, f"{url}#{anchor}", "circle-question-mark", title) for anchor, words in sections]
    return found


def _actions(user: User, text: str, cohort: Cohort | None) -> list[Found]:
    def may(editors_only: bool) -> bool:
        return not editors_only or has_role(user, among=WorkspaceRole.EDITORS)

    def fits(label: str, words: str) -> bool:
        return has_every_word(f"{label} {words}", text)

    found: list[Any] = []
    if cohort:
        in_cohort = has_role(user, cohort.workspace_id, among=WorkspaceRole.EDITORS)
        found += [
            Found(label, reverse(view, args=[cohort.slug]), icon, cohort.name)
            for label, view, icon, words, editors_only in ACTIONS_OF_COHORT
            if fits(label, words) and (in_cohort or not editors_only)
        ]
    return found + [
        Found(label, reverse(view), icon)
        for label, view, icon, words, editors_only in ACTIONS
        if fits(label, words) and may(editors_only)
    ]

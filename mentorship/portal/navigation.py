"""The navigation of the signed-in person, and the cohort of a page."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.db.models import Case, When
from django.http import HttpRequest
from django.urls import reverse

from cohorts.models import Cohort
from cohorts.querysets import CohortQuerySet
from mentorship.core.accounts.models import User
from mentorship.core.accounts.permissions import has_role
from mentorship.core.ui.needs import Need
from mentorship.portal.guide.pages import help_for
from mentorship.portal.saved_views.services import views_of_list

# The statuses in which a cohort needs its coordinators, the most pressing first.
ACTIVE_STATUSES = ("matching", "enrolling", "running", "draft")
# How the names of views end that change something: nobody is led to the form of another cohort by mistake.
FORMS = ("-create", "-edit", "-plan", "-ask", "-new")
MOST_SIBLINGS = 8
Entry = tuple[str, str, str, tuple[str, ...]]
# Label, address by the cohort's slug, icon, and the prefix of its URL names. The longest prefix wins.
OF_COHORT: list[Entry] = [
    (
        "Cohort",
        "cohorts:cohort-detail",
        "flag",
        ("cohorts:cohort-", "cohorts:signup-form", "cohorts:question-"),
    ),
    (
        "Plan",
        "cohorts:plan-detail",
        "calendar-days",
        (
            "cohorts:plan-",
            "cohorts:date",
            "cohorts:checklist",
            "cohorts:group",
            "cohorts:weekly-mail-edit",
            "repeat",
        ),
    ),
    (
        "People",
        "cohorts:people-list",
        "users",
        (
            "cohorts:people-",
            "cohorts:enrollment-",
            "cohorts:import-",
            "cohorts:invitation",
            "cohorts:waitlist-",
        ),
    ),
    (
        "Review",
        "cohorts:review-list",
        "scale",
        ("cohorts:review-", "cohorts:rubric", "cohorts:conflict", "cohorts:selection-"),
    ),
    ("Matching", "matching:board", "waypoints", ("matching:",)),
    ("Matches", "matching:match-list", "handshake", ("matching:match-", "matching:question-")),
    ("Training", "training:session-list", "graduation-cap", ("training:",)),
    ("Check-ins", "checkins:checkin-list", "clipboard-check", ("checkins:",)),
    ("Mailings", "cohorts:mailing-list", "megaphone", ("cohorts:mailing-",)),
]
OF_ALL: list[Entry] = [
    ("Messages", "outbox:message-list", "mail", ("outbox:", "health-page")),
    ("Partners", "partners:partner-list", "building-2", ("partners:",)),
    (
        "Money",
        "partners:invoice-list",
        "receipt",
        (
            "partners:invoice",
            "partners:cost",
            "partners:outstanding",
            "partners:fund",
            "partners:bank",
            "partners:biller",
        ),
    ),
    ("Reports", "partners:report-list", "chart-column", ("partners:report", "partners:version", "partners:quote")),
    (
        "Programmes",
        "cohorts:programme-list",
        "layers",
        (
            "cohorts:programme-",
            "cohorts:team",
            "cohorts:timeline-edit",
            "cohorts:topic-",
            "cohorts:duplicate",
            "cohorts:mail-template",
        ),
    ),
]


def navigation(request: HttpRequest) -> dict[str, Any]:
    """The context of every template: the navigation rail, the cohort of the page, the demo bar."""
    context: dict[str, Any] = {
        "nav": [],
        "nav_scope": None,
        "nav_search": False,
        "nav_siblings": [],
        "nav_help": "",
        "sample": False,
    }
    context |= {"demo": settings.DEMO, "views_of_list": None}
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return context
    # Error pages are rendered for requests that never reached a view.
    match = request.resolver_match
    current = match.view_name if match else ""
    kwargs = match.kwargs if match else {}
    if not has_role(user):
        context["nav"] = _participant_nav(request, user, current)
        return context
    context["views_of_list"] = views_of_list(request, user, current)
    context["nav_help"] = help_for(current)
    if slug := kwargs.get("cohort_slug"):
        seen: Cohort | None = getattr(request, "cohort_of_page", None)
        known = seen is not None and seen.slug == slug
        cohort = seen if known else Cohort.objects.visible_to(user).filter(slug=slug).first()
    else:
        cohort = chosen_cohort(request, user)
    waiting: Mapping[str, int] | None = getattr(request, "waiting", None)
    context["sample"] = cohort is not None and cohort.programme.workspace.is_sample
    context["nav"], context["nav_search"] = _coordinator_nav(cohort, current, waiting or {}), True
    if slug and cohort is not None:
        context["nav_siblings"] = _siblings(user, cohort, current, kwargs)
    if cohort is not None:
        context["nav_scope"] = {
            "programme": cohort.programme.name,
            "cohort": cohort.name,
            "slug": cohort.slug,
            "url": cohort.get_absolute_url(),
            "counted": waiting is not None,
        }
    return context


def active_cohorts(user: Any) -> CohortQuerySet:
    """The cohorts that a coordinator is working on, the most pressing first."""
    order = Case(*(When(status=status, then=number) for number, status in enumerate(ACTIVE_STATUSES)))
    cohorts = Cohort.objects.visible_to(user).filter(status__in=ACTIVE_STATUSES)
    return cohorts.order_by(order, "starts_on", "name", "pk")


def chosen_cohort(request: HttpRequest, user: User) -> Cohort | None:
    """The cohort that `?cohort=` names, otherwise the first; found once for each request."""
    if not hasattr(request, "chosen_cohort"):
        cohorts, slug = active_cohorts(user), request.GET.get("cohort", "").replace("\0", "")
        chosen = cohorts.filter(slug=slug).first() if slug else None
        request.chosen_cohort = chosen or cohorts.first()  # type: ignore[attr-defined]
    return request.chosen_cohort  # type: ignore[attr-defined, no-any-return]


def _siblings(user: User, cohort: Cohort, view: str, kwargs: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Other cohorts of the programme, newest first: each name with this page of it.

    A page about one thing, such as a match, has none in another cohort: there it leads to the list of such things.
    """
    cohorts = Cohort.objects.visible_to(user).filter(programme=cohort.programme_id).exclude(pk=cohort.pk)
    section = _section_of(view, OF_COHORT)
    list_view = next((name for label, name, _, _ in OF_COHORT if label == section), "cohorts:cohort-detail")
    same_page = set(kwargs) == {"cohort_slug"} and not view.endswith(FORMS)
    return [
        (one.name, reverse(view if same_page else list_view, args=[one.slug]))
        for one in cohorts.order_by("-starts_on", "pk")[:MOST_SIBLINGS]
    ]


def _item(label: str, url: str, icon: str, *, current: bool, count: int | None = None) -> dict[str, Any]:
    return {"label": label, "url": url, "icon": icon, "count": count, "current": current, "parts": False}


def count_waiting(needs: Iterable[Need], cohort: Cohort) -> dict[str, int]:
    """How much work each entry of the navigation has, by what Today shows: its label → the sum of its needs."""
    pages = {reverse(view, args=[cohort.slug]): label for label, view, _, _ in OF_COHORT}
    pages |= {reverse(view): label for label, view, _, _ in OF_ALL}
    waiting: dict[str, int] = {}
    for need in needs:
        if label := pages.get(need.url.partition("?")[0]):
            waiting[label] = waiting.get(label, 0) + need.number
    return waiting


def _section_of(view: str, entries: list[Entry]) -> str:
    """The label of the entry that a view belongs to; "" if there is none."""
    begins = [(len(begin), label) for label, _, _, names in entries for begin in names if view.startswith(begin)]
    return max(begins)[1] if begins else ""


def _coordinator_nav(cohort: Cohort | None, current: str, waiting: Mapping[str, int]) -> list[dict[str, Any]]:
    today = reverse("home") + (f"?cohort={cohort.slug}" if cohort else "")
    entries = [*(OF_COHORT if cohort else []), *OF_ALL]
    here = _section_of(current, entries)
    nav = [_item("Today", today, "sun", current=current == "home")]
    if cohort is None or current == "first-run" or cohort.programme.workspace.is_sample:
        nav.append(_item("Set up", reverse("first-run"), "flag", current=current == "first-run"))
    for entry in entries:
        label, name, icon, _ = entry
        args = [cohort.slug] if cohort and entry in OF_COHORT else []
        nav.append(_item(label, reverse(name, args=args), icon, current=label == here, count=waiting.get(label)))
    if cohort:
        nav[-len(OF_ALL)]["parts"] = True  # a line between the cohort's own pages and general ones
    return nav


def takes_part(request: HttpRequest, user: User) -> bool:
    """Whether the reader takes part in a cohort, or did; found once for each request."""
    if not hasattr(request, "takes_part"):
        request.takes_part = user.enrollments.exists() or user.team_memberships.exists()  # type: ignore[attr-defined]
    return request.takes_part  # type: ignore[attr-defined, no-any-return]


def _participant_nav(request: HttpRequest, user: User, current: str) -> list[dict[str, Any]]:
    nav = [_item("Home", reverse("home"), "house", current=current == "home")]
    if takes_part(request, user):
        nav.append(
            _item(
                "Dates",
                reverse("cohorts:calendar-detail"),
                "calendar-days",
                current=current == "cohorts:calendar-detail",
            )
        )
        nav.append(
            _item(
                "Training", reverse("training:my-slot-list"), "graduation-cap", current=current.startswith("training:")
            )
        )
        nav.append(
            _item("Yours", reverse("checkins:own-page"), "clipboard-check", current=current == "checkins:own-page")
        )
    is_contact: bool | None = getattr(request, "is_contact", None)
    if user.partner_contacts.exists() if is_contact is None else is_contact:
        nav.append(
            _item("Reports", reverse("partners:partner-list"), "chart-column", current=current.startswith("partners:"))
        )
    if user.is_superuser:
        current_here = current.startswith(("cohorts:programme-", "cohorts:cohort-"))
        nav.append(_item("Set up", reverse("first-run"), "flag", current=current == "first-run"))
        nav.append(_item("Programmes", reverse("cohorts:programme-list"), "layers", current=current_here))
        nav.append(_item("Operator", reverse("admin:index"), "wrench", current=False))
    nav.append(_item("Profile", reverse("accounts:profile"), "user", current=current == "accounts:profile"))
    return nav

"""The first page of each role, and the navigation. The composition root: it may import every app."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from checkins.models import CheckIn
from checkins.services import checkin_link, open_checkins_of
from cohorts.models import Cohort, Enrollment, Topic
from matching.models import Match
from mentorship.accounts.models import User
from mentorship.accounts.permissions import roles_of
from mentorship.outbox.models import OutboxMessage
from partners.models import Partner
from training.models import TrainingSession

# The statuses in which a cohort needs its coordinators, the most pressing first.
AT_WORK = ("matching", "enrolling", "running", "draft")


@dataclass(frozen=True)
class Need:
    """A line of "Needs you": how many, of what, and the list that shows exactly these."""

    number: int
    title: str
    text: str
    url: str
    label: str


def home(request: HttpRequest) -> HttpResponse:
    """Today for coordinators, their own things for participants, reports for partners, a welcome for others."""
    user = request.user
    if not isinstance(user, User):
        cohorts = Cohort.objects.accepting_signups(timezone.now()).order_by("signup_closes_at", "name")
        return render(request, "home/welcome.html", {"cohorts": cohorts})
    if roles_of(user).exists():
        return today(request)
    if not user.enrollments.exists() and not user.team_memberships.exists():
        partners = list(Partner.objects.visible_to(user)[:2])
        if len(partners) == 1:
            return redirect(partners[0])
        if partners:
            return redirect("partners:list")
    return render(request, "home/participant.html", _own_things(user))


def today(request: HttpRequest) -> HttpResponse:
    """What needs the coordinator now, in the cohort that is most at work or the one chosen by `?cohort=`."""
    cohorts = _cohorts_at_work(request.user)
    cohort = _chosen_cohort(request, cohorts)
    context: dict[str, Any] = {"cohorts": cohorts, "cohort": cohort, "now": timezone.now()}
    if cohort is not None:
        context |= {
            "funnel": _funnel(cohort),
            "needs": _needs(request.user, cohort),
            "supply": _supply(cohort),
            "dates": _next_dates(cohort),
            "week": cohort.week_on(timezone.localdate(timezone=cohort.tz)),
        }
    return render(request, "home/today.html", context)


def health(request: HttpRequest) -> HttpResponse:
    """Whether mail flows: 200 or, past the limit, 503 with the age of the oldest queued message in seconds."""
    now = timezone.now()
    oldest = OutboxMessage.objects.due(now).first()
    age = (now - oldest.due_at).total_seconds() if oldest else 0.0
    late = age > settings.OUTBOX_LATE_SECONDS
    return JsonResponse({"ok": not late, "oldest_queued_seconds": round(age)}, status=503 if late else 200)


def navigation(request: HttpRequest) -> dict[str, Any]:
    """For every template: the rail of the signed-in person, the cohort that the page is about, the demo bar."""
    context: dict[str, Any] = {"nav": [], "nav_scope": None, "demo": settings.DEMO}
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return context
    # Error pages are rendered for requests that never reached a view.
    match = request.resolver_match
    current = match.view_name if match else ""
    kwargs = match.kwargs if match else {}
    if not roles_of(user).exists():
        context["nav"] = _participant_nav(user, current)
        return context
    if slug := kwargs.get("cohort_slug"):
        cohort = Cohort.objects.visible_to(user).filter(slug=slug).first()
    else:
        cohort = _chosen_cohort(request, _cohorts_at_work(user))
    context["nav"] = _coordinator_nav(cohort, current)
    if cohort is not None:
        context["nav_scope"] = {
            "programme": cohort.programme.name,
            "cohort": cohort.name,
            "url": cohort.get_absolute_url(),
        }
    return context


def _cohorts_at_work(user: Any) -> list[Cohort]:
    cohorts = Cohort.objects.visible_to(user).exclude(status__in=["completed", "archived"])
    return sorted(cohorts, key=lambda c: (AT_WORK.index(c.status), c.starts_on))


def _chosen_cohort(request: HttpRequest, cohorts: list[Cohort]) -> Cohort | None:
    chosen = request.GET.get("cohort")
    return next((c for c in cohorts if c.slug == chosen), cohorts[0] if cohorts else None)


def _item(label: str, url: str, icon: str, *, current: bool, count: int | None = None) -> dict[str, Any]:
    return {"label": label, "url": url, "icon": icon, "count": count, "current": current}


def _coordinator_nav(cohort: Cohort | None, current: str) -> list[dict[str, Any]]:
    nav = [
        _item("Today", reverse("home") + (f"?cohort={cohort.slug}" if cohort else ""), "sun", current=current == "home")
    ]
    if cohort is not None:
        people = ("cohorts:people", "cohorts:enrollment", "cohorts:decide", "cohorts:import", "cohorts:import-batch")
        matches = ("matching:matches", "matching:match")
        slug = cohort.slug
        nav += [
            _item(
                "Cohort",
                cohort.get_absolute_url(),
                "flag",
                current=current in ("cohorts:cohort", "cohorts:cohort-edit"),
            ),
            _item("People", reverse("cohorts:people", args=[slug]), "users", current=current in people),
            _item(
                "Matching",
                reverse("matching:board", args=[slug]),
                "waypoints",
                current=current.startswith("matching:") and current not in matches,
            ),
            _item("Matches", reverse("matching:matches", args=[slug]), "handshake", current=current in matches),
            _item(
                "Training",
                reverse("training:sessions", args=[slug]),
                "graduation-cap",
                current=current.startswith("training:"),
            ),
            _item(
                "Check-ins",
                reverse("checkins:list", args=[slug]),
                "clipboard-check",
                current=current.startswith("checkins:"),
            ),
        ]
    return [
        *nav,
        _item("Messages", reverse("outbox:list"), "mail", current=current.startswith("outbox:")),
        _item("Partners", reverse("partners:list"), "building-2", current=current.startswith("partners:")),
        _item(
            "Programmes",
            reverse("cohorts:programmes"),
            "layers",
            current=current.startswith(("cohorts:programme", "cohorts:team")),
        ),
    ]


def _participant_nav(user: User, current: str) -> list[dict[str, Any]]:
    nav = [_item("Home", reverse("home"), "house", current=current == "home")]
    if user.partner_contacts.exists():
        nav.append(_item("Reports", reverse("partners:list"), "chart-column", current=current.startswith("partners:")))
    nav.append(_item("Profile", reverse("accounts:profile"), "user", current=current == "accounts:profile"))
    return nav


def _own_things(user: User) -> dict[str, Any]:
    now = timezone.now()
    return {
        "enrollments": Enrollment.objects.of_person(user).with_people().order_by("-created_at"),
        "matches": Match.objects.of_person(user).live().with_people(),
        "checkins": [(c, checkin_link(c)) for c in open_checkins_of(user, now)],
        "sessions": TrainingSession.objects.bookable_by(user).upcoming(now).select_related("training").exists(),
        "partners": Partner.objects.visible_to(user),
    }


def _funnel(cohort: Cohort) -> list[tuple[str, int, str]]:
    """From signed up to checked in, each with the list that it counts. Mentees and mentors alike."""
    people = reverse("cohorts:people", args=[cohort.slug])
    matches = reverse("matching:matches", args=[cohort.slug])
    counts = cohort.enrollments.aggregate(
        signed_up=Count("pk"), accepted=Count("pk", filter=Q(status__in=["accepted", "completed"]))
    )
    of_cohort = Match.objects.filter(mentee__cohort=cohort)
    standing = of_cohort.standing().count()
    introduced = of_cohort.standing().filter(Q(intro__status="sent") | Q(imported=True)).count()
    answered = CheckIn.objects.filter(wave__cohort=cohort, status="answered").count()
    return [
        ("Signed up", counts["signed_up"], people),
        ("Accepted", counts["accepted"], f"{people}?status=accepted"),
        ("Matches", standing, matches),
        ("Introduced", introduced, f"{matches}?intro=sent"),
        ("Check-ins answered", answered, reverse("checkins:list", args=[cohort.slug]) + "?status=answered"),
    ]


def _needs(user: Any, cohort: Cohort) -> list[Need]:
    """What waits for a coordinator, each with the list that it counts; nothing that counts zero."""
    now = timezone.now()
    people = reverse("cohorts:people", args=[cohort.slug])
    checkins = reverse("checkins:list", args=[cohort.slug])
    accepted = cohort.enrollments.mentees().accepted()
    without = accepted.exclude(pk__in=Match.objects.filter(mentee__cohort=cohort).standing().values("mentee_id"))
    to_review = cohort.enrollments.filter(status="applied")
    mail = OutboxMessage.objects.visible_to(user).filter(workspace_id=cohort.workspace_id)
    late = mail.due(now - timedelta(seconds=settings.OUTBOX_LATE_SECONDS))
    overdue = CheckIn.objects.filter(wave__cohort=cohort).overdue(now)
    messages = reverse("outbox:list")
    needs = [
        Need(
            mail.filter(status="failed").count(),
            "Messages that failed",
            "The mail server said no; see why and send again.",
            f"{messages}?status=failed",
            "Open",
        ),
        Need(
            late.count(),
            "Messages that should have left",
            "Is the worker running? They wait longer than five minutes.",
            f"{messages}?status=queued",
            "Open",
        ),
        Need(
            mail.filter(maybe_duplicate=True).count(),
            "Messages that may have gone out twice",
            "A worker stopped in the middle of sending.",
            f"{messages}?status=twice",
            "Look",
        ),
        Need(
            to_review.count(),
            "Sign-ups to review",
            _oldest(to_review),
            f"{people}?status=applied&sort=oldest",
            "Review",
        ),
        Need(
            overdue.count(),
            "Check-ins overdue",
            "Reminded, and still no answer.",
            f"{checkins}?status=overdue",
            "See who",
        ),
    ]
    if cohort.status in ("matching", "running"):
        needs.append(
            Need(
                without.count(),
                "Mentees without a match",
                "Accepted, and nobody to meet yet.",
                reverse("matching:board", args=[cohort.slug]),
                "Open matching",
            )
        )
    return [need for need in needs if need.number]


def _oldest(to_review: Any) -> str:
    oldest = to_review.order_by("created_at").values_list("created_at", flat=True).first()
    if oldest is None:
        return ""
    days = (timezone.now() - oldest).days
    return f"The oldest waits for {days} days." if days > 1 else "The oldest came in today or yesterday."


def _supply(cohort: Cohort, most: int = 6) -> list[tuple[str, int, int]]:
    """The topics that most mentees ask for: name, mentees who ask, places of mentors who offer it."""
    taking = Q(enrollments__cohort=cohort, enrollments__status__in=["applied", "accepted", "completed"])
    topics = (
        Topic.objects.annotate(asked=Count("enrollments", filter=taking & Q(enrollments__role="mentee")))
        .filter(asked__gt=0)
        .order_by("-asked", "name")[:most]
    )
    offered: dict[int, int] = {}
    mentors = cohort.enrollments.mentors().filter(status__in=["applied", "accepted", "completed"])
    for topic, capacity in mentors.filter(topics__in=list(topics)).values_list("topics", "capacity"):
        offered[topic] = offered.get(topic, 0) + capacity
    return [(t.name, t.asked, offered.get(t.pk, 0)) for t in topics]


def _next_dates(cohort: Cohort) -> list[tuple[str, Any, str]]:
    """What comes next in this cohort: what, when, and where to look."""
    now = timezone.now()
    day = timezone.localdate(timezone=cohort.tz)
    dates: list[tuple[str, Any, str]] = []
    if cohort.signup_closes_at and cohort.signup_closes_at > now:
        dates.append(("Sign-up closes", cohort.signup_closes_at, cohort.get_absolute_url()))
    dates += [
        (str(s.training), s.starts_at, reverse("training:sessions", args=[cohort.slug]))
        for s in cohort.training_sessions.upcoming(now).select_related("training")[:3]
    ]
    dates += [
        (label, when, cohort.get_absolute_url())
        for label, when in (("Cohort starts", cohort.starts_on), ("Cohort ends", cohort.ends_on))
        if when >= day
    ]
    first_checkin = CheckIn.objects.filter(wave__cohort=cohort, status="planned").order_by("due_at").first()
    if first_checkin:
        dates.append(("First check-in", first_checkin.due_at, reverse("checkins:list", args=[cohort.slug])))
    return dates

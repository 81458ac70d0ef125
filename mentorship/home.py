"""The first page of each role. The composition root: it may import every app."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from checkins.models import CheckIn
from checkins.services import cases_for_today, checkin_link, open_checkins_of
from cohorts.models import Cohort, Enrollment, Topic
from cohorts.plan import next_moments, overdue
from matching.models import Match
from mentorship.accounts.models import User
from mentorship.accounts.permissions import roles_of
from mentorship.navigation import chosen_cohort, cohorts_at_work
from mentorship.outbox.models import OutboxMessage
from partners.models import Partner
from training.models import TrainingSession


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
    cohorts = cohorts_at_work(request.user)
    cohort = chosen_cohort(request, cohorts)
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


def _own_things(user: User) -> dict[str, Any]:
    now = timezone.now()
    reviews = Cohort.objects.filter(
        mentors_review=True, enrollments__user=user, enrollments__role="mentor", enrollments__status="accepted",
        status__in=["enrolling", "matching"],
    )  # fmt: skip
    return {
        "reviews": reviews.distinct(),
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
    late_checkins = CheckIn.objects.filter(wave__cohort=cohort).overdue(now)
    cases = cases_for_today(user, cohort, timezone.localdate(timezone=cohort.tz))
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
            reverse("cohorts:review", args=[cohort.slug])
            if cohort.criteria.exists()
            else f"{people}?status=applied&sort=oldest",
            "Review",
        ),
        Need(
            len(overdue(cohort.checklist.all(), timezone.localdate(timezone=cohort.tz))),
            "Lines of the checklist are late",
            "What the plan says should be done by now.",
            reverse("cohorts:plan", args=[cohort.slug]),
            "Open the plan",
        ),
        Need(
            cases["open"],
            "Cases to look after",
            f"{cases['late']} of them late." if cases["late"] else "Somebody asked for help, or has not met.",
            reverse("checkins:cases", args=[cohort.slug]),
            "Open",
        ),
        Need(
            late_checkins.count(),
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
    dates += [
        (str(s.training), s.starts_at, s.get_absolute_url())
        for s in cohort.training_sessions.live().upcoming(now).select_related("training")[:3]
    ]
    plan = reverse("cohorts:plan", args=[cohort.slug])
    dates += [(moment.name, moment.at or moment.on, plan) for moment in next_moments(cohort, day, most=4)]
    first_checkin = CheckIn.objects.filter(wave__cohort=cohort, status="planned").order_by("due_at").first()
    if first_checkin:
        dates.append(("First check-in", first_checkin.due_at, reverse("checkins:list", args=[cohort.slug])))
    return sorted(dates, key=lambda d: d[1].date() if isinstance(d[1], datetime) else d[1])[:7]

"""A coordinator's tasks today, and the state of the cohort, from all apps."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count, Exists, Q, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from checkins.cases.services import cases_for_today
from checkins.models import CheckIn
from checkins.overview import needs as checkins_today
from cohorts.figures import ACCEPTED, SIGNED_UP, TO_DECIDE
from cohorts.models import Cohort, Enrollment, Topic
from cohorts.people.filters import filter_enrollments
from cohorts.plan.services import upcoming_entries
from cohorts.review.queue import applications_to_review
from matching.board.consent_status import MatchingTasks, matching_tasks
from matching.groups.services import read_groups_state
from matching.models import Match
from mentorship.core.accounts.models import DataRequest, User
from mentorship.core.outbox.models import OutboxMessage
from mentorship.core.ui.markup import counted
from mentorship.core.ui.needs import Need, counted_needs
from partners.models import Invoice, Partner
from training.attendance.training_status import NONE, with_training_status
from training.models import TrainingSession

# After this, the home page no longer mentions it.
BOUNCES_OF = timedelta(days=14)


def funnel_steps(cohort: Cohort) -> list[tuple[str, Any, str]]:
    """From signed up to checked in, mentees and mentors together: each step, what it counts, and the list of it."""
    matches = reverse("matching:match-list", args=[cohort.slug])
    standing = Match.objects.filter(mentee__cohort=cohort).occupying_place()
    answered = CheckIn.objects.filter(wave__cohort=cohort, status="answered")
    return [
        *((one.label, one.rows(cohort), one.url(cohort)) for one in (SIGNED_UP, ACCEPTED)),
        ("Matches", standing, f"{matches}?status=standing"),
        ("Introduced", standing.introduced(), f"{matches}?status=standing&intro=done"),
        ("Check-ins answered", answered, reverse("checkins:checkin-list", args=[cohort.slug]) + "?status=answered"),
    ]


def needs_of(user: User, cohort: Cohort) -> list[Need]:
    """A coordinator's tasks, the most pressing first, with the lists that they count. Leaves out zeros."""
    rooms: tuple[Callable[[User, Cohort], Iterator[Need]], ...] = (
        _of_messages,
        _of_checkins,
        _of_signup,
        _of_leaving,
        _of_matching,
        _of_training,
        _of_partners,
    )
    return counted_needs([*_of_data_requests(user), *(need for room in rooms for need in room(user, cohort))])


def needs_of_any_day(user: User) -> list[Need]:
    """Needs that don't depend on an active cohort."""
    return counted_needs(_of_data_requests(user))


def _of_data_requests(user: User) -> Iterator[Need]:
    asked = DataRequest.objects.visible_to(user).open().due_counts(timezone.localdate())
    first = date_format(asked["first"], "j F Y") if asked["first"] else ""
    yield Need(
        asked["open"],
        "Requests about personal data",
        f"{asked['late']} of them late." if asked["late"] else f"The first is due by {first}.",
        reverse("data-request-list"),
        "Answer",
    )


def _of_messages(user: User, cohort: Cohort) -> Iterator[Need]:
    mail = OutboxMessage.objects.visible_to(user)
    late = mail.due(timezone.now() - timedelta(seconds=settings.OUTBOX_LATE_SECONDS))
    messages = reverse("outbox:message-list")
    yield Need(
        mail.filter(status="failed"),
        "Messages that failed",
        "The mail server said no; see why and send again.",
        f"{messages}?status=failed",
        "Open",
    )
    yield Need(
        late,
        "Messages that should have left",
        "Is the worker running? They wait longer than five minutes.",
        f"{messages}?status=queued",
        "Open",
    )
    yield Need(
        mail.came_back(since=timezone.now() - BOUNCES_OF),
        "Messages that came back",
        f"In the last {BOUNCES_OF.days} days; somebody did not get them.",
        f"{messages}?status=back",
        "Look",
    )
    yield Need(
        mail.filter(maybe_duplicate=True),
        "Messages that may have gone out twice",
        "A worker stopped in the middle of sending.",
        f"{messages}?status=twice",
        "Look",
    )
    yield from _of_stopped(cohort)


def _of_stopped(cohort: Cohort) -> Iterator[Need]:
    yield Need(
        cohort.bulk_actions.filter(status="stopped", created_at__gte=timezone.now() - BOUNCES_OF),
        "Bulk actions that stopped",
        f"In the last {BOUNCES_OF.days} days; somebody may not have been asked or told.",
        reverse("cohorts:bulk-action-list", args=[cohort.slug]) + "?status=stopped",
        "See why",
    )
    yield Need(
        cohort.mailings.filter(status="stopped"),
        "Mailings that were stopped",
        "They would go to different people from the ones they were scheduled for.",
        reverse("cohorts:mailing-list", args=[cohort.slug]) + "?status=stopped",
        "Check who gets them",
    )


def _of_checkins(user: User, cohort: Cohort) -> Iterator[Need]:
    cases = cases_for_today(user, cohort, timezone.localdate(timezone=cohort.tz))
    yield Need(
        cases["open"],
        "Cases to look after",
        f"{cases['late']} of them late." if cases["late"] else "Somebody asked for help, or has not met.",
        reverse("checkins:case-list", args=[cohort.slug]),
        "Open",
    )
    yield Need(
        CheckIn.objects.filter(wave__cohort=cohort).overdue(timezone.now()),
        "Check-ins overdue",
        "Reminded, and still no answer.",
        reverse("checkins:checkin-list", args=[cohort.slug]) + "?status=overdue",
        "See who",
    )
    yield from checkins_today.needs_of_team(user, cohort, timezone.localdate(timezone=cohort.tz))


def _of_signup(user: User, cohort: Cohort) -> Iterator[Need]:
    yield Need(
        applications_to_review(user, cohort).filter(Exists(cohort.criteria.all())),
        "Applications for you to review",
        f"Of {cohort.programme.mentee_label}s, by the criteria of this cohort.",
        reverse("cohorts:review-list", args=[cohort.slug]) + "?mine=todo",
        "Review",
    )
    yield Need(
        TO_DECIDE.rows(cohort),
        "Sign-ups awaiting a decision",
        _oldest(TO_DECIDE.rows(cohort)),
        f"{TO_DECIDE.url(cohort)}&sort=oldest",
        "Decide",
    )
    yield Need(
        cohort.checklist.filter(done_at=None, due_on__lt=timezone.localdate(timezone=cohort.tz)),
        "Overdue checklist items",
        "The plan says these should be done by now.",
        reverse("cohorts:plan-detail", args=[cohort.slug]),
        "Open the plan",
    )


def _of_leaving(user: User, cohort: Cohort) -> Iterator[Need]:
    people = reverse("cohorts:people-list", args=[cohort.slug])
    yield Need(
        filter_enrollments(cohort, {"left": "lately"}),
        "People who left",
        "In the last two weeks, including members of teams.",
        f"{people}?left=lately",
        "See who",
    )


def _of_matching(user: User, cohort: Cohort) -> Iterator[Need]:
    board = reverse("matching:board", args=[cohort.slug])
    waiting = matching_tasks(cohort)
    yield from _of_pairs(cohort, waiting, board)
    yield from _of_consent(cohort, waiting, board)
    yield from _without_a_match(cohort, board)


def _of_pairs(cohort: Cohort, waiting: MatchingTasks, board: str) -> Iterator[Need]:
    matches = reverse("matching:match-list", args=[cohort.slug])
    yield Need(
        waiting.never_introduced,
        "Matches without an intro",
        "Their intro was not sent, so they know nothing. Send it again, or undo the match.",
        f"{matches}?intro=never",
        "Look",
    )
    mentees = cohort.programme.plural_of("mentee").capitalize()
    yield Need(
        waiting.wishes,
        "People who would like another match",
        "Find somebody with room, or talk to them.",
        matches,
        "Open",
    )
    yield Need(
        waiting.left,
        f"{mentees} whose match has ended",
        "They are back in the pool.",
        f"{board}?state=left",
        "Match them",
    )


def _of_consent(cohort: Cohort, waiting: MatchingTasks, board: str) -> Iterator[Need]:
    asked = reverse("matching:question-list", args=[cohort.slug])
    yield Need(
        waiting.declined,
        f"{cohort.programme.plural_of('mentee').capitalize()} whose proposed match was declined",
        "The reason is shown next to each.",
        f"{board}?state=declined",
        "Find another",
    )
    yield Need(
        waiting.silent,
        "Asked, and no answer in time",
        "Ask again, or count it as a no.",
        f"{asked}?status=silent",
        "Look",
    )
    yield Need(
        waiting.said_yes,
        "Pairs that said yes",
        "Confirm them, and the intros leave.",
        f"{asked}?status=accepted",
        "Confirm",
    )


def _without_a_match(cohort: Cohort, board: str) -> Iterator[Need]:
    if cohort.status in ("matching", "running"):
        standing = Match.objects.filter(mentee__cohort=cohort).occupying_place().values("mentee_id")
        yield Need(
            cohort.enrollments.mentees().occupying_place().exclude(pk__in=standing),
            f"{cohort.programme.plural_of('mentee').capitalize()} without a match",
            "Accepted, and nobody to meet yet.",
            board,
            "Open matching",
        )
    groups = list(cohort.goal_groups.all())
    weak = read_groups_state(cohort, groups, named=False).weaknesses() if groups else []
    yield Need(
        len(weak),
        "Goal groups that lack somebody",
        f"Too few people, or no {cohort.programme.mentor_label}.",
        reverse("matching:group-list", args=[cohort.slug]),
        "Look",
    )


def _of_training(user: User, cohort: Cohort) -> Iterator[Need]:
    """Mentors who have not booked a slot although one is free."""
    open_to_it = TrainingSession.objects.for_cohort(cohort).not_cancelled().upcoming(timezone.now())
    ahead = open_to_it.filter(training__kind="training").select_related("cohort")
    next_one = ahead.order_by("starts_at").first()
    if next_one is None:
        return
    mentors = cohort.enrollments.mentors().occupying_place()
    yield Need(
        with_training_status(mentors, NONE),
        f"{cohort.programme.plural_of('mentor').capitalize()} without a training slot",
        f"The next slot is on {date_format(next_one.starts_at.astimezone(next_one.tz), 'j F')}.",
        reverse("cohorts:people-list", args=[cohort.slug]) + "?role=mentor&status=accepted&training=none",
        "See who",
    )


def _of_partners(user: User, cohort: Cohort) -> Iterator[Need]:
    yield Need(
        Invoice.objects.visible_to(user).overdue(timezone.localdate()),
        "Invoices overdue",
        "Not paid by their date.",
        reverse("partners:invoice-list") + "?status=overdue",
        "Open",
    )
    yield Need(
        Partner.objects.editable_by(user).filter(next_touch_on__lte=timezone.localdate()),
        "Partners to get in touch with",
        "You wanted to, by today.",
        reverse("partners:partner-list") + "?touch=due",
        "See whom",
    )


def _oldest(undecided: Any) -> str:
    oldest = undecided.order_by("created_at").values_list("created_at", flat=True).first()
    if oldest is None:
        return ""
    days = (timezone.now() - oldest).days
    return f"The oldest has been waiting for {days} days." if days > 1 else "The oldest came in today or yesterday."


def supply_of(cohort: Cohort, most: int = 6) -> list[tuple[str, int, int]]:
    """The topics that most mentees ask for: name, number of mentees, and places of mentors who offer it."""
    there = cohort.enrollments.filter(status__in=["applied", *Enrollment.OCCUPYING_PLACE])
    # From the people of the cohort to their topics: programmes have thousands of topics.
    topics = Topic.objects.filter(enrollments__in=there).annotate(
        asked=Count("enrollments", filter=Q(enrollments__role=Enrollment.Role.MENTEE)),
        offered=Sum("enrollments__capacity", filter=Q(enrollments__role=Enrollment.Role.MENTOR), default=0),
    )
    topics = topics.filter(asked__gt=0).order_by("-asked", "name")[:most]
    return [(topic.name, topic.asked, topic.offered) for topic in topics]


def finding_of_supply(supply: list[tuple[str, int, int]]) -> str:
    """The heading of supply and demand: for how many topics there are too few places."""
    short = sum(offered < asked for _, asked, offered in supply)
    if not supply:
        return "Supply and demand"
    if not short:
        return (
            "Enough places for the topics most wanted" if len(supply) > 1 else "Enough places for the topic asked for"
        )
    return f"Too few places for {short} of {counted(len(supply), 'topic')}"


def next_dates_of(cohort: Cohort) -> list[tuple[str, Any, str, ZoneInfo | None]]:
    """The next dates in this cohort: label, time, page, and their zone if they have their own."""
    now = timezone.now()
    day = timezone.localdate(timezone=cohort.tz)
    dates: list[tuple[str, Any, str, ZoneInfo | None]] = []
    dates += [
        (str(s.training), s.starts_at, s.get_absolute_url(), s.tz)
        for s in cohort.training_sessions.not_cancelled().upcoming(now).select_related("training", "cohort")[:3]
    ]
    plan = reverse("cohorts:plan-detail", args=[cohort.slug])
    dates += [
        (moment.name, moment.at or moment.on, plan, moment.row.tz if moment.row else None)
        for moment in upcoming_entries(cohort, day, most=4)
    ]
    first_checkin = CheckIn.objects.filter(wave__cohort=cohort, status="planned").order_by("due_at").first()
    if first_checkin:
        dates.append(
            ("First check-in", first_checkin.due_at, reverse("checkins:checkin-list", args=[cohort.slug]), None)
        )
    return sorted(dates, key=lambda d: d[1].date() if isinstance(d[1], datetime) else d[1])[:7]

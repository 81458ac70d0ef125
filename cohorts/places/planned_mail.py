"""Mails about offers that are still to be written, for the list of planned mail."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import Any

from django.db.models import Count

from cohorts.enrollment.mails import DECISION_MAILS, PLACE_IS_FREE, decision_mails
from cohorts.enrollment.seats import OFFERS_PLACES, offer_deadline
from cohorts.mailings.links import template_link
from cohorts.models import Enrollment
from cohorts.places.mails import REMIND_BEFORE, offer_key, offer_mail
from mentorship.core.accounts.permissions import workspaces_of
from mentorship.core.audit.models import AuditEntry
from mentorship.core.outbox.planned.planned_mail import THEIR_LINK, PlannedMail

ACCEPTED = Enrollment.Status.ACCEPTED


def planned_offer_mails(user: Any, now: datetime) -> Iterator[PlannedMail]:
    """Of each open offer: its reminder, its end, and who is offered the place then. A constant number of queries."""
    mine = workspaces_of(user)
    offers = Enrollment.objects.with_open_offer().filter(cohort__programme__workspace__in=mine).select_related("group")
    ending = []
    for enrollment in offers.with_people().order_by("offer_expires_at", "pk"):
        ends, days = enrollment.offer_expires_at, enrollment.cohort.offer_days
        if ends is None:
            continue
        ending.append(enrollment)
        if days and days > REMIND_BEFORE.days:
            yield _coming(
                enrollment,
                "cohorts/offer_reminder",
                offer_key("offer-reminder", enrollment),
                partial(_offer_mail, enrollment, "cohorts/offer_reminder"),
                at=ends - REMIND_BEFORE,
                until=ends,
                until_why="the offer is over",
                what="Reminder of the offer",
                why=f"The offer for {enrollment.cohort} waits for an answer.",
            )
        yield _coming(
            enrollment,
            "cohorts/offer_lapsed",
            offer_key("offer-lapsed", enrollment),
            partial(_offer_mail, enrollment, "cohorts/offer_lapsed"),
            at=ends,
            what="End of the offer",
            why=f"The place in {enrollment.cohort} is kept for them until then, and they have not answered.",
        )
    yield from _next_places([e for e in ending if e.cohort.fill_from_waitlist and e.cohort.status in OFFERS_PLACES])


def _next_places(ending: list[Enrollment]) -> Iterator[PlannedMail]:
    """Who is offered a place that lapses, in the order of the waitlists, where all goes on as it stands now."""
    cohorts = {enrollment.cohort_id for enrollment in ending}
    waiting: dict[tuple[int, str], list[Enrollment]] = defaultdict(list)
    people = Enrollment.objects.filter(cohort__in=cohorts, status="waitlisted").with_people().select_related("group")
    for one in people.order_by("waitlist_position", "pk"):
        waiting[one.cohort_id, one.role].append(one)
    taken: Counter[Any] = Counter()
    counted = (
        Enrollment.objects.filter(cohort__in=cohorts)
        .occupying_place()
        .order_by()
        .values_list("cohort", "role", "group")
    )
    for cohort, role, group, number in counted.annotate(number=Count("pk")):
        taken[cohort, role] += number
        taken[group, "group", role] += number
    found = []
    for enrollment in ending:
        queue = waiting[enrollment.cohort_id, enrollment.role]
        taken.subtract(_places_of(enrollment))
        following = next((one for one in queue if _has_room(one, taken)), None)
        if following is not None:
            queue.remove(following)
            taken.update(_places_of(following))
            found.append((following, enrollment.offer_expires_at))
    changes = _changes_of([one.pk for one, _ in found])
    for one, at in found:
        if at is None:
            continue
        yield _coming(
            # The change of the status counts before its mail is written.
            one,
            DECISION_MAILS[ACCEPTED],
            f"decision:{one.pk}:{changes[str(one.pk)] + 1}",
            partial(_decision, one),
            at=at,
            until=offer_deadline(one.cohort, at),
            until_why="the offer is over",
            what="A place for them",
            why="They wait, and a place becomes free then unless it is taken before.",
        )


def _places_of(enrollment: Enrollment) -> list[Any]:
    return [(enrollment.cohort_id, enrollment.role), (enrollment.group_id, "group", enrollment.role)]


def _has_room(one: Enrollment, taken: Counter[Any]) -> bool:
    seats, group = one.cohort.seats_for(one.role), one.group
    if seats is not None and taken[one.cohort_id, one.role] >= seats:
        return False
    limited = group is not None and group.seats is not None and one.role == Enrollment.Role.MENTEE
    return not limited or taken[one.group_id, "group", one.role] < (group.seats if group and group.seats else 0)


def _changes_of(ids: list[int]) -> Counter[str]:
    """How often the status of each changed so far, by id as text: decisions are numbered by it."""
    made = AuditEntry.objects.filter(
        object_type=Enrollment._meta.label_lower, object_id__in=map(str, ids), verb__startswith="made "
    )
    return Counter(dict(made.order_by().values_list("object_id").annotate(number=Count("pk"))))


def _coming(enrollment: Enrollment, kind: str, key: str, mail: Any, **facts: Any) -> PlannedMail:
    cohort = enrollment.cohort
    return PlannedMail(
        key=key,
        kind="decision",
        to=f"{enrollment.user}, {enrollment.user.email}",
        scope=cohort.scope,
        workspace_id=cohort.workspace_id,
        url=enrollment.get_absolute_url(),
        mail=mail,
        words=template_link(cohort.programme, kind, cohort),
        **facts,
    )


def _offer_mail(enrollment: Enrollment, kind: str, _at: datetime) -> tuple[str, str, str]:
    return offer_mail(enrollment, kind, THEIR_LINK)


def _decision(enrollment: Enrollment, _at: datetime) -> tuple[str, str, str]:
    to = Enrollment.Status.ACCEPTED
    (mail,) = decision_mails(enrollments=[enrollment], to=to, message=PLACE_IS_FREE, link=THEIR_LINK)
    return mail.subject, mail.text, mail.html

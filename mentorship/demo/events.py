"""Speed mentoring and goal groups of the demo: an event with answers, goals with choices, an introduced group."""

from datetime import date, datetime, time, timedelta

from cohorts.models import Cohort, Enrollment
from matching.services import events, goal_groups
from mentorship.accounts.models import User

GOALS = (
    ("A first talk", "We each give one talk, however small, and rehearse it together.", 3, 8),
    ("A paper about data", "From a folder of files to a data paper that others can cite.", 2, 6),
    ("A welcome for newcomers", "A page, a first task and somebody who answers.", 2, 5),
)


def plan_events(cohort: Cohort, today: date, by: User) -> None:
    """Fill the cohort that is in matching."""
    people = list(events.people_of(cohort).select_related("user").order_by("role", "pk"))
    _event(cohort, people, today, by)
    _groups(cohort, people, by)


def _event(cohort: Cohort, people: list[Enrollment], today: date, by: User) -> None:
    event = events.plan_event(
        cohort=cohort,
        by=by,
        fields={
            "name": "Speed mentoring",
            "place": "The cohort's call, breakout rooms",
            "starts_at": datetime.combine(today + timedelta(days=9), time(17), cohort.tz),
            "rounds": 4,
            "minutes": 12,
            "seats": 10,
            "tables": 5,
        },
    )
    events.invite(event=event, by=by)
    seen: set[int] = set()
    for number, enrollment in enumerate(people):
        if number % 5 == 3 or enrollment.user_id in seen:
            continue  # has not answered
        seen.add(enrollment.user_id)
        events.answer(event=event, enrollment=enrollment, coming=number % 7 != 5, by=enrollment.user)


def _groups(cohort: Cohort, people: list[Enrollment], by: User) -> None:
    groups = [
        goal_groups.save_group(
            cohort=cohort,
            by=by,
            fields={"name": name, "about": about, "mentor_places": mentors, "mentee_places": mentees},
        )
        for name, about, mentors, mentees in GOALS
    ]
    for number, enrollment in enumerate(people):
        if number % 4 == 3:
            continue  # has not chosen
        # Most want the talk; the mentors are wanting at the newcomers' group.
        order = [groups[0], groups[1]] if enrollment.role == "mentor" or number % 3 else [groups[2], groups[0]]
        goal_groups.choose(enrollment=enrollment, group_ids=[g.pk for g in order], by=enrollment.user)
    goal_groups.fill(cohort=cohort, by=by)
    goal_groups.confirm(group=groups[0], by=by)

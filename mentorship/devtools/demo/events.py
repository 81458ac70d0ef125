"""Speed mentoring and goal groups of the demo: an event with answers, goals with choices, an introduced group."""

from datetime import date, datetime, time, timedelta

from cohorts.models import Cohort, Enrollment
from matching.events import services as events_services
from matching.groups import services as groups_services
from mentorship.core.accounts.models import User

GOALS = (
    ("A first talk", "We each give one talk, however small, and rehearse it together.", 3, 8),
    ("A paper about data", "From a folder of files to a data paper that others can cite.", 2, 6),
    ("A welcome for newcomers", "A page, a first task and somebody who answers.", 2, 5),
)


def plan_events(cohort: Cohort, today: date, by: User) -> None:
    """Fill the cohort that is in matching."""
    people = list(events_services.eligible_people(cohort).select_related("user").order_by("role", "pk"))
    _event(cohort, people, today, by)
    _groups(cohort, people, by)


def _event(cohort: Cohort, people: list[Enrollment], today: date, by: User) -> None:
    event = events_services.plan_event(
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
            "is_public": True,
            "good_to_know": "No camera needed\nCaptions are on",
        },
    )
    events_services.invite_to_event(event=event, by=by)
    seen: set[int] = set()
    for number, enrollment in enumerate(people):
        if number % 5 == 3 or enrollment.user_id in seen:
            continue  # has not answered
        seen.add(enrollment.user_id)
        events_services.answer_invitation(
            event=event, enrollment=enrollment, coming=number % 7 != 5, by=enrollment.user
        )


def _groups(cohort: Cohort, people: list[Enrollment], by: User) -> None:
    groups = [
        groups_services.save_goal_group(
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
        groups_services.choose_groups(enrollment=enrollment, group_ids=[g.pk for g in order], by=enrollment.user)
    groups_services.fill_goal_groups(cohort=cohort, by=by)
    groups_services.introduce_group(group=groups[0], by=by)

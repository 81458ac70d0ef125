"""The calendar file of a suggested meeting."""

from collections.abc import Sequence
from datetime import datetime

from cohorts.calendar.ics import TENTATIVE, CalendarEvent, calendar_file, event_uid
from cohorts.models import Enrollment
from matching.intro.links import Meeting
from matching.intro.meeting_times import FIRST_MEETING
from matching.models import Match
from mentorship.core.links import absolute_url


def meeting_file(meeting: Meeting, now: datetime) -> str | None:
    """Return the calendar file of a suggested meeting; None if the pair has ended or its people are gone."""
    people = Enrollment.objects.select_related("user", "cohort__programme").in_bulk(
        [meeting.mentee_id, *meeting.mentor_ids]
    )
    mentee = people.get(meeting.mentee_id)
    mentors = [people[pk] for pk in meeting.mentor_ids if pk in people]
    if mentee is None or len(mentors) != len(meeting.mentor_ids) or _all_over(mentee, mentors):
        return None
    event = _event(mentee, mentors, meeting.starts)
    return calendar_file([event], now, name=event.name, method="PUBLISH")


def _all_over(mentee: Enrollment, mentors: Sequence[Enrollment]) -> bool:
    """Whether there were matches and all have ended. There is none yet when a preview shows the link."""
    statuses = list(Match.objects.filter(mentee=mentee, mentor__in=mentors).values_list("status", flat=True))
    return bool(statuses) and not any(status in Match.UNDER_WAY for status in statuses)


def _event(mentee: Enrollment, mentors: Sequence[Enrollment], starts: datetime) -> CalendarEvent:
    cohort = mentee.cohort
    page = absolute_url("matching:my-pair", mentee.pk)
    names = ", ".join(str(mentor.user) for mentor in mentors)
    return CalendarEvent(
        uid=event_uid(f"meeting-{starts:%Y%m%dT%H%M}", mentee.pk),
        sequence=0,
        name=f"{mentee.user.short_name} and {names}: meeting ({cohort.name})",
        starts=starts,
        minutes=FIRST_MEETING,
        text=f"A suggestion for {mentee}. Agree on it with each other, and where you meet.\n{page}",
        link=page,
        status=TENTATIVE,
        organizer=cohort.programme.contact_email,
        place=cohort.name,
    )

"""The calendar file of a meeting that the intro or the pair's page suggests."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from cohorts.calendar.ics import CANCELLED, TENTATIVE, CalendarEvent, event_uid
from cohorts.models import Enrollment
from cohorts.sharing.addressing import attendees_among
from matching.intro.links import Meeting
from matching.intro.meeting_times import FIRST_MEETING
from matching.models import Match
from mentorship.core.links import absolute_url

# Sequences of suggested meetings count the minutes since then.
BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)


def suggested_meeting(meeting: Meeting, now: datetime) -> CalendarEvent | None:
    """A suggested meeting as a calendar event; cancelled where the pair has ended. None where its people are gone.

    Nothing is stored about it. All suggestions to a pair are one event, and each reading is its newest version: who
    takes another time into their calendar moves the meeting there.
    """
    people = Enrollment.objects.select_related("user", "cohort__programme").in_bulk(
        [meeting.mentee_id, *meeting.mentor_ids]
    )
    mentee = people.get(meeting.mentee_id)
    mentors = [people[pk] for pk in meeting.mentor_ids if pk in people]
    if mentee is None or len(mentors) != len(meeting.mentor_ids):
        return None
    return _event(mentee, mentors, meeting.starts, now)


def _all_over(mentee: Enrollment, mentors: Sequence[Enrollment]) -> bool:
    """Whether there were matches and all have ended. There is none yet when a preview shows the link."""
    statuses = list(Match.objects.filter(mentee=mentee, mentor__in=mentors).values_list("status", flat=True))
    return bool(statuses) and not any(status in Match.UNDER_WAY for status in statuses)


def _event(mentee: Enrollment, mentors: Sequence[Enrollment], starts: datetime, now: datetime) -> CalendarEvent:
    cohort = mentee.cohort
    page = absolute_url("matching:my-pair", mentee.pk)
    names = ", ".join(str(mentor.user) for mentor in mentors)
    return CalendarEvent(
        uid=event_uid("-".join(["meeting", *(str(mentor.pk) for mentor in mentors)]), mentee.pk),
        sequence=(now - BEGINNING) // timedelta(minutes=1),
        name=f"{mentee.user.short_name} and {names}: meeting ({cohort.name})",
        starts=starts,
        minutes=FIRST_MEETING,
        text=f"A suggestion for {mentee}. Agree on it with each other, and where you meet.\n{page}",
        link=page,
        status=CANCELLED if _all_over(mentee, mentors) else TENTATIVE,
        organizer=(cohort.programme.name, cohort.programme.contact_email),
        attendees=attendees_among([mentee, *mentors]),
        cohort=cohort.name,
    )

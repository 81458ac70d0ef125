"""Meetings of a pair in calendars: those that the intro or the pair's page suggests, and those that are set."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from cohorts.calendar.ics import CANCELLED, CONFIRMED, TENTATIVE, CalendarEvent, event_uid
from cohorts.models import Enrollment
from cohorts.sharing.addressing import attendees_among
from matching.meeting_times.links import Meeting
from matching.meeting_times.suggestions import FIRST_MEETING
from matching.models import Match, PairMeeting
from mentorship.core.accounts.models import User
from mentorship.core.links import absolute_url
from mentorship.core.text import join_names

# Sequences of meetings count the seconds since then, so that suggestions and later fixed meetings share one order.
BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)


def sequence_at(now: datetime) -> int:
    """The sequence of an event that a calendar reads at this moment."""
    return (now - BEGINNING) // timedelta(seconds=1)


def suggested_uid(mentee_id: int, mentor_ids: Sequence[int]) -> str:
    """The calendar id shared by suggestions to a pair and the first meeting that they set."""
    return event_uid("-".join(["meeting", *map(str, mentor_ids)]), mentee_id)


def suggested_meeting(meeting: Meeting, now: datetime) -> CalendarEvent | None:
    """A suggested meeting as a calendar event; cancelled if the pair has ended. None if its people are gone.

    All suggestions to a pair are one event, and each download is its newest version: adding another time to a calendar
    moves the meeting there. Once the pair has set that meeting, its own time counts.
    """
    people = Enrollment.objects.select_related("user", "cohort__programme").in_bulk(
        [meeting.mentee_id, *meeting.mentor_ids]
    )
    mentee = people.get(meeting.mentee_id)
    mentors = [people[pk] for pk in meeting.mentor_ids if pk in people]
    if mentee is None or len(mentors) != len(meeting.mentor_ids):
        return None
    uid = suggested_uid(meeting.mentee_id, meeting.mentor_ids)
    if found := PairMeeting.objects.filter(uid=uid).first():
        return meeting_event(found, mentee, mentors)
    text = f"A suggestion for {mentee}. Agree on it with each other, and where you meet."
    return _event(
        mentee,
        mentors,
        uid=uid,
        sequence=sequence_at(now),
        starts=meeting.starts,
        minutes=FIRST_MEETING,
        text=text,
        status=CANCELLED if _all_over(mentee, mentors) else TENTATIVE,
        attendees=attendees_among([mentee, *mentors]),
    )


def meeting_event(
    meeting: PairMeeting, mentee: Enrollment, mentors: Sequence[Enrollment], reader: User | None = None
) -> CalendarEvent:
    """A meeting that a pair has set, for a `reader` who sees their own address and those that are shared."""
    own = tuple((e.name_of(p), p.email) for e in (mentee, *mentors) for p in e.people if p == reader)
    return _event(
        mentee,
        mentors,
        uid=meeting.uid,
        sequence=meeting.sequence,
        starts=meeting.starts_at,
        minutes=meeting.minutes,
        text="To move or cancel it:",
        status=CANCELLED if meeting.cancelled_at else CONFIRMED,
        attendees=tuple(dict.fromkeys((*own, *attendees_among([mentee, *mentors])))),
        location=meeting.place,
        unanswered=True,
    )


def _all_over(mentee: Enrollment, mentors: Sequence[Enrollment]) -> bool:
    """Whether there were matches and all have ended. There is none yet when a preview shows the link."""
    statuses = list(Match.objects.filter(mentee=mentee, mentor__in=mentors).values_list("status", flat=True))
    return bool(statuses) and not any(status in Match.UNDER_WAY for status in statuses)


def _event(mentee: Enrollment, mentors: Sequence[Enrollment], *, text: str, **fields: Any) -> CalendarEvent:
    cohort = mentee.cohort
    page = absolute_url("matching:my-pair", mentee.pk)
    names = join_names([mentor.name_of(mentor.user) for mentor in mentors])
    return CalendarEvent(
        name=f"{mentee.user.short_name} and {names}: meeting ({cohort.name})",
        text=f"{text}\n{page}",
        link=page,
        organizer=(cohort.programme.name, cohort.programme.contact_email),
        cohort=cohort.name,
        **fields,
    )

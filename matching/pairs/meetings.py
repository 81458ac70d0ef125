"""Set, move and cancel the meetings of a pair. Everybody invited to one gets a calendar file by mail."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from cohorts.calendar.clashes import check_clashes
from cohorts.calendar.ics import CalendarEvent, event_uid, removal_for
from cohorts.models import Enrollment, TeamMember
from matching.meeting_times.calendar import meeting_event, sequence_at, suggested_uid
from matching.models import Match, PairMeeting, PairMeetingGuest
from matching.pairs.meeting_mails import Occasion, mail_meeting
from matching.pairs.services import lock_pair
from mentorship.core.accounts.models import User
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.background.sweep_scope import where_changed
from mentorship.core.errors import ServiceError
from mentorship.core.ui.moments import reader_zone

MOST_AHEAD = 50
# How long past and cancelled meetings stay in the feed, so that every calendar notices the cancellation.
KEPT = timedelta(days=60)


def meetings_ahead(mentee_id: int, now: datetime) -> list[PairMeeting]:
    """The meetings to come of a mentee with their mentors, the next one first."""
    ahead = PairMeeting.objects.filter(mentee=mentee_id, cancelled_at=None, starts_at__gt=now)
    return list(ahead.select_related("set_by"))


@transaction.atomic
def set_meeting(*, match: Match, by: User, fields: Mapping[str, Any], answered: Collection[str] = ()) -> PairMeeting:
    """Set a meeting and invite everybody of the pair. The same time again is the same meeting.

    Raises ServiceError if the match is over, ClashError if they are somewhere else and have not `answered`.
    """
    _, live = lock_pair(match, by)
    now, ahead = timezone.now(), meetings_ahead(match.mentee_id, timezone.now())
    if same := next((one for one in ahead if one.starts_at == fields["starts_at"]), None):
        return same
    if len(ahead) >= MOST_AHEAD:
        raise ServiceError(f"You have {MOST_AHEAD} meetings ahead of you already. Cancel one first.")
    meeting = PairMeeting(mentee_id=match.mentee_id, set_by=by, sequence=sequence_at(now), **fields)
    first = suggested_uid(match.mentee_id, [one.mentor_id for one in live])
    mentee, mentors = _pair(meeting)
    _check(meeting, mentee, mentors, by, answered)
    meeting.save()
    meeting.uid = event_uid("pair-meeting", meeting.pk)
    if not PairMeeting.objects.filter(uid=first).exists():
        meeting.uid = first
    meeting.save(update_fields=["uid"])
    _record(Verb.SET_A_MEETING, meeting, match, by)
    _tell(meeting, Occasion.SET, by)
    return meeting


@transaction.atomic
def change_meeting(
    *, match: Match, meeting: PairMeeting, by: User, fields: Mapping[str, Any], answered: Collection[str] = ()
) -> PairMeeting:
    """Move a meeting, or change its place, and tell everybody. Raises as `set_meeting`, and if it is over."""
    lock_pair(match, by)
    locked = _ahead(meeting)
    if all(getattr(locked, name) == value for name, value in fields.items()):
        return locked
    for name, value in fields.items():
        setattr(locked, name, value)
    mentee, mentors = _pair(locked)
    _check(locked, mentee, mentors, by, answered)
    locked.sequence = max(locked.sequence + 1, sequence_at(timezone.now()))
    locked.save()
    _record(Verb.MOVED_A_MEETING, locked, match, by)
    _tell(locked, Occasion.CHANGED, by)
    return locked


@transaction.atomic
def cancel_meeting(*, match: Match, meeting: PairMeeting, by: User) -> None:
    """Cancel a meeting and take it out of everybody's calendar. Idempotent. Raises ServiceError once it has begun."""
    lock_pair(match, by)
    if PairMeeting.objects.filter(pk=meeting.pk).exclude(cancelled_at=None).exists():
        return
    locked = _ahead(meeting)
    _cancel(locked)
    _record(Verb.CANCELLED_A_MEETING, locked, match, by)
    _tell(locked, Occasion.CANCELLED, by)


def sweep_meetings(now: datetime) -> int:
    """Remove meetings from the calendars of people who have left the pair. Returns the number of mails.

    If nobody is left to meet, the meeting is cancelled. Idempotent.
    """
    guests = PairMeetingGuest.objects.filter(left=False, meeting__cancelled_at=None, meeting__starts_at__gt=now)
    guests = where_changed(guests, "meeting__mentee__cohort__programme__workspace", person="user")
    gone = guests.exclude(_still_meets(), user__is_active=True)
    stale = PairMeeting.objects.filter(pk__in=gone.values("meeting")).order_by("pk")
    return sum(_remove_leavers(meeting) for meeting in stale)


def _still_meets() -> Q:
    """The condition that a guest takes part in the meetings of the mentee; see `_people_by_mentee`."""
    matches = _told_and_under_way(Match.objects.filter(mentee=OuterRef("meeting__mentee"), imported=False))
    lead_or_mentor = Q(mentor__user=OuterRef("user")) | Q(mentee__user=OuterRef("user"))
    member = TeamMember.objects.filter(enrollment=OuterRef("meeting__mentee"), user=OuterRef("user"))
    return Q(Exists(matches.filter(lead_or_mentor))) | (Q(Exists(matches)) & Q(Exists(member)))


@transaction.atomic
def _remove_leavers(meeting: PairMeeting) -> int:
    Enrollment.objects.select_for_update(of=("self",)).get(pk=meeting.mentee_id)
    locked = PairMeeting.objects.get(pk=meeting.pk)
    people = _people_by_mentee([meeting.mentee_id])[meeting.mentee_id]
    gone = locked.guests.filter(left=False).exclude(user__in=people).select_related("user")
    leavers = [guest.user for guest in gone]
    if locked.cancelled_at or not leavers:
        return 0
    mentee, mentors = _pair(locked, also_over=True)
    for person in leavers:
        event = removal_for(meeting_event(locked, mentee, mentors), str(person), person.email)
        mail_meeting(locked, mentee, mentors, person, Occasion.LEFT, event)
    gone.update(left=True)
    if not people:
        _cancel(locked)
    return len(leavers)


def meetings_of(user: User) -> Iterator[CalendarEvent]:
    """A person's meetings for their calendar feed, cancelled ones included. A constant number of queries."""
    guests = PairMeetingGuest.objects.filter(user=user, meeting__starts_at__gt=timezone.now() - KEPT)
    found = list(guests.select_related("meeting").order_by("meeting__starts_at", "pk"))
    pairs = _pairs({guest.meeting.mentee_id for guest in found}, also_over=True) if found else {}
    for guest in found:
        event = meeting_event(guest.meeting, *pairs[guest.meeting.mentee_id], user)
        yield removal_for(event, str(user), user.email) if guest.left else event


def _pair(meeting: PairMeeting, *, also_over: bool = False) -> tuple[Enrollment, list[Enrollment]]:
    """The mentee (team), and those who mentor them."""
    return _pairs([meeting.mentee_id], also_over=also_over)[meeting.mentee_id]


def _pairs(ids: Collection[int], *, also_over: bool = False) -> dict[int, tuple[Enrollment, list[Enrollment]]]:
    """Each mentee (team) and those who mentor them, by id; `also_over`: former mentors if nobody mentors them now."""
    mentees = Enrollment.objects.select_related("user", "cohort__programme").prefetch_related("members__user")
    matches = Match.objects.filter(mentee__in=ids, imported=False)
    matches = matches.select_related("mentor__user", "mentor__cohort__programme").order_by("pk")
    live: dict[int, list[Enrollment]] = {pk: [] for pk in ids}
    for match in _told_and_under_way(matches):
        live[match.mentee_id].append(match.mentor)
    if also_over and not all(live.values()):
        over = {pk for pk, mentors in live.items() if not mentors}
        for match in matches:
            if match.mentee_id in over:
                live[match.mentee_id].append(match.mentor)
    return {pk: (mentee, live[pk]) for pk, mentee in mentees.in_bulk(list(ids)).items()}


def _told_and_under_way(matches: Any) -> Any:
    return matches.under_way().exclude(pk__in=Match.objects.held(timezone.now()))


def _people_by_mentee(ids: Collection[int]) -> dict[int, list[User]]:
    """The people who take part in the meetings of these mentees, by mentee; none if no match is under way."""
    found: dict[int, list[User]] = {pk: [] for pk in ids}
    matches = _told_and_under_way(Match.objects.filter(mentee__in=ids, imported=False))
    for match in matches.select_related("mentor__user", "mentee__user").prefetch_related("mentee__members__user"):
        people = [*match.mentee.people, match.mentor.user]
        found[match.mentee_id] += [p for p in people if p.is_active and p not in found[match.mentee_id]]
    return found


def _check(
    meeting: PairMeeting, mentee: Enrollment, mentors: Sequence[Enrollment], by: User, answered: Collection[str]
) -> None:
    if meeting.starts_at <= timezone.now():
        raise ServiceError("This is in the past. Choose a time to come.")
    check_clashes(by, meeting_event(meeting, mentee, mentors, by), answered=answered, zone=reader_zone())


def _tell(meeting: PairMeeting, occasion: Occasion, by: User) -> None:
    """Mail each of them their own copy: nobody reads an address that is not shared."""
    mentee, mentors = _pair(meeting)
    people = _people_by_mentee([meeting.mentee_id])[meeting.mentee_id]
    for person in people:
        PairMeetingGuest.objects.update_or_create(meeting=meeting, user=person, defaults={"left": False})
        event = meeting_event(meeting, mentee, mentors, person)
        mail_meeting(meeting, mentee, mentors, person, occasion, event, by=by)


def _cancel(meeting: PairMeeting) -> None:
    meeting.cancelled_at = timezone.now()
    meeting.sequence = max(meeting.sequence + 1, sequence_at(meeting.cancelled_at))
    meeting.save(update_fields=["cancelled_at", "sequence"])


def _ahead(meeting: PairMeeting) -> PairMeeting:
    locked = PairMeeting.objects.get(pk=meeting.pk)
    if locked.cancelled_at or locked.starts_at <= timezone.now():
        raise ServiceError("This meeting was cancelled, or has begun. Set a new one.")
    return locked


def _record(verb: Verb, meeting: PairMeeting, match: Match, by: User) -> None:
    record(verb=verb, target=meeting, workspace_id=match.mentee.cohort.workspace_id, by=by, match=match.pk)

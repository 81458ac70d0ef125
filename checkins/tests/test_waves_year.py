"""400 days in five zones with outages, two beats and changes of mind: each mail once, on the right local day."""

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from checkins.answering.services import save_answers
from checkins.models import CheckIn, CheckInWave, SurveyQuestion
from checkins.schedule.pauses import pause_pair, resume_pair
from checkins.schedule.planning import ensure_default_wave
from checkins.waves.mails import write_mail
from checkins.waves.services import add_template
from checkins.waves.sweep import sweep_checkins
from cohorts.models import OptOut
from matching.pairs.services import set_match_status
from mentorship.core.outbox.models import OutboxMessage
from mentorship.core.timezones import not_on_sunday
from mentorship.devtools.testing.factories import EnrollmentFactory, MatchFactory

pytestmark = pytest.mark.django_db

ZONES = ["Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Pacific/Auckland", "Africa/Nairobi"]
# Among them the end of November (no 30 February), the 29th of February's eve, and days around both clock changes.
INTROS = [date(2027, 11, 30), date(2027, 11, 29), date(2027, 12, 26), date(2027, 12, 12), date(2028, 1, 31)]
BEGIN, DAYS = datetime(2027, 11, 20, tzinfo=UTC), 400
# First day and length in days of what the beat slept through; everything between falls due late.
OUTAGES = [(date(2028, 2, 28), 3), (date(2028, 3, 25), 3)]
STEP, TICK = timedelta(hours=1), timedelta(days=10)


def asleep(moment):
    return any(first <= moment.date() < first + timedelta(days=days) for first, days in OUTAGES)


def awake_from(moment):
    while asleep(moment):
        moment = datetime.combine(moment.date() + timedelta(days=1), datetime.min.time(), UTC)
    return moment


def months_later(day, months):
    """Counted out by hand, another way than the product does: step back from the day until it exists."""
    year, month = day.year + (day.month - 1 + months) // 12, (day.month - 1 + months) % 12 + 1
    for number in range(day.day, 27, -1):
        try:
            return date(year, month, number)
        except ValueError:
            continue
    return date(year, month, day.day)


def nine(day, zone):
    return datetime(day.year, day.month, day.day, 9, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def expected(intro, zone, reminders=2, every=7):
    """The local days of the mails of somebody who never answers."""
    days, due = [], nine(not_on_sunday(months_later(intro, 3)), zone)
    for _ in range(1 + reminders):
        went = awake_from(due)
        days.append(went.astimezone(ZoneInfo(zone)).date())
        due = nine(not_on_sunday(days[-1] + timedelta(days=every)), zone)
    return days


@pytest.fixture
def pairs(cast):
    """For each zone and day of the intro a pair of its own."""
    made = {}
    for zone in ZONES:
        for intro in INTROS:
            match = MatchFactory(
                mentee=EnrollmentFactory(cohort=cast.cohort, time_zone=zone),
                mentor=EnrollmentFactory(cohort=cast.cohort, role="mentor", time_zone=zone),
            )
            OutboxMessage.objects.filter(pk=match.intro_id).update(status="sent", sent_at=nine(intro, zone))
            made[zone, intro] = match
    ensure_default_wave(cohort=cast.cohort)
    return made


def run(actions, days=DAYS):
    """Sweeps at every hour in which something falls due, and every ten days besides; by two beats."""
    sent, seen, moment = defaultdict(list), 0, BEGIN
    todo = sorted(actions, key=lambda a: a[0])
    while moment < BEGIN + timedelta(days=days):
        while todo and todo[0][0] <= moment:
            todo.pop(0)[1]()
        stale = list(
            CheckIn.objects.due(moment).select_related(
                "user",
                "enrollment",
                "wave__survey",
                "wave__cohort__programme",
                "match__mentee__user",
                "match__mentor__user",
            )[:3]
        )
        sweep_checkins(moment)
        for checkin in stale:  # a second beat, which had read before the first one wrote
            assert write_mail([checkin], moment) == 0
        if stale:
            sweep_checkins(moment)
        new = OutboxMessage.objects.filter(kind="check-in").order_by("created_at", "pk")[seen:]
        for message in new:
            sent[message.to[0]].append(moment)
            seen += 1
        moment = next_moment(moment, todo[0][0] if todo else None)
    return sent


def next_moment(moment, action):
    """The next full hour at which a mail is due, a window closes or somebody acts; ten days later, or when awake."""
    within = {"gt": moment, "lte": moment + TICK}
    due = CheckIn.objects.filter(**{f"next_mail_at__{k}": v for k, v in within.items()}).values_list("next_mail_at")
    closing = CheckIn.objects.filter(**{f"closes_at__{k}": v for k, v in within.items()}, status="sent")
    coming = [m for (m,) in [*due, *closing.values_list("closes_at")]]
    first = min([*coming, *([action] if action else [])], default=moment + TICK)
    whole = first.replace(minute=0, second=0) + (STEP if first.minute else timedelta(0))
    return awake_from(min(whole, moment + TICK) if whole > moment else moment + STEP)


def local_days(moments, zone):
    return [m.astimezone(ZoneInfo(zone)).date() for m in moments]


def test_each_mail_once_on_the_right_local_day(cast, pairs):
    def answers(match):
        checkin = CheckIn.objects.get(match=match, side="mentee")
        question = SurveyQuestion.objects.get(survey=checkin.wave.survey, key="helpful")
        save_answers(checkin=checkin, answers={question.pk: "5"}, now=checkin.last_mail_at + timedelta(hours=1))

    first, changed, gone, rests, out = (pairs[zone, INTROS[0]] for zone in ZONES)
    by = cast.coordinator
    end = datetime(2028, 3, 4, tzinfo=UTC)
    run_actions = [
        (end, lambda: answers(first)),
        # Ended and taken back before anything was due: as if nothing had been.
        (datetime(2028, 1, 2, tzinfo=UTC), lambda: set_match_status(match=changed, to="ended", by=by, reason="?")),
        (datetime(2028, 1, 20, tzinfo=UTC), lambda: set_match_status(match=changed, to="active", by=by)),
        # Ended for good after the first mail.
        (end, lambda: set_match_status(match=gone, to="ended", by=by, reason="moved")),
        (datetime(2028, 1, 2, tzinfo=UTC), lambda: pause_pair(match=rests, by=by)),
        (
            datetime(2028, 4, 10, 6, tzinfo=UTC),
            lambda: resume_pair(match=rests, by=by, now=datetime(2028, 4, 10, 6, tzinfo=UTC)),
        ),
        (end, lambda: OptOut.objects.create(workspace=cast.programme.workspace, user=out.mentor.user)),
    ]
    sent = run(run_actions)
    special = {first.pk, gone.pk, rests.pk, out.pk}
    for (zone, intro), match in pairs.items():
        if match.pk in special:
            continue
        for person in (match.mentee.user, match.mentor.user):
            assert local_days(sent[person.email], zone) == expected(intro, zone), (zone, intro)
            due = nine(not_on_sunday(months_later(intro, 3)), zone)
            if awake_from(due) == due:
                assert timedelta(0) <= sent[person.email][0] - due < STEP, (zone, intro)
    zone_of = {match.pk: zone for (zone, _), match in pairs.items()}
    once = {m.pk: expected(INTROS[0], zone_of[m.pk])[:1] for m in (first, gone, out)}
    assert local_days(sent[first.mentee.user.email], zone_of[first.pk]) == once[first.pk]
    assert local_days(sent[first.mentor.user.email], zone_of[first.pk]) == expected(INTROS[0], zone_of[first.pk])
    assert local_days(sent[gone.mentee.user.email], zone_of[gone.pk]) == once[gone.pk]
    assert local_days(sent[out.mentor.user.email], zone_of[out.pk]) == once[out.pk]
    # What fell into the pause comes the morning after it, and the reminders from there.
    back = [date(2028, 4, 11), date(2028, 4, 18), date(2028, 4, 25)]
    assert local_days(sent[rests.mentee.user.email], zone_of[rests.pk]) == back
    keys = list(OutboxMessage.objects.filter(kind="check-in").values_list("key", flat=True))
    assert len(keys) == len(set(keys)) == sum(map(len, sent.values()))
    assert not CheckIn.objects.filter(status__in=["planned", "sent"]).exists()


def test_a_cohort_whose_end_moves_takes_its_last_check_in_along(cast, pairs):
    wave = add_template(cohort=cast.cohort, key="end", by=cast.coordinator)
    now = datetime(2028, 2, 1, tzinfo=UTC)
    cast.cohort.ends_on = date(2028, 6, 30)
    cast.cohort.save()
    sweep_checkins(now)
    zone = "Asia/Kathmandu"
    of = CheckIn.objects.filter(wave=wave, zone=zone)
    assert {c.due_at for c in of.all()} == {nine(date(2028, 6, 23), zone)}
    cast.cohort.ends_on = date(2028, 7, 31)
    cast.cohort.save()
    sweep_checkins(now)
    assert {c.due_at for c in of.all()} == {nine(date(2028, 7, 24), zone)}
    match = pairs[zone, INTROS[0]]
    match.mentee.user.time_zone = "Pacific/Auckland"
    match.mentee.user.save()
    sweep_checkins(now)
    moved = CheckIn.objects.get(wave=wave, user=match.mentee.user)
    assert moved.due_at == nine(date(2028, 7, 24), "Pacific/Auckland")
    assert CheckInWave.objects.get(pk=wave.pk).anchored_on == date(2028, 7, 31)

"""Fill what happens in rounds: matches, mails, check-ins, trainings, events."""

from collections.abc import Iterator

from checkins.models import Answer, Case, CheckIn, CheckInWave, Graduation, Survey, SurveyQuestion
from matching.models import Match, PairGoal, PairMeeting, PairMeetingGuest, SpeedEvent, SpeedRsvp
from mentorship.core.outbox.models import Bounce, Heartbeat, OutboxMessage
from mentorship.devtools.bench.scale.bulk import Row, put
from mentorship.devtools.bench.scale.sizes import Cohort, Sizes, uuid_of
from training.models import Provider, Training, TrainingBooking, TrainingSession

TEXT = "Dear participant,\n\nthank you for taking part. Here is what comes next, and whom to turn to.\n\nThe team\n" * 3
# A link by which a recipient can act: of the programme and the person.
LINKS = '{"1": {"for": "checkins.alumni", "values": [%d, %d], "before": "/stay/", "after": "/"}}'
# Of a hundred people of a cohort so many have booked a training, set a meeting, and have a case about them.
BOOKINGS, MEETINGS, CASES = 20, 5, 2


def fill_rounds(sizes: Sizes) -> None:
    """Fill what follows from the introductions on."""
    put(
        OutboxMessage,
        "id key workspace_id scope kind why to subject body_text status due_at sent_at created_at maybe_duplicate "
        "people links held last_error",
        _messages(sizes),
    )
    failed = (n for n in range(1, len(sizes.cohorts) * sizes.people + 1) if n % 500 == 0)
    bounced = ((uuid_of(n), f"event-{n}", "gone", "gone@example.org", sizes.moment(-300)) for n in failed)
    put(Bounce, "message_id event kind address at", bounced)
    put(Match, "id mentee_id mentor_id status intro_id why created_at", _matches(sizes))
    _fill_pairs(sizes)
    _fill_checkins(sizes)
    _fill_trainings(sizes)
    put(Heartbeat, "name at", ((name, sizes.moment(0)) for name in ("sweep", "beat", "delivery")))


def begun(sizes: Sizes) -> Iterator[tuple[int, Cohort]]:
    """The cohorts that have begun, each with the number before that of its first match."""
    return ((n * sizes.pairs, cohort) for n, cohort in enumerate(one for one in sizes.cohorts if one.begun))


def _messages(sizes: Sizes) -> Iterator[Row]:
    """A decision for everybody, a mailing, and an intro for each pair; a few wait, failed or are doubtful."""
    intros = sizes.staff
    for cohort in sizes.cohorts:
        at = sizes.moment(min(cohort.starts - 50, -1))
        for seat in range(sizes.people):
            number = cohort.first_person + seat
            to = sizes.person(cohort, seat)
            waits = cohort.is_open and seat % 20 == 19
            status = "queued" if waits else {999: "failed", 998: "cancelled"}.get(number % 1000, "sent")
            yield _message(sizes, number, f"decision:{number}:1", cohort, "decision", to, status, at)
            if cohort.begun:
                news = 3 * sizes.staff + number
                yield _message(sizes, news, f"mailing:{cohort.number}:{number}", cohort, "mailing", to, "sent", at)
    for before, cohort in begun(sizes):
        at = sizes.moment(cohort.starts + 1)
        for seat in range(sizes.pairs):
            number = intros + before + seat + 1
            to = sizes.person(cohort, seat)
            yield _message(sizes, number, f"intro:{before}:{seat}", cohort, "intro", to, "sent", at)


def _message(sizes: Sizes, number: int, key: str, cohort: Cohort, kind: str, to: int, status: str, at: str) -> Row:
    address = f"person{to}@example.org"
    return (
        uuid_of(number),
        key,
        cohort.programme,
        f"cohort:{cohort.number}",
        kind,
        "A coordinator decided.",
        f'["{address}"]',
        f"Message {number} of round {cohort.number}",
        TEXT,
        status,
        sizes.moment(9) if status == "queued" else at,
        at if status == "sent" else None,
        at,
        number % 5000 == 1,
        f'{{"{address}": {to}}}',
        LINKS % (cohort.programme, to) if kind == "decision" else "{}",
        "held" if status == "cancelled" else "",
        "550 no such user" if status == "failed" else "",
    )


def _matches(sizes: Sizes) -> Iterator[Row]:
    for before, cohort in begun(sizes):
        status = "active" if cohort.status == "running" else "graduated"
        at = sizes.moment(cohort.starts)
        for seat in range(sizes.pairs):
            number = before + seat + 1
            mentee = cohort.first_person + seat
            mentor = cohort.first_person + sizes.mentees + seat
            yield number, mentee, mentor, status, uuid_of(sizes.staff + number), "Both know soil.", at


def _fill_pairs(sizes: Sizes) -> None:
    """Goals of each running pair, and a meeting of some."""
    running = [(before, cohort) for before, cohort in begun(sizes) if cohort.status == "running"]
    pairs = [(before + seat + 1) for before, _ in running for seat in range(sizes.pairs)]
    put(PairGoal, "id text side agreed_at", ((n, "Publish the map.", "mentee", sizes.moment(-50)) for n in pairs))
    put(PairGoal.matches.through, "pairgoal_id match_id", ((n, n) for n in pairs))
    met = [(cohort, before + seat + 1, seat) for before, cohort in running for seat in range(sizes.share(MEETINGS))]
    put(
        PairMeeting,
        "id mentee_id uid sequence starts_at",
        ((n, cohort.first_person + seat, f"meeting-{n}", 1, sizes.moment(15)) for cohort, n, seat in met),
    )
    put(
        PairMeetingGuest,
        "meeting_id user_id",
        ((n, sizes.person(cohort, place)) for cohort, n, seat in met for place in (seat, sizes.mentees + seat)),
    )
    put(
        SpeedEvent, "id cohort_id name starts_at", ((c.number, c.number, "Meet", sizes.moment(30)) for c in _met(sizes))
    )
    put(
        SpeedRsvp,
        "event_id enrollment_id status",
        ((c.number, c.first_person + seat, "coming") for c in _met(sizes) for seat in range(sizes.share(10))),
    )


def _met(sizes: Sizes) -> Iterator[Cohort]:
    return (cohort for cohort in sizes.cohorts if cohort.status == "matching")


def _waves(sizes: Sizes) -> Iterator[Row]:
    for c in sizes.cohorts:
        if c.begun:
            first, last = sizes.day(c.starts), sizes.day(c.starts + 180)
            yield 2 * c.number - 1, c.number, c.programme, "Three months", "intro", 3, "months", "both", first
            yield 2 * c.number, c.number, c.programme, "The end", "ends", 0, "days", "mentees", last


def _fill_checkins(sizes: Sizes) -> None:
    """The check-in after three months, which some answered, and one at the end, which is planned while a round runs."""
    numbers = range(1, sizes.programmes + 1)
    put(Survey, "id programme_id name", ((n, n, "How is it going?") for n in numbers))
    asked = ((2 * n - 1, n, "have-met", "one", "Have you met?") for n in numbers)
    helped = ((2 * n, n, "helpful", "scale", "How helpful is it?") for n in numbers)
    questions = ((*row, "[]") for rows in (asked, helped) for row in rows)
    put(SurveyQuestion, "id survey_id key kind text options", questions)
    put(
        CheckInWave,
        "id cohort_id survey_id name anchor offset unit audience anchored_on",
        _waves(sizes),
    )
    put(
        CheckIn,
        "id wave_id match_id enrollment_id user_id side status zone due_at closes_at next_mail_at mails_sent asked_at "
        "answered_at",
        _checkins(sizes),
    )
    put(Answer, "checkin_id question_id value", _answers(sizes))
    put(Graduation, "id enrollment_id user_id status name decided_on", _graduations(sizes))
    put(
        Case,
        "cohort_id kind about_id match_id due_on next_step",
        (
            (cohort.number, "help", sizes.person(cohort, seat), before + seat + 1, sizes.day(-3), "Call them")
            for before, cohort in begun(sizes)
            for seat in range(sizes.share(CASES))
        ),
    )


def _checkins(sizes: Sizes) -> Iterator[Row]:
    """Three for each pair: the first 40 seats of each cohort are mentees, in the order of their matches."""
    for before, cohort in begun(sizes):
        asked, ends = sizes.moment(cohort.starts + 92), sizes.moment(cohort.starts + 180)
        closes, over = sizes.moment(cohort.starts + 134), sizes.moment(cohort.starts + 222)
        running = cohort.status == "running"
        for seat in range(sizes.pairs):
            match = before + seat + 1
            silent = "sent" if running else "expired"
            for side, place in enumerate((seat, sizes.mentees + seat)):
                answers = (seat + side) % 3 > 0
                yield (
                    *(3 * match - 2 + side, 2 * cohort.number - 1, match),
                    *(cohort.first_person + place, sizes.person(cohort, place), ("mentee", "mentor")[side]),
                    *("answered" if answers else silent, "Europe/Berlin", asked, closes),
                    *(sizes.moment(4) if running and not answers else None, 2, asked, asked if answers else None),
                )
            state = ("planned", None, 0, None) if running else ("answered", asked, 1, ends)
            yield (
                *(3 * match, 2 * cohort.number, match),
                *(cohort.first_person + seat, sizes.person(cohort, seat), "mentee"),
                *(state[0], "Europe/Berlin", ends, over, ends if running else None, state[2], state[1], state[3]),
            )


def _answers(sizes: Sizes) -> Iterator[Row]:
    for before, cohort in begun(sizes):
        for seat in range(sizes.pairs):
            for side in range(2):
                if (seat + side) % 3:
                    checkin = 3 * (before + seat + 1) - 2 + side
                    yield checkin, 2 * cohort.programme - 1, ("regularly", "no")[seat % 7 == 0]
                    yield checkin, 2 * cohort.programme, str(1 + seat % 5)


def _graduations(sizes: Sizes) -> Iterator[Row]:
    for before, cohort in begun(sizes):
        if cohort.status == "completed":
            for seat in range(sizes.pairs):
                person = sizes.person(cohort, seat)
                day = sizes.day(cohort.starts + 180)
                yield uuid_of(before + seat + 1), cohort.first_person + seat, person, "graduated", "Ana Diaz", day


def _fill_trainings(sizes: Sizes) -> None:
    numbers = range(1, sizes.programmes + 1)
    put(Provider, "id workspace_id name", ((n, n, "The school of listening") for n in numbers))
    put(Training, "id provider_id name", ((n, n, "Listening") for n in numbers))
    # Rounds that run had it; those that are being matched will.
    ahead = {"running": -90, "completed": -390, "matching": 25}
    held = [cohort for cohort in sizes.cohorts if cohort.status in ahead]
    put(
        TrainingSession,
        "id training_id cohort_id starts_at taken",
        ((c.number, c.programme, c.number, sizes.moment(ahead[c.status]), sizes.share(BOOKINGS)) for c in held),
    )
    put(
        TrainingBooking,
        "session_id enrollment_id attended changed_at",
        (
            (c.number, c.first_person + sizes.mentees + seat, None if c.is_open else seat % 4 > 0, sizes.moment(-1))
            for c in held
            for seat in range(sizes.share(BOOKINGS))
            if not c.is_open or (sizes.mentees + seat) % 25 < 24  # who was declined has no seat
        ),
    )

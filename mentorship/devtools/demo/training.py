"""The demo's trainings: slots that two programmes and a sister organisation share, once past and once ahead."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import F
from django.utils import timezone

from cohorts.enrollment.upsert import EnrollmentInput, save_enrollment
from cohorts.models import Cohort, Enrollment, Programme
from cohorts.setup.services import create_cohort, create_programme, set_cohort_status
from mentorship.core.accounts.models import User
from mentorship.core.accounts.people.services import person_by_email
from mentorship.core.outbox.models import OutboxMessage
from mentorship.devtools.demo.training_costs import share_costs
from training.attendance.roll import read_keys
from training.attendance.services import save_attendance, save_feedback
from training.booking.attendees import attendees_of
from training.booking.services import book_seat
from training.models import Provider, Training, TrainingBooking, TrainingGuest, TrainingSession
from training.sessions.services import create_session
from training.sharing.services import add_organisation, answer_share, confirm_guest, share_session

DOMAIN = "demo.example.org"
PROVIDER, TRAINING = "The Listening Company", "Listening, asking, giving feedback"
SISTER = "Hardware for All"
FELLOWS = [
    ("Ilse Maron", "Europe/Brussels"),
    ("Teo Anquetil", "America/Montreal"),
    ("Nandi Zulu", "Africa/Johannesburg"),
]
GUESTS = [("Sunita Gurung", "Asia/Kathmandu"), ("Pavo Horvat", "Europe/Zagreb"), ("Lupe Arrieta", "America/Bogota")]
WORDS = ("The silence exercise was worth the evening.", "", "More examples from remote work, please.", "")


def share_trainings(*, past: Cohort, coming: Cohort, by: User) -> None:
    """Fill in what the demo shows about training. The slots of `coming` exist; those of `past` are made here."""
    fellows = _fellows(past.starts_on)
    sister = add_organisation(cohort=past, name=SISTER, contact_email=f"mentors@{DOMAIN}", by=by)
    guests = [
        confirm_guest(organisation=sister, name=name, email=f"guest{n}@{DOMAIN}", time_zone=zone)
        for n, (name, zone) in enumerate(GUESTS)
    ]
    slots = list(coming.training_sessions.order_by("starts_at"))
    _share(slots[1:], fellows, sister, by)
    for guest, slot in zip(guests, slots[1:], strict=False):
        book_seat(session=slot, guest=guest, by=None)
    _calls(coming, slots[0].starts_at, by)
    Provider.objects.filter(name=PROVIDER).update(
        contact=f"Wilma Sand, trainer@{DOMAIN}",
        price_list="One session of three hours, up to 20 people: 640.00 GBP\nThree sessions in one round: 1,750.00 GBP",
        terms="Cancelled up to seven days before at no cost, later at half the price. Payable within 30 days.",
    )
    Training.objects.filter(name=TRAINING).update(
        topic="listening, questions, feedback, challenges",
        summary="Three hours in small groups: how to listen, ask instead of answering, and give feedback that helps.",
        materials=f"https://{DOMAIN}/listening",
        refresher_rounds=4,
    )
    _round_that_ran(past, fellows, sister, guests, by)
    _call_that_was(past, by)
    share_costs(past=past, sister=SISTER, fellows=fellows[0].cohort.programme.name, by=by)
    OutboxMessage.objects.filter(status="queued").update(
        status="sent", sent_at=timezone.now(), due_at=timezone.now(), attempts=F("attempts") + 1
    )


def _fellows(starts_on: Any) -> list[Enrollment]:
    """Mentors of another programme."""
    owner = person_by_email(email=f"fellows@{DOMAIN}", full_name="Mirjam Tal")
    programme = create_programme(name="Notebook Fellows", slug="notebook-fellows", contact_email=owner.email, by=owner)
    cohort = create_cohort(
        programme=programme,
        name=f"Fellows {starts_on.year}",
        slug="fellows-1",
        starts_on=starts_on,
        ends_on=timezone.localdate() + timedelta(weeks=20),
        time_zone="Europe/Brussels",
        by=owner,
    )
    for status in ("enrolling", "matching", "running"):
        cohort = set_cohort_status(cohort=cohort, to=status, by=owner)
    return [
        save_enrollment(
            cohort=cohort,
            role="mentor",
            by=None,
            status="accepted",
            given=EnrollmentInput(
                email=f"fellow{n}@{DOMAIN}", full_name=name, values={"time_zone": zone, "shares_address": True}
            ),
        )[0]
        for n, (name, zone) in enumerate(FELLOWS)
    ]


def _share(slots: list[TrainingSession], fellows: list[Enrollment], sister: Any, by: User) -> None:
    """Offer seats to the mentors of both programmes and of the sister organisation, held for a week."""
    programme: Programme = fellows[0].cohort.programme
    until = timezone.now() + timedelta(days=7)
    for slot in slots:
        share_session(session=slot, to=sister, seats=1, until=until, by=by)
        hold = share_session(session=slot, to=programme, seats=1, until=until, by=by)
        answer_share(hold=hold, accept=True, by=User.objects.get(email=f"fellows@{DOMAIN}"))


def _calls(cohort: Cohort, first: datetime, by: User) -> None:
    for training, kind, days in (
        ("Onboarding of mentors", Training.Kind.ONBOARDING, 2),
        ("Cohort call 1", Training.Kind.CALL, 5),
        ("Office hours", Training.Kind.OFFICE, 9),
    ):
        create_session(
            cohort=cohort,
            training=training,
            kind=kind,
            starts_at=first + timedelta(days=days, hours=2),
            minutes=60,
            seats=60,
            host="Amara Diallo",
            joining_link=f"https://{DOMAIN}/call/{kind}",
            by=by,
        )


def _round_that_ran(
    past: Cohort, fellows: list[Enrollment], sister: Any, guests: list[TrainingGuest], by: User
) -> None:
    """Three slots around the kick-off. They are booked as slots ahead, and moved to where they were."""
    ahead = timezone.now() + timedelta(days=30)
    slots = [
        create_session(
            cohort=past,
            provider=PROVIDER,
            training=TRAINING,
            starts_at=ahead + timedelta(days=n),
            seats=12,
            minimum=5,
            host="Wilma Sand",
            by=by,
        )
        for n in range(3)
    ]
    _share(slots[1:], fellows, sister, by)
    for n, mentor in enumerate(past.enrollments.mentors().occupying_place().order_by("pk")):
        book_seat(session=slots[n % 3], enrollment=mentor, by=None)
    for n, fellow in enumerate(fellows):
        book_seat(session=slots[1 + n % 2], enrollment=fellow, by=None)
    for n, guest in enumerate(guests):
        book_seat(session=slots[1 + n % 2], guest=guest, by=None)
    for slot, (days, hour) in zip(slots, ((8, 8), (10, 13), (11, 17)), strict=True):
        start = datetime.combine(past.starts_on, datetime.min.time(), past.tz) + timedelta(days=days, hours=hour)
        TrainingSession.objects.filter(pk=slot.pk).update(starts_at=start)
        TrainingBooking.objects.filter(session=slot).update(changed_at=start - timedelta(days=12))
        slot.refresh_from_db()
        booked = list(slot.bookings.booked().order_by("pk"))
        # One of each slot did not come.
        save_attendance(session=slot, came=[b.pk for b in booked[1:]], by=by)
        there = [p for p in attendees_of(slot.bookings.with_attendance().order_by("pk")) if p.attended]
        for n, person in enumerate(there[:4]):
            save_feedback(person=person, score=5 - n % 2, words=WORDS[n])


def _call_that_was(past: Cohort, by: User) -> None:
    """A cohort call with its notes and recording: everybody said that they come, most came."""
    call = create_session(
        cohort=past,
        training="Cohort call 1",
        kind=Training.Kind.CALL,
        starts_at=timezone.now() + timedelta(days=30),
        minutes=90,
        seats=80,
        host="Amara Diallo",
        by=by,
        notes_link=f"https://{DOMAIN}/notes/call-1",
        recording_link=f"https://{DOMAIN}/recordings/call-1",
    )
    for enrollment in past.enrollments.occupying_place().order_by("pk"):
        book_seat(session=call, enrollment=enrollment, by=None)
    start = datetime.combine(past.starts_on, datetime.min.time(), past.tz) + timedelta(days=14, hours=15)
    TrainingSession.objects.filter(pk=call.pk).update(starts_at=start)
    TrainingBooking.objects.filter(session=call).update(changed_at=start - timedelta(days=3))
    call.refresh_from_db()
    people = attendees_of(call.bookings.with_attendance().order_by("pk"))
    # Of some teams only the lead came, of others only the rest.
    came, members = read_keys(p.key for n, p in enumerate(people) if n % 5)
    save_attendance(session=call, came=came, members=members, by=by)

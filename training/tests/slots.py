"""Rows that the tests of this room begin with."""

import re
from datetime import timedelta

from django.utils import timezone

from mentorship.core.outbox.models import OutboxMessage
from mentorship.devtools.testing.factories import EnrollmentFactory, UserFactory
from training.booking.services import book_seat
from training.sessions.services import create_session

SITE = "http://127.0.0.1:8000"


def new_session(cohort, **fields):
    fields = {"seats": 2, "starts_at": timezone.now() + timedelta(days=10), **fields}
    return create_session(
        cohort=cohort,
        **{"provider": "Listening Ltd", "training": "Listening", "by": None, **fields},
    )


def mentors(cohort, number, **fields):
    return EnrollmentFactory.create_batch(number, cohort=cohort, role="mentor", **fields)


def team(cohort, *names, lead="Lia Lead", title="Bees"):
    """An accepted team: its enrollment, and the users of the other members."""
    enrollment = EnrollmentFactory(cohort=cohort, title=title, user__full_name=lead)
    users = [UserFactory(full_name=name, email=f"{name.split()[0].lower()}@example.org") for name in names]
    for user in users:
        enrollment.members.create(user=user)
    return enrollment, users


def book(session, enrollment, **options):
    return book_seat(session=session, enrollment=enrollment, by=enrollment.user, **options)


def taken(session):
    """The seats that are taken, counted in both ways."""
    session.refresh_from_db()
    assert session.taken == session.bookings.seated().count()
    return session.taken


def mails(address, word=""):
    """The mails to an address with a word in the subject, oldest first."""
    return [m for m in OutboxMessage.objects.order_by("created_at", "pk") if address in m.to and word in m.subject]


def path_in(mail, begin):
    """The first address in a mail whose path begins so, as a path."""
    found = re.search(rf"{re.escape(SITE)}({re.escape(begin)}\S*)", mail.full_text)
    assert found, mail.full_text
    return found[1]

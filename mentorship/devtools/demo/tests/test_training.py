"""The demo's trainings: three slots that two programmes and a sister organisation share, and who came."""

from decimal import Decimal

import pytest
from django.urls import reverse

from cohorts.models import Cohort
from mentorship.core.accounts.models import User
from mentorship.core.outbox.models import OutboxMessage
from mentorship.devtools.demo import fill
from training.attendance.training_status import training_status_of
from training.models import MemberAttendance

pytestmark = pytest.mark.django_db


def test_three_slots_two_programmes_and_a_sister_organisation(client, demo):
    past = Cohort.objects.get(slug="seeds-1")
    slots = list(past.training_sessions.filter(training__kind="training"))
    assert len(slots) == 3
    affiliations = {b.affiliation for slot in slots for b in slot.bookings.attended().with_people()}
    assert len(affiliations) == 3
    for slot in slots:
        assert slot.bookings.filter(attended=False).count() == 1
        assert slot.bookings.attended().exists()
    mentors = list(past.enrollments.mentors().values_list("pk", flat=True))
    assert sum(status.is_trained for status in training_status_of(mentors).values()) > 10
    coming = Cohort.objects.get(slug="seeds-2")
    assert set(coming.training_sessions.values_list("training__kind", flat=True)) == {
        "training",
        "onboarding",
        "call",
        "office",
    }
    assert not OutboxMessage.objects.exclude(status="sent").exists()
    client.force_login(User.objects.get(email=fill.COORDINATOR))
    assert client.get(reverse("training:session-list", args=[past.slug])).status_code == 200
    assert "Hardware for All" in client.get(slots[1].get_absolute_url()).content.decode()
    of_teams = MemberAttendance.objects.filter(booking__session__cohort=past)
    assert set(of_teams.values_list("attended", "booking__attended")) >= {(True, True), (False, True), (True, False)}
    _who_owes_what(client, past)


def _who_owes_what(client, past):
    """One slot paid whole, one shared half and half, one with an odd penny: every part, in the payer's own money."""
    parts = [
        [(str(share.payer), share.amount, share.payer_amount, share.payer_currency) for share in cost.shares.all()]
        for cost in past.costs.filter(session__isnull=False).order_by("pk")
    ]
    fellows = "Notebook Fellows: discretionary fund of the round"
    assert parts == [
        [(fellows, Decimal("640.00"), Decimal("812.80"), "USD")],
        [
            (fellows, Decimal("320.00"), Decimal("406.40"), "USD"),
            ("Hardware for All", Decimal("320.00"), Decimal("371.20"), "EUR"),
        ],
        [
            ("Hardware for All", Decimal("326.43"), Decimal("378.66"), "EUR"),
            ("Discretionary fund", Decimal("326.42"), Decimal("378.65"), "EUR"),
        ],
    ]
    page = client.get(reverse("partners:outstanding-list"), {"cohort": past.slug}).content.decode()
    assert "749.86\N{NO-BREAK SPACE}EUR" in page  # Hardware for All: 371.20 and 378.66
    assert "1,219.20\N{NO-BREAK SPACE}USD" in page

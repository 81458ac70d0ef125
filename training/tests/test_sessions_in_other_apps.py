"""Training in other rooms: on people, in sign-up rules, in the plan, and the costs of a session."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse

from cohorts.signup_form.eligibility import history_errors
from cohorts.signup_form.services import save_eligibility
from mentorship.devtools.testing.factories import CohortFactory, EnrollmentFactory
from partners.costs.services import Payer, add_cost, propose_split
from partners.models import Cost
from training.attendance.payer_attendance import PayerAttendance, payer_attendance_of
from training.attendance.services import save_attendance
from training.booking.services import book_seat
from training.models import TrainingSession
from training.sharing.services import add_organisation, confirm_guest, share_session
from training.tests.slots import book, mentors, new_session

pytestmark = pytest.mark.django_db


def attend(session, *came):
    with time_machine.travel(session.starts_at + timedelta(hours=1), tick=False):
        save_attendance(session=session, came=[b.pk for b in came], by=None)


def test_a_persons_page_says_whether_they_are_trained(client, cast):
    client.force_login(cast.viewer)
    page = cast.mentor_enrollment.get_absolute_url()
    assert "no slot yet" not in client.get(page).content.decode()
    session = new_session(cast.cohort)
    assert "no slot yet" in client.get(page).content.decode()
    booking = book(session, cast.mentor_enrollment)
    assert "booked" in client.get(page).content.decode()
    attend(session, booking)
    assert "attended" in client.get(page).content.decode()
    assert "no slot yet" not in client.get(cast.mentee_enrollment.get_absolute_url()).content.decode()


def test_a_round_may_ask_for_those_who_were_trained(client, cast):
    session = new_session(cast.cohort)
    attend(session, book(session, cast.mentor_enrollment))
    (missed,) = mentors(cast.cohort, 1)
    after = CohortFactory(programme=cast.programme)
    save_eligibility(cohort=after, role="mentor", rules={"trained": True}, by=cast.owner)
    assert history_errors(after, "mentor", "Mentor@example.org") == {}
    assert "attended a training" in history_errors(after, "mentor", missed.user.email)["email"]
    assert history_errors(after, "mentee", missed.user.email) == {}
    client.force_login(cast.coordinator)
    form = client.get(reverse("cohorts:signup-form-edit", args=[after.slug, "mentor"])).content.decode()
    assert "Only those who attended a training before" in form


def test_the_plan_leads_to_the_hours_that_suit_everybody(client, cast):
    client.force_login(cast.coordinator)
    page = client.get(reverse("cohorts:plan-detail", args=[cast.cohort.slug])).content.decode()
    assert reverse("training:session-plan", args=[cast.cohort.slug]) in page


def test_attendance_and_held_seats_are_counted_by_payer(cast):
    session = new_session(cast.cohort, seats=10)
    sister = add_organisation(cohort=cast.cohort, name="Hardware for All", by=cast.coordinator)
    share_session(session=session, to=sister, seats=3, by=cast.coordinator)
    share_session(session=session, to=cast.other_cohort, seats=1, by=cast.coordinator)
    guest = confirm_guest(organisation=sister, name="Lupe", email="lupe@example.org", time_zone="UTC")
    guest_booking = book_seat(session=session, guest=guest, by=None)
    (absent,) = mentors(cast.cohort, 1)
    book(session, absent)
    other = EnrollmentFactory(cohort=cast.other_cohort, role="mentor")
    attend(session, book(session, cast.mentor_enrollment), guest_booking, book(session, other))
    assert payer_attendance_of([session.pk])[session.pk] == [
        PayerAttendance("Open Seeds", booked=2, came=1, missed=1, held=0),
        PayerAttendance("Hardware for All", booked=1, came=1, missed=0, held=3),
        PayerAttendance("Other programme", booked=1, came=1, missed=0, held=1),
    ]


def test_a_session_has_a_price_and_leads_to_its_cost(client, cast):
    client.force_login(cast.coordinator)
    new = reverse("training:session-create", args=[cast.cohort.slug])
    form = {
        "kind": "training",
        "training": "Listening",
        "provider": "Ears Ltd",
        "starts_at": "2027-05-03T10:00",
        "minutes": 180,
        "seats": 20,
        "price": "640.00",
    }
    answer = client.post(new, form)
    assert answer.status_code == 422
    assert "In which currency?" in answer.content.decode()
    assert client.post(new, {**form, "currency": "quid"}).status_code == 422
    assert client.post(new, {**form, "currency": "XXQ"}).status_code == 422
    client.post(new, {**form, "currency": "gbp"})
    session = TrainingSession.objects.get()
    assert session.price_words == "640.00\N{NO-BREAK SPACE}GBP"
    page = client.get(session.get_absolute_url()).content.decode()
    link = f"{reverse('partners:cost-create')}?session={session.pk}"
    assert link in page
    cost_form = client.get(link).context["form"].initial
    assert (cost_form["amount"], cost_form["currency"], cost_form["provider"]) == (Decimal(640), "GBP", "Ears Ltd")
    assert cost_form["cohort"] == cast.cohort.pk
    assert client.get(f"{reverse('partners:cost-create')}?session={'9' * 30}").status_code == 200
    cost = add_cost(
        cost=Cost(
            cohort=cast.cohort,
            session=session,
            what="Slot 1",
            amount=Decimal(640),
            currency="GBP",
            paid_on=session.starts_at.date(),
        ),
        by=cast.coordinator,
    )
    cast.partner.currency = "GBP"
    cast.partner.save()
    propose_split(cost=cost, payers=[Payer(cast.partner, "percent", Decimal(100))], by=cast.coordinator)
    page = client.get(session.get_absolute_url()).content.decode()
    assert "Soil Fund pays 640.00\N{NO-BREAK SPACE}GBP" in page


def test_a_cost_is_split_by_who_came(client, cast):
    session = new_session(cast.cohort, seats=10)
    sister = add_organisation(cohort=cast.cohort, name="Soil Fund", by=cast.coordinator)  # named as the partner is
    share_session(session=session, to=sister, seats=2, by=cast.coordinator)
    guest = confirm_guest(organisation=sister, name="Lupe", email="lupe@example.org", time_zone="UTC")
    guest_booking = book_seat(session=session, guest=guest, by=None)
    attend(session, guest_booking, book(session, cast.mentor_enrollment))
    cost = Cost(
        cohort=cast.cohort,
        session=session,
        what="Slot",
        amount=Decimal("100.01"),
        currency="EUR",
        paid_on=session.starts_at.date(),
    )
    add_cost(cost=cost, by=cast.coordinator)
    client.force_login(cast.coordinator)
    page = client.get(reverse("partners:cost-split", args=[cost.pk]), {"by": "came"})
    rows = [(r["who"], r["kind"], r["value"]) for r in page.context["formset"].initial]
    assert rows == [("", "head", 1), (f"partner:{cast.partner.pk}", "head", 1)]
    rows = client.get(reverse("partners:cost-split", args=[cost.pk]), {"by": "held"}).context["formset"].initial
    assert [r["value"] for r in rows] == [2]


def test_the_list_is_searched_filtered_and_taken_along(client, cast):
    new_session(cast.cohort)
    new_session(cast.cohort, provider="", training="Cohort call", kind="call")
    client.force_login(cast.viewer)
    path = reverse("training:session-list", args=[cast.cohort.slug])
    assert "Cohort call" not in client.get(path, {"kind": "training"}).content.decode().split("<tbody>")[1]
    assert "No session fits" in client.get(path, {"q": "nothing like it"}).content.decode()
    rows = client.get(path, {"format": "csv", "kind": "call"}).content.decode()
    assert "Cohort call" in rows
    assert "Listening" not in rows

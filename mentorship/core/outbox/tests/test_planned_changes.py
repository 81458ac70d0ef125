"""Messages that are not written yet: each is listed with its key and its moment, read, left out, moved."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse

from checkins.alumni.opportunities import save_digest_plan
from checkins.alumni.services import save_consent
from checkins.models import Opportunity
from cohorts.enrollment.services import decide_enrollments
from matching.consent import services as consent_services
from matching.events import services as events_services
from matching.events.day import event_day
from matching.models import ConfirmPolicy, MatchProposal, MatchRun, SpeedEvent
from mentorship.core.audit.services import history_of
from mentorship.core.outbox.models import OutboxMessage, PlannedChange
from mentorship.core.outbox.planned.planned_mail import planned_for
from mentorship.core.outbox.services import resend_message
from mentorship.core.own_links import OWN_LINK
from mentorship.devtools.testing.factories import CohortFactory, EnrollmentFactory
from mentorship.operations.sweep import PARTS
from partners.billing.payments import record_payment
from partners.billing.services import draft_invoice, issue_invoice
from partners.models import Biller
from training.booking.services import cancel_booking
from training.models import SeatHold
from training.tests.slots import book, mentors, new_session

pytestmark = pytest.mark.django_db

NOW = datetime(2027, 3, 1, 10, 0, tzinfo=UTC)
START = NOW + timedelta(days=20)
HEAVY = {"matching runs worked out", "replacements looked for", "shortages of mentors counted"}


def at(moment):
    return time_machine.travel(moment, tick=False)


@pytest.fixture(autouse=True)
def in_march():
    with at(NOW):
        yield


def sweep(moment):
    """Run all parts that write or send, as the beat would at a moment."""
    with at(moment):
        for name, part in PARTS.items():
            if name not in HEAVY:
                part(moment)


def cohort_of(cast, slug, **fields):
    return CohortFactory(programme=cast.programme, slug=slug, status="matching", time_zone="Asia/Kathmandu", **fields)


def of_training(cast):
    book(new_session(cast.cohort, starts_at=START), cast.mentor_enrollment)
    return {"training-reminder": 2}


def of_seats(cast):
    """In one session a seat is offered; in the other one it is kept for another cohort until next week."""
    session = new_session(cast.cohort, starts_at=START, seats=1, answer_hours=30)
    holder, first, second = mentors(cast.cohort, 3)
    booking = book(session, holder)
    for one in (first, second):
        book(session, one, wait=True)
    cancel_booking(booking=booking, by=holder.user)
    kept = new_session(cast.cohort, training="Speaking", starts_at=START, seats=1)
    SeatHold.objects.create(session=kept, cohort=cohort_of(cast, "sister"), seats=1, until=NOW + timedelta(days=6))
    book(kept, holder, wait=True)
    return {"training-offer_lapsed": 1, "training-offer": 2}


def of_offers(cast):
    cohort = cohort_of(cast, "offers", mentee_seats=1, offer_days=5, fill_from_waitlist=True)
    first, second = (EnrollmentFactory(cohort=cohort, status="applied") for _ in range(2))
    decide_enrollments(enrollments=[first], to="accepted", by=None)
    decide_enrollments(enrollments=[second], to="waitlisted", by=None)
    return {"offer-reminder": 1, "offer-lapsed": 1, "decision": 1}


def of_events(cast):
    cohort = cohort_of(cast, "event")
    event = SpeedEvent.objects.create(cohort=cohort, name="Speed mentoring", starts_at=START, rounds=2, minutes=10)
    coming = [EnrollmentFactory(cohort=cohort, role=role) for role in ("mentee", "mentor", "mentee")]
    events_services.invite_to_event(event=event, by=None)
    for one in coming[:2]:
        events_services.answer_invitation(event=event, enrollment=one, coming=True, by=None)
    event_day.plan_tables(event=event, by=cast.coordinator)
    return {"event-nudge": 1, "event-reminder-20270321T1000": 2, "event-wishes": 2}


def of_asked(cast):
    cohort = cohort_of(cast, "asked")
    ConfirmPolicy.objects.create(cohort=cohort, ask="both", answer_days=5, silence_declines=True)
    run = MatchRun.objects.create(cohort=cohort, number=1, status="ready")
    pair = {"mentee": EnrollmentFactory(cohort=cohort), "mentor": EnrollmentFactory(cohort=cohort, role="mentor")}
    MatchProposal.objects.create(run=run, kind="chosen", score=0.5, factors=[], **pair)
    asked, _ = consent_services.ask_pairs(run=run, mentee_ids=[pair["mentee"].pk], by=None)
    consent_services.accept_pair(side=asked[0].sides.get(side="mentor"), by=None)
    sweep(NOW)  # the questions leave: who never heard of the pair is not told that it is over
    return {"asked-reminder": 1, "asked-over": 1}


def of_invoices(cast):
    cast.partner.billing_email = "bills@example.org"
    cast.partner.save()
    Biller.objects.create(
        workspace=cast.programme.workspace,
        legal_name="Open Seeds",
        street="S 1",
        postcode="1",
        city="B",
        country="DE",
        tax_number="1",
        email="money@example.org",
        iban="DE02120300000000202051",
        exempt_reason="Exempt",
        reminder_days=[3, 14],
    )
    draft = draft_invoice(partner=cast.partner, by=None, currency="EUR", lines=[("x", Decimal(1), Decimal(5))])
    draft.e_invoice = False
    draft.save()
    issue_invoice(invoice=draft, by=None, on=date(2027, 2, 20))
    return {"invoice-reminder": 1}


WORLDS = [of_training, of_seats, of_offers, of_events, of_asked, of_invoices]


@pytest.mark.parametrize("world", WORLDS)
def test_what_is_planned_is_written_with_that_key_at_that_moment_and_nothing_else_is(client, cast, world):
    expected = world(cast)
    planned = sorted(planned_for(cast.viewer, NOW), key=lambda one: one.at)
    keys = [one.key.split(":")[0] for one in planned]
    assert {name: keys.count(name) for name in keys} == expected
    client.force_login(cast.viewer)
    for one in dict(zip(keys, planned, strict=True)).values():
        answer = client.get(one.page)
        assert answer.context["subject"]
        assert client.get(one.words).status_code == client.get(one.url).status_code == 200
    for moment in sorted({one.at for one in planned}):
        shortly_before = moment - timedelta(seconds=1)
        sweep(shortly_before)
        there = set(OutboxMessage.objects.values_list("key", flat=True))
        due = {one.key for one in planned if one.at == moment}
        assert not due & there
        listed = {one.key for one in planned_for(cast.viewer, shortly_before)}
        sweep(moment)
        # News for the team tells what happened, so nobody can list it before.
        written = OutboxMessage.objects.exclude(key__startswith="team-news:")
        new = set(written.values_list("key", flat=True)) - there
        assert due <= new <= listed
        assert not new & {one.key for one in planned_for(cast.viewer, moment)}


def test_the_list_asks_as_often_for_many(cast, django_assert_max_num_queries):
    for world in WORLDS:
        world(cast)
    with django_assert_max_num_queries(60) as few:
        before = planned_for(cast.viewer, NOW)
    session = new_session(cast.cohort, training="Giving feedback", starts_at=START, seats=9)
    for one in mentors(cast.cohort, 9):
        book(session, one)
    for enrollment in EnrollmentFactory.create_batch(9, cohort=cohort_of(cast, "many", offer_days=5), status="applied"):
        decide_enrollments(enrollments=[enrollment], to="accepted", by=None)
    events_services.invite_to_event(event=SpeedEvent.objects.get(), by=None)
    EnrollmentFactory.create_batch(9, cohort=SpeedEvent.objects.get().cohort)
    with at(NOW + timedelta(minutes=1)):
        events_services.invite_to_event(event=SpeedEvent.objects.get(), by=None)
    with django_assert_max_num_queries(len(few)):
        assert len(planned_for(cast.viewer, NOW)) >= len(before) + 45


def test_the_digest_is_listed_with_its_moment(cast):
    cast.cohort.enrollments.update(status="completed")
    save_consent(programme=cast.programme, user=cast.mentee, stays=True)
    save_digest_plan(programme=cast.programme, every=1, day=15, by=cast.coordinator)
    assert planned_for(cast.viewer, NOW) == []
    Opportunity.objects.create(programme=cast.programme, kind="job", title="x", text="x", status="approved")
    (one,) = planned_for(cast.viewer, NOW)
    sweep(one.at - timedelta(seconds=1))
    assert not OutboxMessage.objects.filter(kind="digest").exists()
    sweep(one.at)
    assert OutboxMessage.objects.get(kind="digest").to == [cast.mentee.email]


@pytest.fixture
def reminder(cast):
    """The reminder of a week before, of one session."""
    of_training(cast)
    return min(planned_for(cast.viewer, NOW), key=lambda one: one.at)


def reminders():
    return OutboxMessage.objects.filter(key__startswith="training-reminder").order_by("due_at")


def decide(client, user, planned, **data):
    client.force_login(user)
    return client.post(planned.page, data, follow=True)


def test_the_page_of_a_planned_message_previews_it_without_working_links(client, cast, reminder):
    client.force_login(cast.viewer)
    assert reminder.page in client.get(reverse("outbox:planned-list")).content.decode()
    html = client.get(reminder.page).content.decode()
    for words in ("In a week: Listening", "mentor@example.org", "Booked; a week before.", OWN_LINK, reminder.words):
        assert words.replace("&", "&amp;") in html
    assert "/training/choose/" not in html
    assert "Leave it out" not in html
    assert client.get(reminder.words).status_code == 200


def test_who_left_it_out_is_on_record_and_no_mail_leaves(client, cast, reminder, mailoutbox):
    html = decide(client, cast.coordinator, reminder, do="leave-out").content.decode()
    assert "Send it after all" in html
    assert "left out" in client.get(reverse("outbox:planned-list")).content.decode()
    sweep(reminder.at)
    message = reminders().get()
    assert (message.status, message.key) == ("cancelled", reminder.key)
    assert message.last_error == "The coordinator decided on 2027-03-01 to leave it out."
    assert [mail.subject for mail in mailoutbox if "In a week" in mail.subject] == []
    with at(reminder.at):
        client.force_login(cast.coordinator)  # signed out meanwhile, as all staff are
        assert client.get(reminder.page, follow=True).context["mail"] == message
        resend_message(message=message, by=cast.coordinator)
    sweep(reminder.at + timedelta(minutes=1))
    assert len([mail for mail in mailoutbox if "In a week" in mail.subject]) == 1


def test_what_was_left_out_is_sent_after_all(client, cast, reminder):
    for do in ("leave-out", "leave-out", "send"):
        decide(client, cast.coordinator, reminder, do=do)
    sweep(reminder.at)
    assert reminders().get().status == "sent"
    entries = history_of(PlannedChange.objects.get())
    assert [(entry.verb, entry.actor) for entry in entries] == [
        ("to be sent after all", cast.coordinator),
        ("left out", cast.coordinator),
    ]


def test_a_moved_message_leaves_once_at_its_new_moment_with_the_wording_of_that_day(client, cast, reminder):
    later = reminder.at + timedelta(days=3)
    decide(client, cast.coordinator, reminder, due_at=later.strftime("%Y-%m-%dT%H:%M"))
    (one,) = [one for one in planned_for(cast.viewer, NOW) if one.key == reminder.key]
    assert (one.at, one.moved_from) == (later, reminder.at)
    for moment in (reminder.at, later - timedelta(minutes=1)):
        sweep(moment)
        assert not reminders().exists()
        assert reminder.key in {one.key for one in planned_for(cast.viewer, moment)}
    for moment in (later, later + timedelta(minutes=1)):
        sweep(moment)
    assert (reminders().get().status, reminders().get().sent_at) == ("sent", later)
    assert reminders().get().subject.startswith("In 4 days")


def test_an_impossible_moment_is_a_form_error(client, cast, reminder):
    client.force_login(cast.coordinator)
    for typed, said in (
        ("2027-03-14T09:59", "It is planned for Sun 14 Mar 2027, 10:00"),
        ("2027-03-20T10:00", "By then the reminder of the day before is due"),
        ("soon", "Enter a valid date/time"),
    ):
        answer = client.post(reminder.page, {"due_at": typed})
        assert answer.status_code == 422
        assert said in answer.content.decode()
        assert f'value="{typed}"' in answer.content.decode()
    assert not PlannedChange.objects.exists()
    client.post(reminder.page, {"due_at": "2027-03-20T09:59"})
    client.post(reminder.page, {"due_at": "2027-03-14T10:00"})
    assert PlannedChange.objects.get().due_at is None


def test_the_page_names_its_programme_and_who_works_in_many_is_led_to_the_list(client, cast, reminder, monkeypatch):
    monkeypatch.setattr("mentorship.core.outbox.planned.views.MOST_AT_ONCE", 0)
    client.force_login(cast.coordinator)
    assert client.get(reminder.page).status_code == 200
    for programme in ("", f"?programme={cast.other_cohort.workspace_id}"):
        answer = client.get(reverse("outbox:planned-detail", args=[reminder.key]) + programme)
        assert answer.url == reverse("outbox:planned-list")


def test_only_editors_decide_about_planned_mail(client, cast, reminder):
    for user, seen in ((cast.viewer, 200), (cast.stranger, 404), (cast.mentor, 404)):
        client.force_login(user)
        assert client.get(reminder.page).status_code == seen
        for data in ({"do": "leave-out"}, {"due_at": "2027-03-15T10:00"}):
            assert client.post(reminder.page, data).status_code == 404
    client.force_login(cast.coordinator)
    assert client.post(reverse("outbox:planned-detail", args=["training-reminder:0"])).status_code == 404
    assert not PlannedChange.objects.exists()


def test_a_decision_after_the_message_was_written_changes_nothing(client, cast, reminder):
    sweep(reminder.at)
    with at(reminder.at):
        answer = decide(client, cast.coordinator, reminder, do="leave-out")
    assert answer.context["mail"].status == "sent"
    assert not PlannedChange.objects.exists()


def test_the_reminder_of_an_invoice_that_is_paid_meanwhile_is_never_written(client, cast):
    of_invoices(cast)
    (one,) = planned_for(cast.viewer, NOW)
    later = one.at + timedelta(days=6, hours=9)
    decide(client, cast.coordinator, one, due_at=later.strftime("%Y-%m-%dT%H:%M"))
    sweep(one.at + timedelta(days=1))
    assert [(p.key, p.at) for p in planned_for(cast.viewer, one.at + timedelta(days=1))] == [(one.key, later)]
    invoice = cast.partner.invoices.get()
    record_payment(invoice=invoice, amount=invoice.gross, on=date(2027, 3, 28), by=cast.owner)
    sweep(later)
    assert not OutboxMessage.objects.filter(kind="reminder").exists()


@pytest.mark.parametrize("world", [of_offers, of_events, of_asked, of_invoices])
def test_other_reminders_wait_for_their_new_moment_too(client, cast, world):
    world(cast)
    one = min((p for p in planned_for(cast.viewer, NOW) if p.until), key=lambda p: p.at)
    later = one.at + timedelta(hours=20)
    decide(client, cast.coordinator, one, due_at=later.strftime("%Y-%m-%dT%H:%M"))
    sweep(one.at)
    sweep(later - timedelta(minutes=1))
    assert not OutboxMessage.objects.filter(key=one.key).exists()
    sweep(later)
    assert OutboxMessage.objects.get(key=one.key).status == "sent"


def test_what_tells_of_a_deed_is_written_with_it_and_leaves_when_it_was_moved_to(client, cast):
    of_offers(cast)
    (one,) = [p for p in planned_for(cast.viewer, NOW) if p.key.startswith("offer-lapsed")]
    later = (one.at + timedelta(hours=20)).replace(second=0)
    decide(client, cast.coordinator, one, due_at=later.strftime("%Y-%m-%dT%H:%M"))
    sweep(one.at)
    message = OutboxMessage.objects.get(key=one.key)
    assert (message.status, message.due_at) == ("queued", later)
    sweep(later)
    message.refresh_from_db()
    assert message.status == "sent"

"""Opportunities for alumni, and the mail that carries them."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from checkins.alumni.digest_plan import next_digests
from checkins.alumni.opportunities import (
    _send_planned,
    decide_opportunity,
    save_digest_plan,
    send_digest,
    sweep_digests,
)
from checkins.alumni.services import take_break
from checkins.models import DigestPlan, Opportunity
from checkins.tests.rows import opportunity
from cohorts.mailings.links import read_opt_out
from mentorship.core.errors import ServiceError
from mentorship.core.outbox.models import OutboxMessage

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("afterwards")]


def test_alumni_post_coordinators_read_and_it_goes_out_once(client, alumni):
    client.force_login(alumni.mentee)
    url = reverse("checkins:opportunity-create", args=[alumni.programme.slug])
    said = {"kind": "event", "title": "Meeting", "text": "In May.", "url": "https://example.org/m"}
    assert client.post(url, said | {"closes_on": "2027-06-09"}).status_code == 422
    client.post(url, said)
    one = Opportunity.objects.get()
    assert one.status == "proposed"
    assert "Meeting" in client.get(url).content.decode()
    with pytest.raises(ServiceError):
        send_digest(programme=alumni.programme, by=alumni.coordinator)
    decide_opportunity(opportunity=one, approve=True, by=alumni.coordinator)
    assert send_digest(programme=alumni.programme, by=alumni.coordinator) == 2
    with pytest.raises(ServiceError):
        send_digest(programme=alumni.programme, by=alumni.coordinator)
    with pytest.raises(ServiceError):
        decide_opportunity(opportunity=one, approve=False, by=alumni.coordinator)
    mails = OutboxMessage.objects.filter(kind="digest")
    assert {m.to[0] for m in mails} == {alumni.mentee.email, alumni.mentor.email}
    mail = mails.get(to=[alumni.mentee.email])
    assert "Meeting" in mail.full_text
    assert read_opt_out(mail.full_unsubscribe_url.rstrip("/").rpartition("/")[2]) == (
        alumni.programme.workspace,
        alumni.mentee,
    )
    client.force_login(alumni.stranger)
    assert client.get(url).status_code == 404


def test_the_plan_sends_on_its_morning_once_and_late_only_one(alumni):
    with time_machine.travel(datetime(2027, 6, 30, 22, tzinfo=UTC)):  # in Nairobi July has begun
        plan = save_digest_plan(programme=alumni.programme, every=1, day=15, by=alumni.coordinator)
    assert plan.next_on == date(2027, 7, 15)
    opportunity(alumni)
    opportunity(alumni, title="Closed by then", closes_on=date(2027, 7, 1))
    due = datetime(2027, 7, 15, 6, tzinfo=UTC)  # nine in Nairobi
    assert sweep_digests(due - timedelta(minutes=1)) == 0
    assert [sweep_digests(due), sweep_digests(due)] == [2, 0]
    assert "Closed by then" not in OutboxMessage.objects.filter(kind="digest")[0].full_text
    assert DigestPlan.objects.get().next_on == date(2027, 8, 15)
    # Nothing is approved in August, and the sweep sleeps in autumn.
    assert sweep_digests(datetime(2027, 8, 15, 7, tzinfo=UTC)) == 0
    opportunity(alumni, title="Fellowship")
    assert sweep_digests(datetime(2027, 11, 20, 7, tzinfo=UTC)) == 2
    assert DigestPlan.objects.get().next_on == date(2027, 12, 15)
    save_digest_plan(programme=alumni.programme, every=0, day=15, by=alumni.coordinator)
    opportunity(alumni, title="Later")
    assert sweep_digests(datetime(2028, 1, 15, 7, tzinfo=UTC)) == 0


def test_a_chosen_day_of_the_month_that_is_a_sunday_moves_to_monday_and_the_next_one_does_not(alumni):
    with time_machine.travel(datetime(2027, 7, 20, tzinfo=UTC)):
        save_digest_plan(programme=alumni.programme, every=1, day=15, by=alumni.coordinator)
    opportunity(alumni)
    assert sweep_digests(datetime(2027, 8, 15, 12, tzinfo=UTC)) == 0
    assert sweep_digests(datetime(2027, 8, 16, 6, tzinfo=UTC)) == 2
    assert DigestPlan.objects.get().next_on == date(2027, 9, 15)


def test_two_sweeps_that_read_the_same_plan_send_one_digest(alumni):
    plan = save_digest_plan(programme=alumni.programme, every=1, day=15, by=alumni.coordinator)
    opportunity(alumni)
    first, second = (next(next_digests(DigestPlan.objects.filter(pk=plan.pk))) for _ in range(2))
    due = datetime(2027, 6, 15, 6, tzinfo=UTC)
    assert [_send_planned(first, due), _send_planned(second, due)] == [2, 0]


def test_the_digest_offers_rounds_except_to_people_on_a_break(alumni, coming):
    take_break(programme=alumni.programme, user=alumni.mentor)
    opportunity(alumni)
    send_digest(programme=alumni.programme, by=alumni.coordinator)
    asked = {m.to[0]: "come back as mentor" in m.full_text for m in OutboxMessage.objects.filter(kind="digest")}
    assert asked == {alumni.mentee.email: True, alumni.mentor.email: False}


def test_the_page_of_opportunities_plans_and_moderates(client, alumni):
    one = opportunity(alumni, status="proposed")
    url = reverse("checkins:opportunity-list", args=[alumni.cohort.slug])
    client.force_login(alumni.viewer)
    assert client.get(url).status_code == 200
    assert client.post(url, {"do": "approve", "opportunity": one.pk}).status_code == 404
    client.force_login(alumni.coordinator)
    assert client.post(url, {"do": "plan", "every": "1", "day": "31"}).status_code == 422
    client.post(url, {"do": "plan", "every": "1", "day": "28"})
    client.post(url, {"do": "approve", "opportunity": one.pk})
    page = client.get(url, {"status": "approved", "q": "steward"}).content.decode()
    assert "Data steward" in page
    assert "Opportunities for alumni of Open Seeds" in page
    assert "Data steward" not in client.get(url, {"q": "nothing"}).content.decode().split("The digest")[0]


def test_the_digest_and_the_question_ask_first_and_say_how_many_people_get_them(client, alumni):
    opportunity(alumni)
    url = reverse("checkins:opportunity-list", args=[alumni.cohort.slug])
    client.force_login(alumni.coordinator)
    before = OutboxMessage.objects.count()
    page = client.post(url, {"do": "digest"}).content.decode()
    assert "Send the digest now?" in page
    assert OutboxMessage.objects.count() == before
    client.post(url, {"do": "digest", "confirmed": "yes"})
    sent = OutboxMessage.objects.count() - before
    assert f"{sent} {'person gets' if sent == 1 else 'people get'} an email." in page
    assert sent

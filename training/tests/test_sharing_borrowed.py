"""A session that another programme shares, seen by the coordinators who borrow it."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from mentorship.core.errors import ServiceError
from mentorship.core.outbox.models import OutboxMessage
from mentorship.core.ui.facts import facts_of
from mentorship.devtools.testing.factories import EnrollmentFactory
from mentorship.devtools.testing.pages import SURE, words_in
from partners.costs.services import add_cost
from partners.models import Cost
from training.sessions.borrowed import note_walk_ins
from training.sessions.extensions import BORROWED_SESSION_FACTS, SESSION_FACTS
from training.sharing.requests import ask_for_seats, decline_seats
from training.sharing.services import answer_share, share_session
from training.tests.slots import book, mails, mentors, new_session


@pytest.fixture
def lent(cast):
    """A session of the host, and the hold by which the other programme borrows it."""
    session = new_session(cast.cohort, seats=5, starts_at=timezone.now() + timedelta(days=1))
    book(session, cast.mentor_enrollment)
    return session, share_session(session=session, to=cast.other_cohort.programme, seats=2, by=cast.coordinator)


@pytest.fixture
def borrowed(cast, lent):
    session, hold = lent
    return session, answer_share(hold=hold, accept=True, by=cast.stranger)


def page_of(cast, hold):
    return reverse("training:borrowed-session-detail", args=[cast.other_cohort.slug, hold.pk])


def test_borrowers_accept_invite_and_see_only_their_own_people(client, cast, lent):
    session, hold = lent
    theirs = EnrollmentFactory(cohort=cast.other_cohort, role="mentor", user__email="theirs@example.org")
    client.force_login(cast.stranger)
    sessions = reverse("training:session-list", args=[cast.other_cohort.slug])
    assert client.get(page_of(cast, hold)).status_code == 404  # not accepted yet
    invite = client.post(
        reverse("training:share-answer", args=[cast.other_cohort.slug, hold.pk]), {"answer": "yes"}
    ).url
    assert not mails("theirs@example.org")
    client.post(invite, {"words": ""})
    (mail,) = mails("theirs@example.org")
    assert "Listening" in mail.full_text
    assert not mails("mentor@example.org", "Listening with us")
    book(session, theirs)
    page = client.get(sessions).content.decode()
    assert "Shared with you" in page
    assert "No training planned" not in page
    assert page_of(cast, hold) in page
    page = words_in(client.get(page_of(cast, hold)).content.decode())
    assert str(theirs.user) in page
    assert cast.mentor.full_name not in page
    lines = client.get(page_of(cast, hold), {"format": "csv"}).content.decode().splitlines()
    assert [line.split(",")[1] for line in lines[1:]] == ["theirs@example.org"]


def test_a_cohort_asks_another_programme_for_seats(client, cast):
    client.force_login(cast.stranger)
    url = reverse("training:seats-ask", args=[cast.other_cohort.slug])
    wish = {"host": cast.programme.slug, "seats": 3, "hours": "mornings in Nairobi", "message": "We are new."}
    assert "No programme has this short name" in client.post(url, {**wish, "host": "nowhere"}).content.decode()
    refused = client.post(url, {**wish, "host": cast.other_cohort.programme.slug})
    assert "your own programme" in refused.content.decode()
    assert client.post(url, wish).status_code == 302
    (mail,) = mails("hello@example.org", "would like to send 3 people")
    for words in ("3 people", "mornings in Nairobi", "We are new.", cast.other_cohort.programme.slug):
        assert words in mail.full_text
    assert "You’ve already asked Open Seeds" in client.post(url, wish).content.decode()
    client.force_login(cast.mentor)
    assert client.get(url).status_code == 404


def test_both_sides_see_a_request_for_seats_and_what_became_of_it(client, cast, lent):
    ask = {"cohort": cast.other_cohort, "host": cast.programme, "hours": "", "message": "", "by": cast.stranger}
    first = ask_for_seats(seats=3, **ask)
    theirs, ours = (reverse("training:seat-request-list", args=[one.slug]) for one in (cast.other_cohort, cast.cohort))
    client.force_login(cast.stranger)
    assert "waiting for an answer" in client.get(theirs).content.decode()
    decline = reverse("training:seat-request-decline", args=[cast.other_cohort.slug, first.pk])
    assert client.post(decline, {"reply": "No"}).status_code == 404  # they are not the host
    client.force_login(cast.coordinator)
    sessions = client.get(reverse("training:session-list", args=[cast.cohort.slug])).content.decode()
    assert ours in sessions
    client.post(reverse("training:seat-request-decline", args=[cast.cohort.slug, first.pk]), {"reply": "All full."})
    (mail,) = OutboxMessage.objects.filter(kind="training", subject__contains="has no seats")
    assert "All full." in mail.full_text
    assert mail.to == [cast.other_cohort.programme.contact_email]
    second = ask_for_seats(seats=2, **ask)
    client.force_login(cast.stranger)
    client.post(reverse("training:seat-request-withdraw", args=[cast.other_cohort.slug, second.pk]), SURE)
    third = ask_for_seats(seats=1, **ask)
    with pytest.raises(ServiceError, match="already"):
        ask_for_seats(seats=1, **ask)
    lent[1].delete()
    share_session(session=lent[0], to=cast.other_cohort.programme, by=cast.coordinator)
    with pytest.raises(ServiceError, match="closed: seats offered"):
        decline_seats(request=third, reply="", by=cast.coordinator)
    page = client.get(theirs).content.decode()
    assert all(words in page for words in ("declined", "All full.", "withdrawn", "seats offered"))


def test_borrowers_note_their_own_walk_ins_and_nobody_elses(client, cast, borrowed):
    session, hold = borrowed
    (walker,) = mentors(cast.other_cohort, 1)
    (hosts,) = mentors(cast.cohort, 1)
    with pytest.raises(ServiceError, match="not begun"):
        note_walk_ins(session=session, cohort=cast.other_cohort, keys=[str(walker.pk)], by=cast.stranger)
    with time_machine.travel(session.starts_at + timedelta(hours=1), tick=False):
        client.force_login(cast.stranger)
        assert str(walker.user) in client.get(page_of(cast, hold)).content.decode()
        client.post(page_of(cast, hold), {"walked_in": [walker.pk, hosts.pk]})
        assert session.bookings.get(enrollment=walker).attended
        assert not session.bookings.filter(enrollment=hosts).exists()
        assert session.bookings.get(enrollment=cast.mentor_enrollment).attended is None
        hold.delete()
        with pytest.raises(ServiceError, match="open to your cohort"):
            note_walk_ins(session=session, cohort=cast.other_cohort, keys=[str(walker.pk)], by=cast.stranger)


def test_each_side_has_its_own_costs_of_a_shared_session(client, cast, borrowed):
    session, hold = borrowed

    def cost(cohort, what, by):
        fields = {"amount": Decimal(400), "currency": "GBP", "paid_on": date(2027, 3, 1)}
        return add_cost(cost=Cost(cohort=cohort, session=session, what=what, **fields), by=by)

    cost(cast.cohort, "The trainer", cast.coordinator)
    cost(cast.other_cohort, "Our part", cast.stranger)
    assert [f.label for f in facts_of(SESSION_FACTS, [session.pk])[session.pk]] == ["The trainer"]
    assert [f.label for f in facts_of(BORROWED_SESSION_FACTS, [hold.pk])[hold.pk]] == ["Our part"]
    client.force_login(cast.stranger)
    form = reverse("partners:cost-create")
    query = {"session": session.pk, "cohort": cast.other_cohort.pk}
    initial = client.get(form, query).context["form"].initial
    assert (initial["cohort"], initial["session"]) == (cast.other_cohort.pk, session.pk)
    hold.delete()
    with pytest.raises(ServiceError, match="another cohort"):
        cost(cast.other_cohort, "Too late", cast.stranger)


def test_nobody_else_opens_the_page_of_a_borrowed_session(client, cast, borrowed):
    _, hold = borrowed
    for user in (cast.coordinator, cast.mentor, cast.viewer):
        client.force_login(user)
        assert client.get(page_of(cast, hold)).status_code == 404
        assert client.post(page_of(cast, hold), {"walked_in": []}).status_code == 404

"""Asking before confirming: the link, yes, no with a reason, silence, and two yeses at the same moment."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from threading import Barrier, BrokenBarrierError, Thread

import pytest
from django.core import signing
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from cohorts.enrollment.services import set_enrollment_status
from cohorts.models import Cohort
from matching.board import services as board_services
from matching.board.consent_status import consent_counts, consent_states, matching_tasks
from matching.board.reader import BoardReader
from matching.consent import services as consent_services
from matching.consent import sweep as consent_sweep
from matching.consent.due_mail import reminder_due_at
from matching.consent.links import ANSWER_LINK
from matching.consent.policy import confirm_policy_of
from matching.engine import services as engine_services
from matching.intro.services import unconfirmed_proposals
from matching.intro.undo import undo_match
from matching.models import AskedPair, AskedSide, ConfirmPolicy, Match, MatchPin
from mentorship.core.audit.services import history_of
from mentorship.core.errors import ServiceError
from mentorship.core.outbox.models import OutboxMessage
from mentorship.devtools.testing.factories import CohortFactory, EnrollmentFactory, MatchFactory, UserFactory

pytestmark = pytest.mark.django_db


def make(number=1, capacity=1, **policy):
    cohort = CohortFactory(status="matching", slug="ask", time_zone="Asia/Kathmandu")
    ConfirmPolicy.objects.create(cohort=cohort, **{"ask": "both", **policy})
    for n in range(number):
        EnrollmentFactory(cohort=cohort, title=f"Project {n}", description="Maps of soils.")
        EnrollmentFactory(cohort=cohort, role="mentor", user__full_name=f"Mentor {n}", capacity=capacity)
    return engine_services.run_now(cohort=cohort, by=None)[0]


def ask(run, **fields):
    asked, left = consent_services.ask_pairs(
        run=run, mentee_ids=[m.pk for m, _ in unconfirmed_proposals(run)], by=None, **fields
    )
    assert left == []
    return asked


def side_of(pair, name):
    side = pair.sides.get(side=name)
    side.pair = pair
    return side


def path(side):
    return ANSWER_LINK.url(side.pk).removeprefix("http://127.0.0.1:8000")


def mails(kind="asked"):
    return OutboxMessage.objects.filter(key__startswith=f"{kind}:")


def state(run, pair):
    return consent_states(run)[pair.mentee_id, pair.mentor_id]


def test_both_sides_are_asked_once_with_a_deadline_in_the_cohorts_time_zone():
    run = make()
    (pair,) = ask(run)
    assert consent_services.ask_pairs(run=run, mentee_ids=[pair.mentee_id], by=None) == ([], [])
    assert {m.to[0] for m in mails()} == {pair.mentee.user.email, pair.mentor.user.email}
    text = mails().get(to=[pair.mentor.user.email]).full_text
    for words in ("Would you like to mentor", "Project 0", "Maps of soils.", "23:59 (Kathmandu)", "/asked/"):
        assert words in text, words
    assert pair.mentee.user.email not in text
    assert MatchPin.objects.get().kind == "lock", "later runs keep the pair"
    assert state(run, pair).words == "waiting for the mentor and mentee"


def test_opening_the_link_records_nothing_and_clicking_records_the_answer(client):
    run = make()
    (pair,) = ask(run)
    address = path(side_of(pair, "mentor"))
    for _ in range(2):
        assert "Yes, I’d like to be their mentor" in client.get(address).text
    assert client.head(address).status_code == 200
    assert state(run, pair).status == "open"
    for _ in range(2):
        assert "Thank you" in client.post(address, {"do": "yes"}, follow=True).text
    assert state(run, pair).words == "mentor said yes, waiting for the mentee"
    assert not Match.objects.exists()
    assert history_of(pair.mentee).filter(verb="mentor accepted").count() == 1
    client.post(path(side_of(pair, "mentee")), {"do": "yes"})
    assert state(run, pair).is_yes


@pytest.mark.parametrize("change", ["x", "other-purpose"])
def test_a_forged_or_changed_link_is_refused(client, change):
    (pair,) = ask(make())
    side = side_of(pair, "mentor")

    token = f"{path(side)[7:-2]}x" if change == "x" else signing.dumps(side.pk, salt="matching.groups")
    assert client.get(reverse("matching:question-answer", args=[token])).status_code == 404
    assert client.post(reverse("matching:question-answer", args=[token]), {"do": "yes"}).status_code == 404


def test_declining_needs_a_reason_and_returns_the_mentee_to_the_board(client):
    run = make()
    (pair,) = ask(run)
    consent_services.accept_pair(side=side_of(pair, "mentee"), by=None)
    OutboxMessage.objects.update(status="sent", sent_at=timezone.now())
    address = path(side_of(pair, "mentor"))
    response = client.post(address, {"do": "no", "reason": "A new job"})
    assert (response.status_code, "A new job" in response.text) == (422, True)
    client.post(address, {"do": "no", "reason_kind": "time", "reason": "A new job"})
    assert state(run, pair).words == "mentor declined: No time at the moment – A new job"
    pin = MatchPin.objects.get()
    assert (pin.kind, pin.reason) == ("forbid", "Mentor 0 declined: no time at the moment – A new job")
    run.refresh_from_db()
    reader = BoardReader(run)
    assert reader.ids(state="unmatched") == [pair.mentee_id]
    assert reader.reasons(pair.mentee_id)[0] == "Mentor 0 declined."
    assert unconfirmed_proposals(run) == []
    assert matching_tasks(run.cohort).declined.count() == 1
    over = mails("asked-over").get()
    assert (over.to, "new job" in over.full_text) == ([pair.mentee.user.email], False)
    assert "settled" in client.post(path(side_of(pair, "mentee")), {"do": "yes"}, follow=True).text


def test_a_side_whose_question_was_not_sent_yet_is_told_nothing():
    (pair,) = ask(make())
    consent_services.decline_pair(side=side_of(pair, "mentor"), by=None, reason_kind="topic")
    assert [m.status for m in mails().filter(to=[pair.mentee.user.email])] == ["cancelled"]
    assert not mails("asked-over").exists()


def test_the_mentee_is_asked_after_the_mentor_accepted():
    (pair,) = ask(make(mentor_first=True))
    assert [m.to for m in mails()] == [[pair.mentor.user.email]]
    consent_services.accept_pair(side=side_of(pair, "mentor"), by=None)
    assert mails().filter(to=[pair.mentee.user.email]).count() == 1


@pytest.mark.parametrize("who", ["mentors", "mentees"])
def test_a_cohort_may_ask_one_side_only(who):
    (pair,) = ask(make(ask=who))
    (message,) = mails()
    asked = pair.mentor if who == "mentors" else pair.mentee
    assert message.to == [asked.user.email]
    assert consent_services.accept_pair(side=side_of(pair, who[:-1]), by=None).status == "accepted"


def test_one_reminder_and_then_silence_is_shown():
    run = make(ask="mentors", answer_days=5)
    (pair,) = ask(run)
    now = timezone.now()
    assert consent_sweep.sweep_consent(now) == 0
    for _ in range(2):
        consent_sweep.sweep_consent(now + timedelta(days=4, hours=10))  # one due on a Sunday goes on Monday morning
    assert mails("asked-reminder").count() == 1
    for _ in range(2):
        consent_sweep.sweep_consent(now + timedelta(days=7))
    assert (state(run, pair).words, mails("asked-reminder").count()) == ("no answer from the mentor", 1)
    assert matching_tasks(run.cohort).silent.count() == 1
    consent_services.ask_pair_again(pair=pair, by=None)
    assert (state(run, pair).status, mails().count()) == ("open", 2)
    with pytest.raises(ServiceError):
        consent_services.count_silence_as_decline(pair=pair, by=None)


def test_no_reminder_of_a_question_leaves_on_a_sunday():
    run = make(ask="mentors", answer_days=5)
    ask(run)
    side, policy = AskedSide.objects.select_related("pair__mentee__cohort").get(), confirm_policy_of(run.cohort)
    for day in (9, 10):  # Tuesday, whose reminder falls on a Sunday, and Wednesday
        side.answer_by = datetime(2027, 3, day, 6, tzinfo=UTC)
        at = reminder_due_at(side, policy)
        assert at.astimezone(run.cohort.tz).strftime("%a") == "Mon"
        assert timedelta(hours=8) < side.answer_by - at <= timedelta(hours=48)


def test_silence_counts_as_a_decline_where_the_cohort_says_so():
    run = make(ask="mentors", silence_declines=True)
    (pair,) = ask(run)
    consent_sweep.sweep_consent(timezone.now() + timedelta(days=7))
    assert state(run, pair).words == "no answer in time"
    assert MatchPin.objects.get().reason == "Mentor 0 did not answer in time"
    assert consent_counts(run.cohort).reasons == [("No answer in time", 1)]


def test_accepting_after_the_deadline_counts_while_the_question_is_open():
    (pair,) = ask(make(ask="mentors"))
    consent_sweep.sweep_consent(timezone.now() + timedelta(days=7))
    assert consent_services.accept_pair(side=side_of(pair, "mentor"), by=None).status == "accepted"


def test_nobody_is_reminded_who_has_two_days_to_answer():
    ask(make(answer_days=2))
    consent_sweep.sweep_consent(timezone.now() + timedelta(days=1))
    assert not mails("asked-reminder").exists()


def test_a_pair_is_confirmed_automatically_once_all_accepted_and_can_be_undone():
    run = make(confirms_itself=True)
    (pair,) = ask(run)
    consent_services.accept_pair(side=side_of(pair, "mentor"), by=None)
    assert not Match.objects.exists()
    consent_services.accept_pair(side=side_of(pair, "mentee"), by=None)
    match = Match.objects.get()
    assert match.intro.due_at > timezone.now() + timedelta(minutes=9)
    assert state(run, pair).status == "matched"
    undo_match(match=match, by=None)
    assert state(run, pair).status == "accepted"


def test_questions_to_a_mentor_who_withdrew_are_withdrawn():
    run = make()
    (pair,) = ask(run)
    set_enrollment_status(enrollment=pair.mentor, to="withdrawn", by=None)
    assert consent_sweep.sweep_consent(timezone.now()) == 1
    assert state(run, pair).status == "taken_back"
    assert not MatchPin.objects.exists()


def test_of_a_team_its_lead_is_asked_and_answers_for_all():
    run = make()
    team = run.cohort.enrollments.get(role="mentee")
    member = team.members.create(user=UserFactory()).user
    (pair,) = ask(run)
    assert {tuple(m.to) for m in mails()} == {(team.user.email,), (pair.mentor.user.email,)}
    assert member not in side_of(pair, "mentee").people


@pytest.mark.parametrize("how", ["over", "taken"])
def test_questions_about_impossible_pairs_are_withdrawn(how):
    run = make()
    (pair,) = ask(run)
    OutboxMessage.objects.update(status="sent", sent_at=timezone.now())
    if how == "over":
        Cohort.objects.update(status="completed")
    else:
        MatchFactory(mentee=pair.mentee)
    assert (consent_sweep.sweep_consent(timezone.now()), consent_sweep.sweep_consent(timezone.now())) == (1, 0)
    assert state(run, pair).status == "taken_back"
    assert mails("asked-over").count() == (0 if how == "over" else 2)


def test_a_lock_set_by_a_coordinator_stays_after_the_question(cast):
    run = make()
    ((mentee, (proposal,)),) = unconfirmed_proposals(run)
    board_services.set_pin(mentee=mentee, mentor=proposal.mentor, kind="lock", by=cast.coordinator)
    (pair,) = ask(run)
    consent_services.withdraw_question(pair=pair, by=cast.coordinator)
    assert MatchPin.objects.get().kind == "lock"


def test_a_forbidden_pair_is_not_asked():
    run = make()
    ((mentee, (proposal,)),) = unconfirmed_proposals(run)
    board_services.set_pin(mentee=mentee, mentor=proposal.mentor, kind="forbid", by=None)
    asked, left = consent_services.ask_pairs(run=run, mentee_ids=[mentee.pk], by=None)
    assert (asked, "forbidden" in left[0]) == ([], True)
    assert not OutboxMessage.objects.exists()


def test_asking_is_refused_where_the_cohort_asks_nobody():
    with pytest.raises(ServiceError, match="asks nobody"):
        consent_services.ask_pairs(run=make(ask=""), mentee_ids=[], by=None)


# --- two at the same moment ---


def two_asked_for_one_place():
    """One mentor with one place, asked about two mentees: somebody unlocked the first and asked about another."""
    run = make(number=1, ask="mentees")
    (first,) = ask(run)
    other = EnrollmentFactory(cohort=run.cohort, title="Another project")
    second = AskedPair.objects.create(mentee=other, mentor=first.mentor)
    deadline = timezone.now() + timedelta(days=3)
    AskedSide.objects.create(pair=second, side="mentee", status="asked", times=1, answer_by=deadline)
    return first, second


def say_yes_together(*pairs):
    start, outcomes = Barrier(len(pairs)), []

    def answer(side):
        start.wait()
        try:
            outcomes.append(consent_services.accept_pair(side=side, by=None).status)
        finally:
            connection.close()

    threads = [Thread(target=answer, args=[side_of(pair, "mentee")]) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(outcomes)


@pytest.mark.django_db(transaction=True)
def test_two_simultaneous_acceptances_take_one_place():
    assert say_yes_together(*two_asked_for_one_place()) == ["accepted", "taken_back"]
    assert AskedPair.objects.reserving().count() == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_two_simultaneous_acceptances_would_oversell(monkeypatch):
    """The test above bites: both look before either writes, and nothing holds them back."""
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has one writer: its transactions are the lock")
    pairs, both_looked, look = two_asked_for_one_place(), Barrier(2), consent_services.why_no_place

    def look_together(pair):
        found = look(pair)
        with suppress(BrokenBarrierError):
            both_looked.wait(timeout=5)
        return found

    monkeypatch.setattr(consent_services, "_lock", lambda cohort_id: None)
    monkeypatch.setattr(consent_services, "why_no_place", look_together)
    assert say_yes_together(*pairs) == ["accepted", "accepted"]

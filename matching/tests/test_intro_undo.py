"""Undo before the intro leaves: for one pair, for a whole confirmation, against a worker that is faster."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.core import mail
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from matching.board import services as board_services
from matching.engine import services as engine_services
from matching.intro.services import confirm_run, preview_fingerprint, unconfirmed_proposals
from matching.intro.undo import held_confirmations, send_intros_now, undo_match, undo_matches
from matching.models import ConfirmPolicy, Match, MatchPin
from matching.pairs import services as pairs_services
from mentorship.core.audit.services import history_of
from mentorship.core.errors import ServiceError
from mentorship.core.outbox.delivery.deliver import deliver_all_due
from mentorship.core.outbox.models import OutboxMessage
from mentorship.core.outbox.services import resend_message
from mentorship.devtools.testing.factories import CohortFactory, EnrollmentFactory, RoleFactory, UserFactory

pytestmark = pytest.mark.django_db
GRACE = timedelta(minutes=10)


def make(number=2, **fields):
    cohort = CohortFactory(status="matching", slug="undo", **fields)
    for n in range(number):
        EnrollmentFactory(cohort=cohort, title=f"Project {n}")
        EnrollmentFactory(cohort=cohort, role="mentor", user__full_name=f"Mentor {n}")
    run, _ = engine_services.run_now(cohort=cohort, by=None)
    return run


def test_an_undone_pair_is_a_proposal_again_and_its_intro_never_leaves(cast):
    run = make()
    first, second = confirm_run(run=run, by=cast.coordinator, grace=GRACE)
    undo_match(match=first, by=cast.coordinator)
    run.refresh_from_db()
    assert (run.status, [m.pk for m, _ in unconfirmed_proposals(run)]) == ("ready", [first.mentee_id])
    deliver_all_due(timezone.now() + timedelta(hours=1))
    assert [m.status for m in (first.intro, second.intro) if m.refresh_from_db() is None] == ["cancelled", "sent"]
    assert history_of(first.mentee).filter(verb="match undone", actor=cast.coordinator).exists()


def test_exactly_one_intro_is_sent_for_a_pair_confirmed_after_an_undo():
    run = make(1)
    for _ in range(2):
        (match,) = confirm_run(run=run, by=None, grace=GRACE)
        undo_match(match=match, by=None)
    (match,) = confirm_run(run=run, by=None, grace=GRACE)
    deliver_all_due(timezone.now() + timedelta(hours=1))
    base = f"intro:{run.pk}:{match.mentee_id}"
    found = OutboxMessage.objects.order_by("created_at").values_list("key", "status")
    assert list(found) == [(base, "cancelled"), (f"{base}:2", "cancelled"), (f"{base}:3", "sent")]


def test_a_team_with_two_mentors_is_undone_as_a_whole():
    cohort = CohortFactory(status="matching")
    EnrollmentFactory(cohort=cohort, mentors_wanted=2)
    EnrollmentFactory(cohort=cohort, role="mentor"), EnrollmentFactory(cohort=cohort, role="mentor")
    run, _ = engine_services.run_now(cohort=cohort, by=None)
    first, _ = confirm_run(run=run, by=None, grace=GRACE)
    assert undo_matches(matches=Match.objects.all(), by=None) == (1, 0)
    assert not Match.objects.exists()
    with pytest.raises(ServiceError):
        undo_match(match=first, by=None)


def test_matches_whose_intro_was_sent_are_not_undone_but_counted():
    one, other = confirm_run(run=make(), by=None, grace=GRACE)
    assert send_intros_now(matches=[one], by=None) == 1
    assert deliver_all_due() == 1
    assert undo_matches(matches=[one, other], by=None) == (1, 1)
    assert Match.objects.get() == one
    assert send_intros_now(matches=[one], by=None) == 0


@pytest.mark.parametrize("fields", [{"maybe_duplicate": True}, {"delivered_to": ["a@example.org"]}])
def test_an_intro_that_may_have_reached_somebody_is_not_undone(fields):
    (match,) = confirm_run(run=make(1), by=None, grace=GRACE)
    OutboxMessage.objects.update(**fields)
    with pytest.raises(ServiceError, match="has left"):
        undo_match(match=match, by=None)
    assert Match.objects.get().intro.status == "queued"


def test_an_undone_intro_can_not_be_queued_again_by_hand(cast):
    (match,) = confirm_run(run=make(1), by=None, grace=GRACE)
    undo_match(match=match, by=None)
    OutboxMessage.objects.update(last_error="")  # its words decide nothing
    with pytest.raises(ServiceError, match="undone together with its match"):
        resend_message(message=OutboxMessage.objects.get(pk=match.intro_id), by=cast.coordinator)


def test_participants_see_a_match_only_after_its_intro_is_due():
    (match,) = confirm_run(run=make(1), by=None, grace=GRACE)
    assert not Match.objects.of_person(match.mentee.user).exists()
    send_intros_now(matches=[match], by=None)
    assert Match.objects.of_person(match.mentee.user).get() == match
    pairs_services.set_match_status(match=match, to="ended", by=None)
    assert not Match.objects.of_person(match.mentor.user).exists()


def test_held_confirmations_are_grouped_by_when_their_intros_leave():
    run = make()
    ids = [mentee.pk for mentee, _ in unconfirmed_proposals(run)]
    confirm_run(run=run, by=None, mentee_ids=ids[:1], grace=GRACE)
    confirm_run(run=run, by=None, grace=2 * GRACE)
    held = held_confirmations(run.cohort, timezone.now())
    assert [(c.run, c.intros) for c in held] == [(run, 1), (run, 1)]
    assert held[0].leaves_at < held[1].leaves_at


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("attempt", range(3))
def test_undo_against_delivery_has_one_winner(attempt):
    """At the same moment: either undone and not sent, or sent and not undone."""
    matches = confirm_run(run=make(4), by=None)
    start, outcomes = Barrier(2), {}

    def deliver():
        start.wait()
        try:
            outcomes["sent"] = deliver_all_due()
        finally:
            connection.close()

    def undo():
        start.wait()
        try:
            outcomes["undone"], outcomes["late"] = undo_matches(matches=matches, by=None)
        finally:
            connection.close()

    threads = [Thread(target=deliver), Thread(target=undo)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    deliver_all_due()
    sent = set(OutboxMessage.objects.filter(status="sent").values_list("pk", flat=True))
    assert {m.intro_id for m in Match.objects.all()} == sent
    assert len(sent) == len(mail.outbox) == 4 - outcomes["undone"] == outcomes["late"]
    assert OutboxMessage.objects.filter(status="cancelled").count() == outcomes["undone"]


# --- pages ---


@pytest.fixture
def desk(client):
    run = make()
    user = UserFactory(full_name="Rosa")
    RoleFactory(workspace=run.cohort.programme.workspace, user=user)
    client.force_login(user)
    return client, run


def url(name, *args):
    return reverse(f"matching:{name}", args=["undo", *args])


def confirm(client, run, **data):
    shown = client.get(url("run-preview", run.number)).context["shown"]
    return client.post(url("run-confirm", run.number), {"shown": shown, **data}, follow=True)


def test_the_matches_page_says_when_intros_leave_and_undoes_them(desk):
    client, run = desk
    text = confirm(client, run).text
    assert "2 intros will be sent on" in text
    held = held_confirmations(run.cohort, timezone.now())[0]
    group = {"run": run.number, "leaves_at": held.leaves_at.isoformat()}
    text = client.post(url("match-undo"), {"match": held.matches[0].pk}, follow=True).text
    assert "1 match undone" in text
    assert "1 intro will be sent on" in text
    text = client.post(url("match-undo"), group, follow=True).text
    assert "1 match undone" in text
    assert not Match.objects.exists()
    assert "Confirm 2" in client.get(url("board")).text


@pytest.mark.parametrize("status", ["cancelled", "failed"])
def test_a_match_whose_intro_was_stopped_otherwise_can_be_undone_too(desk, status):
    client, run = desk
    confirm(client, run)
    match = Match.objects.first()
    OutboxMessage.objects.filter(pk=match.intro_id).update(status=status)
    assert "Undo (the intro has not been sent)" in client.get(match.get_absolute_url()).text
    client.post(url("match-undo"), {"match": match.pk})
    assert not Match.objects.filter(pk=match.pk).exists()


def test_send_now_releases_held_intros(desk):
    client, run = desk
    confirm(client, run)
    held = held_confirmations(run.cohort, timezone.now())[0]
    group = {"run": run.number, "leaves_at": held.leaves_at.isoformat(), "do": "send"}
    page = client.post(url("match-undo"), group, follow=True)
    assert "Send 2 intros now?" in page.text
    assert "4 people will get an email straight away" in page.text
    assert deliver_all_due() == 0
    assert "2 intros leave now" in client.post(url("match-undo"), {**group, "confirmed": "yes"}, follow=True).text
    assert deliver_all_due() == 2


def test_the_grace_period_is_the_cohorts_own(desk):
    client, run = desk
    ConfirmPolicy.objects.create(cohort=run.cohort, grace_minutes=0)
    assert "2 intros are on their way" in confirm(client, run).text
    assert deliver_all_due() == 2


def test_confirming_an_outdated_preview_is_refused(desk):
    client, run = desk
    shown = client.get(url("run-preview", run.number)).context["shown"]
    assert shown == preview_fingerprint(run.cohort, unconfirmed_proposals(run))
    first = unconfirmed_proposals(run)[0][1][0]
    confirm_run(run=run, by=None, mentee_ids=[first.mentee_id], grace=GRACE)
    response = client.post(url("run-confirm", run.number), {"shown": shown}, follow=True)
    assert "since you saw the intros" in response.text
    assert Match.objects.count() == 1


@pytest.mark.parametrize("change", ["address", "words", "pair"])
def test_a_preview_is_outdated_after_a_change_of_address_mail_or_pair(desk, change):
    client, run = desk
    shown = client.get(url("run-preview", run.number)).context["shown"]
    mentee, (proposal,) = unconfirmed_proposals(run)[0]
    if change == "address":
        type(mentee.user).objects.filter(pk=mentee.user_id).update(email="new@example.org")
    elif change == "words":
        run.cohort.programme.workspace.mail_templates.create(kind="matching/intro", subject="Hi", body="{mentees}")
    else:
        run.proposals.filter(pk=proposal.pk).update(mentor=EnrollmentFactory(cohort=run.cohort, role="mentor"))
    client.post(url("run-confirm", run.number), {"shown": shown})
    assert not Match.objects.exists()


def test_a_locked_pair_that_is_matched_takes_only_one_place():
    cohort = CohortFactory(status="matching")
    first, second = EnrollmentFactory(cohort=cohort), EnrollmentFactory(cohort=cohort)
    one = EnrollmentFactory(cohort=cohort, role="mentor", capacity=2)
    board_services.set_pin(mentee=first, mentor=one, kind="lock", by=None)
    run, _ = engine_services.run_now(cohort=cohort, by=None)
    confirm_run(run=run, by=None, mentee_ids=[first.pk])
    board_services.set_pin(mentee=second, mentor=one, kind="lock", by=None)
    assert MatchPin.objects.filter(kind="lock").count() == 2


def test_ending_a_match_removes_its_lock():
    run = make(1)
    (match,) = confirm_run(run=run, by=None)
    MatchPin.objects.create(mentee=match.mentee, mentor=match.mentor, kind="lock")
    pairs_services.set_match_status(match=match, to="ended", by=None)
    assert not MatchPin.objects.exists()

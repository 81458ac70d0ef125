"""Another mentor, back to the pool, and people who leave."""

from datetime import date, timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.utils import timezone

from checkins.models import CheckIn
from checkins.waves.sweep import sweep_checkins
from cohorts.enrollment.services import set_enrollment_status
from cohorts.models import Enrollment
from matching.board import services as board_services
from matching.board.consent_status import matching_tasks
from matching.engine import services as engine_services
from matching.intro.services import confirm_run, unconfirmed_proposals
from matching.intro.undo import send_intros_now, undo_match
from matching.models import Match, MatchPin, RematchWish, ReplacementSearch
from matching.pairs import services as pairs_services
from matching.pauses.services import pause_mentor
from matching.rematch import candidates, replacement_search
from matching.rematch.candidates import replacement_candidates
from matching.rematch.services import (
    rematch,
    request_rematch,
    return_to_pool,
    settle_rematch_wish,
    sweep_matches_left_behind,
)
from matching.tests.enrolled import mentor
from mentorship.core.errors import ServiceError
from mentorship.core.outbox.delivery.deliver import deliver_all_due
from mentorship.core.outbox.models import OutboxMessage
from mentorship.devtools.testing.factories import CohortFactory, EnrollmentFactory, MatchFactory
from mentorship.devtools.testing.trail import lose_audit_trail
from mentorship.operations.sweep import sweep_everything

pytestmark = pytest.mark.django_db
GRACE = timedelta(minutes=10)


@pytest.fixture(autouse=True)
def no_wake_up(monkeypatch):
    monkeypatch.setattr("matching.tasks.work_out_search.delay", lambda search_id: None)


@pytest.fixture
def cohort():
    return a_cohort()


def a_cohort():
    return CohortFactory(status="running", slug="after", time_zone="Pacific/Auckland")


def sent(match):
    OutboxMessage.objects.filter(pk=match.intro_id).update(status="sent", sent_at=timezone.now())
    return match


@pytest.fixture
def match(cohort):
    return a_pair(cohort)


def a_pair(cohort):
    """A pair under way, and Bo, who has room."""
    mentor(cohort, "Bo")
    team = EnrollmentFactory(cohort=cohort, title="Soil maps")
    return sent(MatchFactory(mentee=team, mentor=mentor(cohort), status="active", why="They share soil."))


def bo(match):
    return match.mentee.cohort.enrollments.get(user__full_name="Bo")


def ended_mails(side=""):
    return OutboxMessage.objects.filter(key__startswith="match-ended:", key__contains=side)


# --- another mentor ---


def test_a_rematch_ends_the_old_match_frees_its_place_and_introduces_the_new_one(match, cast):
    new = rematch(
        match=match,
        mentor=bo(match),
        by=cast.coordinator,
        reason="Moved away",
        to_mentee="Sorry!",
        score=0.7,
        why="They share R.",
        reasons=["share R"],
    )
    match.refresh_from_db()
    assert (match.status, match.ended_reason, new.status, new.replaces) == (
        "rematched",
        "Moved away",
        "introduced",
        match,
    )
    assert Match.objects.places_of(match.mentee.cohort)[match.mentor_id] == 0
    assert set(new.intro.to) == {match.mentee.user.email, bo(match).user.email}
    to_mentee, to_mentor = ended_mails("mentee").get(), ended_mails("mentor").get()
    assert to_mentee.to == [match.mentee.user.email]
    assert "introduces you to Bo" in to_mentee.full_text
    assert "Sorry!" in to_mentee.full_text
    assert "Moved away" not in to_mentee.full_text + to_mentor.full_text
    assert (to_mentor.to, "Soil maps" in to_mentor.full_text) == ([match.mentor.user.email], True)
    assert not Match.objects.of_person(match.mentor.user).exists()


def test_check_ins_of_the_old_match_stop_and_those_of_the_new_one_begin(match):
    now = timezone.now()
    sweep_checkins(now)
    assert set(CheckIn.objects.values_list("match", "status")) == {(match.pk, "planned")}
    new = rematch(match=match, mentor=bo(match), by=None)
    deliver_all_due()
    sweep_checkins(now + timedelta(minutes=1))
    assert set(CheckIn.objects.values_list("match", "status")) == {(match.pk, "cancelled"), (new.pk, "planned")}


def test_a_co_mentor_stays_and_is_told_of_the_rematch(match):
    beside = sent(MatchFactory(mentee=match.mentee, mentor=mentor(match.mentee.cohort, "Cy"), status="active"))
    Enrollment.objects.filter(pk=match.mentee_id).update(mentors_wanted=2)
    rematch(match=match, mentor=bo(match), by=None)
    beside.refresh_from_db()
    assert beside.status == "active"
    message = ended_mails("mentee").get()
    assert (message.cc, "You and Cy carry on as before" in message.full_text) == ([beside.mentor.user.email], True)


def test_a_former_mentor_is_refused_unless_the_pair_is_locked(match):
    new = sent(rematch(match=match, mentor=bo(match), by=None))
    with pytest.raises(ServiceError, match="was with “Soil maps” before"):
        rematch(match=new, mentor=match.mentor, by=None)
    new.refresh_from_db()
    assert new.status == "introduced", "nothing of it was kept"
    return_to_pool(match=new, by=None)
    board_services.set_pin(mentee=match.mentee, mentor=match.mentor, kind="lock", by=None)
    assert rematch(match=new, mentor=match.mentor, by=None).mentor == match.mentor


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda one, match: MatchFactory(mentee=EnrollmentFactory(cohort=one.cohort), mentor=one), "no free place"),
        (lambda one, match: pause_mentor(enrollment=one, by=None), "is paused"),
        (lambda one, match: Enrollment.objects.filter(pk=one.pk).update(status="withdrawn"), "withdrawn"),
        (lambda one, match: MatchPin.objects.create(mentee=match.mentee, mentor=one, kind="forbid"), "forbidden"),
    ],
)
def test_mentors_who_can_not_take_over_are_refused_and_not_offered(match, spoil, words):
    one = bo(match)
    spoil(one, match)
    with pytest.raises(ServiceError, match=words):
        rematch(match=match, mentor=one, by=None)
    assert candidates.possible_mentors(match.mentee) == []
    match.refresh_from_db()
    assert (match.status, OutboxMessage.objects.filter(kind="match ended").exists()) == ("active", False)


def test_a_match_whose_intro_waits_is_undone_and_not_rematched(cohort):
    EnrollmentFactory(cohort=cohort), mentor(cohort), mentor(cohort, "Bo")
    run, _ = engine_services.run_now(cohort=cohort, by=None)
    (waiting,) = confirm_run(run=run, by=None, grace=GRACE)
    with pytest.raises(ServiceError, match="Undo the match"):
        return_to_pool(match=waiting, by=None)


def test_undoing_a_rematch_restores_the_old_match_and_sends_nothing(match):
    new = rematch(match=match, mentor=bo(match), by=None, grace=GRACE)
    undo_match(match=new, by=None)
    match.refresh_from_db()
    assert match.status == "active"
    deliver_all_due(timezone.now() + timedelta(hours=1))
    assert not OutboxMessage.objects.filter(status="sent").exclude(pk=match.intro_id).exists()
    again = rematch(match=match, mentor=bo(match), by=None, grace=GRACE)
    deliver_all_due(timezone.now() + timedelta(hours=1))
    keys = OutboxMessage.objects.filter(status="sent").exclude(pk=match.intro_id).values_list("key", flat=True)
    assert sorted(keys) == [
        f"intro:again:{match.mentee_id}:2",
        f"match-ended:{match.pk}:mentee:2",
        f"match-ended:{match.pk}:mentor:2",
    ]
    assert again.intro_id


@pytest.mark.parametrize("status", ["introduced", "active"])
def test_undoing_a_rematch_needs_no_audit_entry(match, status):
    Match.objects.filter(pk=match.pk).update(status=status)
    new = rematch(match=match, mentor=bo(match), by=None, reason="no time", grace=GRACE)
    lose_audit_trail()
    undo_match(match=new, by=None)
    match.refresh_from_db()
    assert (match.status, match.ended_reason, match.status_before_end) == (status, "", "")


def test_undoing_the_rematch_of_an_ended_match_leaves_it_ended(match):
    return_to_pool(match=match, by=None, reason="no time")
    new = rematch(match=match, mentor=bo(match), by=None, grace=GRACE)
    MatchFactory(mentee=EnrollmentFactory(cohort=match.mentee.cohort), mentor=match.mentor)
    undo_match(match=new, by=None)
    match.refresh_from_db()
    assert (match.status, match.ended_reason) == ("ended", "no time")


def test_send_now_also_sends_the_mails_about_the_ended_match(match):
    new = rematch(match=match, mentor=bo(match), by=None, grace=GRACE)
    assert send_intros_now(matches=[new], by=None) == 1
    assert deliver_all_due() == 3


def test_a_rematch_that_left_in_part_is_not_undone(match):
    new = rematch(match=match, mentor=bo(match), by=None, grace=GRACE)
    OutboxMessage.objects.filter(key=f"match-ended:{match.pk}:mentor").update(status="sent", sent_at=timezone.now())
    with pytest.raises(ServiceError, match="has left"):
        undo_match(match=new, by=None)
    new.refresh_from_db()
    match.refresh_from_db()
    assert (new.status, match.status, new.intro.status) == ("introduced", "rematched", "queued")


def test_returning_to_the_pool_tells_both_sides_and_the_next_run_proposes_another(match):
    return_to_pool(match=match, by=None, reason="No time", to_mentor="Thank you, Ada.")
    text = ended_mails("mentee").get().full_text
    assert "We’re looking for somebody else for you" in text
    assert "fault" not in text  # nobody knows why, and it may have been somebody's
    assert "Thank you, Ada." in ended_mails("mentor").get().full_text
    run, _ = engine_services.run_now(cohort=match.mentee.cohort, by=None)
    ((mentee, (proposal,)),) = unconfirmed_proposals(run)
    assert (mentee, proposal.mentor) == (match.mentee, bo(match))
    with pytest.raises(ServiceError, match="ended already"):
        return_to_pool(match=match, by=None)


@pytest.mark.django_db(transaction=True)
def test_two_simultaneous_rematches_take_the_last_place_once():
    cohort = CohortFactory(status="running")
    free = mentor(cohort, "Bo")
    both = [sent(MatchFactory(mentee=EnrollmentFactory(cohort=cohort))) for _ in range(2)]
    start, made = Barrier(2), []

    def take(match):
        start.wait()
        try:
            made.append(rematch(match=match, mentor=free, by=None).pk)
        except ServiceError:
            pass
        finally:
            connection.close()

    threads = [Thread(target=take, args=[match]) for match in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1
    assert Match.objects.places_of(cohort)[free.pk] == 1


def test_nobody_counts_as_back_in_the_pool_after_the_cohort_ended(match):
    pairs_services.set_match_status(match=match, to="ended", by=None)
    cohort = match.mentee.cohort
    assert matching_tasks(cohort).left.count() == 1
    cohort.ends_on = date(2020, 1, 1)
    assert matching_tasks(cohort).left.count() == 0


# --- replacements ---


def test_candidates_come_from_the_run_until_a_search_has_scored_all_mentors(match):
    team, cohort = match.mentee, match.mentee.cohort
    pairs_services.set_match_status(match=match, to="ended", by=None)
    for n in range(6):
        mentor(cohort, f"Spare {n}")
    run, _ = engine_services.run_now(cohort=cohort, by=None)
    found = replacement_candidates(team)
    assert (found.run, found.with_room, len(found.best)) == (run, 7, 7)
    assert all(one.parts and one.why.endswith(".") and "cost" not in one.why for one in found.best)
    search = replacement_search.request_search(mentee=team, by=None)
    assert replacement_search.request_search(mentee=team, by=None) == search
    assert replacement_candidates(team).under_way
    assert replacement_search.work_search(search.pk)
    assert not replacement_search.work_search(search.pk)
    found = replacement_candidates(team)
    assert (len(found.best), found.under_way) == (7, False)
    scores = [one.score for one in found.best]
    assert scores == sorted(scores, reverse=True)
    assert match.mentor not in [one.mentor for one in found.best]
    pause_mentor(enrollment=found.best[0].mentor, by=None)
    assert len(replacement_candidates(team).best) == 6


def test_a_search_scores_as_a_run_does(match):
    pairs_services.set_match_status(match=match, to="ended", by=None)
    run, _ = engine_services.run_now(cohort=match.mentee.cohort, by=None)
    replacement_search.work_search(replacement_search.request_search(mentee=match.mentee, by=None).pk)
    (one,) = replacement_candidates(match.mentee).best
    proposal = run.proposals.get(mentee=match.mentee, mentor=one.mentor)
    assert one.score == pytest.approx(proposal.score, abs=1e-5)
    assert one.factors == proposal.factors


def test_the_sweep_runs_searches_that_no_worker_has(match):
    replacement_search.request_search(mentee=match.mentee, by=None)
    assert replacement_search.sweep_searches(timezone.now() + timedelta(seconds=30)) == 1
    assert ReplacementSearch.objects.get().status == "ready"


# --- wishes ---


def test_a_rematch_request_is_shown_until_it_is_settled(match, cast):
    for words in ("We don't fit", "We really don't"):
        wish = request_rematch(match=match, by=match.mentee.user, words=words)
    assert RematchWish.objects.open().get().words == "We really don't"
    settle_rematch_wish(wish=wish, by=cast.coordinator)
    assert not RematchWish.objects.open().exists()
    request_rematch(match=match, by=match.mentor.user)
    return_to_pool(match=match, by=cast.coordinator)
    assert not RematchWish.objects.filter(settled_at=None).exists()
    with pytest.raises(ServiceError):
        request_rematch(match=match, by=match.mentor.user)
    assert not OutboxMessage.objects.filter(body_text__contains="don't fit").exists()


# --- people who leave ---


@pytest.mark.parametrize(("who", "other"), [("mentor", "mentee"), ("mentee", "mentor")])
def test_withdrawing_ends_the_match_and_tells_the_other_side(match, who, other):
    left = getattr(match, who)
    set_enrollment_status(enrollment=left, to="withdrawn", by=None, note="a new job")
    lose_audit_trail()  # no rule reads them
    for _ in range(2):
        sweep_everything()
    match.refresh_from_db()
    assert (match.status, match.ended_reason) == ("ended", f"the {who} withdrew: a new job")
    (message,) = ended_mails()
    assert message.to == [getattr(match, other).user.email]
    assert "new job" not in message.full_text


def test_taking_back_a_withdrawal_does_not_restore_the_match(match):
    set_enrollment_status(enrollment=match.mentor, to="withdrawn", by=None)
    sweep_matches_left_behind(timezone.now())
    for status in ("applied", "accepted"):
        set_enrollment_status(enrollment=match.mentor, to=status, by=None)
    sweep_everything()
    match.refresh_from_db()
    assert match.status == "ended"
    pairs_services.set_match_status(match=match, to="active", by=None)
    sweep_matches_left_behind(timezone.now())
    match.refresh_from_db()
    assert match.status == "active"


def test_withdrawing_before_the_intro_leaves_undoes_the_match_without_a_mail(cohort):
    EnrollmentFactory(cohort=cohort), mentor(cohort)
    run, _ = engine_services.run_now(cohort=cohort, by=None)
    (waiting,) = confirm_run(run=run, by=None, grace=GRACE)
    set_enrollment_status(enrollment=waiting.mentor, to="withdrawn", by=None)
    assert sweep_matches_left_behind(timezone.now()) == 1
    assert not Match.objects.exists()
    deliver_all_due(timezone.now() + timedelta(hours=1))
    assert not OutboxMessage.objects.filter(status="sent").exists()


def test_imported_matches_are_not_ended_by_the_sweep(cohort):
    MatchFactory(mentee=EnrollmentFactory(cohort=cohort, status="withdrawn"), imported=True, intro=None)
    assert sweep_matches_left_behind(timezone.now()) == 0

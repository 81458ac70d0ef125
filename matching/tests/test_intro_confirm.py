"""Confirm a run: matches with their intros, all or nothing, once."""

from datetime import date
from threading import Barrier, Thread

import pytest
from django.db import connection, transaction

from cohorts.models import Cohort
from matching.board import services as board_services
from matching.engine import services as engine_services
from matching.intro import services as intro_services
from matching.intro.services import confirm_run, unconfirmed_proposals
from matching.models import Match
from matching.tests.enrolled import mentee, mentor
from mentorship.core.audit.services import history_of
from mentorship.core.errors import ServiceError
from mentorship.core.outbox.delivery.deliver import deliver_all_due
from mentorship.core.outbox.models import OutboxMessage
from mentorship.devtools.testing.factories import CohortFactory, EnrollmentFactory, MatchFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def cohort():
    return CohortFactory(status="matching", programme__code_of_conduct_url="https://example.org/kind")


def ready_run(cohort):
    run, _ = engine_services.run_now(cohort=cohort, by=None)
    return run


def test_confirming_makes_a_match_and_one_intro_for_team_and_mentors(cohort):
    team = mentee(cohort, mentors_wanted=2)
    member = team.members.create(user=EnrollmentFactory(cohort=cohort, role="expert").user, shares_address=True)
    both = [mentor(cohort), mentor(cohort, "Bo")]
    matches = confirm_run(run=ready_run(cohort), by=None)
    assert {m.mentor for m in matches} == set(both)
    message = OutboxMessage.objects.get()
    assert {m.intro for m in matches} == {message}
    addresses = {team.user.email, member.user.email, both[0].user.email, both[1].user.email}
    # Whoever answers, answers to all of them.
    assert (set(message.to), len(message.to), set(message.reply_to), message.cc) == (addresses, 4, addresses, [])
    assert message.kind == "intro"
    assert history_of(matches[0]).filter(verb="introduced").exists()


def test_the_intro_leaves_once_and_reaches_both_sides(cohort, mailoutbox):
    team, one = mentee(cohort), mentor(cohort)
    confirm_run(run=ready_run(cohort), by=None)
    deliver_all_due()
    deliver_all_due()
    (mail,) = mailoutbox
    assert set(mail.to) == {team.user.email, one.user.email}
    assert Match.objects.get().intro.status == "sent"


def test_confirming_twice_has_one_effect(cohort):
    mentee(cohort), mentor(cohort)
    run = ready_run(cohort)
    assert len(confirm_run(run=run, by=None)) == 1
    assert confirm_run(run=run, by=None) == []
    assert (Match.objects.count(), OutboxMessage.objects.count()) == (1, 1)


def test_some_may_be_confirmed_now_and_the_rest_later(cohort):
    one, two = mentee(cohort, "One"), mentee(cohort, "Two")
    mentor(cohort, capacity=2)
    run = ready_run(cohort)
    assert [m.mentee for m in confirm_run(run=run, by=None, mentee_ids=[two.pk])] == [two]
    run.refresh_from_db()
    assert run.status == "ready"
    assert [m.mentee for m in confirm_run(run=run, by=None)] == [one]
    run.refresh_from_db()
    assert (run.status, OutboxMessage.objects.count()) == ("confirmed", 2)


def test_a_confirmation_that_is_rolled_back_leaves_nothing(cohort):
    mentee(cohort), mentor(cohort)
    run = ready_run(cohort)
    with pytest.raises(RuntimeError), transaction.atomic():
        confirm_run(run=run, by=None)
        raise RuntimeError
    assert (Match.objects.count(), OutboxMessage.objects.count()) == (0, 0)


def test_an_intro_that_can_not_be_written_leaves_no_match(cohort, monkeypatch):
    mentee(cohort, "One"), mentee(cohort, "Two"), mentor(cohort, capacity=2)
    run = ready_run(cohort)
    real, written = intro_services.intro_mail, []

    def fails_the_second_time(*pair, **facts):
        written.append(pair)
        if len(written) == 2:
            raise RuntimeError
        return real(*pair, **facts)

    monkeypatch.setattr(intro_services, "intro_mail", fails_the_second_time)
    with pytest.raises(RuntimeError):
        confirm_run(run=run, by=None)
    assert (Match.objects.count(), OutboxMessage.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            lambda team, one: MatchFactory(mentee=mentee(team.cohort, "Else"), mentor=one),
            "Ada takes 1, and would have 2",
        ),
        (lambda team, one: type(one).objects.filter(pk=one.pk).update(status="withdrawn"), "Ada is withdrawn"),
        (lambda team, one: board_services.set_pin(mentee=team, mentor=one, kind="forbid", by=None), "forbidden by now"),
        (lambda team, one: MatchFactory(mentee=team, mentor=mentor(team.cohort, "Bo")), "wants 1, and would have 2"),
    ],
)
def test_what_changed_since_the_run_stops_the_whole_confirmation(cohort, change, words):
    team, one = mentee(cohort), mentor(cohort)
    other, _ = mentee(cohort, "Other"), mentor(cohort, "Spare")
    run = ready_run(cohort)
    ((_, (proposal,)),) = [group for group in unconfirmed_proposals(run) if group[0] == team]
    if proposal.mentor != one:  # both mentors are alike; make the test about the pair it names
        board_services.set_pin(mentee=team, mentor=one, kind="lock", by=None)
        run = ready_run(cohort)
    change(team, one)
    before = Match.objects.count()
    with pytest.raises(ServiceError, match=words):
        confirm_run(run=run, by=None)
    assert Match.objects.count() == before
    assert not OutboxMessage.objects.filter(key__startswith="intro:").exists()
    assert other.title == "Other"


@pytest.mark.django_db(transaction=True)
def test_two_who_confirm_at_the_same_moment_write_one_intro():
    cohort = CohortFactory(status="matching")
    mentee(cohort), mentor(cohort)
    run = ready_run(cohort)
    together, made = Barrier(2), []

    def confirm():
        together.wait()
        try:
            made.append(len(confirm_run(run=run, by=None)))
        finally:
            connection.close()

    both = [Thread(target=confirm) for _ in range(2)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert sorted(made) == [0, 1]
    assert (Match.objects.count(), OutboxMessage.objects.count()) == (1, 1)


def test_nobody_is_matched_or_introduced_in_a_cohort_that_has_ended(cohort):
    mentee(cohort), mentor(cohort)
    run = ready_run(cohort)
    Cohort.objects.filter(pk=cohort.pk).update(status="draft", starts_on=date(2023, 9, 1), ends_on=date(2024, 1, 8))
    with pytest.raises(ServiceError, match="ended on 8 January 2024"):
        confirm_run(run=run, by=None)
    cohort.refresh_from_db()
    with pytest.raises(ServiceError, match="change its end first"):
        ready_run(cohort)
    assert not Match.objects.exists()
    Cohort.objects.filter(pk=cohort.pk).update(ends_on=date(2027, 1, 8))
    confirm_run(run=run, by=None)
    assert "by 8 January 2027" in OutboxMessage.objects.get().full_text

"""Introductions and their sequels when somebody leaves before they are sent, or shares no address."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from cohorts.enrollment.services import set_enrollment_status
from cohorts.models import Enrollment
from matching.engine import services as engine_services
from matching.intro.services import confirm_run
from matching.models import Match
from matching.rematch.mails import ended_mails
from matching.rematch.services import return_to_pool, sweep_matches_left_behind
from mentorship.core.accounts.models import User
from mentorship.core.errors import ServiceError
from mentorship.core.outbox.delivery.deliver import deliver_all_due
from mentorship.core.outbox.models import OutboxMessage
from mentorship.core.outbox.services import send_once_more
from mentorship.devtools.testing.factories import (
    CohortFactory,
    EnrollmentFactory,
    MatchFactory,
    MessageFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
GRACE = timedelta(minutes=10)


@pytest.fixture
def cohort(monkeypatch):
    monkeypatch.setattr("matching.tasks.work_out_run.delay", lambda run_id: None)
    return CohortFactory(status="matching")


def mentor(cohort, name="Ada Obi", **fields) -> Enrollment:
    return EnrollmentFactory(cohort=cohort, role="mentor", user__full_name=name, **fields)


def confirmed(team: Enrollment) -> OutboxMessage:
    """The intro of a team and whoever is proposed, in its minutes of grace."""
    run, _ = engine_services.run_now(cohort=team.cohort, by=None)
    confirm_run(run=run, by=None, grace=GRACE)
    return OutboxMessage.objects.get(kind="intro")


def after_grace(message: OutboxMessage) -> OutboxMessage:
    deliver_all_due(timezone.now() + GRACE + timedelta(minutes=1))
    message.refresh_from_db()
    return message


def withdraw(enrollment: Enrollment) -> None:
    set_enrollment_status(enrollment=enrollment, to="withdrawn", by=None)


@pytest.mark.parametrize("who", ["mentor", "mentee"])
def test_an_intro_whose_mentor_or_mentee_left_in_its_minutes_of_grace_is_not_sent(cohort, who):
    team, one = EnrollmentFactory(cohort=cohort), mentor(cohort, "Mona Sato")
    message = confirmed(team)
    withdraw(one if who == "mentor" else team)
    assert after_grace(message).status == "skipped"
    assert "has withdrawn" in message.last_error
    assert not mail.outbox


def test_an_intro_that_was_not_sent_is_undone_and_nobody_hears_that_it_ended(cohort):
    team, one = EnrollmentFactory(cohort=cohort), mentor(cohort)
    message = confirmed(team)
    withdraw(one)
    after_grace(message)
    sweep_matches_left_behind(timezone.now())
    deliver_all_due()
    assert not Match.objects.exists()
    assert not mail.outbox


def test_a_team_member_who_was_removed_is_neither_copied_nor_named(cohort):
    team = EnrollmentFactory(cohort=cohort)
    member = team.members.create(user=UserFactory(full_name="Bo Lund", email="bo@example.org"), shares_address=True)
    mentor(cohort)
    message = confirmed(team)
    member.delete()
    assert after_grace(message).status == "sent"
    assert "bo@example.org" not in [*message.to, *message.cc, *message.bcc, *message.reply_to]
    assert "Bo Lund" not in message.full_text
    assert "Bo" not in mail.outbox[0].body.split("\n")[0]


def test_a_switched_off_mentor_ends_the_intro(cohort):
    team, one = EnrollmentFactory(cohort=cohort), mentor(cohort, "Mona Sato")
    message = confirmed(team)
    User.objects.filter(pk=one.user_id).update(is_active=False)
    assert after_grace(message).status == "skipped"
    assert message.last_error == "The account of Mona Sato is switched off."


def test_a_waiting_intro_has_the_conduct_link_and_role_words_of_the_moment_at_which_it_leaves(cohort):
    team = EnrollmentFactory(cohort=cohort)
    mentor(cohort)
    message = confirmed(team)
    programme = cohort.programme
    programme.code_of_conduct_url, programme.mentor_label = "https://example.org/new-conduct", "champion"
    programme.save()
    cohort.name = "Renamed round"
    cohort.save()
    assert "https://example.org/new-conduct" in after_grace(message).full_text
    assert "Champion:" in message.full_text
    assert message.subject.startswith("Renamed round:")


def test_the_end_of_a_match_copies_no_mentor_who_was_never_introduced():
    old = MatchFactory(status="active")
    waiting = MessageFactory(due_at=timezone.now() + GRACE)
    second = EnrollmentFactory(cohort=old.mentee.cohort, role="mentor", user__full_name="Ines Costa")
    MatchFactory(mentee=old.mentee, mentor=second, intro=waiting)
    return_to_pool(match=old, by=None)
    deliver_all_due()
    assert not [one for one in mail.outbox if second.user.email in one.recipients()]
    assert not [one for one in mail.outbox if "Ines Costa" in one.body]


def test_the_end_of_a_match_still_copies_the_mentors_who_go_on():
    old = MatchFactory(status="active")
    second = EnrollmentFactory(cohort=old.mentee.cohort, role="mentor", user__full_name="Ines Costa")
    MatchFactory(mentee=old.mentee, mentor=second, status="active")
    return_to_pool(match=old, by=None)
    (to_mentee, _) = OutboxMessage.objects.filter(kind="match ended").order_by("key")
    assert to_mentee.cc == [second.user.email]


def test_whoever_left_before_the_mail_about_the_end_was_sent_does_not_get_it():
    match = MatchFactory(status="active")
    return_to_pool(match=match, by=None)
    withdraw(match.mentor)
    deliver_all_due()
    assert [one.to for one in mail.outbox] == [[match.mentee.user.email]]


def test_a_match_that_nobody_heard_of_is_undone_rather_than_ended():
    match = MatchFactory(intro=MessageFactory(status="failed"))
    with pytest.raises(ServiceError, match="Undo the match"):
        return_to_pool(match=match, by=None)


# --- addresses and names ---


def test_an_intro_shows_no_address_whose_owner_did_not_agree(cohort):
    team = EnrollmentFactory(cohort=cohort, shares_address=False, user__full_name="Ana Silva")
    one = mentor(cohort, "Mona Sato")
    message = after_grace(confirmed(team))
    (sent,) = mail.outbox
    contact = cohort.programme.contact_email
    assert message.bcc == [team.user.email]
    assert set(sent.to) == {one.user.email, contact}
    assert team.user.email in sent.recipients()
    shown = sent.message().as_string() + sent.body
    assert team.user.email not in shown
    assert set(message.reply_to) == {one.user.email, contact}
    assert "Ana Silva has not agreed to share an email address" in message.full_text
    assert f"reached through {contact}" in message.full_text


def test_each_member_of_a_team_agrees_for_themselves(cohort):
    team = EnrollmentFactory(cohort=cohort)
    team.members.create(user=UserFactory(email="bo@example.org"))
    mentor(cohort)
    message = after_grace(confirmed(team))
    assert message.bcc == ["bo@example.org"]
    assert team.user.email in message.to


def test_whoever_agrees_before_the_intro_is_sent_is_introduced_with_their_address(cohort):
    team = EnrollmentFactory(cohort=cohort, shares_address=False)
    one = mentor(cohort)
    message = confirmed(team)
    Enrollment.objects.filter(pk=team.pk).update(shares_address=True)
    assert set(after_grace(message).to) == {team.user.email, one.user.email}
    assert message.bcc == []


def test_an_intro_that_is_sent_once_more_goes_only_to_whoever_was_chosen(cohort):
    team = EnrollmentFactory(cohort=cohort)
    mentor(cohort)
    message = after_grace(confirmed(team))
    again = send_once_more(message=message, by=UserFactory(), to=[team.user.email])
    assert after_grace(again).to == [team.user.email]


@pytest.mark.parametrize("zone", ["Europe/Berlin", ""])
def test_a_missing_name_is_never_replaced_by_the_address(cohort, zone):
    nameless = {"user__full_name": "", "user__time_zone": zone, "time_zone": zone}
    team = EnrollmentFactory(
        cohort=cohort, title="", user__email="secret.person@example.org", shares_address=False, **nameless
    )
    one = EnrollmentFactory(
        cohort=cohort, role="mentor", user__email="hidden@example.org", shares_address=False, **nameless
    )
    message = after_grace(confirmed(team))
    words = message.subject + message.full_text
    for secret in (team.user.email, one.user.email, "secret.person", "hidden@"):
        assert secret not in words
    assert "Dear all," in words
    match = Match.objects.get()
    for _to, subject, text in ended_mails(match):
        assert "@example.org" not in (subject + text).replace(cohort.programme.contact_email, "")
    if zone:
        assert "a mentor in Berlin" in words

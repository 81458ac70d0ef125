"""Mails that an older version wrote, with addresses and words only, and that have not been sent when it is upgraded."""

from importlib import import_module

import pytest
from django.apps import apps
from django.core import mail

from cohorts.enrollment.services import set_enrollment_status
from cohorts.models import TeamMember
from mentorship.core.accounts.models import User
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.outbox.delivery.deliver import deliver_all_due
from mentorship.core.outbox.models import OutboxMessage
from mentorship.devtools.testing.factories import (
    EnrollmentFactory,
    MatchFactory,
    MessageFactory,
    RoleFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
MIGRATIONS = {
    "mentorship.core.outbox.migrations.0004_people_of_waiting_mails": ("fill_people", "keep_edits"),
    "cohorts.migrations.0015_audience_of_waiting_mails": ("name_people_of_sign_ups", "keep_others_from_leavers"),
    "matching.migrations.0007_audience_of_waiting_mails": ("name_people", "write_introductions_anew"),
    "training.migrations.0003_audience_of_waiting_mails": ("name_people",),
    "checkins.migrations.0007_audience_of_waiting_mails": ("name_people",),
    "partners.migrations.0004_audience_of_waiting_mails": ("name_people",),
}


@pytest.fixture
def team():
    team = EnrollmentFactory(user__full_name="Ana Silva", user__email="ana@example.org", title="Maps of soils")
    TeamMember.objects.create(enrollment=team, user=UserFactory(full_name="Bo Lind", email="bo@example.org"))
    return team


def before(team, key, to=("ana@example.org", "bo@example.org"), **fields) -> OutboxMessage:
    cohort = team.cohort
    fields = {"workspace_id": cohort.workspace_id, "scope": cohort.scope, "reply_to": ["hello@example.org"], **fields}
    return MessageFactory(key=key, to=list(to), people={}, audience={}, recipe={}, **fields)


def upgrade():
    for name, functions in MIGRATIONS.items():
        for function in functions:
            getattr(import_module(name), function)(apps, None)


def sent(message) -> OutboxMessage:
    deliver_all_due()
    message.refresh_from_db()
    return message


def test_they_go_to_the_address_of_now_also_where_it_changed_before(team):
    UserFactory(email="hello@example.org")  # the contact: an account, and no recipient
    message = before(team, f"signup-received:{team.pk}")
    team.user.emailaddress_set.create(email="ana@example.org")
    User.objects.filter(pk=team.user_id).update(email="new@example.org")
    upgrade()
    User.objects.filter(email="bo@example.org").update(email="bo@example.net")
    assert sent(message).to == ["new@example.org", "bo@example.net"]
    assert message.reply_to == ["hello@example.org"]


@pytest.mark.parametrize(
    "key", ["signup-received:{0}", "group-choice:9:{0}", "training-invite:3:{0}:20261201", "again:x:1", "unheard:of"]
)
def test_whoever_left_gets_nothing(team, key):
    message = before(team, key.format(team.pk))
    upgrade()
    team.members.all().delete()
    assert sent(message).to == ["ana@example.org"]
    OutboxMessage.objects.filter(pk=message.pk).update(status="queued", sent_at=None)
    set_enrollment_status(enrollment=team, to="withdrawn", by=None)
    assert sent(message).status == "skipped"


def test_a_decision_holds_until_the_next_one(team):
    set_enrollment_status(enrollment=team, to="waitlisted", by=None)
    decision = before(team, f"decision:{team.pk}:{team.status_changes + 1}")
    set_enrollment_status(enrollment=team, to="accepted", by=None)
    upgrade()
    assert "has changed since" in sent(decision).last_error


def as_before(match, **fields) -> OutboxMessage:
    """The introduction of a match as the old code wrote it."""
    unsent = {"status": "queued", "sent_at": None, "people": {}, "audience": {}, "recipe": {}}
    OutboxMessage.objects.filter(pk=match.intro_id).update(key=f"intro:again:{match.pk}", **unsent, **fields)
    match.intro.refresh_from_db()
    return match.intro


def test_an_introduction_is_written_anew_for_the_whole_pair_but_not_what_was_edited(team):
    nameless = EnrollmentFactory(cohort=team.cohort, role="mentor", user__full_name="", user__email="x@example.org")
    intro = as_before(
        MatchFactory(mentee=team, mentor=nameless),
        to=["ana@example.org", "x@example.org"],
        subject="Meet x@example.org",
    )
    edited = as_before(MatchFactory(), to=["somebody@example.org"], subject="By hand")
    record(verb=Verb.EDITED, target=edited, workspace_id=None, by=None, changed=["subject"])
    upgrade()
    assert "x@example.org" not in sent(intro).subject
    assert "bo@example.org" in intro.recipients
    assert sent(edited).subject == "By hand"
    assert len(mail.outbox) == 2


def test_those_who_run_the_programme_and_mere_addresses_keep_theirs(team):
    coordinator = RoleFactory(workspace=team.cohort.programme.workspace, user__email="co@example.org").user
    message = before(team, "unheard:of", to=[coordinator.email, "elsewhere@example.org"])
    invitation = before(team, "signup-invite:1:mentee:bo@example.org", to=["bo@example.org"])
    upgrade()
    assert sent(message).to == ["co@example.org", "elsewhere@example.org"]
    invitation.refresh_from_db()
    assert (invitation.status, invitation.audience) == ("sent", {})


def test_every_rule_understands_what_the_migrations_wrote(team):
    """Each key that the old code gave, about things that are gone: its rule answers, and the mail is not sent."""
    keys = [
        *("decision:9:1", "offer-reminder:9:20261201T0900", "offer-lapsed:9:20261201T0900", "team-added:9:8"),
        *("mailing:9:8", "team-invitation:9:owner", "match-ended:9:mentee:2", "asked:9:1", "asked-over:9:1"),
        *("asked-reminder:9:1", "event-invite:9:8", "event-reminder-20261201T0900:9:8", "event-cancelled:9:8"),
        *("group-intro:9", "group-joined:9:8", "checkin:9:0", "digest:9:3:8", "concern:9:8", "invoice:9"),
        *("invoice-reminder:9:1", "partner-invitation:9", "training-booked:9:1", "intro:again:9", "group-left:9:8"),
    ]
    stranger = UserFactory(email="gone@example.org")
    messages = [before(team, key, to=[stranger.email]) for key in keys]
    upgrade()
    deliver_all_due()
    for message in messages:
        message.refresh_from_db()
    assert {m.key: m.status for m in messages} == dict.fromkeys(keys, "skipped")
    assert not mail.outbox

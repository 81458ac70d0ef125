"""Coordinators are told what happened as often as they want: nothing twice, nothing lost, nobody who left the team."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from checkins.models import Case
from cohorts.setup.team import revoke_role
from mentorship.core.accounts.models import WorkspaceRole
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.outbox.delivery.deliver import deliver_all_due
from mentorship.core.outbox.models import OutboxMessage
from mentorship.devtools.testing.factories import EnrollmentFactory
from mentorship.devtools.testing.pages import words_in
from mentorship.portal.team_news.links import news_link
from mentorship.portal.team_news.services import set_news, sweep_team_news

pytestmark = pytest.mark.django_db

# A Thursday, 09:00 in Nairobi.
START = datetime(2027, 3, 4, 6, 0, tzinfo=UTC)
News = WorkspaceRole.News


@pytest.fixture
def role(cast):
    """The coordinator's role, told up to START, with their mornings in Nairobi; nobody else is told."""
    WorkspaceRole.objects.exclude(user=cast.coordinator).update(news=News.NEVER)
    type(cast.coordinator).objects.filter(pk=cast.coordinator.pk).update(time_zone="Africa/Nairobi")
    with time_machine.travel(START, tick=False):
        sweep_team_news(START)
    return WorkspaceRole.objects.select_related("user").get(user=cast.coordinator)


def sign_up(cast, moment: datetime, name: str = "Ana Sousa"):
    """A sign-up at a moment, with its entry of the audit trail."""
    with time_machine.travel(moment, tick=False):
        enrollment = EnrollmentFactory(cohort=cast.cohort, status="applied", user__full_name=name)
        record(verb=Verb.CREATED, target=enrollment, workspace_id=cast.cohort.workspace_id, by=None)
    return enrollment


def mails() -> list[OutboxMessage]:
    return list(OutboxMessage.objects.filter(kind="team news").order_by("created_at"))


def test_a_daily_mail_in_the_readers_morning_lists_everything_once(cast, role):
    sign_up(cast, START + timedelta(hours=1))
    sign_up(cast, START + timedelta(hours=2), "Ben Okafor")
    morning = datetime(2027, 3, 5, 5, 0, tzinfo=UTC)  # 08:00 in Nairobi
    assert sweep_team_news(morning) == 0
    later = sign_up(cast, morning + timedelta(minutes=1), "Cleo Roy")
    assert sweep_team_news(morning + timedelta(minutes=6)) == 1
    assert sweep_team_news(morning + timedelta(minutes=7)) == 0
    (mail,) = mails()
    assert mail.to == [cast.coordinator.email]
    assert mail.subject == f"{cast.programme.name}: 2 new sign-ups: Ana Sousa and Ben Okafor"
    assert "Cleo" not in mail.body_text
    # After three days without a sweep, one mail has all that is missing.
    assert sweep_team_news(morning + timedelta(days=3, hours=1)) == 1
    assert str(later.user) in mails()[-1].body_text
    assert sweep_team_news(morning + timedelta(days=9)) == 0


def test_at_once_gathers_a_rush_and_weekly_waits_for_monday(cast, role):
    set_news(role=role, news=News.AT_ONCE, by=cast.coordinator, now=START)
    sign_up(cast, START + timedelta(minutes=20))
    assert sweep_team_news(START + timedelta(minutes=21)) == 0  # what is being written just now is not visible yet
    assert sweep_team_news(START + timedelta(minutes=26)) == 1
    sign_up(cast, START + timedelta(minutes=22), "Ben Okafor")
    assert sweep_team_news(START + timedelta(minutes=30)) == 0
    set_news(role=role, news=News.WEEKLY, by=cast.coordinator)
    assert sweep_team_news(datetime(2027, 3, 7, 20, 0, tzinfo=UTC)) == 0
    assert sweep_team_news(datetime(2027, 3, 8, 5, 6, tzinfo=UTC)) == 1
    assert "Ben Okafor" in mails()[-1].body_text


def test_who_left_the_team_or_wants_none_gets_none_even_where_it_is_queued(cast, role):
    sign_up(cast, START + timedelta(hours=1))
    with time_machine.travel(START + timedelta(days=1, hours=1), tick=False):
        assert sweep_team_news(timezone.now()) == 1
        revoke_role(role=role, by=cast.owner)
        deliver_all_due(timezone.now())
    assert mails()[0].status == "skipped"
    sign_up(cast, START + timedelta(days=2))
    assert sweep_team_news(START + timedelta(days=4)) == 0


def test_a_conduct_concern_is_not_among_the_cases(cast, role):
    with time_machine.travel(START + timedelta(hours=1), tick=False):
        for kind in ("help", "conduct"):
            Case.objects.create(cohort=cast.cohort, kind=kind, about=cast.mentee, due_on=START.date(), next_step="Ask")
    sign_up(cast, START + timedelta(hours=2))
    sweep_team_news(START + timedelta(days=1, hours=1))
    assert "1 new case: needs help" in mails()[0].body_text
    assert "onduct" not in mails()[0].body_text


def test_the_link_of_the_mail_changes_how_often_and_opening_it_changes_nothing(client, cast, role):
    url = news_link(role)
    assert "once a day" in words_in(client.get(url)).lower()
    role.refresh_from_db()
    assert role.news == News.DAILY
    assert client.post(url, {f"role_{role.pk}": "never"}).status_code == 302
    role.refresh_from_db()
    assert role.news == News.NEVER
    set_news(role=role, news=News.WEEKLY, by=cast.coordinator)
    client.post(url, {"List-Unsubscribe": "One-Click"})
    role.refresh_from_db()
    assert role.news == News.NEVER


def test_the_profile_sets_it_for_each_programme_and_viewers_have_none(client, cast, role):
    client.force_login(cast.coordinator)
    assert reverse("team-news") in words_in(client.get(reverse("accounts:profile")))
    client.post(reverse("team-news"), {f"role_{role.pk}": "weekly"})
    role.refresh_from_db()
    assert role.news == News.WEEKLY
    assert client.post(reverse("team-news"), {}).status_code == 422
    client.force_login(cast.viewer)
    assert "You run no programme" in words_in(client.get(reverse("team-news")))

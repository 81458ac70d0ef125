"""The part of a pair's page that check-ins add."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from checkins.models import CheckIn
from checkins.waves.sweep import sweep_checkins
from mentorship.core.outbox.models import OutboxMessage

INTRO = datetime(2027, 2, 1, 10, tzinfo=UTC)


@pytest.fixture
def match(cast):
    OutboxMessage.objects.filter(pk=cast.match.intro_id).update(status="sent", sent_at=INTRO)
    sweep_checkins(INTRO)
    return cast.match


def page(client, user, match, moment):
    with time_machine.travel(moment, tick=False):
        client.force_login(user)
        return client.get(reverse("matching:my-match", args=[match.pk])).text


def test_the_next_check_in_stands_there_and_opens_when_it_is_due(client, cast, match):
    mine, theirs = (CheckIn.objects.get(user=user) for user in (cast.mentor, cast.mentee))
    before = page(client, cast.mentor, match, INTRO)
    assert mine.wave.name in before
    assert _answer_links(before) == []
    sweep_checkins(mine.due_at + timedelta(minutes=1))
    due = page(client, cast.mentor, match, mine.due_at + timedelta(hours=1))
    assert len(_answer_links(due)) == 1
    CheckIn.objects.filter(pk=mine.pk).update(status="answered", answered_at=mine.due_at)
    assert mine.wave.name not in page(client, cast.mentor, match, mine.due_at + timedelta(hours=2))
    assert theirs.wave.name in page(client, cast.mentee, match, mine.due_at + timedelta(hours=2))


def test_a_concern_about_conduct_has_its_own_link(client, cast, match):
    text = page(client, cast.mentee, match, INTRO)
    link = text.split("/concern/")[0].rsplit('href="', 1)[1] + "/concern/"
    assert client.get(link.removeprefix("http://127.0.0.1:8000")).status_code == 200
    assert "/concern/" not in page(client, cast.mentee, _ended(match), INTRO)


def _ended(match):
    type(match).objects.update(status="ended")
    return match


def _answer_links(text):
    """The links that lead to the survey itself."""
    return re.findall(r'href="([^"]*/c/[^/"]*/)"', text)

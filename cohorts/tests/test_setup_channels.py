"""The channels of a programme: who keeps them, and who sees them where."""

from datetime import UTC, datetime, time

import pytest
import time_machine
from django.urls import reverse

from cohorts.mailings.weekly import sweep_weekly
from cohorts.models import Channel, WeeklyMail
from matching.intro.mails import intro_mail
from mentorship.core.outbox.models import OutboxMessage
from mentorship.devtools.testing.factories import MatchFactory
from mentorship.devtools.testing.pages import SURE, words_in

pytestmark = pytest.mark.django_db
MONDAY = datetime(2027, 2, 8, 7, 0, tzinfo=UTC)
SLACK = {
    "kind": "slack",
    "name": "#mentoring",
    "about": "questions to everybody.",
    "link": "https://example.org/join",
    "how_to_join": "",
    "for_role": "",
}


def test_people_with_a_place_see_the_channels_of_their_role_on_their_pages_and_in_mails(client, cast):
    client.force_login(cast.coordinator)
    add = reverse("cohorts:channel-create", args=[cast.programme.slug])
    assert client.post(add, SLACK).status_code == 302
    assert "already" in str(client.post(add, SLACK).context["form"].errors["name"])
    client.post(add, SLACK | {"kind": "list", "name": "mentors@", "for_role": "mentor", "link": ""})
    match = MatchFactory(mentee=cast.mentee_enrollment, status="active")
    pair = reverse("matching:my-match", args=[match.pk])
    place = reverse("cohorts:my-place-detail", args=[cast.mentee_enrollment.pk])
    with time_machine.travel(MONDAY):
        client.force_login(cast.mentee)
        for page in (reverse("home"), pair, place):
            seen = words_in(client.get(page))
            assert "Slack: #mentoring" in seen
            assert "mentors@" not in seen
        client.force_login(match.mentor.user)
        assert "Mailing list: mentors@" in words_in(client.get(pair))
        text = intro_mail(match.mentee, [match]).text
        line = "- Slack: #mentoring, for questions to everybody. https://example.org/join"
        assert f"Where to ask and talk:\n{line}" in text
        WeeklyMail.objects.create(cohort=cast.cohort, on=True, weekday=0, time=time(7), words="Welcome to week 2!")
        sweep_weekly(MONDAY)
    weekly = OutboxMessage.objects.get(to=[cast.mentee.email], subject__contains="the week from").full_text
    assert "Slack: #mentoring" in weekly
    assert "mentors@" not in weekly
    # A person without a place sees none.
    cast.mentee_enrollment.status = "applied"
    cast.mentee_enrollment.save()
    client.force_login(cast.mentee)
    assert "Slack: #mentoring" not in words_in(client.get(reverse("home")))


def test_channels_are_kept_by_coordinators_of_the_programme(client, cast):
    channel = Channel.objects.create(programme=cast.programme, kind="matrix", name="#seeds", about="chat")
    edit = reverse("cohorts:channel-edit", args=[cast.programme.slug, channel.pk])
    for user, status in [(cast.viewer, 404), (cast.stranger, 404), (cast.coordinator, 200)]:
        client.force_login(user)
        assert client.get(edit).status_code == status
    client.post(edit, {"delete": "1", **SURE})
    assert not Channel.objects.exists()
    assert "No channels yet" in words_in(client.get(reverse("cohorts:channel-list", args=[cast.programme.slug])))

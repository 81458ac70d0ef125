"""The pages on which a mentee gets another mentor, and participants ask for one."""

import pytest
from django.urls import reverse

from matching.models import Match, RematchWish, ReplacementSearch
from matching.rematch import replacement_search
from matching.rematch.services import request_rematch
from matching.tests.test_rematch_services import a_cohort, a_pair, bo, sent
from mentorship.devtools.testing.factories import RoleFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_wake_up(monkeypatch):
    monkeypatch.setattr("matching.tasks.work_out_search.delay", lambda search_id: None)


@pytest.fixture
def match():
    return a_pair(a_cohort())


def url(name, *args):
    return reverse(f"matching:{name}", args=["after", *args])


@pytest.fixture
def desk(client, match):
    return desk_of(match, client)


def desk_of(match, client):
    """The client of somebody who coordinates the match."""
    user = UserFactory(full_name="Rosa")
    RoleFactory(workspace=match.mentee.cohort.programme.workspace, user=user)
    client.force_login(user)
    return client


def test_the_rematch_page_finds_another_mentor(desk, match):
    address = url("match-rematch", match.pk)
    assert "has nobody with a free place" in desk.get(address).text
    desk.post(url("replacement-search", match.pk))
    assert "Waiting for a worker" in desk.get(address).text
    assert "Waiting for a worker" in desk.get(url("replacement-search", match.pk)).text
    replacement_search.work_search(ReplacementSearch.objects.get().pk)
    assert desk.get(url("replacement-search", match.pk))["HX-Refresh"] == "true"
    text = desk.get(address).text
    for words in ("Bo", "Shared hours", "Nobody for now", "your match with Ada has ended"):
        assert words in text, words
    response = desk.post(address, {"reason": "Moved"})
    assert (response.status_code, "Choose somebody, or nobody for now" in response.text, "Moved" in response.text) == (
        422,
        True,
        True,
    )
    response = desk.post(address, {"mentor": bo(match).pk, "to_mentee": "Be well!", "preview": "1"})
    assert ("Be well!" in response.text, "introduces you to Bo" in response.text) == (True, True)
    assert Match.objects.count() == 1
    text = desk.post(address, {"mentor": bo(match).pk, "to_mentee": "Be well!"}, follow=True).text
    assert "now has Bo" in text
    assert "Takes over from" in text
    assert desk.get(address).status_code == 404


def test_back_to_the_pool_and_from_there_by_the_pages(desk, match):
    desk.post(url("match-rematch", match.pk), {"mentor": "nobody", "reason": "No time"})
    text = desk.get(url("match-list")).text
    assert "Soil maps is back in the pool" in text
    replacement_search.work_search(replacement_search.request_search(mentee=match.mentee, by=None).pk)
    assert "Nobody for now" not in desk.get(url("match-rematch", match.pk)).text
    desk.post(url("match-rematch", match.pk), {"mentor": bo(match).pk})
    assert Match.objects.under_way().get().mentor == bo(match)
    assert "back in the pool" not in desk.get(url("match-list")).text


def test_a_participant_asks_for_another_match_and_the_other_side_reads_nothing(client, match, desk):
    client.force_login(match.mentee.user)
    address = reverse("matching:my-rematch-request", args=[match.pk])
    assert "you don’t have to give a reason" in client.get(address).text
    assert "nobody else knows" in client.post(address, {"words": "Too far apart"}, follow=True).text
    client.force_login(match.mentor.user)
    assert "Too far apart" not in client.get(reverse("matching:my-match", args=[match.pk])).text
    client.force_login(UserFactory())
    assert client.post(address, {"words": "x"}).status_code == 404
    rosa = match.mentee.cohort.programme.workspace.roles.get().user
    client.force_login(rosa)
    assert "Too far apart" in client.get(url("match-list")).text
    assert "asked for another match" in client.get(url("match-rematch", match.pk)).text
    assert "Settled: they carry on" in client.get(match.get_absolute_url()).text
    client.post(url("wish-settle", RematchWish.objects.get().pk))
    assert "Too far apart" not in client.get(url("match-list")).text


def test_strangers_and_viewers_can_not_change_anything(client, cast):
    match = sent(cast.match)
    number = {"cohort_slug": "seeds-9", "pk": match.pk}
    address = reverse("matching:match-rematch", kwargs=number)
    wish = request_rematch(match=match, by=cast.mentee)
    for who in (cast.stranger, cast.viewer, cast.mentor, cast.contact):
        client.force_login(who)
        assert client.get(address).status_code == 404
        for name, args in (
            ("match-rematch", match.pk),
            ("replacement-search", match.pk),
            ("wish-settle", wish.pk),
            ("pause-edit", match.mentor_id),
        ):
            where = reverse(f"matching:{name}", args=["seeds-9", args])
            assert client.post(where, {"mentor": "nobody"}).status_code == 404, name
    client.force_login(cast.viewer)
    assert client.get(reverse("matching:pause-list", args=["seeds-9"])).status_code == 200
    assert "<form" not in client.get(match.get_absolute_url()).text.split("<main")[1].split("</main>")[0]

"""A pair's own page: who may see it, goals that both sides agree on, notes that nobody else reads."""

import re
from datetime import UTC, date, datetime

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cohorts.models import CohortDate
from matching.models import Match, PairGoal, PairMeeting, PairNote
from matching.pairs import extensions
from matching.pairs import services as pairs_services
from matching.tests.pair_pages import address, co_mentor, do, page_of
from mentorship.core.errors import ServiceError
from mentorship.core.outbox.models import OutboxMessage
from mentorship.core.views import CONFIRMED, YES
from mentorship.devtools.testing.factories import EnrollmentFactory, MatchFactory
from mentorship.devtools.testing.pages import words_in

pytestmark = pytest.mark.django_db
NOW = datetime(2027, 2, 10, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def while_it_runs():
    with time_machine.travel(NOW, tick=False):
        yield


# --- who sees it ---


@pytest.mark.parametrize("who", ["stranger", "contact", "viewer", "coordinator", "owner"])
def test_only_the_pair_can_open_its_pages(client, cast, who):
    note = pairs_services.create_note(match=cast.match, text="Ours.", met_on=None, by=cast.mentee)
    client.force_login(getattr(cast, who))
    for path in (
        address(cast.match),
        address(cast.match, "my-note-create"),
        address(cast.match, "my-note", note.pk),
        reverse("matching:my-pair", args=[cast.mentee_enrollment.pk]),
    ):
        assert client.get(path).status_code == 404, path
    assert client.post(address(cast.match), {"do": "propose", "text": "Theirs"}).status_code == 404
    assert client.post(address(cast.match, "my-note-create"), {"text": "Theirs"}).status_code == 404
    assert client.post(address(cast.match, "my-note", note.pk), {"text": "Theirs", "seen": 1}).status_code == 404
    assert (PairGoal.objects.count(), PairNote.objects.get().text) == (0, "Ours.")


def test_the_link_of_the_intro_leads_each_to_their_own_match(client, cast):
    other = co_mentor(cast)
    link = reverse("matching:my-pair", args=[cast.mentee_enrollment.pk])
    for user, match in ((cast.mentor, cast.match), (other.mentor.user, other)):
        client.force_login(user)
        assert client.get(link).url == address(match)
    client.force_login(cast.mentee)
    assert client.get(link).status_code == 302
    client.logout()
    assert "login" in client.get(link).url


def test_the_page_has_what_the_intro_had(client, cast):
    programme = cast.programme
    programme.conduct_email, programme.code_of_conduct_url = "care@example.org", "https://example.org/kind"
    programme.save()
    Match.objects.update(why="They share soil, but different styles.", reasons=["share soil"])
    cast.mentee_enrollment.time_zone = "Asia/Kathmandu"
    cast.mentee_enrollment.save()
    CohortDate.objects.create(cohort=cast.cohort, name="Welcome call", on=date(2027, 2, 16))
    other = co_mentor(cast)
    for user in (cast.mentor, cast.mentee, other.mentor.user):
        text = page_of(client, user, other if user == other.mentor.user else cast.match)
        for words in (
            "Soil maps",
            "Mona",
            "Ben Ito",
            "Tariq Anwar",
            "You share soil." if user != other.mentor.user else "Ben Ito",
            "Kathmandu time",
            "meetings/new/?starts=",
            "Welcome call",
            "Seeds 9 ends",
            "care@example.org",
            "https://example.org/kind",
            "hello@example.org",
            "28 May",
        ):
            assert words in text, (user, words)


def test_suggested_times_are_in_the_future_and_in_the_readers_time_zone(client, cast):
    cast.mentor.time_zone = "Asia/Kathmandu"
    cast.mentor.save()
    client.force_login(cast.mentor)
    response = client.get(address(cast.match))
    assert "(Kathmandu)" in response.text
    assert len(response.context["times"]) == 3
    assert all(time.starts > NOW for time, _ in response.context["times"])


def test_suggested_times_lie_in_the_hours_that_both_gave_or_the_page_says_that_none_does(client, cast):
    match = cast.match
    match.mentee.availability, match.mentor.availability = "Sat 9-12 (Europe/Berlin)", "Sat-Sun 10-14 (Europe/Berlin)"
    match.mentee.save(), match.mentor.save()
    client.force_login(match.mentor.user)
    assert {time.starts.weekday() for time, _ in client.get(address(match)).context["times"]} == {5}
    match.mentor.availability = "Sun 10-14 (Europe/Berlin)"
    match.mentor.save()
    response = client.get(address(match))
    assert response.context["times"] == []
    assert "No time in the hours that you gave suits all of you" in words_in(response)


def test_other_apps_add_what_comes_next_and_where_to_turn(client, cast):
    item = extensions.UpcomingItem("How is it going?", date(2027, 2, 12), "/answer/")
    link = extensions.HelpLink("Another mentor", "We look for one.", "/another/")
    with (
        extensions.UPCOMING_ITEMS.replaced_by({"x": lambda match, user: [item]}),
        extensions.HELP_LINKS.replaced_by({"x": lambda match, user: [link]}),
    ):
        text = page_of(client, cast.mentee, cast.match)
        assert "How is it going?" in text
        assert 'href="/another/"' in text
        Match.objects.update(status="ended")
        assert "/another/" not in words_in(page_of(client, cast.mentee, cast.match))


# --- goals ---


def test_one_side_proposes_the_other_agrees_and_either_ticks_off(client, cast):
    do(client, cast.mentee, cast.match, "propose", text="  Give   one talk ")
    goal = PairGoal.objects.get()
    assert (goal.text, goal.side, goal.agreed_at) == ("Give one talk", "mentee", None)
    assert "the other side agrees" in do(client, cast.mentee, cast.match, "agree", goal=goal.pk).text
    assert "First the other side agrees" in do(client, cast.mentee, cast.match, "done", goal=goal.pk).text
    assert "proposed by Tariq Anwar" in words_in(page_of(client, cast.mentor, cast.match))
    awaited = pairs_services.matches_with_goals_awaiting
    assert (awaited(cast.mentor), awaited(cast.mentee)) == ({cast.match.pk: 1}, {})
    do(client, cast.mentor, cast.match, "agree", goal=goal.pk)
    assert "agreed on 10 Feb 2027" in words_in(page_of(client, cast.mentee, cast.match))
    assert not awaited(cast.mentor)
    do(client, cast.mentor, cast.match, "done", goal=goal.pk)
    assert "reached on 10 Feb 2027" in words_in(page_of(client, cast.mentee, cast.match))
    assert "it stays" in do(client, cast.mentee, cast.match, "drop", goal=goal.pk).text
    do(client, cast.mentee, cast.match, "undone", goal=goal.pk)
    do(client, cast.mentee, cast.match, "drop", goal=goal.pk)
    assert not PairGoal.objects.exists()


def test_a_mentor_proposes_too_and_any_member_of_the_team_agrees(client, cast):
    member = cast.mentee_enrollment.members.create(user=EnrollmentFactory().user).user
    goal = pairs_services.propose_goal(match=cast.match, text="One paper", by=cast.mentor)
    awaited = pairs_services.matches_with_goals_awaiting
    assert (awaited(cast.mentor), awaited(member)) == ({}, {cast.match.pk: 1})
    do(client, member, cast.match, "agree", goal=goal.pk)
    goal.refresh_from_db()
    assert goal.agreed_by == member


def test_proposing_the_same_goal_twice_creates_one(cast):
    for text in ("One paper", "one  PAPER"):
        pairs_services.propose_goal(match=cast.match, text=text, by=cast.mentor)
    assert PairGoal.objects.count() == 1


@pytest.mark.parametrize("text", ["", "   ", "x" * 301])
def test_a_goal_that_can_not_be_saved_is_still_in_its_field(client, cast, text):
    client.force_login(cast.mentee)
    response = client.post(address(cast.match), {"do": "propose", "text": text})
    assert response.status_code == 422
    assert response.context["form"]["text"].errors
    assert text in response.text
    assert not PairGoal.objects.exists()


def test_goals_of_another_pair_can_not_be_changed(client, cast):
    other = MatchFactory(mentee__cohort=cast.cohort)
    goal = pairs_services.propose_goal(match=other, text="Theirs", by=other.mentee.user)
    assert "removed in the meantime" in do(client, cast.mentor, cast.match, "agree", goal=goal.pk).text
    goal.refresh_from_db()
    assert goal.agreed_at is None
    assert client.post(address(cast.match), {"do": "agree", "goal": "9" * 30}).status_code == 302
    assert client.post(address(cast.match), {"do": "nonsense"}).status_code == 404


def test_former_team_members_can_not_open_the_pairs_page(client, cast):
    membership = cast.mentee_enrollment.members.create(user=EnrollmentFactory().user)
    assert page_of(client, membership.user, cast.match)
    membership.delete()
    client.force_login(membership.user)
    assert client.get(address(cast.match)).status_code == 404
    with pytest.raises(ServiceError):
        pairs_services.create_note(
            match=Match.objects.with_people().get(pk=cast.match.pk), text="x", met_on=None, by=membership.user
        )


def test_a_graduated_pair_can_still_read_its_page(client, cast):
    pairs_services.create_note(match=cast.match, text="The last one.", met_on=None, by=cast.mentor)
    Match.objects.update(status="graduated")
    text = page_of(client, cast.mentee, cast.match)
    assert "Congratulations" in text
    assert "The last one." in text
    assert "mentor@example.org" in text
    assert "Write a note" not in text


def test_the_pairs_page_takes_a_constant_number_of_queries(client, cast):
    client.force_login(cast.mentor)
    counts = []
    for n in range(2):
        for k in range(4):
            pairs_services.create_note(match=cast.match, text=f"{n}{k}", met_on=None, by=cast.mentee)
            pairs_services.propose_goal(match=cast.match, text=f"{n}{k}", by=cast.mentee)
        with CaptureQueriesContext(connection) as queries:
            client.get(address(cast.match))
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_addresses_are_shown_only_where_they_are_shared(client, cast):
    assert "mentor@example.org" in words_in(page_of(client, cast.mentee, cast.match))
    cast.mentor_enrollment.shares_address = False
    cast.mentor_enrollment.save()
    assert "mentor@example.org" not in words_in(page_of(client, cast.mentee, cast.match))


# --- meetings ---


def test_a_meeting_is_set_moved_and_cancelled_on_its_page_and_tells_everybody(client, cast):
    page = page_of(client, cast.mentor, cast.match)
    new = re.search(r'href="([^"]*meetings/new/[?]starts=[^"]*)"', page)[1]
    form = client.get(new).context["form"]
    said = {"starts_at": form["starts_at"].value(), "minutes": "30", "place": "https://example.org/call"}
    assert client.post(new, {**said, "starts_at": "2027-02-09T10:00"}).status_code == 422
    assert not OutboxMessage.objects.filter(kind="meeting").exists()
    page = client.post(new, said, follow=True).text
    assert "https://example.org/call" in page
    meeting = PairMeeting.objects.get()
    edit = address(cast.match, "my-meeting-edit", meeting.pk)
    client.force_login(cast.mentee)
    client.post(edit, {**said, "starts_at": "2027-02-20T10:00"})
    assert PairMeeting.objects.get().starts_at == datetime(2027, 2, 20, 10, tzinfo=UTC)
    cancel = address(cast.match, "my-meeting-cancel", meeting.pk)
    client.post(cancel)
    assert PairMeeting.objects.get().cancelled_at is None, "one press asks first"
    client.post(cancel, {CONFIRMED: YES})
    assert PairMeeting.objects.get().cancelled_at
    mails = OutboxMessage.objects.filter(kind="meeting", to=[cast.mentor.email]).order_by("key")
    assert [mail.subject.split(":")[0] for mail in mails] == ["Meeting with Tariq Anwar", "Changed", "Cancelled"]
    assert client.get(edit).status_code == 404
    client.force_login(cast.stranger)
    assert client.get(new).status_code == 404


def test_who_is_somewhere_else_at_that_time_is_asked_before_a_meeting_is_set(client, cast):
    new = address(cast.match, "my-meeting-create")
    client.force_login(cast.mentor)
    said = {"starts_at": "2027-02-20T10:00", "minutes": "60", "place": ""}
    client.post(new, said)
    later = {**said, "starts_at": "2027-02-20T10:30"}
    asked = client.post(new, later)
    assert asked.status_code == 409
    assert "already going to" in asked.text
    client.post(new, {**later, "answered": asked.context["clash"].answered})
    assert PairMeeting.objects.count() == 2

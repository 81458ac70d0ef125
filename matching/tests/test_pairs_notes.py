"""The notes of a pair: written and read by its people, and by nobody else."""

import threading
from datetime import UTC, datetime

import pytest
import time_machine
from django.db import connection
from django.urls import reverse

from matching.models import Match, PairGoal, PairNote
from matching.pairs import services as pairs_services
from matching.tests.pair_pages import address, co_mentor, do, page_of
from mentorship.core.audit.models import AuditEntry
from mentorship.core.errors import ServiceError
from mentorship.devtools.testing.factories import MatchFactory
from mentorship.devtools.testing.pages import SURE, words_in

pytestmark = pytest.mark.django_db


NOW = datetime(2027, 2, 10, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def while_it_runs():
    with time_machine.travel(NOW, tick=False):
        yield


def test_both_sides_write_and_read_notes_and_change_them(client, cast):
    client.force_login(cast.mentor)
    client.post(address(cast.match, "my-note-create"), {"text": "We talked\nabout soil.", "met_on": "2027-02-09"})
    note = PairNote.objects.get()
    assert "about soil." in words_in(page_of(client, cast.mentee, cast.match))
    path = address(cast.match, "my-note", note.pk)
    seen = client.get(path).context["form"].initial["seen"]
    client.post(path, {"text": "About soil and maps.", "met_on": "2027-02-09", "seen": seen})
    text = page_of(client, cast.mentor, cast.match)
    assert "About soil and maps." in text
    assert "changed by Tariq Anwar" in text


def test_second_save_of_a_note_is_refused_and_shows_both_versions(client, cast):
    note = pairs_services.create_note(match=cast.match, text="Plan.", met_on=None, by=cast.mentor)
    path = address(cast.match, "my-note", note.pk)
    client.force_login(cast.mentee)
    client.post(path, {"text": "Plan A.", "seen": 1})
    client.force_login(cast.mentor)
    late = client.post(path, {"text": "Plan B.", "seen": 1})
    assert late.status_code == 422
    assert "Plan A." in late.text
    assert "Plan B." in late.text
    assert PairNote.objects.get().text == "Plan A."
    client.post(path, {"text": "Plan B, then A.", "seen": late.context["form"]["seen"].value()})
    assert PairNote.objects.get().text == "Plan B, then A."
    assert client.post(path, {"drop": "1", "seen": 1, **SURE}).status_code == 422
    assert PairNote.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_simultaneous_saves_of_a_note_one_is_refused():
    match = MatchFactory()
    note = pairs_services.create_note(match=match, text="Plan.", met_on=None, by=match.mentor.user)
    start, outcomes = threading.Barrier(2), []

    def save(user, text):
        start.wait()
        try:
            pairs_services.edit_note(match=match, note_id=note.pk, seen=1, text=text, met_on=None, by=user)
            outcomes.append("saved")
        except pairs_services.NoteChangedError:
            outcomes.append("told")
        finally:
            connection.close()

    threads = [
        threading.Thread(target=save, args=args) for args in ((match.mentor.user, "A"), (match.mentee.user, "B"))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["saved", "told"]
    assert PairNote.objects.get().version == 2


def test_only_its_author_can_delete_a_note(client, cast):
    note = pairs_services.create_note(match=cast.match, text="Plan.", met_on=None, by=cast.mentor)
    path = address(cast.match, "my-note", note.pk)
    client.force_login(cast.mentee)
    assert "Only who wrote" in client.post(path, {"drop": "1", "seen": 1, **SURE}).text
    assert PairNote.objects.exists()
    client.force_login(cast.mentor)
    client.post(path, {"drop": "1", "seen": 1, **SURE})
    assert not PairNote.objects.exists()


def test_coordinators_can_not_read_goals_and_notes(client, cast):
    pairs_services.create_note(match=cast.match, text="A SECRET thing", met_on=None, by=cast.mentor)
    goal = pairs_services.propose_goal(match=cast.match, text="A SECRET goal", by=cast.mentor)
    assert "SECRET" not in f"{goal} {PairNote.objects.get()}"
    assert AuditEntry.objects.filter(verb__in=["wrote a note", "proposed a goal"]).count() == 2
    assert not [e for e in AuditEntry.objects.all() if "SECRET" in f"{e} {e.data}"]
    client.force_login(cast.coordinator)
    for path in (
        cast.match.get_absolute_url(),
        reverse("cohorts:enrollment-detail", args=["seeds-9", cast.mentee_enrollment.pk]),
    ):
        assert "SECRET" not in client.get(path).text


def test_a_former_mentor_reads_old_notes_but_no_new_ones(client, cast):
    note = pairs_services.create_note(match=cast.match, text="With Mona.", met_on=None, by=cast.mentor)
    goal = pairs_services.propose_goal(match=cast.match, text="A talk with Mona", by=cast.mentee)
    Match.objects.filter(pk=cast.match.pk).update(status="rematched")
    new = co_mentor(cast)
    pairs_services.create_note(match=new, text="With Ben.", met_on=None, by=cast.mentee)
    text = page_of(client, cast.mentor, cast.match)
    assert "With Mona." in text
    assert "A talk with Mona" in text
    assert "With Ben." not in text
    assert "mentee@example.org" not in text
    assert 'method="post"' not in text.split("<main")[1]
    assert "Write a note" not in text
    for who in (cast.mentor, cast.mentee):
        assert "is over" in do(client, who, cast.match, "agree", goal=goal.pk).text
        assert client.post(address(cast.match, "my-note", note.pk), {"text": "New", "seen": 1}).status_code == 422
    assert PairNote.objects.get(pk=note.pk).text == "With Mona."
    assert "With Mona." not in words_in(page_of(client, new.mentor.user, new))
    # The mentee proposes the goal again: the new mentor reads it, and Mona still reads hers.
    pairs_services.propose_goal(match=new, text="A talk with Mona", by=cast.mentee)
    assert "A talk with Mona" in words_in(page_of(client, new.mentor.user, new))


def test_a_co_mentor_reads_notes_written_while_they_are_in_the_pair(client, cast):
    early = pairs_services.propose_goal(match=cast.match, text="Early goal", by=cast.mentor)
    other = co_mentor(cast)
    note = pairs_services.create_note(match=cast.match, text="All three.", met_on=None, by=cast.mentor)
    text = page_of(client, other.mentor.user, other)
    assert "All three." in text
    assert "Early goal" not in text
    pairs_services.propose_goal(match=cast.match, text="Early goal", by=cast.mentee)  # once more, for all
    assert PairGoal.objects.get() == early
    assert "Early goal" in words_in(page_of(client, other.mentor.user, other))
    Match.objects.filter(pk=cast.match.pk).update(status="ended")
    with pytest.raises(ServiceError, match="has left the pair"):
        pairs_services.edit_note(match=other, note_id=note.pk, seen=1, text="New", met_on=None, by=cast.mentee)
    pairs_services.delete_goal(match=other, goal_id=early.pk, by=cast.mentee)
    assert "Early goal" in words_in(page_of(client, cast.mentor, cast.match))
    assert "Early goal" not in words_in(page_of(client, other.mentor.user, other))

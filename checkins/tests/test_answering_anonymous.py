"""Anonymous answers: what the database holds of them, and when they can be read."""

import pytest
from django.core import serializers
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from checkins import models as checkins_models
from checkins.answering.anonymous import clean_disk, released_answers, sweep_anonymous_answers, waiting_people
from checkins.answering.results import tally_wave
from checkins.models import AnonymousBox, Answer, CheckIn, SealedAnswers
from checkins.tests.rows import AFTER, NOW, path, say
from checkins.waves.links import checkin_link
from mentorship.core.accounts.models import WorkspaceRole
from mentorship.core.audit.models import AuditEntry
from mentorship.devtools.testing.factories import EnrollmentFactory, MatchFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def said(wave, key="open"):
    question = wave.survey.questions.get(key=key)
    return released_answers(wave)[1].get(question.pk, [])


def rows_with(word):
    """The models that hold a word anywhere, with their stored rows."""
    models = [getattr(checkins_models, name) for name in checkins_models.__all__] + [AuditEntry]
    return {model for model in models for row in model.objects.all() if word in serializers.serialize("json", [row])}


def test_what_waits_is_sealed_at_one_size_and_no_statement_holds_a_word_of_it(client, anonymous_ten):
    with CaptureQueriesContext(connection) as captured:
        client.post(path(checkin_link(anonymous_ten[0])), {"welcome": "4", "open": "secret"})
        client.post(path(checkin_link(anonymous_ten[1])), {"welcome": "5", "open": "secret and much more of it" * 200})
    assert not any("secret" in query["sql"] for query in captured)
    assert rows_with("secret") == set()
    assert len({len(one.sealed) for one in SealedAnswers.objects.all()}) == 1
    assert SealedAnswers.objects.count() == 2
    answered = CheckIn.objects.filter(pk__in=[one.pk for one in anonymous_ten[:2]])
    assert set(answered.values_list("status", "answered_at", "said_at")) == {("answered", None, None)}
    assert not Answer.objects.filter(checkin__in=answered).exists()
    assert not AuditEntry.objects.filter(object_type="checkins.checkin", object_id=str(anonymous_ten[0].pk)).exists()


def test_a_group_is_opened_by_statements_that_touch_no_checkin_and_leave_no_order(client, anonymous_ten):
    wave = anonymous_ten[0].wave
    for number, one in enumerate(anonymous_ten):
        client.post(path(checkin_link(one)), {"welcome": "4", "open": f"secret {number}"})
    with CaptureQueriesContext(connection) as captured:
        assert sweep_anonymous_answers(NOW) == 10
    written = [q["sql"] for q in captured if q["sql"].startswith(("UPDATE", "INSERT", "DELETE"))]
    assert {sql.split('"')[1] for sql in written} == {"checkins_anonymousbox", "checkins_sealedanswers"}
    assert rows_with("secret") == {AnonymousBox}
    assert not SealedAnswers.objects.exists()
    assert {f.name for f in AnonymousBox._meta.fields} == {"id", "wave", "answers", "number", "unread"}
    # Whether the order is one of those in which they came is a matter of one in three million.
    assert sorted(said(wave)) == [f"secret {n}" for n in range(10)]
    assert said(wave) != [f"secret {n}" for n in range(10)]
    again = client.post(path(checkin_link(anonymous_ten[0])), {"welcome": "1"})
    assert "It is anonymous" in again.content.decode()
    assert released_answers(wave)[0] == 10


def test_between_two_copies_of_the_database_there_is_a_whole_group_or_nothing(anonymous_ten):
    wave = anonymous_ten[0].wave
    sizes = []
    for one in anonymous_ten:
        say(one, welcome="4", open="fine")
        sweep_anonymous_answers(NOW)
        sizes.append(len(said(wave)))
    assert sizes == [0] * 8 + [9, 9]
    assert (released_answers(wave)[0], waiting_people(wave)) == (9, 1)


def test_four_false_participants_do_not_isolate_a_fifth(anonymous_ten):
    wave = anonymous_ten[0].wave
    for number, one in enumerate(anonymous_ten[:5]):
        say(one, open="made up" if number < 4 else "mine")
        sweep_anonymous_answers(NOW)
    assert tally_wave(wave) == []


def test_whoever_reads_the_answers_and_answers_for_several_pairs_make_no_group(cast, anonymous_ten):
    wave = anonymous_ten[0].wave
    mentor = EnrollmentFactory(cohort=cast.cohort, role="mentor")
    pairs = [MatchFactory(mentee=EnrollmentFactory(cohort=cast.cohort), mentor=mentor) for _ in range(3)]
    fields = {"wave": wave, "enrollment": mentor, "user": mentor.user, "side": "mentor", "status": "sent"}
    for pair in pairs:
        say(CheckIn.objects.create(match=pair, due_at=NOW, closes_at=AFTER, **fields), welcome="1")
    for one in anonymous_ten[:8]:
        say(one, welcome="5")
    role = {"workspace_id": wave.cohort.workspace_id, "user": anonymous_ten[0].user}
    WorkspaceRole.objects.create(role="viewer", **role)
    assert sweep_anonymous_answers(NOW) == 0, "eleven answers of nine people, of whom one reads them"
    WorkspaceRole.objects.filter(**role).delete()
    assert sweep_anonymous_answers(NOW) == 9
    assert (released_answers(wave)[0], len(said(wave, "welcome"))) == (9, 11)


@pytest.mark.expects_errors
def test_an_older_secret_key_opens_what_it_sealed_and_without_it_nothing_is_lost(anonymous_ten, settings, caplog):
    wave, key = anonymous_ten[0].wave, settings.SECRET_KEY
    for one in anonymous_ten[:9]:
        say(one, welcome="4")
    with override_settings(SECRET_KEY="another key" * 5, SECRET_KEY_FALLBACKS=[]):
        assert sweep_anonymous_answers(NOW) == 0
        assert "SECRET_KEY_FALLBACKS" in caplog.text
        assert waiting_people(wave) == 9
    with override_settings(SECRET_KEY="another key" * 5, SECRET_KEY_FALLBACKS=[key]):
        assert sweep_anonymous_answers(NOW) == 9


def test_what_an_older_version_held_back_joins_the_next_group(anonymous_ten):
    wave = anonymous_ten[0].wave
    question = wave.survey.questions.get(key="open")
    AnonymousBox.objects.create(wave=wave, unread={str(question.pk): ["old"]})
    for one in anonymous_ten[:9]:
        say(one, open="new")
    sweep_anonymous_answers(NOW)
    assert sorted(said(wave)) == ["new"] * 9 + ["old"]


def test_too_few_answers_are_deleted_after_the_cohort_and_coordinators_are_told(client, cast, anonymous_ten):
    wave = anonymous_ten[0].wave
    client.force_login(cast.coordinator)
    page = f"{reverse('checkins:checkin-list', args=[cast.cohort.slug])}?wave={wave.pk}"
    for one in anonymous_ten[:8]:
        say(one, welcome="4")
    assert "8 people answered. Answers are added" in " ".join(client.get(page).content.decode().split())
    wave.checkins.filter(status="sent").update(status="expired")
    assert "That is too few to show" in client.get(page).content.decode()
    type(cast.cohort).objects.filter(pk=cast.cohort.pk).update(status="completed")
    sweep_anonymous_answers(NOW)
    assert waiting_people(wave) == 8, "they may still be waiting for others"
    wave.checkins.update(closes_at="2027-03-01T00:00Z")
    sweep_anonymous_answers(NOW)
    assert waiting_people(wave) == 0


def test_coordinators_are_told_beforehand_when_a_group_is_too_small(client, cast, anonymous_ten):
    wave = anonymous_ten[0].wave
    client.force_login(cast.coordinator)
    pages = [reverse("checkins:wave-detail", args=[cast.cohort.slug, wave.pk])]
    pages.append(f"{reverse('checkins:checkin-list', args=[cast.cohort.slug])}?wave={wave.pk}")
    assert not any("Too few people" in client.get(page).content.decode() for page in pages)
    wave.checkins.exclude(pk__in=[one.pk for one in anonymous_ten[:4]]).update(
        status="cancelled", cancelled_because="withdrew"
    )
    assert "Too few people" in client.get(pages[1]).content.decode()


def test_the_words_on_the_form_say_what_is_done(client, anonymous_ten):
    page = " ".join(client.get(path(checkin_link(anonymous_ten[0]))).content.decode().split())
    assert "stored encrypted until at least 9 people have answered" in page


@pytest.mark.django_db(transaction=True)
def test_the_place_on_the_disk_is_cleaned_outside_any_transaction():
    with CaptureQueriesContext(connection) as captured:
        clean_disk()
    assert any("VACUUM" in q["sql"] or "wal_checkpoint" in q["sql"] for q in captured)

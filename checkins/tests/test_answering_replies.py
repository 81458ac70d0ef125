"""Replies that people wrote instead of answering: what they stop, what they say of the pair, and who sees them."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from checkins.answering.replies import delete_reply, note_reply
from checkins.answering.services import save_answers
from checkins.cases.services import add_conduct_reader
from checkins.models import Case, CheckIn, Reply
from checkins.pair_health.assessment import assess_pairs
from checkins.schedule.pauses import pause_pair, resume_pair
from checkins.surveys.services import asked_questions
from checkins.waves.sweep import sweep_checkins
from cohorts.models import OptOut
from cohorts.people.filters import filter_enrollments
from mentorship.core.audit.services import history_of
from mentorship.core.errors import ServiceError
from mentorship.core.outbox.models import OutboxMessage
from mentorship.devtools.testing.factories import UserFactory
from mentorship.devtools.testing.pages import SURE
from mentorship.portal.today import needs_of

pytestmark = pytest.mark.django_db
INTRO = datetime(2027, 2, 1, 10, tzinfo=UTC)
NOW = datetime(2027, 5, 2, 10, tzinfo=UTC)
TODAY = NOW.date()


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def checkin(cast):
    """The mentee's, asked today."""
    OutboxMessage.objects.filter(pk=cast.match.intro_id).update(status="sent", sent_at=INTRO)
    sweep_checkins(NOW)
    OutboxMessage.objects.filter(kind="check-in").update(status="sent", sent_at=NOW)
    return CheckIn.objects.select_related("wave__survey").get(side="mentee")


@pytest.fixture
def reminded(checkin, clock):
    """Eight days later, both reminded; their reminders wait in the outbox."""
    clock.move_to(NOW + timedelta(days=8))
    sweep_checkins(NOW + timedelta(days=8))
    checkin.refresh_from_db()
    return checkin


def wrote(cast, how="well", user=None, day=None, **fields):
    day = day or datetime.now(UTC).date()
    return note_reply(
        cohort=cast.cohort, match=cast.match, user=user or cast.mentee, how=how, day=day, by=cast.coordinator, **fields
    )


def say(checkin, now, **answers):
    keys = {q.key.replace("-", "_"): q.pk for q in asked_questions(checkin.wave.survey)}
    save_answers(checkin=checkin, answers={keys[k]: v for k, v in answers.items()}, now=now)


def mails_to(address):
    return list(OutboxMessage.objects.filter(kind="check-in", to=[address]).order_by("key"))


def page_of(checkin, cast):
    return reverse("checkins:checkin-detail", args=[cast.cohort.slug, checkin.pk])


def signs(cast):
    return assess_pairs(cast.cohort)[0].reasons


# --- reminders ---


def test_a_note_ends_the_reminders_and_leaves_the_check_in_open(client, cast, reminded):
    assert mails_to("mentee@example.org")[-1].status == "queued"
    client.force_login(cast.coordinator)
    page = client.get(page_of(reminded, cast)).content.decode()
    assert 'name="stop"' in page
    typed = {"how": "well", "day": "2027-05-09", "words": "See you in June!", "stop": "on"}
    for _ in range(2):
        page = client.post(page_of(reminded, cast), typed, follow=True).content.decode()
    assert "Tariq Anwar wrote on 9 May: all is well" in page
    assert "None: they wrote on 9 May" in page
    assert Reply.objects.get().by == cast.coordinator
    assert history_of(cast.match).filter(verb="noted that the mentee wrote").count() == 1
    assert "June" not in str(list(history_of(cast.match).values_list("data", "verb")))
    reminded.refresh_from_db()
    assert (reminded.status, reminded.next_mail_at) == ("sent", None)
    first, taken_back = mails_to("mentee@example.org")
    assert (first.status, taken_back.status) == ("sent", "cancelled")
    sweep_checkins(NOW + timedelta(days=16))
    assert (len(mails_to("mentee@example.org")), len(mails_to("mentor@example.org"))) == (2, 3)
    say(reminded, NOW + timedelta(days=20), have_met="regularly")
    reminded.refresh_from_db()
    assert reminded.status == "answered"


@pytest.mark.parametrize("change", ["nobody asked to stop", "opted out and back", "the pair paused"])
def test_only_reminders_that_were_ended_stay_ended(cast, checkin, change):
    wrote(cast, stop=change != "nobody asked to stop")
    if change == "opted out and back":
        no_mail = OptOut.objects.create(workspace=cast.programme.workspace, user=cast.mentee)
        sweep_checkins(NOW + timedelta(days=1))
        checkin.refresh_from_db()
        assert checkin.status == "cancelled"
        no_mail.delete()
    elif change == "the pair paused":
        pause_pair(match=cast.match, by=cast.coordinator)
        resume_pair(match=cast.match, by=cast.coordinator, now=NOW + timedelta(days=9))
    for days in (2, 10, 18, 26, 60):
        sweep_checkins(NOW + timedelta(days=days))
    assert len(mails_to("mentee@example.org")) == (3 if change == "nobody asked to stop" else 1)
    assert len(mails_to("mentor@example.org")) == 3
    assert set(CheckIn.objects.values_list("status", flat=True)) == {"expired"}


def test_a_first_mail_that_waits_still_leaves(cast, checkin):
    OutboxMessage.objects.filter(kind="check-in").update(status="queued", sent_at=None)
    wrote(cast, stop=True)
    assert [m.status for m in mails_to("mentee@example.org")] == ["queued"]


def test_a_note_that_was_a_mistake_is_taken_back(client, cast, checkin):
    reply = wrote(cast, "difficult", stop=True).reply
    sweep_checkins(NOW + timedelta(days=8))
    url = reverse("checkins:reply-delete", args=[cast.cohort.slug, reply.pk])
    client.force_login(cast.viewer)
    assert client.post(url).status_code == 404
    client.force_login(cast.coordinator)
    client.post(url, {"checkin": checkin.pk, **SURE})
    assert not Reply.objects.exists()
    sweep_checkins(NOW + timedelta(days=8))
    assert len(mails_to("mentee@example.org")) == 2
    assert signs(cast) == ["neither of them answers"]


# --- silence ---


def overdue_everywhere(client, cast):
    """The number of the first page, and how many are in each list of those who are overdue or silent."""
    needs = {need.title: need.number for need in needs_of(cast.coordinator, cast.cohort)}
    client.force_login(cast.coordinator)
    url = reverse("checkins:checkin-list", args=[cast.cohort.slug])
    overdue, silent = (client.get(url, {"status": status}).context for status in ("overdue", "silent"))
    people = [filter_enrollments(cast.cohort, {"checkin": s}).count() for s in ("overdue", "silent")]
    assert overdue["counts"]["overdue"] == overdue["page_obj"].paginator.count == people[0]
    assert silent["counts"]["silent"] == silent["page_obj"].paginator.count == people[1]
    assert silent["counts"]["silent"] == sum(row["silent"] for row in silent["rates"])
    return needs.get("Check-ins overdue", 0), silent["counts"]["silent"]


def test_who_wrote_back_is_not_silent_and_every_number_agrees(client, cast, reminded):
    assert overdue_everywhere(client, cast) == (2, 2)
    wrote(cast, "alive", day=TODAY - timedelta(days=1))  # before they were asked
    assert overdue_everywhere(client, cast) == (2, 2)
    rates = client.get(reverse("checkins:checkin-list", args=[cast.cohort.slug])).context["rates"]
    wrote(cast, "alive", day=TODAY)
    assert overdue_everywhere(client, cast) == (1, 1)
    assert signs(cast) == ["the mentor does not answer", "the mentee wrote on 2 May"]
    page = client.get(reverse("checkins:checkin-list", args=[cast.cohort.slug]))
    assert "wrote on 2 May" in page.content.decode()
    # A reply is no answer: the rates stay.
    assert [(r["asked"], r["rate"]) for r in page.context["rates"]] == [(r["asked"], r["rate"]) for r in rates]


def test_what_is_asked_later_waits_for_a_word_of_its_own(cast, reminded):
    wrote(cast, user=cast.mentor)
    wrote(cast)
    assert not CheckIn.objects.silent().exists()
    CheckIn.objects.update(asked_at=NOW + timedelta(days=9))
    assert CheckIn.objects.silent().count() == 2
    assert "neither of them answers" in signs(cast)


def test_a_team_is_not_silent_as_long_as_one_of_it_writes(cast, checkin):
    second = cast.mentee_enrollment.members.create(user=UserFactory()).user
    CheckIn.objects.filter(side="mentor").delete()
    wrote(cast, user=second)
    sweep_checkins(NOW + timedelta(days=8))
    assert signs(cast) == ["the mentee wrote on 2 May: all is well"]
    assert CheckIn.objects.overdue(NOW + timedelta(days=8)).get().user == cast.mentee


def test_who_was_asked_and_then_left_out_is_in_no_rate(client, cast, checkin):
    CheckIn.objects.filter(side="mentor").update(status="cancelled", cancelled_because="opted_out")
    client.force_login(cast.viewer)
    context = client.get(reverse("checkins:checkin-list", args=[cast.cohort.slug])).context
    assert [(row["side"], row["asked"]) for row in context["rates"]] == [("mentee", 1)]
    assert context["counts"]["asked"] == 1


# --- the latest word ---


WELL, MET = "the mentee wrote on {} May: all is well", "the mentee says: meets regularly"
HARD, NOT = "the mentee wrote on {} May: it is difficult", "the mentee says: not met yet"


@pytest.mark.parametrize(
    ("events", "level", "found"),
    [
        ([("answered", "no", 2), ("wrote", "well", 3)], "good", [WELL.format(3)]),
        ([("wrote", "difficult", 3), ("answered", "regularly", 4)], "good", [MET]),
        ([("answered", "regularly", 2), ("wrote", "difficult", 3)], "danger", [HARD.format(3)]),
        # Noted late: what counts is when they wrote.
        ([("answered", "regularly", 5), ("wrote", "difficult", 3)], "good", [MET]),
        # Changed after they wrote, within the ten days.
        ([("answered", "no", 2), ("wrote", "difficult", 3), ("answered", "regularly", 4)], "good", [MET]),
        ([("wrote", "well", 3), ("wrote", "not_met", 4)], "danger", ["the mentee wrote on 4 May: not met yet"]),
        ([("wrote", "not_met", 4), ("wrote", "well", 3)], "danger", ["the mentee wrote on 4 May: not met yet"]),
        # On the same day what came to us later.
        ([("answered", "no", 3), ("wrote", "well", 3)], "good", [WELL.format(3)]),
        ([("wrote", "well", 3), ("answered", "no", 3)], "danger", [NOT]),
        # A sign of life says nothing of the pair.
        ([("answered", "no", 2), ("wrote", "alive", 3)], "danger", [NOT, "the mentee wrote on 3 May"]),
        ([("wrote", "alive", 3)], "info", ["the mentee wrote on 3 May"]),
        ([("wrote", "alive", 3), ("answered", "regularly", 4)], "good", [MET]),
    ],
)
def test_the_latest_word_of_a_person_counts(cast, checkin, clock, events, level, found):
    CheckIn.objects.filter(side="mentor").delete()
    latest = NOW
    for number, (what, word, day) in enumerate(events):
        moment = datetime(2027, 5, day, 12, 5 * number, tzinfo=UTC)
        latest = max(latest, moment + timedelta(minutes=1))
        clock.move_to(latest)
        if what == "answered":
            say(checkin, moment, have_met=word)
        else:
            wrote(cast, word, day=date(2027, 5, day))
    Case.objects.all().delete()
    (pair,) = assess_pairs(cast.cohort)
    assert (pair.level, pair.reasons) == (level, found)


# --- cases ---


def test_a_case_opens_in_the_same_step_and_later_mails_are_its_notes(client, cast, checkin):
    client.force_login(cast.coordinator)
    url = reverse("checkins:reply-create", args=[cast.cohort.slug, cast.match.pk])
    typed = {"who": cast.mentee.pk, "how": "difficult", "day": "2027-05-02", "words": "No time.", "case": "on"}
    page = client.post(url, typed, follow=True).content.decode()
    case = Case.objects.get()
    assert case.get_absolute_url() in page
    assert (case.kind, case.about, case.owner, case.match) == ("help", cast.mentee, cast.coordinator, cast.match)
    assert case.checkin == checkin
    assert case.summary == "They wrote on 2 May: it is difficult.\nNo time."
    client.post(url, typed | {"words": "Still none."})
    assert [note.text for note in Case.objects.get().notes.all()] == [
        "They wrote on 2 May: it is difficult.\nStill none."
    ]
    wrong = client.post(url, typed | {"how": "well", "words": "I wrote a lot."})
    assert wrong.status_code == 422
    assert "A case is for what is difficult" in wrong.content.decode()
    assert "I wrote a lot." in wrong.content.decode()
    client.post(url, {**typed, "how": "not_met", "case": ""})
    assert (Case.objects.count(), Reply.objects.count()) == (1, 3)


# --- who, when, and who sees it ---


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"day": "2027-05-03"}, "Choose today, or a day that has passed."),
        ({"day": "2027-02-30"}, "Enter a valid date."),
        ({"how": "great"}, "Select a valid choice."),
        ({"who": "999"}, "Select a valid choice."),
    ],
)
def test_invalid_replies_are_explained_beside_the_field(client, cast, checkin, typed, words):
    client.force_login(cast.coordinator)
    url = reverse("checkins:reply-create", args=[cast.cohort.slug, cast.match.pk])
    answer = client.post(url, {"who": cast.mentee.pk, "how": "well", "day": "2027-05-02", "words": "Hi"} | typed)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Reply.objects.exists()


def test_days_of_replies_are_in_the_time_zone_of_the_cohort(cast, checkin, clock):
    cast.cohort.time_zone = "Asia/Kathmandu"
    clock.move_to(datetime(2027, 5, 2, 18, 30, tzinfo=UTC))  # the third has begun there
    reply = wrote(cast, day=date(2027, 5, 3)).reply
    assert reply.ends_at == datetime(2027, 5, 3, 18, 15, tzinfo=UTC)
    with pytest.raises(ServiceError, match="still to come"):
        wrote(cast, day=date(2027, 5, 4))
    with pytest.raises(ServiceError, match="not part of this pair"):
        wrote(cast, user=cast.stranger)


def test_only_the_team_sees_what_somebody_wrote(client, cast, checkin):
    wrote(cast, "difficult", words="Please keep it.")
    urls = [page_of(checkin, cast), reverse("checkins:reply-create", args=[cast.cohort.slug, cast.match.pk])]
    for url in urls:
        for user in (cast.stranger, cast.mentor, cast.mentee, cast.contact):
            client.force_login(user)
            assert client.get(url).status_code == client.post(url, {"how": "well"}).status_code == 404
        client.force_login(cast.viewer)
        page = client.get(url).content.decode()
        assert "Please keep it." not in page, "it was written to the coordinators"
        assert "Record reply" not in page
        assert client.post(url, {"how": "well"}).status_code == 404
    concerns = reverse("checkins:concern-list", args=[cast.cohort.slug])
    client.force_login(cast.coordinator)
    pages = [client.get(url).content.decode() for url in urls]
    assert all("Please keep it." in page and concerns not in page for page in pages)
    add_conduct_reader(cohort=cast.cohort, user=cast.coordinator, by=cast.owner)
    assert all(concerns in client.get(url).content.decode() for url in urls)
    client.force_login(cast.mentor)
    pair = reverse("matching:my-match", args=[cast.match.pk])
    assert "Please keep it." not in client.get(pair).content.decode()


def test_a_facilitator_writes_about_the_cohort(client, cast, checkin):
    helper = cast.cohort.enrollments.create(user=UserFactory(full_name="Fay"), role="facilitator", status="accepted")
    asked = CheckIn.objects.create(
        wave=checkin.wave,
        enrollment=helper,
        user=helper.user,
        side="facilitator",
        status="sent",
        mails_sent=2,
        asked_at=NOW,
        due_at=NOW,
        closes_at=NOW + timedelta(days=30),
        next_mail_at=NOW + timedelta(days=3),
    )
    client.force_login(cast.coordinator)
    assert "Not met yet" not in client.get(page_of(asked, cast)).content.decode()
    client.post(page_of(asked, cast), {"how": "difficult", "day": "2027-05-02", "stop": "on", "case": "on"})
    asked.refresh_from_db()
    assert (asked.next_mail_at, asked.reply.match) == (None, None)
    assert list(CheckIn.objects.overdue(NOW)) == []
    assert Case.objects.get().about == helper.user
    delete_reply(reply=asked.reply, by=cast.coordinator)
    assert list(CheckIn.objects.overdue(NOW)) == [asked]

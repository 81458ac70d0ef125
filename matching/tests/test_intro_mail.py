"""The words of an intro, its addressees, and the times that it suggests."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
import time_machine
from django.urls import reverse

from cohorts.models import Group
from matching.engine.services import run_now
from matching.intro.mails import about_how_long, intro_mail
from matching.intro.services import confirm_run
from matching.sentences.services import reason_for_pair
from mentorship.core.outbox.models import OutboxMessage
from mentorship.devtools.testing.factories import CohortFactory, EnrollmentFactory, MatchFactory

SITE = "http://127.0.0.1:8000"
TODAY = date(2027, 1, 20)


@pytest.fixture
def cohort(db):
    return CohortFactory(
        name="Seeds 9",
        slug="spring",
        status="matching",
        programme__name="Open Seeds",
        programme__code_of_conduct_url="https://example.org/kind",
        programme__conduct_email="care@example.org",
    )


def mentor(cohort, name="Ada Obi", **fields):
    return EnrollmentFactory(cohort=cohort, role="mentor", user__full_name=name, **fields)


def proposal(mentor, reasons=("share R",)):
    return SimpleNamespace(mentor=mentor, reasons=list(reasons))


# --- the words ---


def test_the_intro_says_who_why_when_and_where_to_turn(cohort):
    team = EnrollmentFactory(
        cohort=cohort,
        title="Soil maps",
        description="Maps that farmers use.",
        goals="A map.",
        country="KE",
        time_zone="Africa/Nairobi",
        user__full_name="Tariq Anwar",
        user__pronouns="he/him",
    )
    mail = intro_mail(team, [proposal(mentor(cohort, "O'Brien", country="DE"))], today=TODAY)
    for words in (
        "Tariq Anwar (he/him), Kenya, Nairobi time",
        "O'Brien, Germany, Berlin time",
        "About “Soil maps”:\n“Maps that farmers use.”",
        "Tariq Anwar hopes for:\n“A map.”",
        "Why we matched you: You share R. You can talk in English.\n",
        "These times for a first meeting suit all of you:\n- ",
        "What happens next: agree on a first meeting",
        "\nWhat to talk about\n---",
        "English",
        "Mon 1 Feb, 14:00 Nairobi time = 12:00 Berlin time",
        "what you want to achieve by 28 May",
        "three months",
        f"Open your page:\n{SITE}/my/pairs/{team.pk}/\n",
        "notes that only you can read",
        "https://example.org/kind",
        "write to hello@example.org",
        "about a coordinator, write to care@example.org",
    ):
        assert words in mail.text, words
    assert mail.subject == "Seeds 9: meet your match – Soil maps with O'Brien"
    assert "{" not in mail.text


def test_the_intro_leaves_out_unknown_facts(cohort):
    cohort.programme.conduct_email = cohort.programme.code_of_conduct_url = ""
    team = EnrollmentFactory(cohort=cohort, title="", time_zone="", languages=[])
    text = intro_mail(team, [proposal(mentor(cohort), "")], today=TODAY).text
    assert "Find half an hour this week or next for a first meeting." in text
    assert "Why we matched you: The coordinators chose you for each other.\n" in text
    assert "3. " not in text
    assert "calendar" not in text
    assert "\n\n\n" not in text


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (1, "about a day"),
        (6, "about six days"),
        (14, "about two weeks"),
        (30, "about a month"),
        (42, "about six weeks"),
        (89, "about three months"),
        (365, "about twelve months"),
        (500, "about 16 months"),
    ],
)
def test_time_until_first_contact_is_given_in_round_numbers(days, words):
    assert about_how_long(TODAY, TODAY + timedelta(days=days)) == words


def test_the_intro_says_when_working_days_hardly_overlap(cohort):
    team = EnrollmentFactory(cohort=cohort, time_zone="America/Los_Angeles")
    far = [mentor(cohort, time_zone=zone) for zone in ("Asia/Tokyo", "Europe/Berlin")]
    text = intro_mail(team, [proposal(one) for one in far], today=TODAY).text
    assert "take turns with early and late calls" in text


@pytest.mark.parametrize(
    ("reasons", "said"),
    [
        (["share R", "are both in Europe"], "You share R and are both in Europe."),
        (["share trial, but honest, error"], "You share trial, but honest, error."),
        ([], ""),
    ],
)
def test_the_pair_reads_the_reasons_for_it_whatever_words_they_hold(reasons, said):
    assert reason_for_pair(reasons) == said


# --- who gets it ---


def test_everybody_in_a_team_and_both_mentors_get_one_mail_and_answer_to_all(cohort):
    team = EnrollmentFactory(cohort=cohort, mentors_wanted=2)
    member = team.members.create(user=EnrollmentFactory().user, shares_address=True)
    both = [mentor(cohort, "Ada Obi"), mentor(cohort, "Ben Ito")]
    mail = intro_mail(team, [proposal(m) for m in both], today=TODAY)
    assert set(mail.to) == {team.user.email, member.user.email, *(m.user.email for m in both)}
    assert (mail.reply_to, mail.cc) == (mail.to, [])
    assert "with Ada Obi: You share R. with Ben Ito: You share R." in mail.text


def test_a_co_mentor_gets_a_copy_when_another_mentor_joins(cohort):
    team = EnrollmentFactory(cohort=cohort, mentors_wanted=2)
    ada, left = mentor(cohort, "Ada Obi"), mentor(cohort, "Gone Away")
    MatchFactory(mentee=team, mentor=ada, status="active")
    MatchFactory(mentee=team, mentor=left, status="rematched")
    mail = intro_mail(team, [proposal(mentor(cohort, "Ben Ito"))], today=TODAY)
    assert mail.cc == [ada.user.email]
    assert "You carry on with Ada Obi, who" in mail.text
    assert "Gone Away" not in mail.text


def test_the_contact_of_a_group_gets_a_copy_only_where_the_cohort_wants_it(cohort):
    group = Group.objects.create(cohort=cohort, name="Soil Fund", slug="soil", contact_email="soil@example.org")
    team, one = EnrollmentFactory(cohort=cohort, group=group), mentor(cohort, group=group)
    assert intro_mail(team, [proposal(one)], today=TODAY).cc == []
    cohort.copies_intros = True
    mail = intro_mail(team, [proposal(one)], today=TODAY)
    assert mail.cc == ["soil@example.org"]
    assert "soil@example.org" not in mail.reply_to


def test_the_intro_that_is_sent_equals_its_preview(client, cast, monkeypatch):
    monkeypatch.setattr("matching.tasks.work_out_run.delay", lambda run_id: None)
    cast.cohort.copies_intros = True
    cast.cohort.save()
    group = Group.objects.create(cohort=cast.cohort, name="Soil", slug="soil", contact_email="soil@example.org")
    EnrollmentFactory(cohort=cast.cohort, title="Bird counts", group=group)
    mentor(cast.cohort)
    run, _ = run_now(cohort=cast.cohort, by=None)
    with time_machine.travel(datetime(2027, 1, 20, 9, tzinfo=UTC), tick=False):
        client.force_login(cast.coordinator)
        shown = client.get(reverse("matching:run-preview", args=[cast.cohort.slug, run.number])).context["mail"]
        confirm_run(run=run, by=None)
    sent = OutboxMessage.objects.get(key__startswith="intro:", key__endswith=str(shown.mentee.pk))
    assert (sent.subject, sent.full_text, sent.full_html) == (shown.subject, shown.text, shown.html)
    assert (sent.to, sent.cc, sent.reply_to) == (shown.to, ["soil@example.org"], shown.to)


def test_coordinators_set_who_gets_copies_and_the_conduct_contact(client, cast):
    client.force_login(cast.owner)
    page = client.get(reverse("cohorts:cohort-edit", args=["seeds-9"]))
    form = {k: v for k, v in page.context["form"].initial.items() if v not in (None, "")}
    form |= {"copies_intros": "on", "starts_on": "2027-02-01", "ends_on": "2027-05-28"}
    client.post(reverse("cohorts:cohort-edit", args=["seeds-9"]), form)
    cast.cohort.refresh_from_db()
    assert cast.cohort.copies_intros


# --- times in the hours that people gave ---


def test_times_are_in_the_hours_that_people_gave_weekends_included(cohort):
    team = EnrollmentFactory(
        cohort=cohort, time_zone="Africa/Nairobi", availability="Sat 10-14, Wed 20-22 (Africa/Nairobi)"
    )
    one = mentor(cohort, availability="Mon-Fri 9-12, Sat 8-10 (Europe/Berlin)")
    mail = intro_mail(team, [proposal(one)], today=TODAY)
    assert "Sat 6 Feb, 11:00 Nairobi time = 09:00 Berlin time" in mail.text
    assert "Sat 13 Feb" in mail.text
    assert "Good hours for it" not in mail.text
    one.availability = ""
    text = intro_mail(team, [proposal(one)], today=TODAY).text
    assert "Wed 3 Feb, 21:00 Nairobi time = 19:00 Berlin time" in text, (
        "an evening for one, a working day for the other"
    )
    assert "Sat " not in text


def test_hours_that_do_not_meet_are_said_and_no_other_time_is_guessed(cohort):
    team = EnrollmentFactory(cohort=cohort, availability="Mon 9-12 (Europe/Berlin)")
    text = intro_mail(team, [proposal(mentor(cohort, availability="Tue 9-12 (Europe/Berlin)"))], today=TODAY).text
    assert "No time in the hours that you gave when you signed up suits all of you" in text
    assert "Mon 1 Feb" not in text

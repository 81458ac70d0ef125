"""The public sign-up, from the form to the enrollment."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone
from lxml import etree

from cohorts.enrollment import links as enrollment_links
from cohorts.enrollment.services import set_enrollment_status
from cohorts.models import Cohort, Enrollment, PendingSignup, SignupQuestion
from cohorts.setup.services import set_cohort_status
from cohorts.signup import links as signup_links
from matching.sentences.told import told_by
from mentorship.core.accounts.models import User
from mentorship.core.outbox.models import OutboxMessage
from mentorship.devtools.testing.factories import CohortFactory, EnrollmentFactory, TopicFactory, UserFactory
from mentorship.devtools.testing.links import without_signatures
from mentorship.devtools.testing.pages import words_in

pytestmark = pytest.mark.django_db

TEAM = {"members-TOTAL_FORMS": "1", "members-INITIAL_FORMS": "0"}
MINE = {"mine": "yes"}
BARAKA = {"members-0-full_name": "Baraka", "members-0-email": "Baraka@example.org"}


@pytest.fixture
def cohort():
    return CohortFactory(slug="seeds-3", signup_closes_at=timezone.now() + timedelta(days=30))


def answers(**changed):
    return {
        "full_name": "Wanjiru",
        "email": "Wanjiru@example.org",
        "pronouns": "she/her",
        "title": "Soil maps",
        "description": "Maps of soil.",
        "topics": "Soil, remote sensing; soil",
        "goals": "A first map.",
        "mentoring_type": "both",
        "interaction_style": "calls",
        "hours_per_month": "4",
        "mentors_wanted": "1",
        "country": "KE",
        "time_zone": "Africa/Nairobi",
        "languages": "English, Swahili",
        "private_needs": "Captions, please.",
        "shares_address": "on",
        "members-TOTAL_FORMS": "0",
        "members-INITIAL_FORMS": "0",
        **changed,
    }


def form_url(role="mentee"):
    return reverse("cohorts:signup-create", args=["seeds-3", role])


def path_in(message, path):
    (line,) = [line for line in message.full_text.splitlines() if path in line]
    return line[line.index(path) :]


def confirm_path(email="wanjiru@example.org"):
    return path_in(OutboxMessage.objects.get(key__startswith="signup-confirm", to=[email]), "/join/confirm/")


def edit_path():
    return path_in(OutboxMessage.objects.get(key__startswith="signup-received"), "/join/edit/")


def sign_up(client, **changed):
    client.post(form_url(), answers(**changed))
    client.post(confirm_path(), MINE)
    return Enrollment.objects.get(user__email="wanjiru@example.org")


def test_a_confirmed_sign_up_becomes_an_enrollment(client, cohort):
    assert "closes" in client.get(form_url()).content.decode()
    answer = client.post(form_url(), answers(**TEAM, **BARAKA))
    assert "wanjiru@example.org" in client.get(answer.url).content.decode()
    assert not Enrollment.objects.exists()
    assert not User.objects.exists()

    assert "Confirm my sign-up" in client.get(confirm_path()).content.decode()
    client.post(confirm_path())
    assert not User.objects.exists()  # a mail scanner that follows the link and presses the button changes nothing

    assert "Thank you, Wanjiru" in client.post(confirm_path(), MINE).content.decode()
    enrollment = Enrollment.objects.get()
    assert (enrollment.status, enrollment.title, enrollment.country) == ("applied", "Soil maps", "KE")
    assert (enrollment.languages, enrollment.private_needs) == (["en", "sw"], "Captions, please.")
    assert {t.name for t in enrollment.topics.all()} == {"Soil", "remote sensing"}
    assert [p.email for p in enrollment.people] == ["wanjiru@example.org", "baraka@example.org"]
    assert (enrollment.user.full_name, enrollment.user.time_zone) == ("Wanjiru", "Africa/Nairobi")
    assert OutboxMessage.objects.filter(key__startswith="team-added").get().to == ["baraka@example.org"]


def test_signing_up_and_confirming_twice_has_one_effect(client, cohort):
    for _ in range(2):
        client.post(form_url(), answers(**TEAM, **BARAKA))
    assert PendingSignup.objects.count() == 1
    for _ in range(2):
        assert client.post(confirm_path(), MINE).status_code == 200
    assert Enrollment.objects.count() == 1
    assert OutboxMessage.objects.count() == 3  # confirm, received, team


def test_a_mentor_states_a_capacity(client, cohort):
    client.post(form_url("mentor"), answers(capacity="3"))
    client.post(confirm_path(), MINE)
    enrollment = Enrollment.objects.get()
    assert (enrollment.role, enrollment.capacity, enrollment.title) == ("mentor", 3, "")


def test_one_can_be_mentor_and_mentee(client, cohort):
    client.post(form_url("mentor"), answers(capacity="1"))
    client.post(form_url(), answers())
    for pending in PendingSignup.objects.all():
        client.post(signup_links.confirm_link(pending.pk).removeprefix("http://127.0.0.1:8000"), MINE)
    assert sorted(Enrollment.objects.values_list("role", "user__email")) == [
        ("mentee", "wanjiru@example.org"),
        ("mentor", "wanjiru@example.org"),
    ]


def test_nobody_changes_a_person_by_typing_their_address(client, cohort):
    person = UserFactory(email="wanjiru@example.org", full_name="The real one")
    known = client.post(form_url(), answers(full_name="Impostor"))
    unknown = client.post(form_url(), answers(email="new@example.org"))
    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    person.refresh_from_db()
    assert person.full_name == "The real one"
    assert not person.enrollments.exists()


def test_signed_in_people_need_not_confirm_their_address(client, cohort):
    person = UserFactory(email="wanjiru@example.org", full_name="Wanjiru", country="KE")
    client.force_login(person)
    assert 'value="Wanjiru"' in client.get(form_url()).content.decode()
    # The address of the form is ignored: the one that is signed in counts.
    client.post(form_url(), answers(email="somebody-else@example.org"))
    assert Enrollment.objects.get().user == person


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"shares_address": ""}, "We can only match people who may write to each other."),
        ({"languages": "Klingonish"}, "We don&#x27;t know the language “Klingonish”"),
        ({"full_name": " \u202e "}, "Enter your name."),
        ({"email": "no address"}, "Enter an email address like name@example.org."),
        (
            {**TEAM, "members-0-full_name": "B", "members-0-email": "nowhere"},
            "Enter an email address like name@example.org.",
        ),
        ({**TEAM, "members-0-full_name": "B", "members-0-email": "WANJIRU@example.org"}, "You are in the team already"),
        ({"hours_per_month": "-1"}, "Enter 1 or more"),
        ({"time_zone": "Mars/Base"}, "Select a valid choice"),
        ({"topics": ", ".join(f"t{n}" for n in range(40))}, "Enter at most 20. You have entered 40."),
    ],
)
def test_errors_are_shown_at_the_field_and_input_is_kept(client, cohort, changed, said):
    answer = client.post(form_url(), answers(**changed))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page
    assert "Captions, please." in page
    assert not PendingSignup.objects.exists()


def test_an_address_may_occur_once_in_a_team(client, cohort):
    rows = {"members-TOTAL_FORMS": "2", **BARAKA, "members-1-full_name": "C", "members-1-email": "baraka@example.org"}
    answer = client.post(form_url(), answers(**rows))
    assert answer.status_code == 422
    assert "This address is in the list above already." in answer.content.decode()


def test_names_are_cleaned_to_one_line(client, cohort):
    enrollment = sign_up(client, full_name="Wan\u202ejiru\r\nBcc: x@example.org")
    assert enrollment.user.full_name == "Wanjiru Bcc: x@example.org"
    assert all("\n" not in m.subject for m in OutboxMessage.objects.all())


@pytest.mark.parametrize("status", ["matching", "running", "completed", "archived"])
def test_a_closed_sign_up_is_announced(client, cohort, status):
    Cohort.objects.update(status=status)
    for url in (form_url(), reverse("cohorts:signup-start", args=["seeds-3"])):
        assert "is closed" in client.get(url).content.decode()
    assert client.post(form_url(), answers()).status_code == 422
    assert not PendingSignup.objects.exists()


def test_a_draft_cohort_has_no_public_page(client, cohort):
    Cohort.objects.update(status="draft")
    for url in (form_url(), reverse("cohorts:signup-start", args=["seeds-3"])):
        assert client.get(url).status_code == 404
    assert client.get(form_url("expert")).status_code == 404


def test_input_is_kept_when_sign_up_closes_meanwhile(client, cohort):
    client.get(form_url())
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        answer = client.post(form_url(), answers())
    assert answer.status_code == 422
    assert "closed while you were filling in the form" in answer.content.decode()
    assert "Maps of soil." in answer.content.decode()


def test_a_link_confirms_until_sign_up_closes(client, cohort):
    client.post(form_url(), answers())
    Cohort.objects.update(signup_closes_at=timezone.now())
    assert "is closed" in client.post(confirm_path(), MINE).content.decode()
    assert not Enrollment.objects.exists()


def test_links_serve_one_purpose_and_expire_after_a_week(client, cohort):
    client.post(form_url(), answers())
    pending = PendingSignup.objects.get()
    wrong = signup_links.EDIT.sign(pending.pk)
    assert client.post(reverse("cohorts:signup-confirm", args=[wrong])).status_code == 404
    assert client.post(confirm_path()[:-2] + "x/").status_code == 404
    mailed = confirm_path()
    with time_machine.travel(timezone.now() + timedelta(days=8)):
        assert client.post(mailed, MINE).status_code == 404
    assert not Enrollment.objects.exists()


def test_a_sign_up_is_edited_by_its_link(client, cohort):
    enrollment = sign_up(client, **TEAM, **BARAKA)
    assert "Maps of soil." in client.get(edit_path()).content.decode()
    rows = {"members-TOTAL_FORMS": "1", "members-INITIAL_FORMS": "1"}
    new = {**rows, "members-0-full_name": "Chao", "members-0-email": "chao@example.org"}
    client.post(edit_path(), answers(title="Better soil maps", email="ignored@example.org", **new))
    enrollment.refresh_from_db()
    assert (enrollment.title, enrollment.user.email) == ("Better soil maps", "wanjiru@example.org")
    assert [p.full_name for p in Enrollment.objects.get().people] == ["Wanjiru", "Chao"]
    assert Enrollment.objects.count() == 1


def test_a_topic_with_a_comma_stays_one_topic_when_its_sign_up_is_edited(client, cohort):
    enrollment = sign_up(client)
    enrollment.topics.set([TopicFactory(programme=cohort.programme, name=name) for name in ("Energy, carbon", "Maps")])
    shown = client.get(edit_path()).context["form"]["topics"].value()
    client.post(edit_path(), answers(topics=f"{shown}, New"))
    assert {topic.name for topic in enrollment.topics.all()} == {"Energy, carbon", "Maps", "New"}


def test_after_closing_a_sign_up_can_only_be_read(client, cohort):
    enrollment = sign_up(client)
    Cohort.objects.update(status="matching")
    page = client.get(edit_path()).content.decode()
    assert "This can't be changed any more" in words_in(page)
    assert client.post(edit_path(), answers(title="Too late")).status_code == 422
    enrollment.refresh_from_db()
    assert enrollment.title == "Soil maps"


def test_only_the_owner_opens_the_page_of_a_sign_up(client, cohort):
    enrollment = sign_up(client)
    url = reverse("cohorts:my-enrollment-edit", args=[enrollment.pk])
    client.force_login(UserFactory())
    assert client.get(url).status_code == 404
    assert client.post(url, answers(title="Taken over")).status_code == 404
    client.force_login(enrollment.user)
    assert client.get(url).status_code == 200


def test_people_withdraw_with_a_reason_and_may_sign_up_again(client, cohort):
    enrollment = sign_up(client)
    place = enrollment_links.place_link(enrollment.pk, enrollment.user_id).removeprefix("http://127.0.0.1:8000")
    assert without_signatures(place) in without_signatures(client.get(edit_path()).content.decode())
    client.post(place + "leave/", {"how": "withdraw", "reason": "A new job."})
    enrollment.refresh_from_db()
    assert enrollment.status == "withdrawn"
    client.post(form_url(), answers(goals="Now I can."))
    for pending in PendingSignup.objects.filter(enrollment=None):
        client.post(signup_links.confirm_link(pending.pk).removeprefix("http://127.0.0.1:8000"), MINE)
    enrollment.refresh_from_db()
    assert (enrollment.status, enrollment.goals, Enrollment.objects.count()) == ("applied", "Now I can.", 1)


def test_a_decision_is_not_undone_by_signing_up_again(client, cohort, cast):
    enrollment = sign_up(client)
    set_enrollment_status(enrollment=enrollment, to="declined", by=cast.owner)
    client.post(form_url(), answers(goals="Once more."))
    for pending in PendingSignup.objects.filter(enrollment=None):
        client.post(signup_links.confirm_link(pending.pk).removeprefix("http://127.0.0.1:8000"), MINE)
    enrollment.refresh_from_db()
    assert enrollment.status == "declined"


def test_mails_with_personal_links_are_hidden_from_coordinators(client, cast):
    Cohort.objects.filter(pk=cast.cohort.pk).update(status="enrolling", slug="seeds-3")
    client.post(form_url(), answers())
    client.post(confirm_path(), MINE)
    seen = OutboxMessage.objects.visible_to(cast.coordinator)
    assert seen
    assert not [m for m in seen if "/join/" in m.body_text]


def test_a_topic_that_would_be_cut_is_refused_and_kept_in_the_form(client, cohort):
    long = "How to " + "map " * 40
    answer = client.post(form_url(), answers(topics=f"Soil, {long}"))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "has more than 120 characters" in page
    assert long.strip() in page
    assert not OutboxMessage.objects.exists()


def test_the_form_suggests_topics(client, cohort):
    Cohort.objects.update(suggested_topics="Soil, Open data")
    rivers = TopicFactory(name="Rivers", programme=cohort.programme)
    for number in range(2):
        rivers.enrollments.add(EnrollmentFactory(cohort=cohort, title=str(number)))
    page = client.get(form_url()).content.decode()
    assert '["Soil", "Open data", "Rivers"]' in page


@pytest.mark.parametrize(
    ("now", "status", "words"),
    [
        (datetime(2026, 12, 28, tzinfo=UTC), "enrolling", "closed on 20 December 2026"),
        (datetime(2026, 11, 29, tzinfo=UTC), "matching", "closed on 27 November 2026"),
        (datetime(2027, 6, 1, tzinfo=UTC), "completed", "ended on 28 May 2027"),
        (datetime(2026, 12, 28, tzinfo=UTC), "completed", "has ended"),
    ],
)
def test_a_closed_form_says_why_and_since_when(client, cast, now, status, words):
    cohort = cast.cohort
    cohort.signup_closes_at = datetime(2026, 12, 20, 23, 59, tzinfo=UTC)
    cohort.status, cohort.ends_on = "enrolling", date(2027, 5, 28)
    cohort.save()
    if status == "matching":
        with time_machine.travel(datetime(2026, 11, 27, 12, tzinfo=UTC)):
            set_cohort_status(cohort=cohort, to="matching", by=cast.coordinator)
    else:
        Cohort.objects.filter(pk=cohort.pk).update(status=status)
    with time_machine.travel(now):
        for name, args in (("cohorts:signup-start", []), ("cohorts:signup-create", ["mentee"])):
            page = words_in(client.get(reverse(name, args=[cohort.slug, *args])))
            assert words in page
            assert page.count("20 December") == words.count("20 December")


def test_a_reopened_form_forgets_when_it_was_closed(cast):
    cast.cohort.status = "enrolling"
    cast.cohort.save()
    cohort = set_cohort_status(cohort=cast.cohort, to="matching", by=None)
    assert cohort.signup_ended_at
    assert set_cohort_status(cohort=cohort, to="enrolling", by=None).signup_ended_at is None


def test_a_browser_may_fill_in_who_the_reader_is(client, cohort):
    SignupQuestion.objects.create(
        cohort=cohort, role="mentee", key="where", kind="short", text="Which organisation do you work for?"
    )
    page = etree.HTML(client.get(form_url()).content)
    known = {field.get("name"): field.get("autocomplete") for field in page.xpath("//form//*[@autocomplete]")}
    wanted = {"full_name": "name", "email": "email", "country": "country", "q_where": "organization"}
    assert wanted.items() <= known.items()
    assert known["members-0-email"] == "off"


def test_team_rows_do_not_look_required_and_three_can_sign_up_without_scripts(client, cohort):
    page = etree.HTML(client.get(form_url()).content)
    rows = page.xpath("//*[@data-repeat='members']")[0]
    assert rows.xpath(".//*[@required]") == []
    assert rows.xpath(".//*[contains(@class, 'asteriskField')]") == []
    sent = {f.get("name"): f.get("value") or "" for f in rows.xpath(".//input[not(ancestor::template)]")}
    assert "members-2-email" in sent
    team = {**sent, **BARAKA, "members-1-full_name": "Chidi", "members-1-email": "chidi@example.org"}
    assert client.post(form_url(), {**answers(), **team}).status_code == 302
    assert [m["full_name"] for m in PendingSignup.objects.get().answers["members"]] == ["Baraka", "Chidi"]


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"members-0-full_name": "Baraka"}, "email", "Enter the email address of Baraka."),
        ({"members-0-email": "b@example.org"}, "full_name", "Enter the name of b@example.org."),
    ],
)
def test_half_a_team_row_is_named(client, cohort, typed, field, words):
    answer = client.post(form_url(), {**answers(), **TEAM, **typed})
    assert answer.status_code == 422
    assert answer.context["members"].forms[0].errors == {field: [words]}
    page = etree.HTML(answer.content)
    assert page.xpath("//*[@data-error-summary]//a/@href") == [f"#id_members-0-{field}"]


def test_a_refused_sign_up_names_every_error_above_the_form(client, cohort):
    page = etree.HTML(client.post(form_url(), {**answers(full_name="", topics=""), **TEAM}).content)
    assert page.xpath("string(//title)").startswith("Error: ")
    links = page.xpath("//*[@data-error-summary]//a")
    assert [link.get("href") for link in links] == ["#id_full_name", "#id_topics"]
    assert all(page.xpath(f"//*[@id='{link.get('href')[1:]}']") for link in links)
    assert len(page.xpath("//*[contains(@class, 'invalid-feedback')]")) == 2


def test_what_the_programme_is_stands_above_its_forms(client, cohort, cast):
    cohort.programme.summary = "Sixteen weeks with a mentor."
    cohort.programme.save()
    assert "Sixteen weeks with a mentor." in client.get(form_url()).content.decode()


def test_without_a_project_the_form_asks_what_help_one_wants_and_for_no_team(client, cohort, cast):
    page = reverse("cohorts:signup-form-edit", args=[cohort.slug, "mentee"])
    cohort.programme.workspace.roles.create(user=cast.coordinator, role="coordinator")
    client.force_login(cast.coordinator)
    assert client.post(page, {"title": "off", "team": "off", "description": "required"}).status_code == 302
    assert "What help they would like" in words_in(
        client.get(reverse("cohorts:enrollment-create", args=[cohort.slug, "mentee"]))
    )
    client.logout()
    shown = words_in(client.get(form_url()))
    assert "What help would you like?" in shown
    assert "What will you work on?" not in shown
    assert "Your team" not in shown
    said = answers(description="How do I get a first patch in?", **TEAM, **BARAKA)
    del said["title"]
    assert "Tell us what help you would like." in words_in(client.post(form_url(), said | {"description": ""}))
    client.post(form_url(), said)
    client.post(confirm_path(), MINE)
    one = Enrollment.objects.get(user__email="wanjiru@example.org")
    assert (one.title, str(one), one.members.count()) == ("", "Wanjiru", 0)
    assert next(told.heading for told in told_by(one)) == "Wanjiru would like help with"


def test_a_team_can_still_be_changed_after_the_form_stopped_asking_for_one(client, cohort):
    one = sign_up(client, **TEAM, **BARAKA)
    cohort.standard_fields = {"mentee": {"team": "off"}}
    cohort.save()
    assert "Baraka" in client.get(edit_path()).content.decode()
    client.post(edit_path(), answers())
    assert not one.members.exists()

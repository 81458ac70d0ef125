"""Coordinators edit what somebody's sign-up says, and add somebody by hand."""

import pytest
from allauth.account.models import EmailAddress
from django.urls import reverse
from django.utils import timezone

from cohorts.enrollment.links import place_link
from cohorts.models import Cohort, Enrollment, Programme, SignupQuestion
from cohorts.sharing.links import SHARING
from cohorts.signup.links import edit_link
from mentorship.core.accounts.models import User
from mentorship.core.audit.services import history_of
from mentorship.core.outbox.models import OutboxMessage
from mentorship.devtools.testing.factories import EnrollmentFactory, RoleFactory, UserFactory
from mentorship.devtools.testing.pages import words_in

pytestmark = pytest.mark.django_db
SITE = "http://127.0.0.1:8000"


@pytest.fixture
def mentor(cast) -> Enrollment:
    """A mentor who came by a sheet: hardly anything is known."""
    return EnrollmentFactory(
        cohort=cast.cohort,
        role="mentor",
        user__full_name="Ana Silva",
        user__email="ana@example.org",
        time_zone="",
        languages=[],
        shares_address=False,
    )


def edit_url(enrollment):
    return reverse("cohorts:enrollment-edit", args=[enrollment.cohort.slug, enrollment.pk])


def add_url(cast, role="mentee"):
    return reverse("cohorts:enrollment-create", args=[cast.cohort.slug, role])


def typed(**changed):
    """The POST data of the form for a mentor."""
    return {"full_name": "Ana Silva", "email": "ana@example.org", "capacity": "1", "topics": "", **changed}


PROJECT = {
    "full_name": "Wanjiru Otieno",
    "email": "Wanjiru@example.org",
    "title": "Tide tables",
    "description": "When the sea comes.",
    "topics": "Sea, Tides",
    "mentoring_type": "both",
    "interaction_style": "calls",
    "mentors_wanted": "1",
    "country": "KE",
    "time_zone": "Africa/Nairobi",
    "languages": "English",
    "members-TOTAL_FORMS": "0",
    "members-INITIAL_FORMS": "0",
}


def test_what_a_sheet_left_empty_may_stay_empty_and_the_rest_is_corrected(client, cast, mentor):
    client.force_login(cast.coordinator)
    page = client.get(edit_url(mentor)).content.decode()
    assert 'value="ana@example.org"' in page
    assert "data-timezone" not in page  # the browser's zone is the coordinator's, not Ana's
    answer = client.post(
        edit_url(mentor), typed(capacity="3", topics="Soil, Maps", time_zone="Asia/Kathmandu", mail="on"), follow=True
    )
    assert "Saved: Capacity" not in words_in(answer)
    assert "Saved: How many they can take on, Time zone, Topics. They have been emailed." in words_in(answer)
    mentor = Enrollment.objects.get(pk=mentor.pk)
    assert (mentor.capacity, mentor.time_zone, mentor.country) == (3, "Asia/Kathmandu", "")
    assert {topic.name for topic in mentor.topics.all()} == {"Soil", "Maps"}
    mail = OutboxMessage.objects.get(to=["ana@example.org"])
    assert mail.subject == "We changed your sign-up for Seeds 9"
    assert "- Time zone\n- Topics" in mail.full_text
    entry = history_of(mentor).filter(verb="edited").get()
    assert (entry.actor, entry.data["reason"]) == (cast.coordinator, "How many they can take on, Time zone, Topics")


def test_consent_is_never_given_by_an_edit_that_is_about_something_else(client, cast, mentor):
    client.force_login(cast.coordinator)
    client.post(edit_url(mentor), typed(capacity="2"))
    assert not Enrollment.objects.get(pk=mentor.pk).shares_address
    client.post(edit_url(mentor), typed(capacity="2", shares_address="on"))
    assert Enrollment.objects.get(pk=mentor.pk).shares_address
    assert history_of(mentor).filter(verb="edited").first().data["reason"].startswith("They agreed that")


def test_saving_without_a_change_or_without_the_tick_mails_nobody(client, cast, mentor):
    client.force_login(cast.coordinator)
    page = words_in(client.post(edit_url(mentor), typed(mail="on"), follow=True))
    assert "Nothing was changed, so nobody was emailed." in page
    page = words_in(client.post(edit_url(mentor), typed(goals="To give back."), follow=True))
    assert "Nobody has been emailed." in page
    assert not OutboxMessage.objects.filter(to=["ana@example.org"]).exists()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"email": "nowhere"}, "Enter an email address like name@example.org."),
        ({"full_name": " "}, "Enter their name."),
        ({"capacity": "0"}, "Enter 1 or more"),
        ({"time_zone": "Mars/Base"}, "Select a valid choice"),
        ({"languages": "Klingonish"}, "We don&#x27;t know the language"),
        ({"topics": ", ".join(f"t{n}" for n in range(40))}, "Enter at most 20. You have entered 40."),
        ({"email": "MENTEE@example.org"}, "Somebody else here has this address."),
    ],
)
def test_the_checks_are_those_of_the_public_form_and_nothing_typed_is_lost(client, cast, mentor, changed, said):
    client.force_login(cast.coordinator)
    answer = client.post(edit_url(mentor), typed(goals="Kept words.", **changed))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert "Kept words." in answer.content.decode()
    assert not history_of(mentor).exists()


def test_answers_to_own_questions_are_edited_too(client, cast, mentor):
    SignupQuestion.objects.create(
        cohort=cast.cohort, role="mentor", key="shirt", text="Shirt size", kind="short", position=1
    )
    client.force_login(cast.coordinator)
    assert "Saved: Answers." in words_in(client.post(edit_url(mentor), typed(q_shirt="XL"), follow=True))
    assert 'value="XL"' in client.get(edit_url(mentor)).content.decode()


def test_a_corrected_name_and_address_move_the_person_and_not_only_the_row(client, cast, mentor):
    User.objects.filter(pk=mentor.user_id).update(last_login=timezone.now())
    EmailAddress.objects.create(user=mentor.user, email="ana@example.org", verified=True, primary=True)
    client.force_login(cast.coordinator)
    User.objects.filter(pk=cast.coordinator.pk).update(is_superuser=True)  # an address in use is not a coordinator's
    client.post(edit_url(mentor), typed(full_name="Ana Souza", email="Ana.Souza@example.org", mail="on"))
    person = User.objects.get(pk=mentor.user_id)
    assert (person.full_name, person.email) == ("Ana Souza", "ana.souza@example.org")
    assert not EmailAddress.objects.filter(email="ana@example.org").exists()
    assert User.objects.filter(full_name__startswith="Ana").count() == 1
    old = OutboxMessage.objects.get(to=["ana@example.org"])
    assert "you can’t sign in with it any more" in old.full_text
    assert "souza" not in old.full_text.casefold().replace("ana souza", "")
    assert OutboxMessage.objects.get(to=["ana.souza@example.org"]).subject == "We changed your sign-up for Seeds 9"


def test_a_coordinator_does_not_take_over_an_account_by_changing_its_address(client, cast, mentor):
    EmailAddress.objects.create(user=mentor.user, email="ana@example.org", verified=True, primary=True)
    client.force_login(cast.coordinator)
    assert "They have confirmed this address" in client.get(edit_url(mentor)).content.decode()
    client.post(edit_url(mentor), typed(email="mine@example.org", full_name="Ana Souza"))
    person = User.objects.get(pk=mentor.user_id)
    assert (person.full_name, person.email) == ("Ana Souza", "ana@example.org")


def test_an_address_that_nobody_ever_used_gets_no_mail_about_its_correction(client, cast, mentor):
    client.force_login(cast.coordinator)
    client.post(edit_url(mentor), typed(email="ana.silva@example.org", mail="on"))
    assert not OutboxMessage.objects.filter(to=["ana@example.org"]).exists()


def test_nobody_takes_over_an_account_that_is_used_elsewhere(client, cast, mentor):
    RoleFactory(workspace=cast.other_cohort.programme.workspace, user=mentor.user, role="owner")
    client.force_login(cast.coordinator)
    assert "only they can change this" in client.get(edit_url(mentor)).content.decode()
    client.post(edit_url(mentor), typed(email="mine@example.org", full_name="Me", capacity="4"))
    mentor = Enrollment.objects.select_related("user").get(pk=mentor.pk)
    assert (mentor.user.email, mentor.user.full_name, mentor.capacity) == ("ana@example.org", "Ana Silva", 4)


def test_only_those_who_may_edit_reach_the_pages(client, cast, mentor):
    for person in (cast.viewer, cast.stranger, cast.mentor, mentor.user):
        client.force_login(person)
        for url in (edit_url(mentor), add_url(cast)):
            assert client.get(url).status_code == 404
            assert client.post(url, typed(capacity="9")).status_code == 404
    assert Enrollment.objects.get(pk=mentor.pk).capacity == 1


def test_somebody_is_added_by_hand_and_told_if_ticked(client, cast):
    client.force_login(cast.coordinator)
    page = client.get(add_url(cast)).content.decode().partition("</main>")[0]
    assert page.count("checked") == 1  # the mail; nothing about the person is filled in
    team = {"members-TOTAL_FORMS": "1", "members-0-full_name": "Bo Lund", "members-0-email": "bo@example.org"}
    answer = client.post(add_url(cast), {**PROJECT, **team, "mail": "on"}, follow=True)
    assert "to be decided about. They have been emailed." in words_in(answer)
    added = Enrollment.objects.get(title="Tide tables")
    assert (added.status, added.user.email, added.shares_address) == ("applied", "wanjiru@example.org", False)
    assert [person.full_name for person in added.people] == ["Wanjiru Otieno", "Bo Lund"]
    assert {message.to[0]: message.subject for message in OutboxMessage.objects.filter(kind="sign-up")} == {
        "wanjiru@example.org": "We have signed you up for Seeds 9",
        "bo@example.org": "You are in a team for Seeds 9",
    }
    assert history_of(added).get().actor == cast.coordinator


def test_who_is_added_after_sign_up_closed_is_not_told_that_they_can_change_it(client, cast):
    client.force_login(cast.coordinator)
    Cohort.objects.update(status="matching")
    Programme.objects.update(mentor_label="guide")
    assert "How many guides they want" in words_in(client.get(add_url(cast)))
    client.post(add_url(cast), {**PROJECT, "mail": "on"})
    text = OutboxMessage.objects.get(kind="sign-up").full_text
    assert "While sign-up is open" not in text
    assert "You can see where you stand, or withdraw." in text
    assert "/join/place/" in text


def test_adding_mails_nobody_without_the_tick_and_never_makes_a_second_sign_up(client, cast):
    client.force_login(cast.coordinator)
    client.post(add_url(cast), PROJECT)
    again = client.post(add_url(cast), {**PROJECT, "goals": "Other goals"})
    assert again.status_code == 422
    assert "Wanjiru Otieno is in Seeds 9 as mentee already (applied)." in words_in(again)
    assert "Other goals" in again.content.decode()
    assert Enrollment.objects.filter(title="Tide tables").count() == 1
    assert not OutboxMessage.objects.filter(kind="sign-up").exists()


def test_what_the_public_form_demands_is_demanded_here_too(client, cast):
    client.force_login(cast.coordinator)
    answer = client.post(add_url(cast), {**PROJECT, "time_zone": "", "languages": ""})
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"time_zone", "languages"}


@pytest.mark.parametrize("role", ["mentor", "facilitator", "expert"])
def test_every_role_can_be_added(client, cast, role):
    client.force_login(cast.coordinator)
    data = {**PROJECT, "capacity": "2"}
    client.post(add_url(cast, role), data)
    assert Enrollment.objects.get(user__email="wanjiru@example.org").role == role


def test_nobody_is_added_to_a_cohort_that_is_over(client, cast):
    Cohort.objects.filter(pk=cast.cohort.pk).update(status="completed")
    client.force_login(cast.coordinator)
    answer = client.post(add_url(cast), PROJECT)
    assert "nobody can be added any more" in words_in(answer)


def test_a_member_whom_a_coordinator_takes_off_and_whoever_left_are_not_put_back_in_silence(client, cast):
    team = EnrollmentFactory(cohort=cast.cohort, title="Tides", user__email="wanjiru@example.org")
    bo, chao = (UserFactory(full_name=name, email=f"{name.lower()}@example.org") for name in ("Bo", "Chao"))
    for person in (bo, chao):
        team.members.create(user=person)
    client.force_login(cast.coordinator)
    rows = {"members-TOTAL_FORMS": "1", "members-0-full_name": "Bo", "members-0-email": "bo@example.org"}
    data = {**PROJECT, "title": "Tides", "full_name": team.user.full_name, **rows, "mail": "on"}
    client.post(edit_url(team), data)
    assert [member.user for member in team.members.all()] == [bo]
    assert OutboxMessage.objects.get(to=[chao.email]).subject == "You are no longer in the team for “Tides”"
    rows |= {"members-TOTAL_FORMS": "2", "members-1-full_name": "Chao", "members-1-email": "chao@example.org"}
    page = words_in(client.post(edit_url(team), {**data, **rows}, follow=True))
    assert "Chao left the team and was not put back." in page
    assert [member.user for member in team.members.all()] == [bo]


def test_the_zone_of_the_account_follows_where_it_followed_so_far(client, cast, mentor):
    User.objects.filter(pk=mentor.user_id).update(time_zone="Europe/Lisbon")
    Enrollment.objects.filter(pk=mentor.pk).update(time_zone="Europe/Lisbon")
    client.force_login(cast.coordinator)
    client.post(edit_url(mentor), typed(time_zone="Asia/Kathmandu"))
    assert User.objects.get(pk=mentor.user_id).time_zone == "Asia/Kathmandu"


def test_links_that_went_to_a_mistyped_address_work_no_more_and_new_ones_do(client, cast, mentor, time_machine):
    time_machine.move_to(timezone.now(), tick=False)
    kinds = (edit_link, place_link, SHARING.url)
    old = [kind(mentor.pk, mentor.user_id) for kind in kinds]
    time_machine.shift(5)
    assert [client.get(link.removeprefix(SITE)).status_code for link in old] == [200] * 3
    client.force_login(cast.coordinator)
    client.post(edit_url(mentor), typed(email="right@example.org"))
    client.logout()
    time_machine.shift(5)
    new = [kind(mentor.pk, mentor.user_id) for kind in kinds]
    assert [client.get(link.removeprefix(SITE)).status_code for link in old] == [410] * 3
    assert [client.get(link.removeprefix(SITE)).status_code for link in new] == [200] * 3

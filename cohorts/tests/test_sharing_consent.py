"""People say by which name others know them, and whether their match may have their address."""

import pytest
from django.urls import reverse

from cohorts.enrollment.links import place_link
from cohorts.enrollment.upsert import EnrollmentInput, save_enrollment
from cohorts.models import Enrollment
from cohorts.sharing.addressing import attendees_among, team_lists
from cohorts.sharing.links import SHARING
from cohorts.sharing.services import ask_about_sharing
from mentorship.core.outbox.models import OutboxMessage
from mentorship.devtools.testing.factories import EnrollmentFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def team():
    return EnrollmentFactory(shares_address=False, user__full_name="", user__email="lead@example.org")


def test_the_link_of_a_mail_saves_name_and_consent_and_looking_changes_nothing(client, team):
    address = SHARING.url(team.pk, team.user_id)
    assert "Your name" in client.get(address).content.decode()
    team.refresh_from_db()
    assert not team.shares_address
    assert client.post(address, {"full_name": "Ana Silva", "shares": "yes"}).status_code == 302
    team.refresh_from_db()
    assert team.shares_address
    assert team.user.full_name == "Ana Silva"
    client.post(address, {"full_name": "Ana Silva", "shares": "no"})
    team.refresh_from_db()
    assert not team.shares_address


def test_nothing_is_answered_beforehand_and_a_missing_answer_is_named(client, team):
    address = SHARING.url(team.pk, team.user_id)
    assert "checked" not in client.get(address).content.decode()
    response = client.post(address, {"full_name": "", "shares": ""})
    assert response.status_code == 422
    page = response.content.decode()
    assert "Enter the name you’d like others to know you by." in page
    assert "Choose whether they may see your email address." in page


def test_a_member_answers_for_themselves_only(client, team):
    member = team.members.create(user=UserFactory(full_name="Bo Lund"))
    client.post(SHARING.url(team.pk, member.user_id), {"full_name": "Bo Lund", "shares": "yes"})
    member.refresh_from_db()
    team.refresh_from_db()
    assert (member.shares_address, team.shares_address) == (True, False)
    team = type(team).objects.get(pk=team.pk)
    assert team.shares_address_of(member.user)
    assert not team.shares_address_of(team.user)


def test_whoever_has_left_the_team_has_no_page_any_more(client, team):
    member = team.members.create(user=UserFactory())
    address = SHARING.url(team.pk, member.user_id)
    member.delete()
    assert client.get(address).status_code in (404, 410)


def test_a_signed_in_person_sees_their_own_page_only(client, team):
    address = reverse("cohorts:my-sharing-edit", args=[team.pk])
    assert client.get(address).status_code == 302
    client.force_login(UserFactory())
    assert client.get(address).status_code == 404
    client.force_login(team.user)
    assert client.get(address).status_code == 200


def test_those_who_have_not_said_it_are_asked_once_by_a_mail_that_no_coordinator_reads(team):
    agreed = EnrollmentFactory(cohort=team.cohort)
    by = UserFactory()
    assert ask_about_sharing(cohort=team.cohort, enrollments=[team, agreed], by=by) == 1
    assert ask_about_sharing(cohort=team.cohort, enrollments=[team, agreed], by=by) == 0
    message = OutboxMessage.objects.get()
    assert (message.to, message.workspace_id) == (["lead@example.org"], None)
    assert "your name, and whether they may see your email address" in message.full_text


def test_a_mail_to_a_whole_team_shows_no_address_whose_owner_did_not_agree(team):
    lead, contact = team.user, "hello@example.org"
    assert team_lists([lead], [team], contact) == {"to": [lead], "cc": [], "bcc": []}, "nobody else reads it"
    member = team.members.create(user=UserFactory()).user
    team = Enrollment.objects.with_people().get(pk=team.pk)
    assert team_lists([lead, member], [team], contact) == {"to": [contact], "cc": [], "bcc": [lead, member]}
    assert attendees_among([team]) == ()
    team.shares_address = True
    assert team_lists([lead, member], [team], contact) == {"to": [lead], "cc": [], "bcc": [member]}
    assert [address for _name, address in attendees_among([team])] == [lead.email]


def test_a_missing_name_is_the_role_and_the_place_and_never_the_address(team):
    team.user.time_zone = "Europe/Berlin"
    team.cohort.programme.mentee_label = "intern"
    assert team.name_of(team.user) == "an intern in Berlin"
    assert str(team.user) == "Someone in Berlin"
    assert "lead" not in team.user.short_name


def test_the_page_of_a_place_leads_to_it_for_each_person(client, team):
    member = team.members.create(user=UserFactory(full_name="Bo Lund"))
    page = client.get(place_link(team.pk, member.user_id)).content.decode()
    assert "Share your address" in page
    assert "Add your name" in client.get(place_link(team.pk, team.user_id)).content.decode()


def test_members_of_a_team_share_their_address_only_where_the_sheet_says_so(team):
    for shares in (False, True):
        given = EnrollmentInput(
            email=f"lead{shares}@example.org",
            full_name="Lead",
            members=[("Bo", f"bo{shares}@example.org")],
            members_share=shares,
        )
        saved, _ = save_enrollment(cohort=team.cohort, role="mentee", given=given, by=None)
        assert saved.members.get().shares_address is shares

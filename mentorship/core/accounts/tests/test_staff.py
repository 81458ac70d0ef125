"""Staff accounts: second factor, end when idle, proving again who they are, and sessions."""

import re
from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from mentorship.core.accounts.models import User, WorkspaceRole
from mentorship.core.accounts.permissions import roles_held
from mentorship.core.outbox.models import OutboxMessage

pytestmark = pytest.mark.django_db
PASSWORD = "kestrel over water"


def with_password(user):
    user.set_password(PASSWORD)
    user.save()
    return user


def sign_in(client, user):
    answer = client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    assert answer.status_code == 302
    return client


def test_the_roles_that_somebody_holds(cast):
    held = [roles_held(one) for one in (cast.owner, cast.coordinator, cast.viewer, cast.contact, cast.mentor)]
    assert held == [{"owner"}, {"coordinator"}, {"viewer"}, {"partner"}, set()]
    assert "operator" in roles_held(User(pk=cast.mentor.pk, is_staff=True))


@pytest.mark.ignore_template_errors  # the page of the second factor is allauth's
def test_a_demanded_second_factor_has_some_days_and_then_holds_everything_but_the_account_pages(client, cast, settings):
    settings.SECOND_FACTOR_ROLES = ["owner", "coordinator"]
    client.force_login(cast.coordinator)
    assert "You need a second factor from" in client.get("/", follow=True).content.decode()
    by = User.objects.get(pk=cast.coordinator.pk).second_factor_by
    assert by == timezone.localdate() + timedelta(days=14)
    User.objects.filter(pk=cast.coordinator.pk).update(second_factor_by=timezone.localdate())
    for path in ("/", reverse("accounts:profile"), reverse("cohorts:cohort-detail", args=["seeds-9"])):
        assert client.get(path)["Location"] == reverse("mfa_index")
    assert "Set one up to carry on" in client.get(reverse("mfa_index")).content.decode()
    Authenticator.objects.create(user=cast.coordinator, type=Authenticator.Type.RECOVERY_CODES, data={})
    assert client.get("/").status_code == 302, "recovery codes alone are no second factor"
    Authenticator.objects.create(user=cast.coordinator, type=Authenticator.Type.TOTP, data={})
    assert client.get(reverse("accounts:profile")).status_code == 200
    client.force_login(cast.mentor)
    assert client.get(reverse("accounts:profile")).status_code == 200, "others are asked for nothing"


def test_an_owner_demands_a_second_factor_of_the_team_and_takes_it_back(client, cast):
    page, profile = reverse("cohorts:team-second-factor", args=[cast.programme.slug]), reverse("accounts:profile")
    for user in (cast.coordinator, cast.viewer, cast.stranger):
        client.force_login(user)
        assert client.post(page, {"demand": "yes", "confirmed": "yes"}).status_code == 404
    client.force_login(cast.owner)
    Authenticator.objects.create(user=cast.owner, type=Authenticator.Type.TOTP, data={})
    asked = client.post(page, {"demand": "yes"}).content.decode()
    assert f"{cast.coordinator} and {cast.viewer} have none yet" in asked
    client.post(page, {"demand": "yes", "confirmed": "yes"})
    assert client.get(profile).status_code == 200
    for user in (cast.coordinator, cast.viewer):
        client.force_login(user)
        assert "You need a second factor from" in client.get(profile).content.decode()
        User.objects.filter(pk=user.pk).update(second_factor_by=timezone.localdate())
        assert client.get(profile)["Location"] == reverse("mfa_index")
    client.force_login(cast.mentor)
    assert client.get(profile).status_code == 200
    client.force_login(cast.owner)
    client.post(page, {"demand": "no"})
    client.force_login(cast.viewer)
    assert client.get(profile).status_code == 200
    assert User.objects.get(pk=cast.viewer.pk).second_factor_by is None, "demanded again, they have their days again"


def test_an_idle_session_of_staff_ends_and_one_of_a_participant_goes_on(client, cast):
    for user, status in ((cast.coordinator, 302), (cast.mentor, 200)):
        client.force_login(user)
        page = reverse("accounts:profile")
        assert client.get(page).status_code == 200
        with time_machine.travel(timezone.now() + timedelta(hours=3)):
            assert client.get(page).status_code == 200, "less than four hours since the last page"
        with time_machine.travel(timezone.now() + timedelta(hours=8)):
            assert client.get(page).status_code == status


def test_sessions_are_listed_and_ended_by_their_owner_alone(client, cast):
    owner = with_password(cast.owner)
    sign_in(client, owner)
    other, foreign = sign_in(Client(), owner), Client()
    sign_in(foreign, with_password(cast.stranger))
    page = client.get(reverse("accounts:session-list")).content.decode()
    assert page.count("<small>From") == 2
    theirs = UserSession.objects.get(user=cast.stranger)
    client.post(reverse("accounts:session-list"), {"session": theirs.pk})
    assert foreign.get(reverse("accounts:profile")).status_code == 200
    client.post(reverse("accounts:session-list"), {"all": "1"})
    assert other.get(reverse("accounts:profile")).status_code == 302
    assert client.get(reverse("accounts:profile")).status_code == 200


def test_changing_rights_asks_for_the_password_again_and_then_goes_on_with_what_was_typed(client, cast, settings):
    settings.REAUTHENTICATE_MINUTES = 15
    add = reverse("cohorts:team-role-create", args=[cast.programme.slug])
    typed = {"email": "new@example.org", "full_name": "New Person", "role": "viewer"}
    sign_in(client, with_password(cast.owner))
    with time_machine.travel(timezone.now() + timedelta(minutes=20)):
        asked = client.post(add, typed)
        assert asked["Location"].startswith(reverse("account_reauthenticate"))
        assert not User.objects.filter(email="new@example.org").exists()
        client.post(asked["Location"], {"password": "wrong", "next": add})
        assert not User.objects.filter(email="new@example.org").exists()
        client.post(asked["Location"], {"password": PASSWORD, "next": add})
        assert WorkspaceRole.objects.get(user__email="new@example.org").role == "viewer"


def test_people_without_a_password_confirm_by_a_mailed_code(client, cast, settings):
    settings.REAUTHENTICATE_MINUTES = 15
    cast.owner.set_unusable_password()
    cast.owner.save()
    client.force_login(cast.owner)
    address = reverse("my-data")
    asked = client.get(address)["Location"]
    assert asked.startswith(reverse("accounts:reauthenticate-by-code"))
    client.post(asked, {"send": "1"})
    code = re.search(
        r"^[A-Z0-9]{3,4}-[A-Z0-9]{3,4}$", OutboxMessage.objects.get(kind="sign-in").full_text, re.MULTILINE
    ).group()
    assert "not the code" in client.post(asked, {"code": "AAAA-AAAA"}).content.decode()
    assert client.post(asked, {"code": code, "next": address})["Location"] == address
    assert client.get(address).status_code == 200


def test_three_wrong_codes_end_a_code(client, cast, settings):
    settings.REAUTHENTICATE_MINUTES = 15
    client.force_login(cast.mentor)
    address = reverse("accounts:reauthenticate-by-code")
    client.post(address, {"send": "1"})
    code = re.search(
        r"^[A-Z0-9]{3,4}-[A-Z0-9]{3,4}$", OutboxMessage.objects.get(kind="sign-in").full_text, re.MULTILINE
    ).group()
    for _ in range(3):
        client.post(address, {"code": "AAAA-AAAA"})
    assert "not the code" in client.post(address, {"code": code}).content.decode()


@pytest.mark.parametrize("page", ["duplicate-merge", "team-role-create"])
def test_a_session_that_nobody_watches_changes_and_takes_nothing_about_people(client, cast, settings, page):
    settings.REAUTHENTICATE_MINUTES = 15
    client.force_login(cast.owner)
    answer = client.post(reverse(f"cohorts:{page}", args=[cast.programme.slug]), {})
    assert "next=" in answer["Location"]
    assert client.get(reverse("cohorts:people-list", args=[cast.cohort.slug]), {"format": "csv"}).status_code == 302
    assert client.post(reverse("account_email"), {"action_add": "1", "email": "x@example.org"}).status_code == 302


def test_lists_and_files_ask_once_more_wherever_they_are(client, cast, settings):
    settings.REAUTHENTICATE_MINUTES = 15
    client.force_login(cast.coordinator)
    lists = ["outbox:message-list", "outbox:planned-list", "outbox:suppression-list"]
    taken = [f"{reverse(name)}?format={kind}" for name in lists for kind in ("csv", "xlsx")]
    taken += [reverse(f"checkins:certificates-{kind}", args=[cast.cohort.slug]) for kind in ("pdf", "zip")]
    taken.append(reverse("outbox:message-source", args=[cast.match.intro_id]))
    for address in taken:
        answer = client.get(address)
        assert answer.status_code == 302, address
        assert "?next=" in answer["Location"], address
    assert client.get(reverse(lists[0])).status_code == 200

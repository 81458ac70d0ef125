"""Guessing, limits by source and account, and who may sign in with which address."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse

from mentorship.core.accounts.sign_in.services import person_signing_in
from mentorship.core.outbox.models import OutboxMessage
from mentorship.devtools.testing.factories import UserFactory

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"


@pytest.fixture
def person():
    user = UserFactory(email="owner@example.org")
    user.set_password(PASSWORD)
    user.save()
    return user


def sign_in(client, password, email="owner@example.org", source="192.0.2.1"):
    data = {"login": email, "password": password}
    return client.post(reverse("account_login"), data, REMOTE_ADDR=source)


def ask_for_code(client, email, source="192.0.2.1"):
    return client.post(reverse("account_request_login_code"), {"email": email}, REMOTE_ADDR=source)


def test_operators_sign_in_where_everybody_does_and_guesses_end_at_the_limit(client, person):
    person.is_staff = person.is_superuser = True
    person.save()
    answer = client.post("/operator/login/", {"username": person.email, "password": PASSWORD})
    assert answer.url.startswith(reverse("account_login")), "no way in beside the limits and the second factor"
    assert "next=%2Foperator%2F" in client.get("/operator/", follow=True).redirect_chain[-1][0]
    for number in range(6):
        sign_in(client, f"guess {number}")
    assert "Too many wrong passwords" in sign_in(client, PASSWORD).content.decode()
    assert client.get("/operator/").status_code == 302


def test_a_guesser_locks_neither_the_owner_nor_the_others_out(client, person):
    for number in range(6):
        sign_in(client, f"guess {number}", source="203.0.113.9")
    assert sign_in(Client(), PASSWORD, source="203.0.113.9").status_code == 200, "the guesser is refused"
    assert sign_in(Client(), PASSWORD).status_code == 302, "its owner is not"
    other = UserFactory(email="other@example.org")
    other.set_password(PASSWORD)
    other.save()
    assert sign_in(Client(), PASSWORD, other.email, source="203.0.113.9").status_code == 302, "nor their neighbour"


def test_guesses_from_many_places_do_not_reach_the_browser_that_its_owner_uses(client, person, settings):
    settings.LIMITS = {**settings.LIMITS, "password_by_account": "3/h"}
    assert sign_in(client, PASSWORD).status_code == 302
    client.post(reverse("account_logout"))
    for number in range(4):
        sign_in(Client(), "wrong", source=f"203.0.113.{number}")
    assert sign_in(Client(), PASSWORD, source="198.51.100.1").status_code == 200, "guessing is over for this hour"
    assert sign_in(client, PASSWORD).status_code == 302
    forged = Client()
    forged.cookies["known"] = client.cookies["known"].value[:-1] + "x"
    assert sign_in(forged, PASSWORD, source="198.51.100.2").status_code == 200


def test_codes_asked_for_by_a_stranger_leave_the_owner_theirs(client, person):
    answers = [ask_for_code(Client(), person.email, source="203.0.113.9") for _ in range(5)]
    assert OutboxMessage.objects.count() == 3
    assert "We have sent several emails" in answers[-1].content.decode()
    assert ask_for_code(client, person.email).status_code == 302
    assert OutboxMessage.objects.count() == 4


def test_strangers_get_few_mails_that_they_have_no_account(settings):
    settings.LIMITS = {**settings.LIMITS, "unknown_by_source": "2/h"}
    for number in range(4):
        assert ask_for_code(Client(), f"nobody{number}@example.org").status_code == 302, "the page is the same"
    assert OutboxMessage.objects.count() == 2


def test_a_full_hall_signs_in_by_code_from_one_source(client):
    people = UserFactory.create_batch(21)
    assert {ask_for_code(Client(), one.email).status_code for one in people} == {302}


def test_an_address_that_nobody_proved_neither_signs_in_nor_becomes_the_main_one(client, person):
    claimed = EmailAddress.objects.create(user=person, email="claimed@example.org")
    assert person_signing_in(claimed.email) is None
    assert sign_in(Client(), PASSWORD, claimed.email).status_code == 200
    ask_for_code(Client(), claimed.email)
    assert "No account with this address" in OutboxMessage.objects.get().subject
    sign_in(client, PASSWORD)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    for action in ("action_primary", "action_remove"):
        address = person.email if action == "action_remove" else claimed.email
        answer = client.post(reverse("account_email"), {action: "1", "email": address, "confirmed": "yes"}, follow=True)
        assert re.search("Confirm this address first|cannot remove your primary", answer.content.decode())
        person.refresh_from_db()
        assert person.email == "owner@example.org"
    claimed.verified = True
    claimed.save()
    assert person_signing_in("Claimed@example.org") == person


def test_a_session_ends_where_the_password_is_set_anew_elsewhere(client, person):
    sign_in(client, PASSWORD)
    client.post(reverse("account_reset_password"), {"email": person.email})
    link = re.search(r"^https?://\S+$", OutboxMessage.objects.get().body_text, re.MULTILINE).group()
    other = Client()
    form = other.get(link, follow=True)
    new = {"password1": "entirely different words", "password2": "entirely different words"}
    assert other.post(form.request["PATH_INFO"], new).status_code == 302
    assert client.get(reverse("accounts:profile")).status_code == 302


def test_a_new_password_lets_its_owner_in_at_once_after_wrong_ones(client, person):
    for _ in range(6):
        sign_in(client, "wrong", source="127.0.0.1")
    assert sign_in(client, PASSWORD, source="127.0.0.1").status_code == 200
    client.post(reverse("account_reset_password"), {"email": person.email})
    link = re.search(r"^https?://\S+$", OutboxMessage.objects.get().body_text, re.MULTILINE).group()
    form = client.get(link, follow=True)
    client.post(form.request["PATH_INFO"], {"password1": "quite new words", "password2": "quite new words"})
    assert sign_in(client, "quite new words", source="127.0.0.1").status_code == 302


@pytest.mark.parametrize("password", ["owner@demo", "Owner.Demo1", "demo.example.org", "kwame mensah", "KwameMensah99"])
def test_a_password_that_says_who_one_is_is_refused(client, password):
    user = UserFactory(email="owner@demo.example.org", full_name="Kwame Mensah")
    user.set_unusable_password()
    user.save()
    client.force_login(user)
    answer = client.post(reverse("account_set_password"), {"password1": password, "password2": password})
    assert "too much like your email address or name" in answer.content.decode()
    fine = {"password1": "kestrel over water", "password2": "kestrel over water"}
    assert client.post(reverse("account_set_password"), fine).status_code == 302

"""Erasure, a copy or a correction is asked for from the profile, and answered by whoever may."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from cohorts.models import Enrollment
from mentorship.core.accounts.models import DataRequest, User
from mentorship.core.audit.models import AuditEntry
from mentorship.core.outbox.delivery.deliver import deliver_all_due
from mentorship.core.outbox.models import OutboxMessage
from mentorship.core.views import CONFIRMED, YES
from mentorship.devtools.testing.factories import EnrollmentFactory, RoleFactory, UserFactory
from mentorship.operations.data_requests.services import (
    MOST_A_DAY,
    ask_about_data,
    reason_not_to_answer,
    withdraw_request,
)
from mentorship.portal.today import needs_of

pytestmark = pytest.mark.django_db
MINE, LIST = "/profile/data/requests/", "/data-requests/"


@pytest.fixture
def person(cast):
    """A person whom nothing keeps from being erased."""
    return EnrollmentFactory(cohort=cast.cohort, user__email="ana@example.net", user__full_name="Ana Sousa").user


@pytest.fixture
def asked(person):
    return ask_about_data(user=person, kind="erase", words="All of it, please.")


def mails(kind):
    return {address for message in OutboxMessage.objects.filter(key__startswith=kind) for address in message.to}


@pytest.mark.parametrize("who", ["mentee", "coordinator", "contact"])
def test_everybody_asks_from_their_profile_and_both_sides_get_a_mail(client, cast, who):
    user = getattr(cast, who)
    client.force_login(user)
    assert MINE in client.get("/profile/").content.decode()
    page = client.get(MINE).content.decode()
    assert cast.programme.contact_email in page
    answer = client.post(MINE, {"kind": "copy", "words": "<b>Everything</b>"}, follow=True)
    request = DataRequest.objects.get(user=user)
    assert "You’ll get an answer by" in answer.content.decode()
    assert request.due_on == (request.asked_at + timedelta(days=30)).date()
    assert list(request.workspaces.all()) == [cast.programme.workspace]
    team = {cast.owner.email, cast.coordinator.email} - {user.email}
    assert mails("data-request:") == {user.email, *team}
    assert AuditEntry.objects.filter(verb="requested", actor=user).exists()


def test_it_takes_a_fresh_sign_in(client, person, settings):
    settings.REAUTHENTICATE_MINUTES = 30
    client.force_login(person)
    answer = client.post(MINE, {"kind": "erase"})
    assert (answer.status_code, DataRequest.objects.count()) == (302, 0)


def test_asked_twice_says_so_keeps_what_was_typed_and_may_be_withdrawn(client, person, asked):
    client.force_login(person)
    answer = client.post(MINE, {"kind": "erase", "words": "Once more."})
    assert answer.status_code == 422
    assert "You have already asked for this" in answer.content.decode()
    assert "Once more." in answer.content.decode()
    client.post(MINE, {"withdraw": asked.pk})
    asked.refresh_from_db()
    assert asked.status == "withdrawn"
    assert client.post(MINE, {"withdraw": 999}).status_code == 404


def test_asking_and_withdrawing_by_turns_does_not_flood_the_team(client, person):
    client.force_login(person)
    for _turn in range(MOST_A_DAY):
        withdraw_request(request=ask_about_data(user=person, kind="copy"), by=person)
    answer = client.post(MINE, {"kind": "copy", "words": "Once more."})
    assert answer.status_code == 422
    assert "Try again tomorrow." in answer.content.decode()
    DataRequest.objects.update(asked_at=timezone.now() - timedelta(days=2))
    assert client.post(MINE, {"kind": "copy"}).status_code == 302


def test_today_counts_what_is_open_and_says_what_is_late(cast, asked):
    (need,) = [n for n in needs_of(cast.coordinator, cast.cohort) if n.url == LIST]
    assert (need.number, need.text) == (1, f"The first is due by {asked.due_by}.")
    DataRequest.objects.update(due_on=timezone.localdate() - timedelta(days=1))
    (need,) = [n for n in needs_of(cast.owner, cast.cohort) if n.url == LIST]
    assert need.text == "1 of them late."
    assert not [n for n in needs_of(cast.viewer, cast.cohort) if n.url == LIST]


def test_today_counts_it_also_while_no_cohort_is_at_work(client, cast, asked):
    type(cast.cohort).objects.update(status="archived")
    client.force_login(cast.coordinator)
    assert "Requests about personal data" in client.get("/").content.decode()


def test_only_coordinators_of_their_programmes_see_it(client, cast, asked):
    for who in ("viewer", "mentee", "stranger", "contact"):
        client.force_login(getattr(cast, who))
        assert client.get(asked.get_absolute_url()).status_code == 404
    client.force_login(cast.coordinator)
    page = client.get(LIST).content.decode()
    assert "Ana Sousa" in page
    assert "All of it, please." in client.get(asked.get_absolute_url()).content.decode()
    elsewhere = RoleFactory(workspace=cast.other_cohort.programme.workspace, user=UserFactory(), role="owner")
    client.force_login(elsewhere.user)
    assert "Ana Sousa" not in client.get(LIST).content.decode()


def test_an_erasure_is_shown_first_then_done_and_told_at_the_address_that_is_forgotten(
    client, cast, person, asked, mailoutbox
):
    client.force_login(cast.coordinator)
    path = asked.get_absolute_url()
    question = client.post(path, {"erase": "1"}).content.decode()
    assert "Sign-ups: 1 anonymised" in question
    assert User.objects.filter(email="ana@example.net").exists()
    client.post(path, {"erase": "1", CONFIRMED: YES})
    asked.refresh_from_db()
    assert (asked.status, asked.words, asked.answered_by) == ("done", "", cast.coordinator)
    assert str(asked.user) == "Erased person"
    assert Enrollment.objects.get(user=asked.user).status == "withdrawn"
    deliver_all_due()
    assert [m.subject for m in mailoutbox if m.to == ["ana@example.net"]] == ["Your data has been erased"]


def test_only_who_asked_to_be_erased_is_erased_and_nothing_else_of_theirs_stays_open(client, cast, person, asked):
    copy = ask_about_data(user=person, kind="copy")
    client.force_login(cast.coordinator)
    for sent in ({"erase": "1"}, {"erase": "1", CONFIRMED: YES}):
        answer = client.post(copy.get_absolute_url(), sent, follow=True)
        assert "They asked for a copy, not to be erased." in answer.content.decode()
    assert User.objects.filter(email="ana@example.net").exists()
    client.post(asked.get_absolute_url(), {"erase": "1", CONFIRMED: YES})
    copy.refresh_from_db()
    assert (copy.status, DataRequest.objects.open().count()) == ("withdrawn", 0)


def test_what_stands_in_the_way_of_an_erasure_is_said(client, cast):
    asked = ask_about_data(user=cast.mentee, kind="erase")
    client.force_login(cast.owner)
    for sent in ({"erase": "1"}, {"erase": "1", CONFIRMED: YES}):
        answer = client.post(asked.get_absolute_url(), sent, follow=True)
        assert "is running. End it first." in answer.content.decode()
    asked.refresh_from_db()
    assert asked.status == "open"


def test_a_refusal_and_a_copy_are_answered_in_words(client, cast, person, asked):
    client.force_login(cast.owner)
    assert client.post(asked.get_absolute_url(), {"outcome": "done", "answer": "Done."}).status_code == 422
    assert client.post(asked.get_absolute_url(), {"outcome": "refused", "answer": ""}).status_code == 422
    client.post(asked.get_absolute_url(), {"outcome": "refused", "answer": "An invoice names you."})
    copy = ask_about_data(user=person, kind="copy")
    client.post(copy.get_absolute_url(), {"outcome": "done", "answer": "We wrote to you."})
    assert list(person.data_requests.values_list("status", flat=True).order_by("pk")) == ["refused", "done"]
    told = OutboxMessage.objects.get(key=f"data-request:{asked.pk}:answered")
    assert (told.to, "An invoice names you." in told.body_text) == ([person.email], True)
    client.force_login(person)
    assert "An invoice names you." in client.get(MINE).content.decode()


def test_who_may_answer(cast, person, asked):
    operator = UserFactory(is_superuser=True)
    assert reason_not_to_answer(asked, cast.coordinator) == ""
    own = ask_about_data(user=cast.coordinator, kind="erase")
    assert "your own request" in reason_not_to_answer(own, cast.coordinator)
    assert reason_not_to_answer(own, cast.owner) == ""
    of_owner = ask_about_data(user=cast.owner, kind="erase")
    assert "one of its owners" in reason_not_to_answer(of_owner, cast.coordinator)
    # Since then they take part elsewhere, too.
    EnrollmentFactory(cohort=cast.other_cohort, user=person)
    assert "an operator has to answer" in reason_not_to_answer(asked, cast.owner)
    assert reason_not_to_answer(asked, operator) == ""


def test_operators_answer_who_takes_part_nowhere(client):
    operator = UserFactory(is_superuser=True)
    asked = ask_about_data(user=UserFactory(), kind="correct")
    assert mails(f"data-request:{asked.pk}:{operator.pk}") == {operator.email}
    client.force_login(operator)
    assert LIST in client.get("/").content.decode()
    assert client.get(asked.get_absolute_url()).status_code == 200


def test_the_command_says_what_it_would_delete_and_deletes_it(cast, capsys):
    old = timezone.now() - timedelta(days=800)
    message = OutboxMessage.objects.create(kind="x", key="old", to=["a@example.org"], subject="x", status="skipped")
    OutboxMessage.objects.filter(pk=message.pk).update(created_at=old)
    call_command("delete_old_data", "message_texts", "--dry-run")
    assert "     1  Texts of emails: 2 years after they were written" in capsys.readouterr().out
    call_command("delete_old_data", "message_texts")
    message.refresh_from_db()
    assert message.words_deleted_at
    assert "Deleted." in capsys.readouterr().out


def test_the_page_of_retention_is_for_teams_and_names_cohorts_that_nobody_closed(client, cast):
    day = timezone.localdate() - timedelta(days=30)
    type(cast.cohort).objects.filter(pk=cast.cohort.pk).update(starts_on=day, ends_on=day)
    client.force_login(cast.viewer)
    page = client.get(reverse("retention")).content.decode()
    assert "Invoices, credit notes" in page
    assert "1 cohort has ended but" in " ".join(page.split())
    assert cast.cohort.name in page
    client.force_login(cast.mentee)
    assert client.get(reverse("retention")).status_code == 404

"""The pages on which pairs are asked: preview, list of questions, settings."""

import pytest
from django.urls import reverse

from matching.board.consent_status import consent_states
from matching.consent import services as consent_services
from matching.engine import services as engine_services
from matching.models import AskedPair, ConfirmPolicy, Match
from matching.tests.test_consent_questions import ask, make, side_of
from mentorship.devtools.testing.factories import EnrollmentFactory, RoleFactory, UserFactory
from mentorship.devtools.testing.pages import words_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client):
    run = make(number=2)
    user = UserFactory(full_name="Rosa")
    RoleFactory(workspace=run.cohort.programme.workspace, user=user)
    client.force_login(user)
    return client, run


def url(name, *args):
    return reverse(f"matching:{name}", args=["ask", *args])


def test_asking_and_confirming_by_the_pages(desk):
    client, _ = desk
    response = client.get(url("run-preview", 1))
    assert "Ask 2 pairs first" in response.text
    text = client.post(url("run-ask", 1), {"shown": response.context["shown"]}, follow=True).text
    assert "2 pairs are asked" in text
    assert "This question" not in text
    shown = client.get(url("run-preview", 1)).context["shown"]
    client.post(url("run-confirm", 1), {"shown": shown})
    assert not Match.objects.exists(), "nobody has said yes"
    pair = AskedPair.objects.first()
    for name in ("mentor", "mentee"):
        client.post(url("question-do", pair.pk), {"do": "yes", "side": name})
    assert "1 said yes" in words_in(client.get(url("run-preview", 1)))
    client.post(url("run-confirm", 1), {"shown": shown})
    assert Match.objects.get().mentee == pair.mentee
    client.post(url("run-confirm", 1), {"shown": client.get(url("run-preview", 1)).context["shown"], "anyway": "1"})
    assert Match.objects.count() == 2


def test_the_list_of_questions_shows_counts_and_reasons_and_is_exported(desk):
    client, run = desk
    one, other = ask(run)
    consent_services.decline_pair(side=side_of(one, "mentor"), by=None, reason_kind="topic", reason="=soil")
    text = client.get(url("question-list"), {"status": "declined"}).text
    for words in ("The topics don", "1 declined", "back on the board", "Project"):
        assert words in text, words
    assert "No results" in client.get(url("question-list"), {"status": "silent"}).text
    assert "topics don" in client.get(url("match-list")).text
    assert ",'=soil," in client.get(url("question-list"), {"format": "csv"}).text
    assert "The mentee told me yes" in client.get(url("question-list")).text
    client.post(url("question-do", other.pk), {"do": "back"})
    assert "understand" in client.post(url("question-do", other.pk), {"do": "?"}, follow=True).text
    assert consent_states(run)[other.mentee_id, other.mentor_id].status == "taken_back"


def test_the_board_tells_the_reason_for_a_no_to_coordinators_only(desk):
    client, run = desk
    one, _ = ask(run)
    consent_services.decline_pair(side=side_of(one, "mentor"), by=None, reason_kind="topic", reason="My own matter")
    address = reverse("matching:board", args=["ask"]) + f"?mentee={one.mentee_id}"
    assert "My own matter" in client.get(address).text
    viewer = UserFactory()
    RoleFactory(workspace=run.cohort.programme.workspace, user=viewer, role="viewer")
    client.force_login(viewer)
    page = client.get(address).text
    assert f"{one.mentor.user} declined." in page
    assert "My own matter" not in page
    assert "The topics don" not in page


def test_coordinators_record_a_decline_given_by_telephone(desk):
    client, run = desk
    one, _ = ask(run)
    text = client.post(url("question-do", one.pk), {"do": "told-no", "side": "mentee"}, follow=True).text
    assert "mentee is back on the board" in text
    assert consent_states(run)[one.mentee_id, one.mentor_id].words == "mentee declined: told the coordinators"


def test_the_confirmation_settings_are_edited_on_a_form(desk):
    client, _ = desk
    assert client.post(url("confirm-policy-edit"), {"grace_minutes": 5, "answer_days": 0}).status_code == 422
    said = {"grace_minutes": 5, "answer_days": 3, "ask": "mentors", "confirms_itself": "on"}
    assert "Saved" in client.post(url("confirm-policy-edit"), said, follow=True).text
    policy = ConfirmPolicy.objects.get()
    assert (policy.ask, policy.grace_minutes, policy.confirms_itself) == ("mentors", 5, True)


def test_the_list_takes_a_constant_number_of_queries(desk, django_assert_max_num_queries):
    client, run = desk
    for _ in range(8):
        EnrollmentFactory(cohort=run.cohort)
        EnrollmentFactory(cohort=run.cohort, role="mentor")
    ask(engine_services.run_now(cohort=run.cohort, by=None)[0])
    assert AskedPair.objects.count() >= 8
    for address, most in ((url("question-list"), 22), (url("run-preview", 2), 38), (url("match-list"), 25)):
        with django_assert_max_num_queries(most):
            assert client.get(address).status_code == 200


def test_only_coordinators_of_the_programme_can_ask_pairs(client, cast):
    run = make()
    (pair,) = ask(run)
    client.force_login(cast.coordinator)
    for address in (url("question-list"), url("confirm-policy-edit"), url("run-preview", 1)):
        assert client.get(address).status_code == 404
    for address in (url("question-do", pair.pk), url("run-ask", 1), url("match-undo"), url("confirm-policy-edit")):
        assert client.post(address, {"do": "no"}).status_code == 404

"""Coming back into the form of a round that one has joined already."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cohorts.invitations.links import Invitation, invite_link
from cohorts.models import Cohort, Enrollment, PendingSignup, TeamMember
from cohorts.signup import links
from cohorts.tests.test_signup_by_applicants import MINE, answers, confirm_path, form_url
from mentorship.core.outbox.models import OutboxMessage
from mentorship.devtools.testing.factories import CohortFactory, EnrollmentFactory, UserFactory
from mentorship.devtools.testing.pages import words_in

pytestmark = pytest.mark.django_db
HOST = "http://127.0.0.1:8000"
CODE = re.compile(r"[A-Z0-9]{3,4}-?[A-Z0-9]{3,4}")


@pytest.fixture
def cohort():
    return CohortFactory(slug="seeds-3", signup_closes_at=timezone.now() + timedelta(days=30))


@pytest.fixture
def wanjiru():
    return UserFactory(email="wanjiru@example.org", full_name="Wanjiru")


@pytest.fixture
def signed_in(client, wanjiru):
    client.force_login(wanjiru)
    return client


def current(cohort, user, role="mentor", **fields):
    fields = {"goals": "What I said this time.", "capacity": 3, "status": "accepted", **fields}
    return EnrollmentFactory(cohort=cohort, user=user, role=role, **fields)


def earlier(cohort, user, role="mentor"):
    last = CohortFactory(programme=cohort.programme, starts_on=cohort.starts_on - timedelta(days=400))
    return EnrollmentFactory(cohort=last, user=user, role=role, goals="What I said last year.", title="Old soil maps")


@pytest.mark.parametrize("role", ["mentor", "mentee"])
def test_the_current_sign_up_is_shown_for_editing_not_an_older_one(signed_in, cohort, wanjiru, role):
    earlier(cohort, wanjiru, role)
    mine = current(cohort, wanjiru, role, title="New soil maps" if role == "mentee" else "")
    answer = signed_in.get(form_url(role), follow=True)
    page = answer.content.decode()
    assert answer.redirect_chain[-1][0] == reverse("cohorts:my-enrollment-edit", args=[mine.pk])
    assert "You’ve already signed up for" in words_in(page)
    assert "What I said this time." in page
    assert "What I said last year." not in page


@pytest.mark.parametrize("role", ["mentor", "mentee"])
def test_a_form_that_is_open_in_another_tab_overwrites_nothing_and_makes_no_second_application(
    signed_in, cohort, wanjiru, role
):
    mine = current(cohort, wanjiru, role, title="New soil maps" if role == "mentee" else "")
    sent = answers(capacity="1", goals="Typed in another tab.", title="Another title")
    answer = signed_in.post(form_url(role), sent)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Nothing has been changed yet" in words_in(page)
    assert "Typed in another tab." in page
    edit_url = reverse("cohorts:my-enrollment-edit", args=[mine.pk])
    assert f'action="{edit_url}"' in page
    mine.refresh_from_db()
    assert (mine.goals, mine.capacity, Enrollment.objects.count()) == ("What I said this time.", 3, 1)
    assert signed_in.post(edit_url, sent).status_code == 302  # Save, on that page
    mine.refresh_from_db()
    assert (mine.goals, Enrollment.objects.count()) == ("Typed in another tab.", 1)


def test_signing_up_twice_while_signed_in_has_one_effect(signed_in, cohort):
    for _ in range(2):
        signed_in.post(form_url(), answers())
    assert Enrollment.objects.count() == 1


def test_an_invitation_leads_to_the_sign_up_that_one_has(client, cohort, wanjiru):
    mine = current(cohort, wanjiru)
    url = invite_link(Invitation(cohort.pk, "mentor", wanjiru.email)).removeprefix(HOST)
    answer = client.get(url, follow=True)
    assert "/join/edit/" in answer.redirect_chain[-1][0]
    assert "What I said this time." in answer.content.decode()
    assert client.post(url, answers(capacity="1", joins="on")).status_code == 422
    mine.refresh_from_db()
    assert mine.capacity == 3
    type(wanjiru).objects.filter(pk=wanjiru.pk).update(is_active=False)
    assert client.get(url).status_code == 404, "their account is switched off"


def test_an_invitation_offers_the_other_role(client, cohort, wanjiru):
    url = invite_link(Invitation(cohort.pk, "mentor", wanjiru.email)).removeprefix(HOST)
    label, other = client.get(url).context["other_role"]
    assert label == "mentee"
    client.post(other, answers(joins="on"))
    assert Enrollment.objects.get().role == "mentee"


@pytest.mark.parametrize("role", ["mentor", "mentee"])
def test_who_sends_the_public_form_again_chooses_which_answers_count(client, cohort, wanjiru, role):
    mine = current(cohort, wanjiru, role, title="Soil maps" if role == "mentee" else "")
    form = client.post(form_url(role), answers(goals="Typed anew.", capacity="1", title="Another title"))
    assert form.status_code == 302  # the same for everybody: who is in a round is nobody's business
    page = words_in(client.get(confirm_path()).content.decode())
    assert "You’ve already signed up for this round" in page
    assert "Confirm my sign-up" not in page

    answer = client.post(confirm_path())  # the first button, as it stands
    assert answer.status_code == 422
    assert "Choose which answers count." in answer.content.decode()
    mine.refresh_from_db()
    assert (mine.goals, Enrollment.objects.count()) == ("What I said this time.", 1)

    client.post(confirm_path(), {"what": str(mine.pk)})
    mine.refresh_from_db()
    assert (mine.goals, mine.status, Enrollment.objects.count()) == ("Typed anew.", "accepted", 1)


def test_who_keeps_the_old_answers_loses_nothing(client, cohort, wanjiru):
    mine = current(cohort, wanjiru)
    client.post(form_url("mentor"), answers(goals="Typed anew.", capacity="1"))
    answer = client.post(confirm_path(), {"what": "keep"}, follow=True)
    assert "Nothing has changed" in words_in(answer.content.decode())
    assert PendingSignup.objects.get().enrollment == mine
    client.post(confirm_path(), {"what": str(mine.pk)})  # decided already
    mine.refresh_from_db()
    assert mine.goals == "What I said this time."


def test_somebody_elses_sign_up_cannot_be_replaced(client, cohort, wanjiru):
    current(cohort, wanjiru)
    other = current(cohort, UserFactory())
    client.post(form_url("mentor"), answers(goals="Typed anew.", capacity="1"))
    assert client.post(confirm_path(), {"what": str(other.pk)}).status_code == 422
    other.refresh_from_db()
    assert other.goals == "What I said this time."


def test_a_decision_is_shown_to_who_signs_up_again(client, cohort, wanjiru):
    declined = current(cohort, wanjiru, "mentee", title="Soil maps", status="declined")
    client.post(form_url(), answers(title="The same under another title"))
    assert "declined" in client.post(confirm_path(), MINE).content.decode()
    assert Enrollment.objects.get() == declined


def test_who_withdrew_finds_their_own_answers_and_signs_up_again(signed_in, cohort, wanjiru):
    earlier(cohort, wanjiru, "mentee")
    mine = current(cohort, wanjiru, "mentee", title="New soil maps", status="withdrawn")
    TeamMember.objects.create(enrollment=mine, user=UserFactory(full_name="Baraka"))
    page = signed_in.get(form_url()).content.decode()
    assert "You withdrew from this round" in page
    assert "What I said this time." in page
    assert "Baraka" in page
    signed_in.post(form_url(), answers(title="Changed title"))
    mine.refresh_from_db()
    assert (mine.status, mine.title) == ("applied", "Changed title")
    assert Enrollment.objects.filter(cohort=cohort).count() == 1


def test_a_member_of_a_team_is_told_so_and_makes_no_application_of_their_own(signed_in, cohort, wanjiru):
    lead = UserFactory(full_name="Amina")
    team = current(cohort, lead, "mentee", title="Soil maps")
    TeamMember.objects.create(enrollment=team, user=wanjiru)
    page = words_in(signed_in.get(form_url()).content.decode())
    assert "You’re in this team. Amina leads it" in page
    assert "/join/edit/" not in signed_in.get(form_url()).content.decode()  # only the lead changes it
    signed_in.post(form_url(), answers())
    assert Enrollment.objects.get() == team
    signed_in.logout()
    signed_in.post(form_url(), answers())
    assert "You’re in this team" in words_in(signed_in.post(confirm_path(), MINE).content.decode())
    assert Enrollment.objects.get() == team


def test_after_closing_the_form_shows_the_sign_up_that_one_has(signed_in, cohort, wanjiru):
    current(cohort, wanjiru)
    Cohort.objects.filter(pk=cohort.pk).update(status="matching")
    assert "This can't be changed any more" in words_in(signed_in.get(form_url("mentor"), follow=True).content.decode())
    assert "See your sign-up as mentor" in words_in(
        signed_in.get(reverse("cohorts:signup-start", args=["seeds-3"])).content.decode()
    )


def test_two_own_projects_may_not_get_the_same_title(signed_in, cohort, wanjiru):
    current(cohort, wanjiru, "mentee", title="Soil maps", external_id="1")
    second = current(cohort, wanjiru, "mentee", title="Rivers", external_id="2")
    assert "Soil maps" in signed_in.get(form_url()).content.decode()  # which of the two?
    answer = signed_in.post(links.edit_link(second.pk, second.user_id).removeprefix(HOST), answers(title="Soil maps"))
    assert answer.status_code == 422
    assert "another sign-up" in words_in(answer.content.decode())


def test_sign_in_on_a_sign_up_page_leads_back_to_it(client, cohort):
    person = UserFactory(email="ana@example.org")
    person.set_password("correct horse")
    person.save()
    page = client.get(form_url("mentor"))
    assert f'/accounts/login/?next={form_url("mentor").replace("/", "%2F")}"' in page.content.decode()
    answer = client.post(
        "/accounts/login/", {"login": person.email, "password": "correct horse", "next": form_url("mentor")}
    )
    assert answer.url == form_url("mentor")


def test_sign_in_by_code_leads_back_too(client, cohort, wanjiru):
    page = client.get("/accounts/login/", {"next": form_url("mentor")}).content.decode()
    assert f"/accounts/login/code/?next={form_url('mentor').replace('/', '%2F')}" in page
    asked = client.post("/accounts/login/code/", {"email": wanjiru.email, "next": form_url("mentor")}, follow=True)
    assert f'name="next" value="{form_url("mentor")}"' in asked.content.decode()
    message = OutboxMessage.objects.get(to=[wanjiru.email])
    (code,) = [line.strip() for line in message.full_text.splitlines() if CODE.fullmatch(line.strip())]
    assert client.post("/accounts/login/code/confirm/", {"code": code, "next": form_url("mentor")}).url == form_url(
        "mentor"
    )

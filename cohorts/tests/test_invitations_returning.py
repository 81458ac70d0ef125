"""People who come back."""

from datetime import date

import pytest
from django.urls import reverse

from cohorts.invitations.services import returning_people
from cohorts.models import Enrollment, SignupAnswer, SignupQuestion
from cohorts.people.history import participation_of
from cohorts.signup.prefill import prefill_form
from mentorship.core.outbox.models import OutboxMessage
from mentorship.devtools.testing.factories import CohortFactory, EnrollmentFactory, TopicFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def earlier(cast):
    return CohortFactory(
        programme=cast.programme,
        name="Seeds 8",
        slug="seeds-8",
        starts_on=date(2026, 9, 1),
        ends_on=date(2026, 12, 20),
        status="completed",
    )


@pytest.fixture
def cohort(cast):
    cast.cohort.status = "enrolling"
    cast.cohort.signup_closes_at = None
    cast.cohort.save()
    return cast.cohort


@pytest.fixture
def ana(earlier):
    user = UserFactory(email="ana@example.org", full_name="Ana Lima")
    last = EnrollmentFactory(
        cohort=earlier,
        user=user,
        role="mentor",
        status="completed",
        goals="Give back",
        capacity=2,
        country="BR",
        hours_per_month=3,
        comes_back_as=["mentor", "expert"],
    )
    last.topics.add(TopicFactory(name="Soil", programme=earlier.programme))
    return last


def test_the_form_is_filled_in_from_last_time(client, cohort, ana):
    client.force_login(ana.user)
    page = client.get(reverse("cohorts:signup-create", args=[cohort.slug, "mentor"]))
    assert "what you said in Seeds 8" in page.content.decode()
    form = page.context["form"]
    assert (form.initial["goals"], form.initial["capacity"], form.initial["topics"]) == ("Give back", 2, "Soil")


def test_an_answer_comes_along_where_the_question_is_the_same(cohort, ana):
    for where in (ana.cohort, cohort):
        for key, text in (("why", "Why?"), ("how", "How?" if where == cohort else "How often?")):
            SignupQuestion.objects.create(cohort=where, role="mentor", key=key, kind="short", text=text)
    for question in ana.cohort.questions.all():
        SignupAnswer.objects.create(enrollment=ana, question=question, value="So")
    initial, _ = prefill_form(user=ana.user, cohort=cohort, role="mentor")
    assert initial["q_why"] == "So"
    assert "q_how" not in initial


def test_the_form_is_empty_for_somebody_new(client, cohort):
    page = client.get(reverse("cohorts:signup-create", args=[cohort.slug, "mentor"])).content.decode()
    assert "Welcome back" not in page


def test_coordinators_see_earlier_participation(client, cast, cohort, ana):
    now = EnrollmentFactory(cohort=cohort, user=ana.user, role="mentor", status="applied")
    other = EnrollmentFactory(cohort=cohort, role="mentor")
    past = participation_of([ana.user_id, other.user_id], cohort)
    assert past[ana.user_id].words == ["was a mentor in Seeds 8"]
    assert not past[ana.user_id].first_time("mentor")
    assert past[other.user_id].first_time("mentor")
    client.force_login(cast.coordinator)
    assert "Was a mentor in Seeds 8" in client.get(now.get_absolute_url()).content.decode()
    assert "first-time mentor" in client.get(other.get_absolute_url()).content.decode()


def test_team_members_count_as_participants(cohort, earlier):
    team = EnrollmentFactory(cohort=earlier, status="completed")
    member = UserFactory()
    team.members.create(user=member)
    assert participation_of([member.pk], cohort)[member.pk].words == ["was a mentee in Seeds 8"]


def test_returning_people_are_invited_once_with_a_personal_link(client, cast, cohort, earlier, ana):
    put_off = EnrollmentFactory(cohort=earlier, status="withdrawn", defers=True)
    EnrollmentFactory(cohort=earlier, status="withdrawn")
    EnrollmentFactory(cohort=earlier, role="mentor", status="declined")
    here = EnrollmentFactory(cohort=earlier, role="mentor", status="completed")
    EnrollmentFactory(cohort=cohort, user=here.user, role="mentor")
    assert [one.user for one in returning_people(cohort)] == [put_off.user, ana.user]
    client.force_login(cast.coordinator)
    url = reverse("cohorts:invitation-create", args=[cohort.slug])
    assert client.post(url, {"role": "mentor"}).status_code == 422
    said = {"role": "mentor", "message": "We missed you.", "pk": [ana.user_id]}
    preview = client.post(url, said | {"preview": "1"})
    assert "We missed you." in preview.content.decode()
    assert not OutboxMessage.objects.filter(key__startswith="signup-invite").exists()
    assert "1 person gets an email." in client.post(url, said).content.decode()
    assert not OutboxMessage.objects.filter(key__startswith="signup-invite").exists()
    client.post(url, said | {"confirmed": "yes"})
    again = client.post(url, said, follow=True)
    assert "1 had been asked before" in again.content.decode()
    message = OutboxMessage.objects.get(key__startswith="signup-invite")
    assert message.to == ["ana@example.org"]
    assert "We missed you." in message.full_text
    path = "/join/" + next(w for w in message.full_text.split() if "/join/" in w).split("/join/")[1]
    client.logout()
    page = client.get(path)
    assert page.context["form"].initial["goals"] == "Give back"
    form = {
        "full_name": "Ana Lima",
        "email": "somebody@else.example",
        "country": "BR",
        "time_zone": "America/Sao_Paulo",
        "languages": "Portuguese",
        "topics": "Soil",
        "mentoring_type": "both",
        "interaction_style": "mixed",
        "capacity": "2",
        "shares_address": "on",
    }
    assert "has arrived" in client.post(path, {**form, "joins": "on"}).content.decode()
    assert Enrollment.objects.get(cohort=cohort, user=ana.user).capacity == 2


def test_people_who_opted_out_are_not_invited(client, cast, cohort, ana):
    client.force_login(cast.coordinator)
    url = reverse("cohorts:invitation-create", args=[cohort.slug])
    chosen = {"role": "mentor", "message": "", "pk": [ana.user.pk]}
    client.post(url, chosen | {"confirmed": "yes"})
    message = OutboxMessage.objects.get(key__startswith="signup-invite")
    client.post(message.full_unsubscribe_url.removeprefix("http://127.0.0.1:8000"), {"List-Unsubscribe": "One-Click"})
    page = client.get(url).content.decode()
    assert "left out: wants necessary mails only" in page
    assert f'value="{ana.user.pk}"' not in page
    client.post(url, {**chosen, "role": "expert"})
    assert OutboxMessage.objects.filter(key__startswith="signup-invite").count() == 1


def test_invitations_are_refused_while_sign_up_is_closed(client, cast, cohort, ana):
    cohort.status = "matching"
    cohort.save()
    client.force_login(cast.coordinator)
    url = reverse("cohorts:invitation-create", args=[cohort.slug])
    answer = client.post(url, {"role": "mentor", "pk": [ana.user_id]})
    assert answer.status_code == 422
    assert "Open the sign-up first" in answer.content.decode()
    assert str(ana.user) in answer.content.decode()


def test_strangers_cannot_invite(client, cast):
    client.force_login(cast.stranger)
    assert client.get(reverse("cohorts:invitation-create", args=[cast.cohort.slug])).status_code == 404


def test_people_who_asked_to_return_are_listed_before_others_whatever_the_reason_is_called(cohort, earlier):
    def person(name, **fields):
        return EnrollmentFactory(cohort=earlier, user__full_name=name, status="completed", **fields).user

    mentor = person("Ada", role="mentor")
    offered = person("Bea", role="mentee", comes_back_as=["mentor"])
    deferred = person("Cleo", role="mentee", defers=True)
    found = returning_people(cohort)
    assert [one.user for one in found] == [deferred, offered, mentor]
    assert [one.why for one in found] == ["put it off from Seeds 8", "said so in Seeds 8", "was a mentor in Seeds 8"]


def test_an_override_without_a_reason_is_refused_on_the_page_of_the_form(client, cast, cohort):
    client.force_login(cast.coordinator)
    url = reverse("cohorts:eligibility-override-create", args=[cohort.slug, "mentor"])
    answer = client.post(url, {"override-email": "ana@example.org", "override-note": ""})
    assert answer.status_code == 422
    assert answer.context["override"].errors.keys() == {"note"}
    assert not OutboxMessage.objects.filter(to=["ana@example.org"]).exists()
    client.force_login(cast.viewer)
    assert client.post(url, {"override-email": "ana@example.org", "override-note": "Known"}).status_code == 404

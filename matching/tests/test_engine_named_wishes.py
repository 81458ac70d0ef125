"""People whom somebody asked for by name: who is meant, what it counts for, and who learns of it."""

import re

import pytest
from django.urls import reverse

from cohorts.models import PendingSignup, SignupAnswer, SignupQuestion
from cohorts.signup.services import confirm_signup
from matching.engine.matcher import match_cohort
from matching.scoring.factors import default_weights
from matching.tests.enrolled import mentee, mentor
from mentorship.devtools.testing.factories import CohortFactory, RoleFactory
from mentorship.devtools.testing.pages import words_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def cohort():
    return CohortFactory(status="matching")


def ask_for(enrollment, typed, seen_by="coordinators"):
    question, _ = SignupQuestion.objects.get_or_create(
        cohort=enrollment.cohort,
        role=enrollment.role,
        key=f"who-{seen_by}",
        defaults={"kind": "person", "text": "Who would suit you?", "seen_by": seen_by},
    )
    return SignupAnswer.objects.create(enrollment=enrollment, question=question, value=typed)


def solved(cohort, **rules):
    return match_cohort(cohort, default_weights(), rules={"named_wishes": "wish", **rules})


def wishes(found):
    return found.scores.factors["wishes"].round(2).tolist()


@pytest.mark.parametrize("typed", ["ada obi", "OBI, Ada", "Ádá Obi", " ADA@example.org"])
def test_a_name_or_an_address_finds_the_person_it_means(cohort, typed):
    team = mentee(cohort)
    mentor(cohort, "Ada Obi", user__email="ada@example.org"), mentor(cohort, "Ben Ito")
    ask_for(team, typed)
    assert wishes(solved(cohort)) == [[0.35, 0]]


def test_a_wish_of_both_counts_more_and_one_that_fits_several_or_nobody_counts_for_none(cohort):
    one, other = mentee(cohort, "One", user__full_name="Tariq Anwar"), mentee(cohort, "Other")
    ada = mentor(cohort, "Ada Obi")
    ask_for(one, "Ada Obi"), ask_for(ada, "Tariq Anwar"), ask_for(other, "Nobody Known")
    found = solved(cohort)
    assert wishes(found) == [[0.5], [0]]
    assert found.findings()["named_nobody"] == [other.pk]
    mentor(cohort, "Ada Obi")  # another of this name
    assert wishes(solved(cohort)) == [[0.35, 0], [0, 0]]


@pytest.mark.parametrize(("seen_by", "told"), [("match", True), ("coordinators", False)])
def test_a_wish_is_a_reason_only_if_both_asked_and_may_read_it(cohort, seen_by, told):
    team, one_sided = mentee(cohort, "Both", user__full_name="Tariq Anwar"), mentee(cohort, "One", capacity=1)
    ada, _ben = mentor(cohort, "Ada Obi"), mentor(cohort, "Ben Ito")
    ask_for(team, "Ada Obi", seen_by), ask_for(ada, "Tariq Anwar", seen_by), ask_for(one_sided, "Ben Ito", seen_by)
    found = {pair.mentee.title: pair for pair in solved(cohort).chosen}
    said = {title: "asked for each other" in pair.reasons.sentence for title, pair in found.items()}
    assert said == {"Both": told, "One": False}
    words = {title: next(f["phrase"] for f in pair.factors if f["key"] == "wishes") for title, pair in found.items()}
    assert words["One"] == "the mentee asked for the mentor by name"
    assert words["Both"] == ("both wished for each other" if told else "both asked for each other by name")


def test_coordinators_decide_whether_a_wish_counts_decides_or_is_ignored(cohort):
    team, free = mentee(cohort, "Asks"), mentee(cohort, "Free")
    ada, ben = mentor(cohort, "Ada Obi"), mentor(cohort, "Ben Ito")
    ask_for(team, "Ada Obi")
    assert wishes(solved(cohort, named_wishes="ignore")) == [[0, 0], [0, 0]]
    only = solved(cohort, named_wishes="only")
    assert only.scores.eligible.tolist() == [[True, False], [True, True]]
    assert {(pair.mentee, pair.mentor) for pair in only.chosen} == {(team, ada), (free, ben)}
    ada.status = "withdrawn"
    ada.save()
    assert solved(cohort, named_wishes="only").scores.eligible.all(), "who is not here decides nothing"


def test_private_answers_never_count(cohort):
    ask_for(mentee(cohort), "Ada Obi", seen_by="private"), mentor(cohort, "Ada Obi")
    assert wishes(solved(cohort)) == [[0]]


def test_coordinators_read_whom_a_wish_means_and_nobody_else_learns_it(client, cast):
    wished = mentor(cast.cohort, "Ada Obi")
    team = mentee(cast.cohort)
    ask_for(team, "Ada Obi"), ask_for(team, "Nobody Known", seen_by="review")
    client.force_login(cast.coordinator)
    page = client.get(team.get_absolute_url()).content.decode()
    assert f'href="{wished.get_absolute_url()}"' in page
    assert "Nobody with this name yet" in page
    viewer = RoleFactory(workspace=cast.cohort.programme.workspace, role="viewer").user
    client.force_login(viewer)
    page = client.get(team.get_absolute_url()).content.decode()
    assert wished.get_absolute_url() not in page, "an answer for coordinators"
    assert "Nobody with this name yet" in page


def test_a_sign_up_looks_the_same_whether_the_person_asked_for_is_here_or_not(client, cast):
    cohort = cast.cohort
    cohort.status, cohort.signup_closes_at = "enrolling", None
    cohort.save()
    SignupQuestion.objects.create(cohort=cohort, role="mentor", key="who", kind="person", text="Who would suit you?")
    mentee(cohort, user__full_name="Tariq Anwar", user__email="tariq@example.org")
    url = reverse("cohorts:signup-create", args=[cohort.slug, "mentor"])
    answers = []
    for number, name in enumerate(("Tariq Anwar", "Nobody Known")):
        said = {"full_name": "Ana Lima", "email": f"ana{number}@example.org", "country": "BR", "capacity": "1"}
        said |= {"time_zone": "America/Sao_Paulo", "languages": "Portuguese", "topics": "Soil", "shares_address": "on"}
        response = client.post(url, {**said, "mentoring_type": "both", "interaction_style": "mixed", "q_who": name})
        page = re.sub(r"<[^>]*>", "", words_in(client.get(response.url)))
        answers.append((response.status_code, page.replace(f"ana{number}", "ana")))
    assert answers[0][0] == 302
    assert answers[0] == answers[1]
    enrollment = confirm_signup(signup=PendingSignup.objects.first())
    assert enrollment.answers.get().value == "Tariq Anwar"


def test_a_wish_for_a_person_is_no_private_need(client, cast):
    client.force_login(cast.coordinator)
    address = reverse("cohorts:question-create", args=[cast.cohort.slug, "mentor"])
    said = {"kind": "person", "text": "Who?", "choices": "", "seen_by": "private"}
    response = client.post(address, said)
    assert (response.status_code, "can’t be a private need" in response.text) == (422, True)
    assert client.post(address, {**said, "seen_by": "coordinators", "used_for_matching": "on"}).status_code == 302
    assert not SignupQuestion.objects.get().used_for_matching

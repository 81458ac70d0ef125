"""Forms that coordinators make: standard fields, own questions, eligibility, files."""

import json
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cohorts.models import Enrollment, PendingSignup, SignupAnswer, SignupQuestion
from cohorts.questions import versions
from cohorts.signup import prefill
from cohorts.signup.forms import SignupForm
from cohorts.signup.services import confirm_signup
from cohorts.signup_form import answers, form_definition
from cohorts.signup_form import services as form_services
from cohorts.tests.signup_form_helpers import MENTOR, ask, form, proven_form, url
from mentorship.core.audit.services import history_of
from mentorship.core.errors import ServiceError
from mentorship.core.outbox.models import OutboxMessage
from mentorship.devtools.testing.factories import EnrollmentFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def cohort(cast):
    cast.cohort.status = "enrolling"
    cast.cohort.signup_closes_at = None
    cast.cohort.save()
    return cast.cohort


@pytest.mark.parametrize(
    ("kind", "typed", "kept", "shown"),
    [
        ("short", "Because", "Because", "Because"),
        ("long", "Because\nof soil", "Because\nof soil", "Because\nof soil"),
        ("one", "Blue", "Blue", "Blue"),
        ("many", ["Blue", "Red"], ["Blue", "Red"], "Blue, Red"),
        ("scale", "4", 4, "4"),
        ("yes_no", "no", False, "No"),
        ("number", "2.5", 2.5, "2.5"),
        ("date", "2027-03-01", "2027-03-01", "2027-03-01"),
    ],
)
def test_each_kind_of_question_is_asked_stored_and_shown(client, cohort, cast, kind, typed, kept, shown):
    question = ask(
        cohort, cast, kind=kind, options=[["Blue", "Blue"], ["Red", "Red"]] if kind in ("one", "many") else []
    )
    assert "Why now?" in client.get(url(cohort)).content.decode()
    client.post(url(cohort), {**MENTOR, f"q_{question.key}": typed})
    enrollment = confirm_signup(signup=PendingSignup.objects.get())
    assert enrollment.answers.get().value == kept
    assert answers.shown_answers(enrollment, SignupQuestion.Seen.values) == [("Why now?", shown, None)]
    client.force_login(cast.coordinator)
    assert "Why now?" in client.get(enrollment.get_absolute_url()).content.decode()


def test_a_required_question_is_demanded_beside_its_field(client, cohort, cast):
    question = ask(cohort, cast, required=True)
    answer = client.post(url(cohort), MENTOR)
    assert answer.status_code == 422
    assert answer.context["form"].errors == {f"q_{question.key}": [f"Answer “{question.text}”."]}


def test_a_conditional_question_counts_only_where_it_is_asked(cohort, cast):
    first = ask(cohort, cast, "Did you mentor before?", "yes_no")
    then = ask(cohort, cast, "Where?", "short", required=True, shown_if=first.key, shown_if_value="yes")
    assert form(cohort, **{f"q_{first.key}": "no", f"q_{then.key}": "typed before"}).is_valid()
    missing = form(cohort, **{f"q_{first.key}": "yes"})
    assert list(missing.errors) == [f"q_{then.key}"]
    no = form(cohort, **{f"q_{first.key}": "no", f"q_{then.key}": "typed before"})
    assert no.is_valid()
    assert no.cleaned_data["own"] == {first.key: False, then.key: None}


def test_conditions_are_evaluated_by_what_a_question_depends_on_not_by_order(client, cohort, cast):
    first = ask(cohort, cast, "Did you mentor before?", "yes_no")
    then = ask(cohort, cast, "Where?", "yes_no", required=True, shown_if=first.key, shown_if_value="yes")
    last = ask(cohort, cast, "For how long?", "short", required=True, shown_if=then.key, shown_if_value="no")
    client.force_login(cast.coordinator)
    for question in (last, last, then):
        client.post(reverse("cohorts:question-move", args=[cohort.slug, "mentor", question.pk]), {"to": "up"})
    assert form_definition.current_questions(cohort, "mentor") == [last, then, first]
    typed = {f"q_{first.key}": "yes", f"q_{then.key}": "no", f"q_{last.key}": "Two years"}
    found = form(cohort, **typed)
    assert found.is_valid()
    assert found.cleaned_data["own"] == {first.key: True, then.key: False, last.key: "Two years"}
    del typed[f"q_{last.key}"]
    assert list(form(cohort, **typed).errors) == [f"q_{last.key}"]
    # The question above is not asked, so an earlier answer to it counts for nothing.
    assert form(cohort, **{**typed, f"q_{first.key}": "no"}).is_valid()


def test_a_renamed_choice_is_followed_by_what_depends_on_it_and_by_answers(client, cohort, cast):
    options = [["Yes, often", "Yes, often"], ["No", "No"]]
    first = ask(cohort, cast, "Did you mentor before?", "one", options=options)
    then = ask(cohort, cast, "Where?", "short", required=True, shown_if=first.key, shown_if_value="Yes, often")
    enrollment = EnrollmentFactory(cohort=cohort, role="mentor", status="applied")
    said = {first.key: "Yes, often", then.key: "In Lalitpur"}
    form_services.save_own_answers(enrollment=enrollment, answers=said)
    client.force_login(cast.coordinator)
    edit = reverse("cohorts:question-edit", args=[cohort.slug, "mentor", first.pk])
    new = {"text": first.text, "kind": "one", "seen_by": "review", "choices": "Yes, several times\nNo"}
    assert client.post(edit, new).status_code == 302
    assert list(form(cohort, **{f"q_{first.key}": "Yes, several times"}).errors) == [f"q_{then.key}"]
    initial = prefill.saved_answers(enrollment)
    assert (initial[f"q_{first.key}"], initial[f"q_{then.key}"]) == ("Yes, several times", "In Lalitpur")


@pytest.mark.parametrize(
    ("kind", "choices", "field"),
    [("one", "No\nNever", "choices"), ("one", "Often\nYes\nNo", "choices"), ("long", "", "kind")],
)
def test_a_choice_that_another_question_depends_on_can_not_vanish(client, cohort, cast, kind, choices, field):
    first = ask(cohort, cast, "Before?", "one", options=[["Yes, often", "Yes, often"], ["No", "No"]])
    ask(cohort, cast, "Where?", "short", shown_if=first.key, shown_if_value="Yes, often")
    client.force_login(cast.coordinator)
    edit = reverse("cohorts:question-edit", args=[cohort.slug, "mentor", first.pk])
    answer = client.post(edit, {"text": "Before?", "kind": kind, "seen_by": "review", "choices": choices})
    assert answer.status_code == 422
    assert "“Where?” is asked only of those who answer “Yes, often”" in str(answer.context["form"].errors[field])


def test_a_choice_that_is_gone_is_named_to_who_edits_the_answer(client, cohort, cast):
    question = ask(cohort, cast, "Colour?", "one", options=[["Blue", "Blue"], ["Red", "Red"], ["Green", "Green"]])
    enrollment = EnrollmentFactory(cohort=cohort, role="mentor", status="applied")
    form_services.save_own_answers(enrollment=enrollment, answers={question.key: "Blue"})
    question.options = [["Red", "Red"], ["Green", "Green"]]
    versions.save_question(question=question, by=cast.coordinator)
    shown = SignupForm(initial=prefill.saved_answers(enrollment), cohort=cohort, role="mentor")
    assert "You answered “Blue” before" in shown.fields[f"q_{question.key}"].help_text


def test_answers_keep_the_version_of_the_question_they_were_given_to(client, cohort, cast):
    question = ask(cohort, cast, "Do you like tea?", "yes_no")
    enrollment = EnrollmentFactory(cohort=cohort, role="mentor", status="applied")
    form_services.save_own_answers(enrollment=enrollment, answers={question.key: True})
    client.force_login(cast.coordinator)
    edit = reverse("cohorts:question-edit", args=[cohort.slug, "mentor", question.pk])
    assert "1 answer so far" in client.get(edit).content.decode()
    said = {"text": "Do you like coffee?", "kind": "yes_no", "seen_by": "review"}
    assert client.post(edit, said).status_code == 302
    assert [q.text for q in form_definition.current_questions(cohort, "mentor")] == ["Do you like coffee?"]
    assert answers.shown_answers(enrollment, SignupQuestion.Seen.values) == [("Do you like tea?", "Yes", None)]
    # The old row is gone from the form; whoever had it open is told.
    assert client.get(edit).status_code == 404
    question.text = "Cocoa?"
    with pytest.raises(ServiceError, match="meanwhile"):
        versions.save_question(question=question, by=cast.coordinator)
    # Answering again belongs to the new words.
    form_services.save_own_answers(enrollment=enrollment, answers={question.key: False})
    assert answers.shown_answers(enrollment, SignupQuestion.Seen.values) == [("Do you like coffee?", "No", None)]


def test_an_edit_of_help_makes_no_new_version(cohort, cast):
    question = ask(cohort, cast)
    form_services.save_own_answers(
        enrollment=EnrollmentFactory(cohort=cohort, role="mentor"), answers={question.key: "Because"}
    )
    question.help_text = "A sentence or two."
    assert versions.save_question(question=question, by=cast.coordinator).version == 1


def test_a_question_that_was_answered_is_retired_and_one_that_was_not_is_deleted(cohort, cast):
    answered, silent = ask(cohort, cast, "One"), ask(cohort, cast, "Two")
    enrollment = EnrollmentFactory(cohort=cohort, role="mentor")
    form_services.save_own_answers(enrollment=enrollment, answers={answered.key: "yes"})
    for question in (answered, silent):
        versions.retire_question(question=question, by=cast.coordinator)
    assert form_definition.current_questions(cohort, "mentor") == []
    assert [q.text for q in SignupQuestion.objects.all()] == ["One"]
    assert answers.shown_answers(enrollment, SignupQuestion.Seen.values) == [("One", "yes", None)]


def test_questions_move_up_and_down(client, cohort, cast):
    for text in "ABC":
        ask(cohort, cast, text)
    client.force_login(cast.coordinator)
    third = SignupQuestion.objects.get(text="C")
    move = reverse("cohorts:question-move", args=[cohort.slug, "mentor", third.pk])
    for to in ("up", "up", "up", "down"):
        client.post(move, {"to": to})
    assert [q.text for q in form_definition.current_questions(cohort, "mentor")] == ["A", "C", "B"]


@pytest.mark.parametrize(
    ("said", "field", "words"),
    [
        ({"text": "Colour?", "kind": "one", "choices": "Blue"}, "choices", "at least two"),
        (
            {"text": "Needs?", "kind": "long", "seen_by": "private", "used_for_matching": "on"},
            "used_for_matching",
            "never",
        ),
        ({"text": "", "kind": "long"}, "text", "Enter the question."),
    ],
)
def test_an_invalid_question_is_refused_beside_its_field(client, cohort, cast, said, field, words):
    client.force_login(cast.coordinator)
    answer = client.post(
        reverse("cohorts:question-create", args=[cohort.slug, "mentor"]), {"seen_by": "review", **said}
    )
    assert answer.status_code == 422
    assert words in str(answer.context["form"].errors[field])


def test_a_condition_must_name_a_possible_answer_and_not_form_a_circle(client, cohort, cast):
    client.force_login(cast.coordinator)
    first = ask(cohort, cast, "A?", "yes_no")
    new = reverse("cohorts:question-create", args=[cohort.slug, "mentor"])
    said = {"text": "B?", "kind": "yes_no", "seen_by": "review", "shown_if": first.key}
    assert "shown_if_value" in client.post(new, said | {"shown_if_value": "maybe"}).context["form"].errors
    assert client.post(new, said | {"shown_if_value": "yes"}).status_code == 302
    second = SignupQuestion.objects.get(text="B?")
    edit = reverse("cohorts:question-edit", args=[cohort.slug, "mentor", first.pk])
    ring = {"text": "A?", "kind": "yes_no", "seen_by": "review", "shown_if": second.key, "shown_if_value": "yes"}
    assert "shown_if" in client.post(edit, ring).context["form"].errors


def test_standard_fields_are_switched(client, cohort, cast):
    client.force_login(cast.coordinator)
    page = reverse("cohorts:signup-form-edit", args=[cohort.slug, "mentor"])
    states = {**form_definition.STANDARD["mentor"], "pronouns": "off", "goals": "required", "country": "on"}
    assert client.post(page, states).status_code == 302
    cohort.refresh_from_db()
    client.logout()
    shown = client.get(url(cohort)).content.decode()
    assert 'name="pronouns"' not in shown
    found = form(cohort, country="")
    assert list(found.errors) == ["goals"]
    assert client.post(page, {}).status_code in (302, 404)


@pytest.mark.parametrize(
    ("rules", "answers", "field"),
    [
        ({"countries": ["KE", "NP"]}, {}, "country"),
        ({"languages": ["en"]}, {}, "languages"),
        ({"min_hours": 4}, {"hours_per_month": "2"}, "hours_per_month"),
        ({"graduates": True}, {}, "email"),
    ],
)
def test_who_may_not_sign_up_is_told_at_once_and_where_to_write(cohort, cast, rules, answers, field):
    form_services.save_eligibility(cohort=cohort, role="mentor", rules=rules, by=cast.coordinator)
    found = proven_form(cohort, **answers)
    assert list(found.errors) == [field]
    assert cohort.programme.contact_email in str(found.errors[field])
    passed = SignupForm({**MENTOR, **answers}, cohort=cohort, role="mentor", passed=True)
    assert passed.is_valid()


def test_first_timers_are_those_who_were_not_accepted_before(cohort, cast):
    form_services.save_eligibility(cohort=cohort, role="mentor", rules={"first_time": True}, by=cast.coordinator)
    user = UserFactory(email="ana@example.org")
    earlier = EnrollmentFactory(cohort__programme=cohort.programme, user=user, role="mentor", status="declined")
    assert proven_form(cohort).is_valid()
    Enrollment.objects.filter(pk=earlier.pk).update(status="completed")
    assert list(proven_form(cohort).errors) == ["email"]
    assert form(cohort).is_valid(), "whoever only typed the address isn't told who took part"


def test_an_eligibility_override_sends_a_link_and_records_the_reason(client, cohort, cast):
    form_services.save_eligibility(cohort=cohort, role="mentor", rules={"countries": ["KE"]}, by=cast.coordinator)
    client.force_login(cast.coordinator)
    client.post(
        reverse("cohorts:eligibility-override-create", args=[cohort.slug, "mentor"]),
        {"override-email": "ana@example.org", "override-note": "Works on Kenyan soil"},
    )
    assert history_of(cohort).filter(verb="let past the rules").get().data["reason"] == "Works on Kenyan soil"
    message = OutboxMessage.objects.get(key__contains="passed")
    assert message.workspace_id is None
    link = next(word for word in message.full_text.split() if "/join/invited/" in word)
    client.logout()
    path = "/join/" + link.split("/join/")[1]
    assert "ana@example.org" in client.get(path).content.decode()
    assert client.post(path, MENTOR).status_code == 422  # the form of a link takes a tick, too
    answer = client.post(path, {**MENTOR, "joins": "on"})
    assert "has arrived" in answer.content.decode()
    assert Enrollment.objects.get(user__email="ana@example.org").country == "BR"
    assert client.get(path[:-3] + "/").status_code == 404


def test_the_form_preview_validates_and_stores_nothing(client, cohort, cast):
    ask(cohort, cast, "Why now?")
    client.force_login(cast.coordinator)
    preview = reverse("cohorts:signup-form-preview", args=[cohort.slug, "mentor"])
    assert "Why now?" in client.get(preview).content.decode()
    assert "would have arrived" in client.post(preview, MENTOR).content.decode()
    assert client.post(preview, {}).status_code == 422
    assert not PendingSignup.objects.exists()


def test_private_answers_and_questions_stay_within_the_programme(client, cohort, cast):
    question = ask(cohort, cast)
    for person in (cast.stranger, cast.mentor):
        client.force_login(person)
        for name, args in (
            ("cohorts:signup-form-edit", ["mentor"]),
            ("cohorts:question-edit", ["mentor", question.pk]),
            ("cohorts:signup-form-preview", ["mentor"]),
        ):
            assert client.get(reverse(name, args=[cohort.slug, *args])).status_code == 404
    assert SignupAnswer.objects.count() == 0


def test_a_group_has_a_later_deadline(client, cohort, cast):
    cohort.signup_closes_at = timezone.now() - timedelta(hours=1)
    cohort.save()
    cohort.groups.create(name="Partner people", slug="partner", signup_closes_at=timezone.now() + timedelta(days=3))
    assert "closed" in client.get(url(cohort)).content.decode()
    assert client.get(url(cohort) + "?group=partner").context["group"].name == "Partner people"
    client.post(url(cohort) + "?group=partner", MENTOR)
    pending = PendingSignup.objects.get()
    assert json.loads(json.dumps(pending.answers))["group"] == "partner"
    assert confirm_signup(signup=pending).group.slug == "partner"
    assert client.post(url(cohort), MENTOR).status_code == 422

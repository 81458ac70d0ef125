"""Every kind of question in the registry works wherever sign-up forms ask, keep, show, export and import answers."""

import inspect
import json

import pytest
from django.urls import reverse

from cohorts.imports.rows import _own_answer
from cohorts.models import PendingSignup, SignupQuestion
from cohorts.models.question_kinds import QUESTION_KINDS, QuestionKind, answer_values
from cohorts.questions import kinds
from cohorts.questions.question_form import build_field
from cohorts.questions.versions import save_question
from cohorts.signup.services import confirm_signup
from cohorts.signup_form.answers import shown_answers
from cohorts.tests.test_signup_form_definition import MENTOR, url
from mentorship.devtools.testing.questions import OPTIONS, WHERE, conditional_boxes, lost_inputs, posted, shows_the_same

pytestmark = pytest.mark.django_db
KINDS = list(QUESTION_KINDS.values())
ASKED = [kind for kind in KINDS if kind.is_asked and not kind.is_file]


def asked(cast, kind, **fields):
    options = OPTIONS if kind.lists_choices else []
    question = SignupQuestion(
        cohort=cast.cohort, role="mentor", text="Why now?", kind=kind.name, options=options, **fields
    )
    return save_question(question=question, by=cast.coordinator)


@pytest.fixture
def cohort(cast):
    cast.cohort.status, cast.cohort.signup_closes_at = "enrolling", None
    cast.cohort.save()
    return cast.cohort


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_kind_says_what_the_product_needs_to_know(kind):
    for name in ("name", "label", "example"):
        assert getattr(kind, name, None), f"{WHERE}: {type(kind).__name__} lacks `{name}`."
    assert len(kind.name) <= SignupQuestion._meta.get_field("kind").max_length
    assert len(kind.example) == 3, f"{WHERE}: the example of {kind.name} is (what is sent, what is stored, words)."
    assert kind.is_asked or not kind.is_chosen


def test_every_kind_of_the_module_is_registered():
    written = [kind for _, kind in inspect.getmembers(kinds, inspect.isclass) if kind.__module__ == kinds.__name__]
    concrete = {kind for kind in written if issubclass(kind, QuestionKind) and not inspect.isabstract(kind)}
    missing = sorted(kind.__name__ for kind in concrete - {type(kind) for kind in KINDS})
    assert missing == [], f"{WHERE}: {missing} without `@register`, or with the `name` of another kind."


@pytest.mark.parametrize("kind", ASKED, ids=lambda kind: kind.name)
def test_what_is_typed_becomes_what_is_stored(cohort, cast, kind):
    typed, stored, _words = kind.example
    field = build_field(asked(cast, kind))
    kept = kind.store(field.clean(field.widget.value_from_datadict(posted("q", typed), {}, "q")))
    assert kept == stored, f"{WHERE}: `store` of {kind.name}, or its example"
    try:
        same = json.loads(json.dumps(kept))
    except TypeError as error:
        pytest.fail(f"{WHERE}: `store` of {kind.name} gives no JSON: {error}")
    assert same == kept, f"{WHERE}: `store` of {kind.name} gives something that JSON brings back changed"


@pytest.mark.parametrize("kind", ASKED, ids=lambda kind: kind.name)
def test_a_sign_up_asks_keeps_and_shows_an_answer(client, cohort, cast, kind):
    typed, stored, words = kind.example
    question = asked(cast, kind)
    page = client.get(url(cohort)).content.decode()
    assert "Why now?" in page, f"{WHERE}: `make_field` of {kind.name}"
    lost = lost_inputs(page, f"q_{question.key}", typed)
    assert lost == [], f"{WHERE}: the widget of {kind.name} draws no input for {lost}; is its HTML marked safe?"
    client.post(url(cohort), {**MENTOR, **posted(f"q_{question.key}", typed)})
    enrollment = confirm_signup(signup=PendingSignup.objects.get())
    assert enrollment.answers.get().value == stored, f"{WHERE}: `make_field` and `store` of {kind.name}"
    assert shown_answers(enrollment, SignupQuestion.Seen.values) == [("Why now?", words, None)], (
        f"{WHERE}: `in_words` of {kind.name}"
    )
    client.force_login(cast.coordinator)
    assert "Why now?" in client.get(enrollment.get_absolute_url()).content.decode()
    export = client.get(reverse("cohorts:people-list", args=[cohort.slug]), {"format": "csv"}).content.decode()
    assert words in export, f"{WHERE}: `in_words` of {kind.name}, in the export of people"


@pytest.mark.parametrize("kind", ASKED, ids=lambda kind: kind.name)
def test_a_stored_answer_is_shown_unchanged_when_the_form_is_opened_again(cohort, cast, kind):
    typed, stored, _words = kind.example
    field = build_field(asked(cast, kind))
    assert shows_the_same(field, kind.retype(stored), typed), f"{WHERE}: `retype` of {kind.name}"


@pytest.mark.parametrize("kind", ASKED, ids=lambda kind: kind.name)
def test_a_sheet_brings_the_same_answer(cohort, cast, kind):
    _typed, stored, words = kind.example
    question = asked(cast, kind)
    for text in (", ".join(answer_values(stored)), words):
        leftovers = []
        read = _own_answer(question, text, [], leftovers)
        assert (read, leftovers) == (stored, []), f"{WHERE}: `read_cell` of {kind.name}, from “{text}”"


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.is_asked], ids=lambda kind: kind.name)
def test_a_conditional_question_has_a_box_that_can_be_hidden(client, cohort, cast, kind):
    first = asked(cast, QUESTION_KINDS["yes_no"])
    then = asked(cast, kind, shown_if=first.key, shown_if_value="yes")
    boxes = conditional_boxes(client.get(url(cohort)).content.decode())
    assert boxes == {f"div_id_q_{then.key}"}, f"{WHERE}: the widget of {kind.name} does not draw its `attrs`"


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_coordinators_can_add_a_question_of_each_kind(client, cohort, cast, kind):
    client.force_login(cast.coordinator)
    address = reverse("cohorts:question-create", args=[cohort.slug, "mentor"])
    assert f'value="{kind.name}"' in client.get(address).content.decode()
    choices = "Blue\nRed" if kind.lists_choices else ""
    said = {"kind": kind.name, "text": "Which?", "choices": choices, "seen_by": "review", "required": "on"}
    assert client.post(address, said).status_code == 302
    question = SignupQuestion.objects.get()
    assert question.required == kind.is_asked
    assert question.choices == [("Blue", "Blue"), ("Red", "Red")] or not kind.lists_choices


def test_a_kind_without_its_parts_can_not_be_registered():
    with pytest.raises(TypeError, match="make_field"):
        type("Half", (QuestionKind,), {"name": "half", "label": "Half"})()


@pytest.mark.parametrize("text", ["nan", "NaN", "inf", "-Infinity", "1e999"])
def test_a_cell_that_no_database_can_store_is_no_number(text):
    assert kinds.Number().read_cell(SignupQuestion(), text) is None

"""What a sign-up form begins with: a person's last sign-up, or the one that they edit."""

from typing import Any

from cohorts.models import Cohort, Enrollment
from cohorts.questions.answers import answers_by_key
from cohorts.questions.form_definition import current_questions, field_name
from cohorts.signup.services import ENROLLMENT_FIELDS
from mentorship.core.accounts.models import User

# What is filled in from the last sign-up in the same role; a new project is described anew.
KEPT_FIELDS = (
    "goals",
    "mentoring_type",
    "interaction_style",
    "hours_per_month",
    "capacity",
    "mentors_wanted",
    "country",
    "time_zone",
    "languages",
    "private_needs",
    "shares_address",
    "listed_publicly",
)
# What is true of a person in whatever role: a mentee who comes back as a mentor need not type it again.
FIELDS_OF_ANY_ROLE = ("country", "time_zone", "languages", "hours_per_month", "private_needs", "listed_publicly")
PERSON_FIELDS = ("full_name", "pronouns", "country", "time_zone", "languages")


def prefill_form(*, user: User | None, cohort: Cohort, role: str) -> tuple[dict[str, Any], str]:
    """What the form begins with for a person whose address is proven, and the name of the cohort it comes from.

    A deferred project comes along whole: it was never begun.
    """
    if user is None:
        return {}, ""
    initial = {name: getattr(user, name) for name in PERSON_FIELDS}
    earlier = (
        Enrollment.objects.of_person(user)
        .filter(cohort__programme=cohort.programme_id)
        .exclude(cohort=cohort)
        .select_related("cohort")
        .prefetch_related("topics", "answers__question")
        .order_by("-cohort__starts_on", "-pk")
    )
    last = earlier.filter(user=user, role=role).first()
    if last is None:
        other = earlier.first()
        if other is None:
            return initial, ""
        if other.user_id == user.pk:  # what the lead of a team said is the lead's
            initial |= {
                name: value for name in FIELDS_OF_ANY_ROLE if (value := getattr(other, name)) not in (None, "", [])
            }
        initial["topics"] = ", ".join(topic.name for topic in other.topics.all())
        return initial, other.cohort.name
    initial |= {name: value for name in KEPT_FIELDS if (value := getattr(last, name)) not in (None, "", [])}
    initial["topics"] = ", ".join(topic.name for topic in last.topics.all())
    if last.defers:
        initial |= {"title": last.title, "description": last.description}
    # A question keeps its key from round to round; the answer goes along where its words are the same.
    said = {a.question.key: a for a in last.answers.all()}
    for question in current_questions(cohort, role):
        answer = said.get(question.key)
        if answer and answer.question.text == question.text and not question.behaviour.is_file:
            initial[field_name(question)] = question.behaviour.retype(answer.value)
    return initial, last.cohort.name


def saved_answers(enrollment: Enrollment) -> dict[str, Any]:
    """What the form shows of a sign-up that is edited."""
    initial = {name: getattr(enrollment, name) for name in ENROLLMENT_FIELDS}
    initial |= {"full_name": enrollment.user.full_name, "pronouns": enrollment.user.pronouns}
    initial["topics"] = ", ".join(topic.name for topic in enrollment.topics.all())
    said = answers_by_key(enrollment)
    asked = current_questions(enrollment.cohort, enrollment.role)
    return initial | {field_name(q): q.behaviour.retype(said[q.key]) for q in asked if q.key in said}

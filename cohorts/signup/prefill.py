"""Initial values of a sign-up form, from a person's last sign-up or the one being edited."""

from collections.abc import Callable
from typing import Any

from cohorts.models import Cohort, Enrollment
from cohorts.signup.forms import MemberFormSet
from cohorts.signup.services import ENROLLMENT_FIELDS
from cohorts.signup_form.form_definition import answer_to_ask, asks_for_project, current_questions, field_name
from cohorts.signup_form.topic_names import join_topics
from mentorship.core.accounts.models import User
from mentorship.core.extensions import ExtensionPoint

# Copied from the last sign-up in the same role. A new project needs a new description.
KEPT_FIELDS = tuple(name for name in ENROLLMENT_FIELDS if name not in ("title", "description"))
# Also copied from a sign-up in another role.
FIELDS_OF_ANY_ROLE = (
    "country",
    "city",
    "time_zone",
    "availability",
    "languages",
    "hours_per_month",
    "private_needs",
    "listed_publicly",
)
PERSON_FIELDS = ("full_name", "pronouns", "country", "time_zone", "languages")


# Takes a cohort and a confirmed address; returns `full_name` and `about`, where its owner said them elsewhere.
SAID_ELSEWHERE: ExtensionPoint[Callable[[Cohort, str], dict[str, str]]] = ExtensionPoint(
    "what newcomers said elsewhere",
    asked_by=__name__,
    about="Given a cohort and a confirmed address, the name and the wishes that its owner gave, such as at an event.",
)


def prefill_form(*, user: User | None, cohort: Cohort, role: str, email: str = "") -> tuple[dict[str, Any], str]:
    """Initial values for a person with a confirmed address, and the name of the cohort that they come from.

    A deferred project is copied completely, since it never began. Who is new gets what they said elsewhere.
    """
    initial, source = _from_earlier_rounds(user, cohort, role)
    if source or not email:
        return initial, source
    about = "goals" if role == Enrollment.Role.MENTOR or asks_for_project(cohort) else "description"
    said = {name: text for known in SAID_ELSEWHERE for name, text in known(cohort, email).items() if text}
    told = {"full_name": said.get("full_name", ""), about: said.get("about", "")}
    return {**told, **{name: value for name, value in initial.items() if value}}, source


def _from_earlier_rounds(user: User | None, cohort: Cohort, role: str) -> tuple[dict[str, Any], str]:
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
        if other.user_id == user.pk:  # a member of a team does not inherit its lead's answers
            initial |= {
                name: value for name in FIELDS_OF_ANY_ROLE if (value := getattr(other, name)) not in (None, "", [])
            }
        initial["topics"] = join_topics(topic.name for topic in other.topics.all())
        return initial, other.cohort.name
    initial |= {name: value for name in KEPT_FIELDS if (value := getattr(last, name)) not in (None, "", [])}
    initial["topics"] = join_topics(topic.name for topic in last.topics.all())
    if last.defers:
        initial |= {"title": last.title, "description": last.description}
    # A question keeps its key from round to round. The answer is copied if its text is the same.
    said = {a.question.key: a for a in last.answers.all()}
    for question in current_questions(cohort, role):
        answer = said.get(question.key)
        if answer and answer.question.text == question.text and not question.behaviour.is_file:
            initial[field_name(question)] = answer_to_ask(question, answer)
    return initial, last.cohort.name


def saved_team(enrollment: Enrollment) -> Any:
    """The rows of team members, for editing a sign-up."""
    team = [{"full_name": m.named_as or m.user.full_name, "email": m.user.email} for m in enrollment.members.all()]
    return MemberFormSet(initial=team, prefix="members")


def saved_answers(enrollment: Enrollment) -> dict[str, Any]:
    """Initial values, for editing a sign-up."""
    initial = {name: getattr(enrollment, name) for name in ENROLLMENT_FIELDS}
    initial |= {"full_name": enrollment.user.full_name, "pronouns": enrollment.user.pronouns}
    initial["topics"] = join_topics(topic.name for topic in enrollment.topics.all())
    said = {answer.question.key: answer for answer in enrollment.answers.select_related("question")}
    asked = current_questions(enrollment.cohort, enrollment.role)
    return initial | {field_name(q): answer_to_ask(q, said[q.key]) for q in asked if q.key in said}

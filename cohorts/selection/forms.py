"""Forms of the selection pages: rules, change by hand, mails."""

import re
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Layout
from django import forms

from cohorts.models import Cohort, Enrollment
from cohorts.selection.policy import (
    ABOUT_A_TRACK,
    CHOOSING,
    MOST_POINTS,
    NAMING_TRACKS,
    ONE_ANSWER,
    Policy,
    Questions,
    answer_options,
    policy_of,
    policy_problems,
    rule_questions,
)
from mentorship.core.reference_data import country_code, country_name

MOST_SEATS = 100_000
QUESTION = "question:"
Choices = list[tuple[str, str]]


def _asking(questions: Questions, kinds: tuple[str, ...], prefix: str = "") -> Choices:
    return [(f"{prefix}{key}", q.text) for key, q in questions.items() if q.kind in kinds]


class RulesForm(forms.Form):
    """The rules that exist only once."""

    availability = forms.ChoiceField(
        label="Who can attend which track",
        required=False,
        help_text="A question whose options name the tracks. An option may end with (if necessary).",
    )
    seed = forms.CharField(
        label="Word for the lottery",
        required=False,
        max_length=40,
        help_text="Who stands equal is drawn by lot. The same word draws the same lots; say it in public beforehand.",
    )

    def __init__(self, *args: Any, questions: Questions, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        everybody = ("", "Everybody can attend every track")
        self.fields["availability"].choices = [everybody, *_asking(questions, NAMING_TRACKS)]  # type: ignore[attr-defined]


class RowForm(forms.Form):
    """A row of the rules. `show` groups its fields in lines of two."""

    lines: tuple[tuple[str, ...], ...] = ()

    def __init__(self, *args: Any, questions: Questions, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.questions = questions
        for name, choices in self.choices().items():
            self.fields[name].choices = choices  # type: ignore[attr-defined]
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        lines = [[name for name in line if name in self.fields] for line in self.lines]
        pairs = [Div(*line, css_class="m-pair") if len(line) > 1 else Div(*line) for line in lines if line]
        self.helper.layout = Layout(*pairs)

    def choices(self) -> dict[str, Choices]:
        return {}


class TrackForm(RowForm):
    """A track and its seats."""

    lines = (("name", "seats"), ("asked",))

    name = forms.CharField(
        label="Track", required=False, max_length=120, help_text="Leave it empty where there is only one kind of place."
    )
    seats = forms.IntegerField(min_value=0, max_value=MOST_SEATS)
    asked = forms.ChoiceField(
        label="Who can attend", required=False, help_text="A question answered by yes, if necessary or no."
    )

    def choices(self) -> dict[str, Choices]:
        asking = _asking(self.questions, ABOUT_A_TRACK)
        if not asking:
            del self.fields["asked"]
            return {}
        return {"asked": [("", "No question of its own"), *asking]}

    @staticmethod
    def typed(track: dict[str, Any], asked: Any) -> dict[str, Any]:
        return {**track, "asked": asked.get(track["name"], "") if isinstance(asked, dict) else ""}

    def rule(self) -> dict[str, Any]:
        return {"name": self.cleaned_data["name"].strip(), "seats": self.cleaned_data["seats"]}


class QuotaForm(RowForm):
    """A limit on people with one value, or with each value."""

    lines = (("attribute",), ("value", "most"))

    attribute = forms.ChoiceField(label="Quota for")
    value = forms.CharField(
        label="Which one",
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"list": "values", "autocomplete": "off"}),
        help_text="Leave empty to apply this to each of them.",
    )
    most = forms.IntegerField(label="At most", min_value=0, max_value=MOST_SEATS)

    def choices(self) -> dict[str, Choices]:
        standing = [("", "Choose"), ("country", "Country"), ("group", "Group")]
        return {"attribute": [*standing, *_asking(self.questions, ONE_ANSWER, QUESTION)]}

    @staticmethod
    def typed(quota: dict[str, Any]) -> dict[str, Any]:
        value = quota["value"] or ""
        return {**quota, "value": country_name(value) if quota["attribute"] == "country" and value else value}

    def rule(self) -> dict[str, Any]:
        attribute, value = self.cleaned_data["attribute"], self.cleaned_data["value"].strip()
        if attribute == "country":
            value = country_code(value) or value
        elif question := self.questions.get(attribute.removeprefix(QUESTION)):
            value = next((o for o in answer_options(question) if o.casefold() == value.casefold()), value)
        return {"attribute": attribute, "value": value or None, "most": self.cleaned_data["most"]}


class PriorityForm(RowForm):
    """A condition that gives priority."""

    lines: tuple[tuple[str, ...], ...] = (("what", "answer"),)
    others: Choices = [("first_time", "Takes part for the first time")]

    what = forms.ChoiceField(label="Who")
    answer = forms.CharField(
        label="Answered",
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"list": "answers", "autocomplete": "off"}),
        help_text="For a question: the answer that counts.",
    )

    def choices(self) -> dict[str, Choices]:
        return {"what": [("", "Choose"), *self.others, *_asking(self.questions, CHOOSING, QUESTION)]}

    @staticmethod
    def typed(condition: dict[str, Any]) -> dict[str, Any]:
        what = "reviews" if condition.get("from") == "reviews" else "first_time"
        if "question" in condition:
            what = f"{QUESTION}{condition['question']}"
        return {"what": what, "answer": condition.get("answer", ""), "points": condition.get("points", 1)}

    def rule(self) -> dict[str, Any]:
        what = self.cleaned_data["what"]
        if what.startswith(QUESTION):
            return {"question": what.removeprefix(QUESTION), "answer": self.cleaned_data["answer"].strip()}
        return {"from": "reviews"} if what == "reviews" else {"first_time": True}


class PointsForm(PriorityForm):
    """A condition that gives points."""

    lines = (("what",), ("answer", "points"))
    others = [("reviews", "Mean of the reviews, from 0 to 1 times the points"), *PriorityForm.others]

    points = forms.FloatField(min_value=-MOST_POINTS, max_value=MOST_POINTS)

    def rule(self) -> dict[str, Any]:
        points = self.cleaned_data["points"]
        return {**super().rule(), "points": int(points) if points.is_integer() else points}


class AlwaysAcceptForm(RowForm):
    """An application that is always accepted first."""

    lines = (("application",),)

    application = forms.CharField(
        label="Application",
        max_length=400,
        widget=forms.TextInput(attrs={"list": "applications", "autocomplete": "off"}),
        help_text="Type a part of its name and choose it. Never over the seats or a quota.",
    )

    def __init__(self, *args: Any, applications: dict[int, str], **kwargs: Any) -> None:
        self.applications = applications
        super().__init__(*args, **kwargs)

    def clean_application(self) -> int:
        text = self.cleaned_data["application"]
        number = re.match(r"\d+", text)
        pk = int(number[0][:15]) if number else 0
        if pk not in self.applications:
            raise forms.ValidationError("Choose one of the applications that are open.")
        return pk

    def rule(self) -> int:
        return self.cleaned_data["application"]


def application_label(pk: int, name: str) -> str:
    """The label of an application in the list to choose from."""
    return f"{pk} {name}"


class RulesForms:
    """The page of rules: one form, and a formset for each kind of row. Errors appear at their fields."""

    parts: dict[str, Any] = {
        "tracks": TrackForm,
        "quotas": QuotaForm,
        "points": PointsForm,
        "priority": PriorityForm,
        "override": AlwaysAcceptForm,
    }

    def __init__(self, cohort: Cohort, applications: dict[int, str], data: Any = None) -> None:
        self.cohort, self.questions = cohort, rule_questions(cohort)
        policy = policy_of(cohort)
        asked = policy["availability_question"]
        initial = {"availability": asked if isinstance(asked, str) else "", "seed": policy["seed"]}
        self.form = RulesForm(data, questions=self.questions, initial=initial)
        first = [pk for pk in policy["override"] if pk in applications]
        typed: dict[str, list[dict]] = {
            "tracks": [TrackForm.typed(t, asked) for t in policy["tracks"]],
            "quotas": [QuotaForm.typed(q) for q in policy["quotas"]],
            "points": [PriorityForm.typed(c) for c in policy["points"]],
            "priority": [PriorityForm.typed(c) for c in policy["priority"]],
            "override": [{"application": application_label(pk, applications[pk])} for pk in first],
        }
        self.formsets: dict[str, Any] = {}
        for part, form in self.parts.items():
            kwargs: dict[str, Any] = {"questions": self.questions}
            if part == "override":
                kwargs["applications"] = applications
            one_more = int(part == "tracks" and not typed[part])
            factory: Any = forms.formset_factory(form, extra=one_more, can_delete=True, max_num=50, validate_max=True)
            self.formsets[part] = factory(data, prefix=part, initial=typed[part], form_kwargs=kwargs)

    @property
    def summarised_forms(self) -> list[Any]:
        """The forms that the error summary of the page reads."""
        return [self.form, *self.formsets.values()]

    def is_valid(self) -> bool:
        """Whether the rules can be used. Adds errors to their fields."""
        if not all([self.form.is_valid(), *(formset.is_valid() for formset in self.formsets.values())]):
            return False
        problems = policy_problems(self.policy(), self.cohort, self.questions)
        for problem in problems:
            if problem.part not in self.formsets:
                self.form.add_error(problem.part or None, problem.text)
            elif problem.row is None:
                self.formsets[problem.part].non_form_errors().append(problem.text)
            else:
                self._rows(problem.part)[problem.row].add_error(problem.key, problem.text)
        return not problems

    def policy(self) -> Policy:
        """The rules in the format of `save_policy`."""
        rows = {part: [form.rule() for form in self._rows(part)] for part in self.parts}
        asked = {
            row["name"]: form.cleaned_data.get("asked", "")
            for row, form in zip(rows["tracks"], self._rows("tracks"), strict=True)
        }
        by_track = asked if any(asked.values()) else None
        chosen = self.form.cleaned_data["availability"]
        return {**rows, "availability_question": chosen or by_track, "seed": self.form.cleaned_data["seed"].strip()}

    def _rows(self, part: str) -> list[Any]:
        return [f for f in self.formsets[part].forms if f.cleaned_data and not f.cleaned_data.get("DELETE")]


class OverrideOutcomeForm(forms.Form):
    """An outcome that overrides the rules. Accepting needs a track."""

    choice = forms.ChoiceField(label="By hand", widget=forms.RadioSelect)

    def __init__(self, *args: Any, tracks: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        seats = [(f"accepted:{track}", f"Accepted, {track}" if track else "Accepted") for track in tracks]
        rest = [("waitlisted", "Waitlisted"), ("declined", "Declined"), ("rules", "As the rules say")]
        self.fields["choice"].choices = [*seats, *rest]  # type: ignore[attr-defined]

    def outcome(self) -> tuple[str, str | None]:
        """Outcome and track in the format of `override_outcome`."""
        outcome, _, track = self.cleaned_data["choice"].partition(":")
        return ("" if outcome == "rules" else outcome), (track if outcome == "accepted" else None)


class SelectionApplyForm(forms.Form):
    """The coordinators' own paragraph for each kind of mail."""

    mail = forms.BooleanField(label="Send the emails", required=False, initial=True)

    def __init__(self, *args: Any, outcomes: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for outcome in outcomes:
            self.fields[outcome] = forms.CharField(
                label=f"Your own paragraph to those {Enrollment.Status(outcome).label}",
                required=False,
                max_length=4000,
                widget=forms.Textarea(attrs={"rows": 3}),
            )
        self.order_fields([*outcomes, "mail"])

    def paragraphs(self) -> dict[str, str]:
        return {name: text for name, text in self.cleaned_data.items() if name != "mail"}

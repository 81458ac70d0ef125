"""The matching policy as a form, and its rules in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from cohorts.models import Cohort, Programme
from matching.policy.choices import DEFAULT_RULES, FORMER, NAMED, OBJECTIVES
from matching.policy.employers import QUESTIONS, ROLES, questions_to_choose
from matching.scoring.factors import visible_factors

SWITCHES: dict[str, tuple[str, str]] = {
    "require_common_language": (
        "Require a language in common",
        "Pairs are ruled out if both sides named their languages and share none.",
    ),
    "other_employer": (
        "Not from the same employer",
        "Two people who gave the same employer are not matched. Capital letters, accents, punctuation, “the” and legal "
        "forms such as Ltd or GmbH make no difference. “Self-employed” and “none” don’t count as an employer.",
    ),
    "own_team": ("No mentor from their own team", "A mentor who is part of a team is never proposed for it."),
    "declared_conflicts": (
        "Respect declared conflicts of interest",
        "Pairs are ruled out if a reviewer declared a conflict of interest.",
    ),
    "partners_first": (
        "A partner’s mentors go to its own people first",
        "People who signed up in the same group are matched with each other first, then everybody else.",
    ),
}
_NUMBERS: dict[str, tuple[str, str, float, float]] = {
    "least_hours": (
        "Minimum shared waking hours a day",
        "0 means no minimum. You can use half hours, such as 2.5.",
        14,
        0.5,
    ),
    "least_score": ("Minimum score", "From 0 to 1. Pairs that score lower are ruled out. 0 means no minimum.", 1, 0.01),
    "rest_after": (
        "Rounds in a row before a mentor rests",
        "Mentors who took part in this many rounds in a row are left out of the next one. 0 means never.",
        20,
        1,
    ),
    "most_first_timers": ("Maximum first-time mentees per mentor", "0 means no maximum.", 50, 1),
    "most_new_mentors": ("Maximum new mentors per new mentee", "Leave empty for no maximum.", 5, 1),
    "most_of_group": ("Maximum mentees of one group per mentor", "0 means no maximum.", 50, 1),
}
NUMBERS = {name: said for name, said in _NUMBERS.items() if name in DEFAULT_RULES}


class PolicyForm(forms.Form):
    """Weights, rules and goal of the next runs."""

    former = forms.ChoiceField(
        label="Pairs from earlier rounds",
        choices=list(FORMER.items()),
        help_text="People who were matched with each other in an earlier cohort of this programme.",
    )
    named_wishes = forms.ChoiceField(
        label="When somebody asked for a person by name",
        choices=list(NAMED.items()),
        help_text="In a question of that kind on the sign-up form. A name counts if it fits exactly one person here.",
    )
    objective = forms.ChoiceField(
        label="Goal",
        choices=list(OBJECTIVES.items()),
        widget=forms.RadioSelect,
        help_text="Best total and Fairest first match as many people as possible. Stable may leave some without.",
    )

    def __init__(self, *args: Any, cohort: Cohort | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cohort = cohort
        for key, factor in visible_factors().items():
            slider = forms.NumberInput(attrs={"type": "range", "class": "form-range", "data-slider": ""})
            self.fields[key] = forms.IntegerField(
                label=factor.label, min_value=0, max_value=10, widget=slider, help_text=factor.help
            )
        for key, (label, text) in SWITCHES.items():
            self.fields[key] = forms.BooleanField(label=label, help_text=text, required=False)
        for key, (label, text, most, step) in NUMBERS.items():
            kind: type[Any] = forms.IntegerField if step == 1 else forms.FloatField
            self.fields[key] = kind(
                label=label,
                help_text=text,
                required=DEFAULT_RULES[key] is not None,
                min_value=0,
                max_value=int(most) if step == 1 else most,
                widget=forms.NumberInput(attrs={"step": step, "inputmode": "decimal"}),
            )
        for role in ROLES:
            asked = questions_to_choose(cohort, role) if cohort else []
            self.fields[_employer_field(role)] = forms.ChoiceField(
                label=f"The question that asks {role}s for their employer",
                choices=[("", "None"), *((question.key, question.text) for question in asked)],
                required=False,
            )
        for field in self.fields.values():
            if isinstance(field.widget, forms.NumberInput) and "type" not in field.widget.attrs:
                field.widget.attrs["class"] = "form-control"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not any(cleaned[key] for key in visible_factors()):
            raise forms.ValidationError("At least one weight must be more than 0.")
        for role in ROLES if cleaned.get("other_employer") else ():
            name = _employer_field(role)
            if name not in self.errors and not cleaned.get(name):
                field: Any = self.fields[name]
                add = (
                    "" if len(field.choices) > 1 else f" The form for {role}s has none yet: add a short question to it."
                )
                self.add_error(name, f"Choose a question, or allow pairs from the same employer.{add}")
        return cleaned

    @property
    def sliders(self) -> Iterator[BoundField]:
        return (self[key] for key in visible_factors())

    @property
    def switches(self) -> Iterator[BoundField]:
        return (self[key] for key in SWITCHES)

    @property
    def employer_questions(self) -> Iterator[BoundField]:
        return (self[_employer_field(role)] for role in ROLES)

    @property
    def numbers(self) -> Iterator[BoundField]:
        return (self[key] for key in NUMBERS)

    @property
    def weights(self) -> dict[str, float]:
        return {key: self.cleaned_data[key] for key in visible_factors()}

    @property
    def rules(self) -> dict[str, Any]:
        """Every rule as services store it: a whole number if it is one."""
        asked = {str(role): self.cleaned_data[_employer_field(role)] for role in ROLES}
        chosen = {QUESTIONS: {role: key for role, key in asked.items() if key}}
        found = {name: self.cleaned_data[name] for name in DEFAULT_RULES if name not in chosen} | chosen
        return {name: int(v) if isinstance(v, float) and v == int(v) else v for name, v in found.items()}


def _employer_field(role: str) -> str:
    return f"employer_question_of_{role}"


def suggested_values(query: Any) -> dict[str, Any]:
    """Read the settings that an address proposes, such as `?least_hours=2&require_common_language=`; ignores others."""
    found: dict[str, Any] = {}
    form = PolicyForm()
    for name in query:
        if name in SWITCHES:
            found[name] = query[name] in ("1", "on", "true")
        elif name in form.fields:
            try:
                found[name] = form.fields[name].clean(query[name])
            except forms.ValidationError:
                continue
    return found


def describe_rules(rules: dict[str, Any], common_language: bool, programme: Programme) -> list[str]:
    """Describe the active rules of a run in the words of its programme."""
    on = {**rules, "require_common_language": common_language}
    said = [label for name, (label, _) in SWITCHES.items() if on.get(name)]
    off = {name: DEFAULT_RULES[name] for name in NUMBERS}
    said += [
        f"{label}: {rules[name]:g}" for name, (label, *_) in NUMBERS.items() if rules.get(name, off[name]) != off[name]
    ]
    if rules.get("former") in ("never", "prefer"):
        said.append(f"Pairs from earlier rounds: {FORMER[rules['former']].lower()}")
    if rules.get("named_wishes") in ("only", "ignore"):
        said.append(f"When somebody asked for a person by name: {NAMED[rules['named_wishes']].lower()}")
    return [programme.own_words(text) for text in said]

"""Helpers of tests of question kinds."""

from typing import Any

from django.forms import Field

OPTIONS = [["Blue", "Blue"], ["Red", "Red"], ["Green", "Green"]]
WHERE = "cohorts/questions/kinds.py"


def posted(name: str, typed: Any) -> dict[str, Any]:
    """What a browser sends for the first part of an example: a dict names the widgets of a field with several."""
    if isinstance(typed, dict):
        return {f"{name}{suffix}": value for suffix, value in typed.items()}
    return {name: typed}


def shows_the_same(field: Field, initial: Any, typed: Any) -> bool:
    """Whether a field that starts with `initial` looks as it did when the example was typed into it."""
    sent = field.widget.value_from_datadict(posted("q", typed), {}, "q")
    return field.widget.render("q", field.prepare_value(initial)) == field.widget.render("q", sent)

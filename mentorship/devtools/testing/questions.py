"""Helpers of tests of question kinds."""

from typing import Any

from django.forms import Field
from lxml import etree

OPTIONS = [["Blue", "Blue"], ["Red", "Red"], ["Green", "Green"]]
WHERE = "cohorts/questions/kinds.py"


def posted(name: str, typed: Any) -> dict[str, Any]:
    """The submitted data for the first part of an example: a dict names the widgets of a field with several."""
    if isinstance(typed, dict):
        return {f"{name}{suffix}": value for suffix, value in typed.items()}
    return {name: typed}


def shows_the_same(field: Field, initial: Any, typed: Any) -> bool:
    """Whether a field that starts with `initial` looks as it did when the example was typed into it."""
    sent = field.widget.value_from_datadict(posted("q", typed), {}, "q")
    return field.widget.render("q", field.prepare_value(initial)) == field.widget.render("q", sent)


def lost_inputs(page: str, name: str, typed: Any) -> list[str]:
    """Names in an example for which a page has no input within the box of its question."""
    boxed = etree.HTML(page).xpath("//*[starts-with(@id, 'div_id_')]//*[self::input or self::textarea or self::select]")
    return sorted(set(posted(name, typed)) - {field.get("name") for field in boxed})


def conditional_boxes(page: str) -> set[str]:
    """The boxes that the script hides and shows: the nearest `div_id_…` around each field with a condition."""
    found = etree.HTML(page).xpath("//*[@data-shown-if]/ancestor::*[starts-with(@id, 'div_id_')][1]")
    return {box.get("id") for box in found}

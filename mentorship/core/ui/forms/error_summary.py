"""The summary of form errors that every layout shows above the content."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.forms import BaseForm
from django.forms.boundfield import BoundField
from django.forms.formsets import BaseFormSet
from django.template import Context

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


@dataclass(frozen=True)
class FormError:
    """One error: its text, and the id of the field to correct, "" if it concerns no single field."""

    words: str
    field_id: str = ""


def errors_of_page(context: Context) -> list[FormError]:
    """The errors of all submitted forms on this page, in the order of their fields. Validates nothing.

    A page may keep its forms in lists, or in an object that names them as `summarised_forms`.
    """
    request = context.get("request")
    if request is None or request.method in SAFE_METHODS:
        return []
    found = [error for value in context.flatten().values() for error in _errors_in(value)]
    return list(dict.fromkeys(found))


def _errors_in(value: Any, depth: int = 2) -> Iterator[FormError]:
    kind = type(value)  # isinstance would evaluate lazy objects
    if issubclass(kind, BaseForm):
        yield from _of_form(value)
    elif issubclass(kind, BaseFormSet):
        yield from _of_formset(value)
    elif hasattr(kind, "summarised_forms"):
        yield from _errors_in(value.summarised_forms)
    elif issubclass(kind, list | tuple) and depth:
        for item in value:
            yield from _errors_in(item, depth - 1)


def _of_formset(formset: BaseFormSet[Any]) -> Iterator[FormError]:
    if not formset.is_bound or formset._errors is None:  # type: ignore[attr-defined]
        return
    yield from (FormError(str(words)) for words in formset.non_form_errors())
    gone = formset.deleted_forms if formset.can_delete else []
    for number, form in enumerate(formset.forms, 1):
        if form not in gone:
            yield from _of_form(form, f"{number}. " if len(formset.forms) > 1 else "")


def _of_form(form: BaseForm, row: str = "") -> Iterator[FormError]:
    errors = form._errors  # type: ignore[attr-defined]
    if not form.is_bound or not errors:
        return
    for words in form.non_field_errors():
        yield FormError(f"{row}{words}")
    for name in _names_in_order(form):
        for error in errors[name].as_data() if name in errors else ():
            for words in error.messages:
                yield _of_field(form[name], str(words), row, names_field=error.code == "required")


def _of_field(field: BoundField, words: str, row: str, *, names_field: bool) -> FormError:
    if field.is_hidden:
        return FormError(f"{row}{words}")
    label = str(field.label).strip()
    mark = " " if label.endswith(("?", ".", "!", ":", "…")) else ": "
    # The message for an empty field names it already.
    named = words if names_field or not label else f"{label}{mark}{words}"
    # A group of choices has no id of its own, so link to its first choice.
    return FormError(f"{row}{named}", field.id_for_label or f"{field.auto_id}_0")


def _names_in_order(form: BaseForm) -> Iterable[str]:
    """The fields in the order of the page: by the layout of the form if it has one."""
    layout = getattr(getattr(form, "helper", None), "layout", None)
    shown = [pointer.name for pointer in layout.get_field_names()] if layout else []
    return dict.fromkeys([*(name for name in shown if name in form.fields), *form.fields])

"""Choices among rows of which an installation may have thousands."""

import re
from typing import Any

from django import forms
from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Model, Q, QuerySet
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from mentorship.core.ui.requests import number_in

# A list of more rows is no help to anybody, and costs more than its page.
OFFERED = 300
IN_BRACKETS = re.compile(r"\(([^()\s]+)\)$")


class SuggestInput(forms.TextInput):
    """A text field with suggestions, which browsers show while somebody types."""

    def __init__(self, suggestions: list[str], attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"autocomplete": "off", **(attrs or {})})
        self.suggestions = suggestions

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        list_id = f"{(attrs or {}).get('id') or name}-suggestions"
        field = super().render(name, value, {**(attrs or {}), "list": list_id}, renderer)
        options = format_html_join("", '<option value="{}"></option>', ((one,) for one in self.suggestions))
        return format_html('{}<datalist id="{}">{}</datalist>', field, list_id, options)


class LongChoiceField(forms.ModelChoiceField):
    """One of the rows given to `offer`: people, or what has a name and a slug.

    A few are a list to choose from. Of many, the name is typed, and the first rows are suggested.
    """

    is_typed = False

    def __init__(self, queryset: QuerySet[Any] | None = None, **kwargs: Any) -> None:
        super().__init__(queryset, **kwargs)

    def offer(self, rows: QuerySet[Any]) -> None:
        """Offer these rows, the likeliest first. One query if they are many."""
        self.queryset = rows
        first = list(rows[: OFFERED + 1])
        self.is_typed = len(first) > OFFERED
        if self.is_typed:
            self.widget = SuggestInput([self._typed(row) for row in first[:OFFERED]])
            self.widget.is_required = self.required
            self.help_text = f"{self.help_text} Start to type the name.".strip()

    def prepare_value(self, value: Any) -> Any:
        if self.is_typed and isinstance(value, str):
            return value
        if not self.is_typed or value is None:
            return super().prepare_value(value)
        row = value if isinstance(value, Model) else self.queryset.filter(pk=value).first()  # type: ignore[union-attr]
        return self._typed(row) if row else ""

    def to_python(self, value: Any) -> Any:
        if not self.is_typed or isinstance(value, Model) or value in self.empty_values:
            return super().to_python(value)
        text = str(value).strip()
        rows: Any = self.queryset
        by, called = self._columns
        key = match[1] if (match := IN_BRACKETS.search(text)) else text
        named = list(rows.filter(**{by: key})[:2]) or list(rows.filter(**{f"{called}__iexact": text})[:2])
        if len(named) > 1:
            raise forms.ValidationError("More than one has this name. Choose one of the suggestions.")
        if not named:
            raise forms.ValidationError("Nothing has this name. Check it for typos, or choose one of the suggestions.")
        return named[0]

    @property
    def _columns(self) -> tuple[str, str]:
        """The column that names a row without doubt, and the one with its name."""
        rows: Any = self.queryset
        return ("email", "full_name") if issubclass(rows.model, AbstractBaseUser) else ("slug", "name")

    def _typed(self, row: Any) -> str:
        return f"{self.label_from_instance(row)} ({getattr(row, self._columns[0])})"


def offer_latest(field: Any, rows: QuerySet[Any], *chosen: Any) -> None:
    """Offer the first of these rows in a select, and those that are chosen already, by their keys."""
    keys = [key for one in chosen if (key := number_in(str(one or "")))]
    field.queryset = rows.filter(Q(pk__in=list(rows.values_list("pk", flat=True)[:OFFERED])) | Q(pk__in=keys))

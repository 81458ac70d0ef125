"""Own questions as form fields."""

from typing import Any

from django import forms
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from cohorts.models import SignupQuestion
from cohorts.questions.files import file_of_token
from cohorts.questions.forms import Kind


class KeptFileInput(forms.Widget):
    """A file, or the signed id of one that was kept when the form came back with an error elsewhere."""

    needs_multipart_form = True  # no FileInput, which crispy draws by itself and without what was kept

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        kept = file_of_token(value)
        context = {
            "name": name,
            "describedby": (attrs or {}).get("aria-describedby", ""),
            "kept": value if kept else "",
            "kept_name": kept.name if kept else "",
        }
        return render_to_string("cohorts/questions/file_input.html", context)

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return data.get(f"{name}-kept", "")

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return f"{name}-kept" not in data


class KeptFileField(forms.Field):
    """Cleans to the id of a SignupFile. What was uploaded is kept before the form is validated, see SignupForm."""

    widget = KeptFileInput

    def to_python(self, value: Any) -> str:
        kept = file_of_token(value)
        return str(kept.pk) if kept else ""


def build_field(question: SignupQuestion) -> forms.Field:
    """The field that asks a question. A conditional one is checked by the form, which knows the other answers."""
    common: dict[str, Any] = {
        "label": question.text,
        "help_text": question.help,
        "required": question.required and not question.shown_if,
    }
    options = [(c, c) for c in question.choices]
    match question.kind:
        case Kind.LONG:
            field: forms.Field = forms.CharField(max_length=8000, widget=forms.Textarea(attrs={"rows": 4}), **common)
        case Kind.ONE:
            field = forms.ChoiceField(choices=options, widget=forms.RadioSelect, **common)
        case Kind.MANY:
            field = forms.MultipleChoiceField(choices=options, widget=forms.CheckboxSelectMultiple, **common)
        case Kind.SCALE:
            numbers = [(str(n), str(n)) for n in range(1, 6)]
            field = forms.TypedChoiceField(
                choices=numbers, coerce=int, empty_value=None, widget=forms.RadioSelect, **common
            )
        case Kind.YES_NO:
            field = forms.TypedChoiceField(
                choices=[("yes", "Yes"), ("no", "No")],
                coerce=lambda v: v == "yes",
                empty_value=None,
                widget=forms.RadioSelect,
                **common,
            )
        case Kind.NUMBER:
            field = forms.FloatField(**common)
        case Kind.DATE:
            field = forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **common)
        case Kind.FILE:
            field = KeptFileField(**common)
        case _:
            field = forms.CharField(max_length=500, **common)
    if question.shown_if:
        field.widget.attrs |= {"data-shown-if": f"q_{question.shown_if}", "data-shown-value": question.shown_if_value}
    return field


def plain_value(value: Any) -> Any:
    """A cleaned answer as plain JSON."""
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value

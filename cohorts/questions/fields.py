"""A form field for a file, which is kept while the rest of the form is corrected."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.forms.utils import flatatt
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from cohorts.questions.files import FileRefusedError, check_upload, file_of_token


class KeptFileInput(forms.Widget):
    """A file, or the signed id of one that was kept when another field had an error."""

    needs_multipart_form = True  # not a FileInput, which crispy draws by itself and without the kept file

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        kept = file_of_token(value)
        context = {
            "name": name,
            "describedby": (attrs or {}).get("aria-describedby", ""),
            "condition": flatatt({k: v for k, v in self.attrs.items() if k.startswith("data-")}),
            "kept": value if kept else "",
            "kept_name": kept.name if kept else "",
        }
        return render_to_string("cohorts/questions/file_input.html", context)

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return files.get(name) or data.get(f"{name}-kept", "")

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in files and f"{name}-kept" not in data


class KeptFileField(forms.Field):
    """Cleans to the id of a SignupFile, or to a checked upload that is not stored yet, see SignupForm."""

    widget = KeptFileInput

    def to_python(self, value: Any) -> Any:
        if isinstance(value, UploadedFile):
            try:
                check_upload(value)
            except FileRefusedError as error:
                raise forms.ValidationError(str(error)) from error
            return value
        if not value:
            return ""
        kept = file_of_token(value)
        if kept is None:
            raise forms.ValidationError(gettext("Choose your file again: we no longer have it."))
        return str(kept.pk)

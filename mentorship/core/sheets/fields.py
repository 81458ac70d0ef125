"""The field of a form that takes a sheet."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from mentorship.core.sheets.model import MEGABYTE, Limits, SheetError
from mentorship.core.sheets.reader import read_upload


class SheetField(forms.FileField):
    """An uploaded sheet, not larger than its limits allow. The cleaned value is the file, its content in `content`."""

    kinds = ".csv,.tsv,.txt,.xlsx,.ods"

    def __init__(self, *, limits: Limits, **kwargs: Any) -> None:
        self.limits = limits
        kwargs.setdefault("help_text", f"CSV, XLSX or ODS, up to {limits.max_bytes // MEGABYTE} MB.")
        super().__init__(widget=forms.ClearableFileInput(attrs={"accept": self.kinds}), **kwargs)

    def clean(self, data: Any, initial: Any = None) -> Any:
        file = super().clean(data, initial)
        if file:
            try:
                file.content = read_upload(file, self.limits)
            except SheetError as error:
                raise ValidationError(str(error)) from error
        return file

"""Forms of the import pages."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from cohorts.models import Enrollment
from mentorship.core.sheets import DELIMITERS, ENCODINGS, Limits, ReadingChoice
from mentorship.core.sheets.fields import SheetField


class ImportUploadForm(forms.Form):
    """A file and the role of its people."""

    role = forms.ChoiceField(
        label="The sheet holds",
        choices=[(Enrollment.Role.MENTEE, "mentees, or teams with a project"), (Enrollment.Role.MENTOR, "mentors")],
    )
    file = SheetField(limits=Limits(), help_text="CSV, XLSX or ODS, up to 10 MB and 10,000 rows.")


class ReadingForm(forms.Form):
    """Settings for reading the file, which people can correct. Settings that the file does not need are left out."""

    sheet = forms.ChoiceField(label="Sheet", required=False)
    header_line = forms.TypedChoiceField(label="Row with the column names", coerce=int, empty_value=0, required=False)
    encoding = forms.ChoiceField(label="Encoding", required=False)
    delimiter = forms.ChoiceField(label="Columns are separated by", required=False, choices=list(DELIMITERS.items()))

    def __init__(self, *args: Any, reading: Mapping[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, initial=dict(reading), **kwargs)
        sheets = [(name, f"{name} (hidden)" if hidden else name) for name, hidden in reading.get("sheets", [])]
        lines = [(line, f"Line {line}: {text}") for line, text in reading.get("first_rows", [])]
        self.fields["sheet"].choices = sheets  # type: ignore[attr-defined]
        self.fields["header_line"].choices = lines  # type: ignore[attr-defined]
        self.fields["encoding"].choices = self._encodings(reading)  # type: ignore[attr-defined]
        if reading.get("delimiter", "") not in DELIMITERS and reading.get("encoding"):
            sign = reading["delimiter"]
            self.fields["delimiter"].choices = [(sign, f"“{sign}”"), *DELIMITERS.items()]  # type: ignore[attr-defined]
        if len(sheets) < 2:
            del self.fields["sheet"]
        if not reading.get("encoding"):
            del self.fields["encoding"], self.fields["delimiter"]

    @staticmethod
    def _encodings(reading: Mapping[str, Any]) -> list[tuple[str, Any]]:
        """The encodings to choose from; likely ones first, each with an example of how names would look."""
        read_as = reading.get("encoding", "")
        known = ENCODINGS if read_as in ("", *ENCODINGS) else {read_as: read_as, **ENCODINGS}
        looks = dict(reading.get("looks", []))
        if not looks:
            return list(known.items())
        shown = [(name, f"{text} – {known[name]}") for name, text in looks.items()]
        others = [(name, label) for name, label in known.items() if name not in looks]
        return [("How names would look", shown), ("Others", others)]

    @property
    def choice(self) -> ReadingChoice:
        """The choice in a valid form. The header row counts only for the sheet that was shown."""
        chosen = self.cleaned_data
        moved = any(name in chosen and chosen[name] != self.initial.get(name) for name in ("sheet", "delimiter"))
        return ReadingChoice(
            encoding=chosen.get("encoding", ""),
            delimiter=chosen.get("delimiter", ""),
            sheet=chosen.get("sheet", ""),
            header_line=0
            if moved or chosen["header_line"] == self.initial.get("header_line")
            else chosen["header_line"],
        )


class ImportApplyForm(forms.Form):
    """Options for all people of the sheet."""

    status = forms.ChoiceField(
        label="New ones are",
        choices=[
            (Enrollment.Status.APPLIED, "applied: to be reviewed"),
            (Enrollment.Status.ACCEPTED, "accepted already"),
        ],
    )
    consented = forms.BooleanField(label="They agreed that their match sees their email address", required=False)


def read_mapping(headers: Sequence[str], data: Mapping[str, str]) -> dict[str, str]:
    """Header → field from the selects of the page, without unused columns."""
    chosen = {header: data.get(f"column-{i}", "") for i, header in enumerate(headers)}
    return {header: field for header, field in chosen.items() if field}


def read_decisions(data: Mapping[str, str]) -> dict[str, str]:
    """Line → the decision about its row, for the rows that were asked about."""
    prefix = "row-"
    return {key.removeprefix(prefix): value for key, value in data.items() if key.startswith(prefix) and value}

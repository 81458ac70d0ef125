"""Forms of the import pages."""

from collections.abc import Mapping, Sequence

from django import forms

from cohorts.models import Enrollment


class ImportUploadForm(forms.Form):
    """A file and the role of its people."""

    role = forms.ChoiceField(
        label="The sheet holds",
        choices=[(Enrollment.Role.MENTEE, "mentees, or teams with a project"), (Enrollment.Role.MENTOR, "mentors")],
    )
    file = forms.FileField(help_text="CSV (UTF-8) or XLSX with headers in the first line; up to 10,000 rows.")


class ImportApplyForm(forms.Form):
    """Options for all people of the sheet."""

    status = forms.ChoiceField(
        label="New ones are",
        choices=[
            (Enrollment.Status.APPLIED, "applied: to be reviewed"),
            (Enrollment.Status.ACCEPTED, "accepted already"),
        ],
    )
    consented = forms.BooleanField(label="They agreed that their match sees their e-mail address", required=False)


def read_mapping(headers: Sequence[str], data: Mapping[str, str]) -> dict[str, str]:
    """Header → field from the selects of the page, columns that are not used left out."""
    chosen = {header: data.get(f"column-{i}", "") for i, header in enumerate(headers)}
    return {header: field for header, field in chosen.items() if field}


def read_decisions(data: Mapping[str, str]) -> dict[str, str]:
    """Line → what was decided about its row, for the rows that were asked about."""
    prefix = "row-"
    return {key.removeprefix(prefix): value for key, value in data.items() if key.startswith(prefix) and value}

"""Forms of the matching board."""

from django import forms

from matching.board.change_plan import PLANNERS, ChangeRequest


class ChangeRequestForm(forms.Form):
    """A change on the board by ids of enrollments, with the version of the board that its author saw."""

    do = forms.ChoiceField(choices=[(name, name) for name in PLANNERS])
    mentee = forms.IntegerField(required=False, min_value=0)
    mentor = forms.IntegerField(required=False, min_value=0)
    other = forms.IntegerField(required=False, min_value=0)
    theirs = forms.IntegerField(required=False, min_value=0)

    @property
    def wish(self) -> ChangeRequest:
        return ChangeRequest(**{name: self.cleaned_data[name] or (0 if name != "do" else "") for name in self.fields})


class VersionForm(forms.Form):
    version = forms.IntegerField(min_value=0)


class RunNameForm(forms.Form):
    """The name of a run."""

    name = forms.CharField(max_length=60, required=False, label="Name")

"""Forms for goal groups and people's choices."""

from typing import Any

from django import forms

from matching.models import GoalGroup


class GoalGroupForm(forms.ModelForm):
    """The goal and the places of a group."""

    class Meta:
        model = GoalGroup
        fields = ("name", "about", "mentor_places", "mentee_places")
        widgets = {"about": forms.Textarea(attrs={"rows": 3})}

    def clean_name(self) -> str:
        """Check uniqueness here, since the cohort is not a field of the form."""
        name = self.cleaned_data["name"]
        same = GoalGroup.objects.filter(cohort_id=self.instance.cohort_id, name__iexact=name)
        if same.exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError("There’s already a group with this goal. Enter another one.")
        return name


class GroupChoicesForm(forms.Form):
    """A person's choice of groups in order, with a select for each rank."""

    WORDS = ("First choice", "Second choice", "Third choice")

    def __init__(self, *args: Any, groups: list[GoalGroup], chosen: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        options = [("", "–"), *((str(g.pk), g.name) for g in groups)]
        known = [pk for pk in chosen if pk in {g.pk for g in groups}]
        for number, word in enumerate(self.WORDS[: len(groups)]):
            self.fields[f"choice_{number}"] = forms.ChoiceField(
                label=word,
                choices=options,
                required=False,
                initial=known[number] if number < len(known) else "",
            )

    @property
    def group_ids(self) -> list[int]:
        """The chosen groups without duplicates, first choice first."""
        chosen = (self.cleaned_data[name] for name in self.fields)
        return list(dict.fromkeys(int(pk) for pk in chosen if pk))


class FinishGroupForm(forms.Form):
    """Whether a group reached its goal, with words for the closing mail."""

    reached = forms.TypedChoiceField(
        label="Did they reach their goal?",
        choices=[("yes", "Yes"), ("no", "No, or not quite")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    words = forms.CharField(
        label="Your own words",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="This goes into the email that thanks everybody.",
    )

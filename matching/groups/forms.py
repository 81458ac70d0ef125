"""Forms for goal groups and people's choices."""

from typing import Any

from django import forms

from matching.models import GoalGroup


class GoalGroupForm(forms.ModelForm):
    """A goal and the places of its group."""

    class Meta:
        model = GoalGroup
        fields = ("name", "about", "mentor_places", "mentee_places")
        widgets = {"about": forms.Textarea(attrs={"rows": 3})}

    def clean_name(self) -> str:
        """Said here, beside the field: the cohort is no field of the form, so the model can't."""
        name = self.cleaned_data["name"]
        same = GoalGroup.objects.filter(cohort_id=self.instance.cohort_id, name__iexact=name)
        if same.exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError("There is a group with this goal already.")
        return name


class GroupChoicesForm(forms.Form):
    """Which groups somebody would like, in their order: a select for each place in the list."""

    WORDS = ("Best of all", "Second", "Third")

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
        """What was chosen, the dearest first, each once."""
        chosen = (self.cleaned_data[name] for name in self.fields)
        return list(dict.fromkeys(int(pk) for pk in chosen if pk))


class FinishGroupForm(forms.Form):
    """What became of a group."""

    reached = forms.TypedChoiceField(
        label="Did they reach their goal?",
        choices=[("yes", "Yes"), ("no", "Not, or not quite")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    words = forms.CharField(
        label="Your own words",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="They go into the mail that thanks everybody.",
    )

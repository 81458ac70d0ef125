"""Forms for reviews and the rubric. Input only."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Field, Layout
from django import forms

from cohorts.models import Cohort, Criterion, Review
from cohorts.review.services import scale_error, scored_criteria
from mentorship.core.accounts.field_access import Audience, reads_in_words

CANT_SAY = "none"
# The five lines of the Open Life Science rubric, for a start.
SUGGESTED = (
    ("Readiness", "1: an idea without a plan. 3: a plan and the time for it."),
    ("Goals", "1: unclear. 3: clear, and possible within the cohort."),
    ("Openness", "1: closed so far and to stay so. 3: open, or on a clear way there."),
    ("Willingness to learn", "1: not to be seen. 3: says what they want to learn, and why here."),
    ("Community", "1: works alone. 3: brings others in, and says how."),
)


class ReviewForm(forms.Form):
    """One review: a score for every criterion, a recommendation, and words."""

    recommendation = forms.ChoiceField(
        label="Should they be in?", choices=Review.Recommendation.choices, widget=forms.RadioSelect
    )
    preference = forms.TypedChoiceField(
        label="I would mentor this",
        choices=[("", "Not said"), ("1", "First choice"), ("2", "Second"), ("3", "Third")],
        coerce=int,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
    )
    summary = forms.CharField(
        label="In a few words",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=reads_in_words(Audience.TEAM),
    )

    def __init__(
        self, *args: Any, cohort: Cohort, may_mentor: bool, review: Review | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.criteria = list(cohort.criteria.all())
        if not may_mentor:
            del self.fields["preference"]
        asked = dict(self.fields)
        self.fields.clear()
        for criterion in self.criteria:
            self.fields[f"score_{criterion.pk}"] = forms.ChoiceField(
                label=criterion.name,
                choices=[*((str(n), str(n)) for n in self._scale(criterion)), (CANT_SAY, "Can't say")],
                widget=forms.RadioSelect,
                help_text=criterion.help,
            )
        self.fields.update(asked)
        if review:
            self.initial = self._initial(review)
        self.helper = FormHelper()
        self.helper.form_tag = False
        chips = [name for name in self.fields if name != "summary"]
        self.helper.layout = Layout(*(Field(name, wrapper_class="m-chips") for name in chips), "summary")

    @staticmethod
    def _scale(criterion: Criterion) -> range:
        return range(criterion.lowest, criterion.highest + 1)

    def _initial(self, review: Review) -> dict[str, Any]:
        said = {f"score_{c.pk}": str(review.scores.get(str(c.pk), CANT_SAY)) for c in self.criteria}
        preference = str(review.preference or "")
        return {
            **said,
            "recommendation": review.recommendation,
            "preference": preference,
            "summary": review.summary,
        }

    def review_values(self) -> dict[str, Any]:
        """The arguments of `save_review`."""
        data = self.cleaned_data
        scores = {c.pk: data[f"score_{c.pk}"] for c in self.criteria}
        return {
            "scores": {pk: int(score) for pk, score in scores.items() if score != CANT_SAY},
            "recommendation": data["recommendation"],
            "preference": data.get("preference"),
            "summary": data["summary"],
        }


class ConflictForm(forms.Form):
    """The reason for a conflict of interest, which may stay empty."""

    reason = forms.CharField(
        label="Why, if you like to say",
        required=False,
        max_length=200,
        help_text=f"Such as: we work together. {reads_in_words(Audience.TEAM)}",
    )


class CriterionForm(forms.ModelForm):
    """One line of the rubric."""

    class Meta:
        model = Criterion
        fields = ("name", "help", "lowest", "highest", "weight")
        widgets = {"help": forms.Textarea(attrs={"rows": 2})}
        labels = {
            "name": "Criterion",
            "help": "What the scores mean",
            "lowest": "Lowest score",
            "highest": "Highest score",
        }
        help_texts = {"help": "", "weight": "From 1 to 10. 2 counts twice."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.layout = Layout("name", "help", Div("lowest", "highest", css_class="m-pair"), "weight")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        lowest, highest = cleaned.get("lowest"), cleaned.get("highest")
        if lowest is not None and highest is not None and highest <= lowest:
            self.add_error("highest", "The highest score must lie above the lowest.")
        return cleaned


class CriteriaFormSet(forms.BaseModelFormSet):
    """The rubric of a cohort. A criterion with scores can't be deleted and keeps its scale."""

    def __init__(self, data: Any = None, *, cohort: Cohort, initial: Any = None) -> None:
        self.scored = scored_criteria(cohort)
        super().__init__(data, queryset=cohort.criteria.all(), prefix="criteria", initial=initial)
        self.extra = len(initial or ()) or int(not cohort.criteria.exists())

    def clean(self) -> None:
        super().clean()
        before = {c.pk: c for c in Criterion.objects.filter(pk__in=self.scored)}
        for form in self.forms:
            scored = before.get(form.instance.pk)
            if scored is None:
                continue
            gone = bool(form.cleaned_data.get("DELETE"))
            error = scale_error(scored, None if gone else form.instance)
            if error and gone:
                form.data = {**dict(form.data.items()), form.add_prefix("DELETE"): ""}  # it is shown on the page again
                raise forms.ValidationError(error)
            if error:
                form.add_error("highest", error)

    def criteria(self) -> list[Criterion]:
        """The remaining criteria in order, for `save_criteria`."""
        return [f.instance for f in self.forms if f.cleaned_data and not f.cleaned_data.get("DELETE")]


CriterionFormSet = forms.modelformset_factory(
    Criterion, form=CriterionForm, formset=CriteriaFormSet, can_delete=True, max_num=20, validate_max=True
)


class RubricForm(forms.Form):
    """Whether mentors review."""

    mentors_review = forms.BooleanField(
        label="Accepted mentors review, too",
        required=False,
        help_text="They see the applications without private needs, addresses and what only coordinators read.",
    )

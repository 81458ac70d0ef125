"""Forms for a noted reply and for a conduct concern."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Field, Layout
from django import forms
from django.utils import timezone

from checkins.answering.replies import CASE_KIND_OF_REPLY
from checkins.models import Reply
from cohorts.models import Cohort
from mentorship.core.accounts.models import User
from mentorship.core.ui.forms.date_inputs import DayInput


class ConcernForm(forms.Form):
    """A conduct concern."""

    text = forms.CharField(
        label="What happened?",
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="Who was there, when, whether it goes on, and what you would like us to do. In your own words.",
    )


class ReplyForm(forms.Form):
    """A reply: who wrote, on which day, and how it is going; a few words are enough."""

    who = forms.ChoiceField(label="Who wrote", widget=forms.RadioSelect)
    how = forms.ChoiceField(label="How it goes", widget=forms.RadioSelect)
    day = forms.DateField(label="On", widget=DayInput())
    words = forms.CharField(
        label="In a few words", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )
    stop = forms.BooleanField(
        label="Don’t remind them of this check-in any more",
        required=False,
        initial=True,
        help_text="They can still answer it until it closes.",
    )
    case = forms.BooleanField(
        label="Open a case, so that somebody looks after it",
        required=False,
        help_text="Where it is difficult, or they have not met. It is yours; you can give it to somebody else.",
    )

    def __init__(
        self, *args: Any, cohort: Cohort, people: Sequence[tuple[User, str]], open_ones: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(person.pk): person for person, _ in people}
        self.today = timezone.localdate(timezone=cohort.tz)
        of_pair = any(side != Reply.Side.FACILITATOR for _, side in people)
        labels = {
            Reply.Side.MENTOR: cohort.programme.mentor_label,
            Reply.Side.MENTEE: cohort.programme.mentee_label,
        }
        self._choose("who", [(str(p.pk), f"{p}, {labels.get(Reply.Side(side), side)}") for p, side in people])
        hows = [(value, label.capitalize()) for value, label in Reply.How.choices]
        self._choose("how", [how for how in hows if of_pair or how[0] != Reply.How.NOT_MET])
        self.fields["day"].initial = self.today
        self.fields["day"].widget.attrs["max"] = self.today.isoformat()
        if len(people) == 1:
            del self.fields["who"]
        if not open_ones:
            del self.fields["stop"]
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        chips = [Field(name, wrapper_class="m-chips") for name in ("who", "how") if name in self.fields]
        rest = [name for name in ("words", "stop", "case") if name in self.fields]
        self.helper.layout = Layout(*chips, Div("day"), *rest)

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  (both are, see above)
        field.choices = choices

    def clean_day(self) -> date:
        day: date = self.cleaned_data["day"]
        if day > self.today:
            raise forms.ValidationError("Choose today, or a day that has passed.")
        return day

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("case") and cleaned.get("how") and cleaned["how"] not in CASE_KIND_OF_REPLY:
            self.add_error("case", "A case is for what is difficult, or where they have not met.")
        return cleaned

    @property
    def user(self) -> User:
        """The person in a valid form."""
        return self.people[self.cleaned_data["who"]] if "who" in self.fields else next(iter(self.people.values()))

"""Forms of requests about personal data, and of their answers."""

from django import forms

from mentorship.core.accounts.models import DataRequest

# In the words of whoever asks.
CHOICES = [
    (DataRequest.Kind.ERASE, "Erase my data"),
    (DataRequest.Kind.COPY, "Send me data that my download leaves out"),
    (DataRequest.Kind.CORRECT, "Correct my data, or limit or stop its use"),
]


class RequestForm(forms.Form):
    """A request about one's own data."""

    kind = forms.ChoiceField(label="What would you like?", choices=CHOICES, widget=forms.RadioSelect)
    words = forms.CharField(
        label="Anything we should know (optional)",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="For example, which data you mean. You don’t have to give a reason.",
    )


class AnswerForm(forms.Form):
    """The answer to a request."""

    outcome = forms.ChoiceField(label="Decision", widget=forms.RadioSelect)
    answer = forms.CharField(
        label="Your answer to them",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="We’ll email it to them. If you refuse, say why, and that they can complain to the authority.",
    )

    def __init__(self, *data: object, kind: str) -> None:
        super().__init__(*data)  # type: ignore[arg-type]
        outcomes = [(DataRequest.Status.REFUSED, "We can’t do this"), (DataRequest.Status.DONE, "We have done this")]
        # An erasure is done by its own button, which does it.
        choices = outcomes[:1] if kind == DataRequest.Kind.ERASE else outcomes[::-1]
        self.fields["outcome"].choices = choices  # type: ignore[attr-defined]
        if len(choices) == 1:
            self.fields["outcome"].initial = choices[0][0]

"""Forms of requests about personal data, and of their answers."""

from django import forms

from mentorship.core.accounts.models import DataRequest

# In the words of whoever asks.
CHOICES = [
    (DataRequest.Kind.ERASE, "Erase what is kept about me"),
    (DataRequest.Kind.COPY, "Send me more than the copy that I can download"),
    (DataRequest.Kind.CORRECT, "Correct something, limit what is done with it, or object"),
]


class RequestForm(forms.Form):
    """What somebody asks for."""

    kind = forms.ChoiceField(label="What would you like?", choices=CHOICES, widget=forms.RadioSelect)
    words = forms.CharField(
        label="Anything we should know",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Such as which data you mean. You don’t have to give a reason.",
    )


class AnswerForm(forms.Form):
    """What they are told."""

    outcome = forms.ChoiceField(label="What did you decide?", widget=forms.RadioSelect)
    answer = forms.CharField(
        label="What we tell them",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="They get it by email. If you refuse, say why, and that they may complain to the authority.",
    )

    def __init__(self, *data: object, kind: str) -> None:
        super().__init__(*data)  # type: ignore[arg-type]
        outcomes = [(DataRequest.Status.REFUSED, "We can’t do this"), (DataRequest.Status.DONE, "It is done")]
        # An erasure is done by its own button, which does it.
        choices = outcomes[:1] if kind == DataRequest.Kind.ERASE else outcomes[::-1]
        self.fields["outcome"].choices = choices  # type: ignore[attr-defined]
        if len(choices) == 1:
            self.fields["outcome"].initial = choices[0][0]

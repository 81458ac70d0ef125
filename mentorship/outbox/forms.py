"""What narrows the list of messages."""

from django import forms

from mentorship.outbox.models import OutboxMessage


class MessageFilterForm(forms.Form):
    """Search and filters of the list; every field may stay empty."""

    q = forms.CharField(required=False, label="Search", max_length=200)
    status = forms.ChoiceField(
        required=False,
        choices=[
            ("", "all"),
            *OutboxMessage.Status.choices,
            ("twice", "may have gone out twice"),
        ],
    )
    kind = forms.CharField(required=False, max_length=60)

"""Forms about topics."""

from django import forms


class TopicNameForm(forms.Form):
    """Another name for a topic."""

    name = forms.CharField(max_length=120, help_text="Whoever types the old name gets this topic, too.")

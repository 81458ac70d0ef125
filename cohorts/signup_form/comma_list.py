"""A form field of words separated by commas; one in quotation marks may have a comma itself."""

from typing import Any

from django import forms
from django.utils.translation import gettext

from cohorts.signup_form.topic_names import LONGEST_TOPIC, join_topics, split_topics, too_long_topics

MAX_TOPICS = 20


class CommaList(forms.CharField):
    """A field of words separated by commas. `read` converts a word to its value, or returns "" to reject it."""

    def __init__(self, *, read: Any = str, refusal: Any = "", most: int = MAX_TOPICS, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.read, self.refusal, self.most = read, refusal, most

    def clean(self, value: Any) -> list[str]:
        text = super().clean(value)
        if long := too_long_topics(text):
            raise forms.ValidationError(
                gettext(
                    "“{words}…” has more than {number} characters. Put commas between topics, or shorten it."
                ).format(words=long[0][:40], number=LONGEST_TOPIC)
            )
        words = split_topics(text)
        if len(words) > self.most:
            said = gettext("Enter at most {most}. You have entered {number}.")
            raise forms.ValidationError(said.format(most=self.most, number=len(words)))
        values = [self.read(word) for word in words]
        if "" in values:
            raise forms.ValidationError(str(self.refusal).format(words[values.index("")]))
        return list(dict.fromkeys(values))

    def prepare_value(self, value: Any) -> Any:
        return join_topics(value) if isinstance(value, list) else value

"""Forms on the page of a person's place."""

from typing import Any

from django import forms
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as lazy

from cohorts.models import Programme
from mentorship.core.accounts.field_access import Audience, reads_in_words


class LeaveForm(forms.Form):
    """A leaver's choice and reason. Nothing is preselected: leaving takes a choice and a button."""

    how = forms.ChoiceField(
        widget=forms.RadioSelect, error_messages={"required": lazy("Choose what you’d like to do.")}
    )
    reason = forms.CharField(
        label=lazy("Why? (optional)"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=reads_in_words(Audience.COORDINATORS),
    )

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        how: Any = self.fields["how"]
        how.label, how.choices = gettext("What would you like to do?"), choices


class ReturnRolesForm(forms.Form):
    """The roles in which somebody would return."""

    roles = forms.MultipleChoiceField(
        label=lazy("I’d come back as"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, programme: Programme, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles: Any = self.fields["roles"]
        roles.choices = list(
            dict([*programme.roles, ("speaker", pgettext("one person in this role", "speaker"))]).items()
        )

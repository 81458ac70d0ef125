"""Forms of the outbox: filters of its lists, and changes to single messages."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils import formats, timezone

from mentorship.core.accounts.people.addresses import AddressField
from mentorship.core.outbox.mail_templates import rendering
from mentorship.core.outbox.mail_templates.catalogue import problems_of
from mentorship.core.outbox.models import OutboxMessage, Suppression
from mentorship.core.outbox.planned.planned_mail import PlannedMail
from mentorship.core.ui.forms.time_zone_field import ReaderMomentField
from mentorship.core.wording import check_wording

TWICE = ("twice", "may have gone out twice")
BACK = ("back", "came back")
MOST_YEARS = 10


class MessageFilterForm(forms.Form):
    """Search and filters of the list; every field may stay empty."""

    q = forms.CharField(required=False, label="Search", max_length=200)
    status = forms.ChoiceField(required=False, choices=[("", "all"), *OutboxMessage.Status.choices, TWICE, BACK])
    kind = forms.CharField(required=False, max_length=60)
    scope = forms.CharField(required=False, max_length=60)


class MessageForm(forms.Form):
    """The words of an unsent message, and when it may be sent."""

    subject = forms.CharField(max_length=rendering.SUBJECT_LENGTH)
    text = forms.CharField(max_length=50_000, widget=forms.Textarea(attrs={"rows": 18}))
    due_at = ReaderMomentField(
        label="Leaves at", about="A moment that has passed means: with the next round, within a minute."
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def clean_due_at(self) -> Any:
        before = self.initial.get("due_at")
        moment = _untouched(self.cleaned_data["due_at"], before)
        if moment != before and abs(moment.year - timezone.now().year) > MOST_YEARS:
            raise forms.ValidationError(
                f"Choose a moment of the next {MOST_YEARS} years."
            )  # near the ends of the calendar, conversion to UTC fails
        return moment


class PlannedForm(forms.Form):
    """The day and time of a message that is not written yet."""

    due_at = ReaderMomentField(label="Leaves at", about="It leaves then, where there is still a reason for it.")

    def __init__(self, *args: Any, planned: PlannedMail, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.planned = planned

    def clean_due_at(self) -> Any:
        planned, moment = self.planned, self.cleaned_data["due_at"]
        for known in (planned.at, planned.planned_at):
            moment = _untouched(moment, known)
        if moment < planned.planned_at:
            raise forms.ValidationError(
                f"It is planned for {_in_words(planned.planned_at)}: it can leave later, not earlier."
            )
        if planned.until and moment >= planned.until:
            raise forms.ValidationError(
                f"By then {planned.until_why}: choose a moment before {_in_words(planned.until)}."
            )
        return moment


def _untouched(moment: datetime, before: datetime | None) -> datetime:
    """Keep the stored moment if the field was not touched: it shows minutes only."""
    return before if before and moment == before.replace(second=0, microsecond=0) else moment


def _in_words(moment: datetime) -> str:
    return formats.date_format(timezone.localtime(moment), "D j M Y, H:i")


class SendOnceMoreForm(forms.Form):
    """The recipients of another copy."""

    to = forms.MultipleChoiceField(label="To", widget=forms.CheckboxSelectMultiple)
    # The state of the page when it was opened: posted twice, one copy goes out.
    copies = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=10_000)

    def __init__(self, *args: Any, message: OutboxMessage, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = [(address, address) for address in message.recipients]  # type: ignore[attr-defined]


class SuppressionForm(forms.Form):
    """An address that a coordinator suppresses."""

    address = AddressField(max_length=254)
    note = forms.CharField(required=False, max_length=300, label="Why")
    workspace: Any = forms.ModelChoiceField(queryset=None, label="In the emails of", empty_label="Choose")

    def __init__(self, *args: Any, workspaces: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["workspace"].queryset = workspaces  # type: ignore[attr-defined]
        if len(only := list(workspaces[:2])) == 1:
            self.initial["workspace"] = only[0]


class SuppressionFilterForm(forms.Form):
    """Search and reason of suppressed addresses."""

    q = forms.CharField(required=False, max_length=200)
    reason = forms.ChoiceField(required=False, choices=[("", "all"), *Suppression.Reason.choices])


class MailTemplateForm(forms.Form):
    """A mail in the programme's own words."""

    subject = forms.CharField(max_length=rendering.SUBJECT_LENGTH)
    body = forms.CharField(label="Text", max_length=20_000, widget=forms.Textarea(attrs={"rows": 20}))

    def __init__(self, *args: Any, kind: str, workspace_id: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind, self.workspace_id = kind, workspace_id

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        check_wording(self, self.workspace_id, "subject", "body")
        return cleaned

    def clean_subject(self) -> str:
        return self._checked(rendering.one_line(self.cleaned_data["subject"]), subject=True)

    def clean_body(self) -> str:
        return self._checked(rendering.clean_text(self.cleaned_data["body"]).strip(), subject=False)

    def _checked(self, text: str, *, subject: bool) -> str:
        if problems := problems_of(self.kind, text, subject=subject):
            raise forms.ValidationError(problems)
        return text

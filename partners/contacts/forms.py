"""Forms for the contacts of a partner."""

from typing import Any

from django import forms

from mentorship.core.accounts.people.addresses import AddressField
from mentorship.core.ui.forms.date_inputs import DayInput
from partners.models import PartnerContact

TASK_WORDS = [(task.value, task.label[:1].upper() + task.label[1:]) for task in PartnerContact.Task]


class TaskFields(forms.Form):
    """Part of a form: what a contact does for the partner."""

    role = forms.CharField(
        label="Role there", max_length=120, required=False, help_text="Such as: community lead, accounts."
    )
    tasks = forms.MultipleChoiceField(
        label="What they do for the partner",
        choices=TASK_WORDS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Whatever you tick: every contact sees the partner’s pages.",
    )


class ContactForm(TaskFields):
    """A person of the partner."""

    full_name = forms.CharField(label="Name", max_length=200)
    email = AddressField(label="Email")
    field_order = ("full_name", "email", "role", "tasks")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("tasks", PartnerContact.Task.values)


class AbsenceForm(forms.Form):
    """The days on which a contact is away, and who stands in."""

    away_from = forms.DateField(label="Away from", required=False, widget=DayInput())
    away_until = forms.DateField(
        label="Away until", required=False, widget=DayInput(), help_text="The last day. Leave both empty once back."
    )
    stand_in = forms.ModelChoiceField(
        label="Who stands in",
        queryset=PartnerContact.objects.none(),
        required=False,
        empty_label="Nobody",
        help_text="Gets the emails in that time, and may decide what they decide. An email tells them.",
    )

    def __init__(self, *args: Any, contact: PartnerContact, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = contact.partner.contacts.exclude(pk=contact.pk).filter(user__is_active=True).select_related("user")
        field: Any = self.fields["stand_in"]
        field.queryset = others.order_by("user__full_name", "pk")
        field.label_from_instance = lambda one: str(one.user)
        if not others:
            del self.fields["stand_in"]
        for name in ("away_from", "away_until", "stand_in"):
            self.initial.setdefault(name, getattr(contact, name))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("away_from"), data.get("away_until")
        if first and not last and "away_until" not in self.errors:
            self.add_error("away_until", "Enter the last day.")
        if last and not first and "away_from" not in self.errors:
            self.add_error("away_from", "Enter the first day.")
        if first and last and last < first:
            self.add_error("away_until", "The last day must not be before the first.")
        if data.get("stand_in") and not first and "away_from" not in self.errors:
            self.add_error("away_from", "Enter from when to when they are away.")
        data.setdefault("stand_in", None)
        return data


class ContactTermsForm(TaskFields, AbsenceForm):
    """Tasks of a contact and when they are away; for coordinators."""

    field_order = ("role", "tasks", "away_from", "away_until", "stand_in")

    def __init__(self, *args: Any, contact: PartnerContact, **kwargs: Any) -> None:
        super().__init__(*args, contact=contact, **kwargs)
        self.initial.update(role=contact.role, tasks=contact.tasks)

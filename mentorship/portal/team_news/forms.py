"""How often a coordinator is told what happened."""

from collections.abc import Iterable
from typing import Any

from django import forms

from mentorship.core.accounts.models import WorkspaceRole


class NewsForm(forms.Form):
    """A choice for each programme that somebody runs."""

    def __init__(self, *args: Any, roles: Iterable[WorkspaceRole], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.roles = {f"role_{role.pk}": role for role in roles}
        for name, role in self.roles.items():
            self.fields[name] = forms.ChoiceField(
                label=role.workspace.name,
                choices=[(value, label.capitalize()) for value, label in WorkspaceRole.News.choices],
                initial=role.news,
                widget=forms.RadioSelect,
            )

    def chosen(self) -> list[tuple[WorkspaceRole, str]]:
        """Each role with what was chosen for it."""
        return [(role, self.cleaned_data[name]) for name, role in self.roles.items()]

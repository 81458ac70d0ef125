"""Words for many readers: mails, pages and reports are checked before anybody gets them."""

from collections.abc import Callable, Sequence

from django import forms

from mentorship.core.errors import ServiceError
from mentorship.core.extensions import ExtensionPoint

# Given the id of a workspace and texts, what has to be written differently: a sentence each.
WordingRule = Callable[[int, Sequence[str]], list[str]]
WORDING_RULES: ExtensionPoint[WordingRule] = ExtensionPoint(
    "rules of wording",
    asked_by=__name__,
    about="Given a workspace and texts that many people read, what has to be written differently.",
)


def objections(workspace_id: int, texts: Sequence[str]) -> list[str]:
    """A sentence for each thing that has to be written differently before these texts are published."""
    written = [text for text in texts if text]
    return [words for rule in WORDING_RULES for words in rule(workspace_id, written)] if written else []


def check_wording(form: forms.BaseForm, workspace_id: int | None, *names: str) -> None:
    """Add the objections to what was typed as errors of these fields, from the `clean` of a form."""
    for name in names if workspace_id else ():
        for words in objections(workspace_id or 0, [form.cleaned_data.get(name) or ""]):
            form.add_error(name, words)


def require_right_words(workspace_id: int, texts: Sequence[str]) -> None:
    """Raise ServiceError with all objections, for a service that publishes."""
    if found := objections(workspace_id, texts):
        raise ServiceError(" ".join(found))

"""The programme's own words for roles, in our sentences that say "mentor" and "mentee"."""

import re
from typing import Any

from django import forms

from cohorts.models import Programme
from mentorship.core.text import with_article

# With the article: "a mentor" may become "an advisor".
_ROLE = re.compile(r"\b(?:(an?)(\s+))?(mentor|mentee)(s?)\b", re.IGNORECASE)


_THEIRS = re.compile(r"\{(\w+)\}")


def own_words(text: str, programme: Programme, **theirs: object) -> str:
    """A text of the product with the programme's words for roles.

    Never use it on people's text, where a mentor may be something else: put `{name}` in its place, and the text that
    goes there as `name`.
    """
    found = _in_own_words(text, programme)
    return _THEIRS.sub(lambda name: str(theirs.get(name[1], name[0])), found) if theirs else found


def _in_own_words(text: str, programme: Programme) -> str:
    if (programme.mentor_label, programme.mentee_label) == ("mentor", "mentee"):
        return text

    def replaced(found: re.Match[str]) -> str:
        article, blank, role, plural = found.groups(default="")
        word = programme.plural_of(role.lower()) if plural else programme.label_of(role.lower())
        if role[0].isupper():
            word = f"{word[:1].upper()}{word[1:]}"
        if not article:
            return word
        with_own = with_article(word).partition(" ")[0]
        return f"{with_own.capitalize() if article[0].isupper() else with_own}{blank}{word}"

    return _ROLE.sub(replaced, text)


def put_own_words(form: forms.BaseForm, programme: Programme) -> forms.BaseForm:
    """Use the programme's words in labels, help texts and fixed choices of a form, but not in its own questions."""
    for name, field in form.fields.items():
        if name.startswith("q_"):
            continue
        field.label = own_words(str(field.label), programme) if field.label else field.label
        field.help_text = own_words(str(field.help_text), programme)
        fixed = getattr(type(form), "base_fields", {}).get(name)
        if isinstance(fixed, forms.ChoiceField) and not isinstance(fixed, forms.ModelChoiceField):
            choices: list[tuple[Any, Any]] = list(field.choices)  # type: ignore[attr-defined]
            if choices == list(fixed.choices):  # type: ignore[arg-type]
                field.choices = [(value, _choice(label, programme)) for value, label in choices]  # type: ignore[attr-defined]
    return form


def _choice(label: object, programme: Programme) -> object:
    return label if isinstance(label, list | tuple) else own_words(str(label), programme)

"""`{% load history %}{% history enrollment %}`: the panel with what happened to an object."""

from typing import Any

from django import template
from django.db.models import Model
from django.http import Http404
from django.template import Context

from mentorship.core.history.subjects import history_for, label_of

register = template.Library()
SHOWN = 8


@register.inclusion_tag("history/_panel.html", takes_context=True)
def history(context: Context, about: Model | str, key: Any = None) -> dict[str, Any]:
    """The newest entries, with a link if there are more; nothing for people who may not read them.

    `about` is a row, or the kind of something that is no row with its `key`.
    """
    kind, key = (about, str(key)) if isinstance(about, str) else (label_of(about), str(about.pk))
    try:
        found = history_for(context["request"].user, kind, key)
    except Http404:
        return {"history": None}
    entries = list(found.subject.entries[: SHOWN + 1])
    return {"history": found, "entries": entries[:SHOWN], "has_more": len(entries) > SHOWN}

"""Parts of every list: sortable heads, ticks, search, filters and tabs. Registered as tags in `templatetags.ui`."""

from collections.abc import Iterable
from typing import Any

from django.template import Context
from django.template.defaultfilters import capfirst
from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from mentorship.core.ui.markup import address, attribute, counted, icon_svg, thousands, value_at
from mentorship.core.ui.requests import unknown_choices


def column(context: Context, label: str, look: str = "", sort: str = "") -> SafeString:
    """`{% column "Budget" "num" sort="budget" %}`: the head of a column; "hidden" for one that needs no title.

    With `sort` it is a link to `?sort=budget`, then to `?sort=-budget`.
    """
    css = attribute("class", "m-num" if look == "num" else "")
    if look == "hidden":
        return format_html('<th scope="col"><span class="visually-hidden">{}</span></th>', label)
    if not sort:
        return format_html('<th scope="col"{}>{}</th>', css, label)
    current = context["request"].GET.get("sort", "")
    state = {sort: ("ascending", "chevron-down"), f"-{sort}": ("descending", "chevron-up")}.get(current)
    return format_html(
        '<th scope="col"{}{}><a class="m-sort" href="{}">{}{}</a></th>',
        css,
        format_html(' aria-sort="{}"', state[0]) if state else "",
        _address_with(context, sort=f"-{sort}" if current == sort else sort),
        label,
        icon_svg(state[1], 14) if state else "",
    )


def _address_with(context: Context, **changes: str) -> str:
    """The query of this page with some values changed, and without the number of the page."""
    query = context["request"].GET.copy()
    query.pop("page", None)
    for name, value in changes.items():
        query.pop(name, None)
        if value:
            query[name] = value
    return f"?{query.urlencode()}"


def unknown_filters(context: Context) -> SafeString:
    """`{% unknown_filters %}`: filters in the address that can't be applied, with a link to the list without them.

    The layout includes it. Empty if all filters apply.
    """
    unknown = unknown_choices(context["request"]) if "request" in context else []
    if not unknown:
        return SafeString("")
    without = _address_with(context, **dict.fromkeys((one.name for one in unknown), ""))
    listed = format_html_join(", ", "{}: “{}”", ((one.label.lower(), one.value) for one in unknown))
    return format_html(
        '<p class="m-note m-note-danger" role="alert">{}<span>Nothing is shown: this list cannot be filtered by {}.'
        ' It may have been deleted, cancelled or renamed. <a href="{}">Remove this filter</a></span></p>',
        icon_svg("circle-alert", 18),
        listed,
        without,
    )


def select_all(name: str, label: str = "Select all") -> SafeString:
    """`{% select_all "ids" %}`: the head of a column of ticks."""
    return format_html(
        '<th class="m-check"><input class="form-check-input" type="checkbox" data-select-all="{}" aria-label="{}">'
        "</th>",
        name,
        label,
    )


def select_row(name: str, value: Any, about: Any, checked: bool = False) -> SafeString:
    """`{% select_row "ids" person.pk person %}`: the tick of a row."""
    return format_html(
        '<td class="m-check"><input class="form-check-input" type="checkbox" name="{}" value="{}"'
        ' aria-label="Select {}"{}></td>',
        name,
        value,
        about,
        " checked" if checked else "",
    )


def toolbar(
    context: Context,
    content: str,
    search: str = "",
    placeholder: str = "",
    count: int | None = None,
    noun: str = "",
    button: str = "Show",
) -> SafeString:
    """`{% toolbar "Search people" "Name or project" count=n noun="person,people" %}filters{% endtoolbar %}`

    The search field and the filters of a list, sent at once when a filter changes.
    """
    views = context.get("views_of_list")  # provided by the portal, for coordinators
    field = {"label": search, "placeholder": placeholder, "request": context["request"]}
    shown = "" if count is None else counted(count, noun) if noun else f"{thousands(count)} shown"
    return format_html(
        '{}<form class="m-toolbar" method="get" role="search" data-autosubmit>{}{}'
        '<button class="btn btn-secondary" type="submit"{}>{}</button>{}</form>',
        # Without the request: its context processors ran for the page already.
        render_to_string("components/_views.html", {"views": views, "csrf_token": context["csrf_token"]})
        if views
        else "",
        render_to_string("components/_search.html", field) if search else "",
        content,
        " data-autosubmit-hide" if content.strip() else "",
        button,
        format_html('<p class="m-count">{}</p>', shown) if shown else "",
    )


def filter_select(
    name: str, choices: Iterable[Any], chosen: Any, label: str, every: str = "", key: str = "pk", text: str = ""
) -> SafeString:
    """`{% filter_select "status" statuses status "Status" "Every status" %}`

    Choices are (value, label), (value, label, number) or rows, named by `key` and shown as `text`.
    """
    options = [_option(choice, key, text) for choice in choices]
    selected = str(chosen if isinstance(chosen, str | int) else value_at(chosen, key) if chosen else "")
    return format_html(
        '<select class="form-select" name="{}" aria-label="{}">{}{}</select>',
        name,
        label,
        format_html('<option value="">{}</option>', every) if every else "",
        format_html_join(
            "",
            '<option value="{}"{}>{}</option>',
            ((value, " selected" if str(value) == selected else "", shown) for value, shown in options),
        ),
    )


def filter_tabs(
    context: Context,
    name: str,
    choices: Iterable[Any],
    chosen: Any,
    every: str = "",
    total: int | None = None,
    label: str = "",
) -> SafeString:
    """`{% filter_tabs "status" statuses status "All" total=n label="Mails by status" %}`: a filter as tabs."""
    options = [_option(choice) for choice in choices]
    if every:
        options.insert(0, ("", every if total is None else f"{every} ({thousands(total)})"))
    return format_html(
        '<ul class="m-tabs"{}>{}</ul>',
        attribute("aria-label", label),
        format_html_join(
            "",
            '<li><a href="{}"{}>{}</a></li>',
            (
                (_address_with(context, **{name: str(value)}), _current(str(value) == str(chosen or "")), shown)
                for value, shown in options
            ),
        ),
    )


def tab(context: Context, label: str, view: str, *args: Any, current: bool = False) -> SafeString:
    """`{% tab "Answers" "checkins:checkin-list" cohort.slug %}` in `<ul class="m-tabs">`; the current one is marked."""
    url = address(view, args)
    here = current or context["request"].path == url
    return format_html('<li><a href="{}"{}>{}</a></li>', url, _current(here), label)


def _current(here: bool) -> SafeString | str:
    return attribute("aria-current", "page" if here else "")


def _option(choice: Any, key: str = "pk", text: str = "") -> tuple[Any, str]:
    """Value and label of a choice."""
    if not isinstance(choice, tuple | list):
        return value_at(choice, key), str(value_at(choice, text))
    value, label, *number = choice
    return value, f"{capfirst(label)} ({thousands(number[0])})" if number else capfirst(label)

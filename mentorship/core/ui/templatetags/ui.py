"""The tags and filters of pages; `docs/ui.md` lists them with examples."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django import template
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.core.paginator import Page
from django.template import Context
from django.template.defaulttags import CsrfTokenNode
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from mentorship.core.languages.current import current_locale
from mentorship.core.languages.dates import short_day, short_moment
from mentorship.core.timezones import zone_name
from mentorship.core.ui import lists
from mentorship.core.ui.charts import svg
from mentorship.core.ui.charts import tags as chart_tags
from mentorship.core.ui.counts import LongPage
from mentorship.core.ui.forms.error_summary import errors_of_page
from mentorship.core.ui.markup import address, attribute, counted, flowing, icon_svg, thousands, value_at
from mentorship.core.ui.moments import on_clock, own_clock, reader_zone
from mentorship.core.ui.status import ATTENTION, DANGER, GOOD, INFO, QUIET, STATUS, UNKNOWN_STATUS
from mentorship.core.ui.stops import single_stops

register = template.Library()
register.filter(counted)
register.filter("single_stops", lambda message: single_stops(str(message)))
# For a sentence of ours: `{{ "No mentor"|own_words:cohort.programme }}`.
register.filter("own_words", lambda text, programme: programme.own_words(str(text)))
register.filter(thousands)
register.simple_tag(chart_tags.bar_chart)
register.simple_tag(chart_tags.chart)
register.simple_tag(lists.column, takes_context=True)
register.simple_tag(lists.filter_select)
register.simple_tag(lists.filter_tabs, takes_context=True)
register.simple_tag(lists.select_all)
register.simple_tag(lists.select_row)
register.simple_tag(lists.tab, takes_context=True)
register.simple_tag(lists.unknown_filters, takes_context=True)
register.simple_block_tag(lists.toolbar, takes_context=True)


@register.simple_tag(takes_context=True)
def sign_in_url(context: Context) -> str:
    """`{% sign_in_url %}`: the sign-in page, returning to this page afterwards."""
    url = reverse("account_login")
    request = context.get("request")
    match = getattr(request, "resolver_match", None)
    name = match.url_name or "" if match else "home"
    # There is no point in returning to error pages or to the sign-in page itself.
    if request is None or name == "home" or name.startswith(("account_", "mfa_")):
        return url
    return f"{url}?{urlencode({REDIRECT_FIELD_NAME: request.get_full_path()})}"


@register.simple_tag(takes_context=True)
def error_summary(context: Context) -> SafeString | str:
    """`{% error_summary %}`: the errors of the forms on this page. The layouts include it."""
    errors = errors_of_page(context)
    return render_to_string("components/_error_summary.html", {"errors": errors}) if errors else ""


@register.simple_tag(takes_context=True)
def error_prefix(context: Context) -> str:
    """`{% error_prefix %}`: "Error: " in the title of a page with form errors. The layouts include it."""
    return gettext("Error:") + " " if errors_of_page(context) else ""


@register.simple_tag
def icon(name: str, size: int = 16) -> SafeString:
    """`{% icon "users" %}`"""
    return icon_svg(str(name), int(size))


@register.simple_tag
def pill(status: Any, label: str = "", tone: str = "") -> SafeString:
    """`{% pill match.status match.get_status_display %}`; `tone` overrides the tone of the status."""
    key = str(getattr(status, "value", status) or "").lower()
    known_tone, mark = STATUS.get(key, UNKNOWN_STATUS)
    if tone in (GOOD, ATTENTION, DANGER, INFO, QUIET):
        known_tone = tone
    text = label or key.replace("_", " ").capitalize() or "–"
    return format_html('<span class="m-pill m-pill-{}">{}{}</span>', known_tone, icon_svg(mark, 14), text)


@register.simple_block_tag
def empty_state(content: str, title: str, url: str = "", label: str = "") -> SafeString:
    """`{% empty_state "No matches yet" url=u label="Open matching" %}Run the matching first.{% endempty_state %}`"""
    return format_html(
        '<div class="m-empty">{}<p class="m-empty-title">{}</p>{}{}</div>',
        icon_svg("inbox", 24),
        title,
        format_html("<p>{}</p>", flowing(content)) if content.strip() else "",
        format_html('<p><a class="btn btn-secondary" href="{}">{}</a></p>', url, label) if url and label else "",
    )


@register.simple_block_tag
def menu(content: str, label: str = "More", about: str = "") -> SafeString:
    """`{% menu %}<a href="…">Edit</a>{% endmenu %}`: what a page offers beside its one button; links and forms."""
    return format_html(
        '<details class="m-menu"><summary class="btn btn-secondary"{}>{} {}</summary>'
        '<div class="m-menu-list">{}</div></details>',
        attribute("aria-label", f"{label} {about}" if about else ""),
        label,
        icon_svg("chevron-down"),
        content,
    )


@register.simple_block_tag
def note(content: str, tone: str = INFO, icon: str = "", role: str = "") -> SafeString:
    """`{% note "attention" %}One mentor is missing.{% endnote %}`; `role="alert"` for the response to an error."""
    mark = icon or STATUS.get(tone, STATUS[INFO])[1]
    return format_html(
        '<p class="{}"{}>{}<span>{}</span></p>',
        "m-note" if tone == INFO else f"m-note m-note-{tone}",
        attribute("role", role),
        icon_svg(mark, 18),
        flowing(content),
    )


@register.simple_tag
def crumb(what: Any, view: str = "", *args: Any, text: Any = "") -> SafeString:
    """`{% crumb cohort %}{% crumb "Check-ins" "checkins:checkin-list" cohort.slug %}`: the steps above the title."""
    if view or isinstance(what, str):
        label, url = what, address(view, args)
    else:
        label, url = getattr(what, "name", "") or what, what.get_absolute_url()
    return format_html('<a href="{}">{}</a>' if url else "<span>{1}</span>", url, text or label)


@register.simple_tag
def fact(label: str, value: Any, empty: str = "") -> SafeString | str:
    """`{% fact "Next call" partner.next_call_on %}` in `<dl class="m-facts">`; "" if the value is missing."""
    if value is None or value == "":
        if not empty:
            return ""
        value = empty
    shown = localtime_tag(value) if isinstance(value, date) else value
    return format_html("<dt>{}</dt><dd>{}</dd>", label, shown)


@register.simple_tag
def stat(label: str, value: Any, url: str = "", note: str = "") -> SafeString:
    """`{% stat "Accepted" 97 url %}` in `<div class="m-stat-row">`: a figure with a link to the list that it counts."""
    inner = format_html(
        '<span class="m-stat-label">{}</span><span class="m-stat-value">{}</span>{}',
        label,
        thousands(value),
        format_html('<span class="m-stat-note">{}</span>', note) if note else "",
    )
    if url:
        return format_html('<a class="m-stat" href="{}">{}</a>', url, inner)
    return format_html('<div class="m-stat">{}</div>', inner)


@register.inclusion_tag("components/_form.html")
def page_form(form: Any, label: str, note: str = "", cancel: str = "", upload: bool = False) -> dict[str, Any]:
    """`{% page_form form "Save" note="Nobody gets a mail" cancel=url %}`: the one form of a page."""
    return {"form": form, "label": label, "note": note, "cancel": cancel, "upload": upload}


@register.inclusion_tag("components/_repeat.html")
def repeat_rows(formset: Any, add: str, most: int = 50, row: str = "") -> dict[str, Any]:
    """`{% repeat_rows lines "Add a line" most=200 row="partners/_line_row.html" %}`; the row's template gets `form`."""
    # Scripts show only the first of several empty rows, and add more on request.
    spare = formset.initial_form_count() + 1 if not formset.is_bound and formset.extra > 1 else 0
    return {"formset": formset, "add": add, "most": most, "row": row, "spare": spare}


@register.simple_tag(takes_context=True)
def post_button(
    context: Context,
    text: str,
    view: str = "",
    *args: Any,
    name: str = "",
    value: Any = "",
    look: str = "",
    about: Any = "",
    describe: str = "",
    icon: str = "",
    **hidden: Any,
) -> SafeString:
    """`{% post_button "Remove" "people:remove" person.pk look="small danger" about=person name="do" value="drop" %}`

    A form with one button, sent to a view with its arguments or to this page. Other keywords become hidden fields;
    `about` completes what screen readers say, `describe` replaces it; `look` is any of primary, danger, small, wide,
    menu.
    """
    spoken = describe or (f"{text} {about}" if about else "")
    return format_html(
        '<form method="post"{}>{}{}<button{}{}{}{} type="submit">{}{}</button></form>',
        attribute("action", address(view, args)),
        CsrfTokenNode().render(context),
        format_html_join("", '<input type="hidden" name="{}" value="{}">', hidden.items()),
        attribute("class", _button_classes(look)),
        attribute("name", name),
        format_html(' value="{}"', value) if name else "",
        attribute("aria-label", spoken),
        format_html("{} ", icon_svg(icon)) if icon else "",
        text,
    )


@register.simple_tag
def choices(name: str, legend: str, *options: str) -> SafeString:
    """`{% choices "do" "Will you come?" "come" "Yes, I’ll come" "not" "No, I can’t" %}`: value, label, value, label.

    Ending or accepting something takes a choice and then a button, because mail scanners follow links and press
    buttons, too. Nothing is preselected, so a form without a choice does nothing. A single option is a tick box.
    """
    pairs = list(zip(options[::2], options[1::2], strict=True))
    kind = "radio" if len(pairs) > 1 else "checkbox"
    # The label is around its input: a page has many such forms, and ids would repeat.
    rows = format_html_join(
        "",
        '<div class="form-check"><label class="form-check-label"><input class="form-check-input" type="{}" name="{}"'
        ' value="{}" required> {}</label></div>',
        ((kind, name, value, label) for value, label in pairs),
    )
    return format_html(
        '<fieldset class="m-choice"><legend class="visually-hidden">{}</legend>{}</fieldset>', legend, rows
    )


def _button_classes(look: str) -> str:
    words = look.split()
    if "menu" in words:
        return "m-danger" if "danger" in words else ""
    kind = "btn-primary" if "primary" in words else "btn-outline-danger" if "danger" in words else "btn-secondary"
    return " ".join(["btn", kind, *(css for word, css in (("small", "btn-sm"), ("wide", "w-100")) if word in words)])


@register.simple_tag
def localtime_tag(moment: datetime | date | None) -> SafeString | str:
    """`{% localtime_tag message.due_at %}`: in the reader's time zone, with its name. A date stays a date."""
    if not moment:
        return "–"
    if not isinstance(moment, datetime):
        return format_html('<time datetime="{}">{}</time>', moment.isoformat(), short_day(moment))
    local = timezone.localtime(moment) if timezone.is_aware(moment) else moment
    return format_html(
        '<time datetime="{}">{} <span class="m-zone">({})</span></time>',
        moment.isoformat(timespec="seconds"),
        short_moment(local),
        zone(),
    )


def _with_names(values: Iterable[Any], path: str) -> tuple[list[Any], list[str]]:
    """The names, and the number of people without one in words."""
    found = [value_at(value, path) for value in values]
    known = [name for name in found if str("" if name is None else name).strip()]
    missing = len(found) - len(known)
    if not missing:
        return known, []
    if missing == 1 and not known:
        return known, [gettext("name not given")]
    return known, [ngettext("%(number)d without a name", "%(number)d without a name", missing) % {"number": missing}]


@register.simple_tag
def event_time(starts: datetime | date | None, there: ZoneInfo | None) -> SafeString | str:
    """`{% event_time event.starts_at event.tz %}`: in the event's local time, then in the reader's if it differs.

    Without its own zone it is shown like any other moment.
    """
    if there is None or not isinstance(starts, datetime):
        return localtime_tag(starts)
    own = own_clock(starts, there, reader_zone(), "H:i", "D j M, H:i")
    return format_html(
        '<time datetime="{}">{} ({})</time>{}',
        starts.isoformat(timespec="seconds"),
        short_moment(starts.astimezone(there)),
        zone_name(there, current_locale()),
        format_html(' <span class="text-body-secondary">· {}</span>', own) if own else "",
    )


@register.filter(name="on_clock")
def on_clock_filter(moment: datetime, zone: str) -> str:
    """`{{ offer_until|on_clock:zone }}` -> Tuesday 16 February, 10:00 (Lisbon). For mails, whose reader has a zone."""
    return on_clock(moment, zone)


@register.filter(name="zone_name")
def zone_name_filter(zone: str) -> str:
    """`{{ user.time_zone|zone_name }}` -> Lisbon, or UTC+3 if it is not a city."""
    return zone_name(zone) if zone else ""


@register.filter
def lines_by_text(found: Iterable[tuple[int, str]]) -> list[tuple[str, str]]:
    """`{{ result.warnings|lines_by_text }}` -> each text once, with `line 4` or `lines 4, 9 and 3 more`."""
    lines: dict[str, list[int]] = {}
    for line, text in found:
        lines.setdefault(text, []).append(line)
    return [(text, _lines_in_words(numbers)) for text, numbers in lines.items()]


def _lines_in_words(numbers: Sequence[int], most: int = 8) -> str:
    if len(numbers) == 1:
        return f"line {numbers[0]}"
    shown = [str(number) for number in numbers[:most]]
    more = f" and {len(numbers) - most} more" if len(numbers) > most else ""
    return f"lines {', '.join(shown)}{more}" if more else f"lines {', '.join(shown[:-1])} and {shown[-1]}"


@register.filter
def names(values: Iterable[Any], path: str = "") -> SafeString:
    """`{{ mentors|names:"user" }}` -> Ana Silva, Ben Okafor, 2 without a name."""
    known, unknown = _with_names(values, path)
    return format_html_join(", ", "{}", ((text,) for text in [*known, *unknown]))


@register.filter
def names_and(values: Iterable[Any], path: str = "") -> SafeString:
    """`{{ mentors|names_and:"user" }}` -> Ana Silva, Ben Okafor and Cleo Roy."""
    known, unknown = _with_names(values, path)
    *first, last = [*known, *unknown] or [""]
    if not first:
        return format_html("{}", last)
    return format_html(gettext("{first} and {last}"), first=names(first), last=last)


@register.simple_tag
def score_bar(parts: Sequence[tuple[str, svg.Number]], whole: svg.Number = 1) -> SafeString:
    """`{% score_bar proposal.parts %}`: the parts of a score, stacked; the rest of the bar is missing to 1."""
    return format_html('<span class="m-score">{}</span>', svg.score_bar_svg(list(parts), whole))


@register.simple_tag
def score_meter(score: float | None, good: float = 0.5) -> SafeString | str:
    """`{% score_meter pair.score %}`: a short bar with its number, for rows; amber below `good`."""
    if score is None:
        return ""
    return format_html(
        '<span class="m-meter"><progress class="m-bar{}" value="{}" max="1" aria-hidden="true"></progress>'
        "<strong>{}</strong></span>",
        "" if score >= good else " m-bar-low",
        f"{score:.3f}",
        f"{score:.2f}",
    )


@register.simple_tag
def place_dots(used: int, places: int, most: int = 4) -> SafeString:
    """`{% place_dots 1 2 %}`: places as dots, the taken ones filled; digits beyond `most` and if too many are taken."""
    said = f"{used} of {places} places taken" if places != 1 else f"{used} of 1 place taken"
    if used > places or places > most:
        css = "m-places m-places-over" if used > places else "m-places"
        return format_html(
            '<span class="{}" title="{}">{} of {}<span class="visually-hidden"> places taken</span></span>',
            css,
            said,
            used,
            places,
        )
    dots = format_html_join(
        "", "<i{}></i>", ((attribute("class", "" if n < used else "m-free"),) for n in range(places))
    )
    return format_html(
        '<span class="m-places" title="{}">{}<span class="visually-hidden">{}</span></span>', said, dots, said
    )


@register.simple_tag
def zone() -> str:
    """`{% zone %}`: the reader's time zone by its city, for "times are in Nairobi"."""
    return zone_name(reader_zone(), current_locale())


@register.simple_tag
def page_numbers(page_obj: Page) -> list[int | None]:
    """The numbers of a pager: the first, the last and those around this page; None is a gap."""
    last = page_obj.paginator.num_pages
    if isinstance(page_obj, LongPage):  # nobody knows the last one
        last = max(last, page_obj.number) + page_obj.has_next() * (page_obj.number >= last)
    shown = sorted({1, last, *range(max(page_obj.number - 1, 1), min(page_obj.number + 1, last) + 1)})
    numbers: list[int | None] = []
    for number in shown:
        if numbers and numbers[-1] is not None and number - numbers[-1] > 1:
            numbers.append(None)
        numbers.append(number)
    return numbers

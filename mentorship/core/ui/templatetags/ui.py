"""What every page is made of: icons, status pills, times, numbers, charts, empty states."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django import template
from django.core.paginator import Page
from django.template.context import RequestContext
from django.utils import formats, timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from lucide.templatetags.lucide import lucide

from mentorship.core.ui import charts

register = template.Library()

# Status word -> (tone, icon). A word says what is so, the icon and tone only help to find it.
GOOD, ATTENTION, DANGER, INFO, QUIET = "good", "attention", "danger", "info", "quiet"
STATUS: dict[str, tuple[str, str]] = {
    # enrollments, bookings, team places
    "applied": (INFO, "inbox"),
    "accepted": (GOOD, "check"),
    "waitlisted": (ATTENTION, "hourglass"),
    "declined": (QUIET, "x"),
    "withdrawn": (QUIET, "log-out"),
    "paused": (ATTENTION, "pause"),
    "completed": (GOOD, "circle-check"),
    "booked": (GOOD, "check"),
    "confirmed": (GOOD, "check"),
    "attended": (GOOD, "circle-check"),
    "absent": (ATTENTION, "circle-alert"),
    "missed": (ATTENTION, "circle-alert"),
    # programmes and cohorts
    "draft": (QUIET, "pencil"),
    "enrolling": (INFO, "door-open"),
    "open": (INFO, "door-open"),
    "matching": (ATTENTION, "users"),
    "running": (GOOD, "play"),
    "closed": (QUIET, "lock"),
    "archived": (QUIET, "archive"),
    # matching
    "scoring": (INFO, "loader"),
    "solving": (INFO, "loader"),
    "solved": (GOOD, "check"),
    "optimal": (GOOD, "check"),
    "proposed": (INFO, "circle-dot"),
    "locked": (INFO, "lock"),
    "forbidden": (DANGER, "ban"),
    "unmatched": (ATTENTION, "triangle-alert"),
    "stale": (ATTENTION, "clock"),
    "superseded": (QUIET, "repeat"),
    "introduced": (INFO, "handshake"),
    "active": (GOOD, "circle-dot"),
    "graduated": (GOOD, "graduation-cap"),
    "ended": (QUIET, "flag"),
    "rematched": (QUIET, "repeat"),
    # messages
    "queued": (INFO, "clock"),
    "pending": (INFO, "clock"),
    "sending": (INFO, "loader"),
    "sent": (GOOD, "send"),
    "delivered": (GOOD, "circle-check"),
    "bounced": (DANGER, "mail-x"),
    "failed": (DANGER, "circle-x"),
    "unknown": (ATTENTION, "circle-question-mark"),
    "cancelled": (QUIET, "ban"),
    "held": (ATTENTION, "pause"),
    # check-ins and dates
    "planned": (QUIET, "calendar"),
    "scheduled": (QUIET, "calendar"),
    "due": (ATTENTION, "calendar-clock"),
    "asked": (INFO, "send"),
    "answered": (GOOD, "check"),
    "overdue": (DANGER, "triangle-alert"),
    "expired": (QUIET, "clock"),
    "skipped": (QUIET, "minus"),
    # money and partners
    "issued": (INFO, "receipt"),
    "agreed": (GOOD, "check"),
    "paid": (GOOD, "banknote"),
    "credited": (QUIET, "undo-2"),
    "official": (GOOD, "badge-check"),
    "built": (GOOD, "check"),
    "published": (GOOD, "eye"),
    "released": (GOOD, "eye"),
    # plain words for tones, where a page has no status
    "good": (GOOD, "check"),
    "attention": (ATTENTION, "triangle-alert"),
    "danger": (DANGER, "circle-alert"),
    "info": (INFO, "info"),
}
UNKNOWN_STATUS = (QUIET, "circle")


@lru_cache(maxsize=256)
def icon_svg(name: str, size: int = 16) -> SafeString:
    """A lucide icon as inline SVG, hidden from assistive technology: the text beside it speaks."""
    svg = lucide(name, size=size, **{"class": "m-icon", "aria-hidden": "true", "focusable": "false"})
    return mark_safe(svg)  # the icon set's own markup; nothing of a person is in it


@register.simple_tag
def icon(name: str, size: int = 16) -> SafeString:
    """`{% icon "users" %}`"""
    return icon_svg(str(name), int(size))


@register.simple_tag
def pill(status: Any, label: str = "", tone: str = "") -> SafeString:
    """`{% pill match.status match.get_status_display %}`; `tone` overrides what the status would give."""
    key = str(getattr(status, "value", status) or "").lower()
    known_tone, mark = STATUS.get(key, UNKNOWN_STATUS)
    if tone in (GOOD, ATTENTION, DANGER, INFO, QUIET):
        known_tone = tone
    text = label or key.replace("_", " ").capitalize() or "–"
    return format_html('<span class="m-pill m-pill-{}">{}{}</span>', known_tone, icon_svg(mark, 14), text)


@register.simple_tag
def empty_state(title: str = "", text: str = "", url: str = "", label: str = "") -> SafeString:
    """What a list says when there is nothing in it: what it is, why it is empty, what to do."""
    return format_html(
        '<div class="m-empty">{}<p class="m-empty-title">{}</p>{}{}</div>',
        icon_svg("inbox", 24),
        title or "Nothing here yet",
        format_html("<p>{}</p>", text) if text else "",
        format_html('<p><a class="btn btn-secondary" href="{}">{}</a></p>', url, label) if url and label else "",
    )


def zone_name() -> str:
    """The reader's time zone by its place: Africa/Nairobi -> Nairobi."""
    return timezone.get_current_timezone_name().rsplit("/", 1)[-1].replace("_", " ")


@register.simple_tag
def localtime_tag(moment: datetime | date | None) -> SafeString | str:
    """`{% localtime_tag message.due_at %}`: in the reader's time zone, with its name. A date stays a date."""
    if not moment:
        return "–"
    if not isinstance(moment, datetime):
        return format_html('<time datetime="{}">{}</time>', moment.isoformat(), formats.date_format(moment, "j M Y"))
    local = timezone.localtime(moment) if timezone.is_aware(moment) else moment
    return format_html(
        '<time datetime="{}">{} <span class="m-zone">({})</span></time>',
        moment.isoformat(timespec="seconds"),
        formats.date_format(local, "D j M Y, H:i"),
        zone_name(),
    )


@register.filter
def thousands(value: Any) -> str:
    """`{{ 1234|thousands }}` -> 1,234; what is not a number stays as it is."""
    if value is None:
        return "–"
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return str(value)
    return charts.number_text(value)


@register.simple_tag
def bar_chart(rows: Sequence[tuple[str, charts.Number]], caption: str = "", unit: str = "Number") -> SafeString:
    """`{% bar_chart rows "Mentees by topic" %}`: bars, and the same figures as a table to open below."""
    rows = list(rows)
    body = format_html_join(
        "",
        '<tr><th scope="row">{}</th><td class="text-end">{}</td></tr>',
        ((label, charts.number_text(number)) for label, number in rows),
    )
    return format_html(
        '<figure class="m-chart"><figcaption>{caption}</figcaption>{svg}<details><summary>Figures as a table</summary>'
        '<table class="table table-sm"><caption class="visually-hidden">{caption}</caption><thead><tr>'
        '<th scope="col">Item</th><th scope="col" class="text-end">{unit}</th></tr></thead>'
        "<tbody>{body}</tbody></table></details></figure>",
        caption=caption,
        svg=charts.bar_chart_svg(rows, caption),
        unit=unit,
        body=body,
    )


@register.simple_tag
def score_bar(parts: Sequence[tuple[str, charts.Number]], whole: charts.Number = 1) -> SafeString:
    """`{% score_bar proposal.parts %}`: the parts of a score, stacked; the rest of the bar is what is missing to 1."""
    return format_html('<span class="m-score">{}</span>', charts.score_bar_svg(list(parts), whole))


@register.simple_tag(takes_context=True)
def sort_header(context: RequestContext, key: str, label: str, css: str = "") -> SafeString:
    """`{% sort_header "name" "Name" %}`: a column head that sorts by `?sort=name`, then `?sort=-name`."""
    query = context["request"].GET.copy()
    current = query.get("sort", "")
    query.pop("page", None)
    query["sort"] = f"-{key}" if current == key else key
    state = {key: ("ascending", "chevron-down"), f"-{key}": ("descending", "chevron-up")}.get(current)
    return format_html(
        '<th scope="col"{}{}><a class="m-sort" href="?{}">{}{}</a></th>',
        format_html(' class="{}"', css) if css else "",
        format_html(' aria-sort="{}"', state[0]) if state else "",
        query.urlencode(),
        label,
        icon_svg(state[1], 14) if state else "",
    )


@register.simple_tag
def zone() -> str:
    """`{% zone %}`: the reader's time zone by its place, for "times are in Nairobi"."""
    return zone_name()


@register.simple_tag
def page_numbers(page_obj: Page) -> list[int | None]:
    """The numbers of a pager: the first, the last and those around this page; None stands for a gap."""
    last = page_obj.paginator.num_pages
    shown = sorted({1, last, *range(max(page_obj.number - 1, 1), min(page_obj.number + 1, last) + 1)})
    numbers: list[int | None] = []
    for number in shown:
        if numbers and numbers[-1] is not None and number - numbers[-1] > 1:
            numbers.append(None)
        numbers.append(number)
    return numbers

"""The tags of languages, built in: the language of a page, what is in another one, and dates."""

from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django import template
from django.conf import settings
from django.template import Context
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from mentorship.core.languages import dates, script_words
from mentorship.core.languages.current import ASKED, current_language
from mentorship.core.languages.known import ENGLISH, Language
from mentorship.core.ui.markup import attribute

register = template.Library()
register.simple_tag(script_words.script_words)


@register.simple_tag
def page_language() -> str:
    """`<html lang="{% page_language %}">`"""
    return current_language().tag


@register.simple_tag
def page_direction() -> SafeString | str:
    """`<html lang="…"{% page_direction %}>`: ` dir="rtl"` if the language is written from the right."""
    direction = current_language().direction
    return format_html(' dir="{}"', direction) if direction != ENGLISH.direction else ""


@register.simple_tag
def written_in(language: Language) -> SafeString | str:
    """`<div{% written_in cohort.main_language %}>`: ` lang="fr"` where it is not that of the page."""
    return attribute("lang", language.tag) if language != current_language() else ""


@register.simple_tag(takes_context=True)
def language_links(context: Context) -> SafeString | str:
    """`{% language_links %}`: this page in each of its languages; "" if it has one."""
    request: Any = context.get("request")
    offered = getattr(request, "page_languages", ())
    if len(offered) < 2:
        return ""
    rows = ((_address(request, one), one, one == current_language()) for one in offered)
    links = format_html_join(
        "",
        '<li><a href="{}" lang="{}" hreflang="{}"{}>{}</a></li>',
        (
            (url, one.tag, one.tag, attribute("aria-current", "true" if here else ""), one.own_name)
            for url, one, here in rows
        ),
    )
    return format_html('<ul class="m-languages">{}</ul>', links)


@register.simple_tag(takes_context=True)
def language_alternates(context: Context) -> SafeString | str:
    """`{% language_alternates %}`: for the head of a public page, its addresses in each of its languages."""
    request: Any = context.get("request")
    offered = getattr(request, "page_languages", ())
    if len(offered) < 2:
        return ""
    found = [(one.tag, settings.SITE_URL + request.path + _address(request, one)) for one in offered]
    found.append(("x-default", settings.SITE_URL + request.path))
    return format_html_join("", '<link rel="alternate" hreflang="{}" href="{}">', found)


def _address(request: Any, language: Language) -> str:
    kept = [(name, value) for name, value in request.GET.items() if name != ASKED]
    return f"?{urlencode([*kept, (ASKED, language.code)])}"


@register.filter(expects_localtime=True)
def long_day(day: datetime | date | None) -> str:
    """`{{ cohort.starts_on|long_day }}` -> 16 February 2027"""
    return dates.long_day(day) if day else ""


@register.filter(expects_localtime=True)
def day_of_year(day: datetime | date | None) -> str:
    """`{{ departure.left_at|day_of_year }}` -> 16 February"""
    return dates.day_of_year(day) if day else ""


@register.filter(expects_localtime=True)
def short_weekday(day: datetime | date | None) -> str:
    """`{{ closes|short_weekday }}` -> Tue 16 Feb 2027"""
    return dates.short_weekday(day) if day else ""

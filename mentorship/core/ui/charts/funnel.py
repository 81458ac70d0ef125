"""Steps that fewer and fewer people reach: a list of numbers with a bar each, and a band that leads to the next one."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from mentorship.core.ui.charts.svg import Number, number_text


@dataclass(frozen=True)
class Step:
    """A step: how many reached it, the list of them where there is one, and what became of the others."""

    label: str
    number: Number
    url: str = ""
    note: str = ""


def funnel(steps: Sequence[Step]) -> SafeString:
    """The steps side by side, on a phone one below the other; each bar is a share of the first one."""
    whole = steps[0].number if steps else 0
    following = [*(step.number for step in steps[1:]), None]
    return format_html(
        '<ol class="m-funnel">{}</ol>',
        format_html_join(
            "",
            "<li>{}{}{}<small>{}</small></li>",
            (
                (_head(step), _standing(step.number, after, whole), _lying(step.number, whole), step.note)
                for step, after in zip(steps, following, strict=False)
            ),
        ),
    )


def _head(step: Step) -> SafeString:
    words = format_html("<strong>{}</strong> <span>{}</span>", number_text(step.number), step.label)
    if not step.url:
        return format_html('<p class="m-funnel-head">{}</p>', words)
    return format_html('<a class="m-funnel-head" href="{}">{}</a>', step.url, words)


def _share(number: Number, whole: Number) -> float:
    return 100 * min(float(number) / float(whole), 1) if whole else 0.0


def _lying(number: Number, whole: Number) -> SafeString:
    """The bar on a phone."""
    return format_html(
        '<svg class="m-funnel-lying" width="100%" height="12" aria-hidden="true">'
        '<rect class="m-chart-track" width="100%" height="12" rx="3"></rect>'
        '<rect class="m-chart-bar" width="{}%" height="12" rx="3"></rect></svg>',
        f"{_share(number, whole):.2f}",
    )


def _standing(number: Number, after: Number | None, whole: Number) -> SafeString:
    share, following = _share(number, whole), _share(after or 0, whole)
    band: SafeString | str = ""
    if number and after:
        corners = [(0, 50 - share / 2), (100, 50 - following / 2), (100, 50 + following / 2), (0, 50 + share / 2)]
        band = format_html(
            '<svg width="100%" height="100%" viewBox="0 0 100 100" preserveAspectRatio="none">'
            '<polygon class="m-funnel-band" points="{}"></polygon></svg>',
            " ".join(f"{x},{y:.2f}" for x, y in corners),
        )
    tall = max(share, 4) if number else 100 if whole else 4
    return format_html(
        '<svg class="m-funnel-standing" width="100%" height="116" aria-hidden="true">{}'
        '<rect class="{}" x="1" y="{}%" width="9" height="{}%" rx="2"></rect></svg>',
        band,
        "m-funnel-bar" if number else "m-funnel-bar m-funnel-ahead",
        f"{50 - tall / 2:.2f}",
        f"{tall:.2f}",
    )

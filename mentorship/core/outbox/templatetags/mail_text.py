"""Turn the text of a mail into HTML."""

import re
from collections.abc import Callable
from itertools import groupby

from django import template
from django.conf import settings
from django.utils.html import escape, linebreaks, urlize
from django.utils.safestring import SafeString, mark_safe

from mentorship.core import text as texts
from mentorship.core.own_links import PLACEHOLDER

register = template.Library()

# A paragraph of a few words, a colon, and one of our addresses alone on the next line: a link with a label.
NAMED_LINK = re.compile(rf"([^\s:][^\n:]{{0,60}}):\n(https?://[^\s<>\"]+|{PLACEHOLDER.pattern})")

# The same on one line is a link in the text: “To stop these emails: ” and the address.
LABELLED_LINK = re.compile(rf"([^\s:][^\n:]{{0,60}}): (https?://[^\s<>\"]+|{PLACEHOLDER.pattern})")

BUTTON, MAIN_BUTTON = '<a class="m-mail-link"', '<a class="m-mail-link m-mail-main"'

# A line with a line of dashes below it: a heading. What follows in the same paragraph is an ordinary one.
HEADING = re.compile(r"([^\n]{1,100})\n-{3,}(?:\n(.*))?", re.DOTALL)

# A paragraph in quotation marks, with or without a line that says whose words they are.
QUOTE = re.compile(r"(?:([^\n]{1,300}:)\n)?(“.+”)", re.DOTALL)

# A line of facts: a few words, a colon and the value. Several in a row are a table.
FACT = re.compile(r"([A-Z][^\n:]{1,30}): (\S[^\n]*)")
FEWEST_FACTS = 2


@register.filter
def mail_html(text: str) -> SafeString:
    """The text with everything in it escaped, paragraphs and breaks kept, and addresses as links.

    A paragraph that names an address, as “Once or twice:” and the address below it, becomes one link with that name.
    Placeholders of links stay placeholders: this is for pages.
    """
    return _html_of(text, _paragraph)


@register.filter
def mail_html_to_send(text: str) -> SafeString:
    """As `mail_html`, with a link where a placeholder stands: the mail itself, before its links are put in."""
    return _html_of(text, _paragraph_to_send)


# What mail programs need that drop the style sheet (Gmail for other addresses) or know little of it (Outlook).
INLINE = {
    '<a class="m-mail-link m-mail-main"': "display:inline-block;padding:12px 22px;border-radius:8px;background:#1c6b58;"
    "color:#ffffff;font-weight:600;text-decoration:none",
    '<a class="m-mail-link"': "display:inline-block;padding:9px 16px;border:1px solid #1c6b58;border-radius:8px;"
    "color:#1c6b58;font-weight:600;text-decoration:none",
    '<table class="m-mail-facts"': "margin:0 0 14px;border-collapse:collapse",
    '<th scope="row"': "padding:6px 20px 6px 0;border-top:1px solid #e4dfd5;color:#5d6675;"
    "font-weight:400;text-align:left",
    '<td valign="top"': "padding:6px 0;border-top:1px solid #e4dfd5",
    "<blockquote": "margin:0 0 14px;padding:0 0 0 12px;border-left:3px solid #1c6b58",
}
MAIN = re.compile(r'<p>(<a class="m-mail-link m-mail-main"[^>]*href="([^"]*)"[^>]*>.*?</a>)</p>')
# Outlook leaves out the padding of a link, and keeps that of a cell.
BUTTON_CELL = (
    '<table id="mail-button" role="presentation" cellpadding="0" cellspacing="0" border="0"'
    ' style="margin:0 0 14px">'
    '<tr><td bgcolor="#1c6b58" style="border-radius:8px;mso-padding-alt:12px 22px">{}</td></tr></table>'
)
FOOT = (
    '<p id="mail-foot" style="margin:24px 0 0;padding:12px 0 0;border-top:1px solid #e4dfd5;color:#5d6675;'
    'font-size:13px">If the button doesn’t work, open this link: <a href="{0}" rel="nofollow">{0}</a></p>'
)


@register.filter
def for_old_clients(html: str) -> SafeString:
    """The HTML of a mail with its styles beside each element, its main button as a cell, and that link as text."""
    for start, style in INLINE.items():
        html = re.sub(rf"({re.escape(start)}[^>]*)>", rf'\1 style="{style}">', html)
    if main := MAIN.search(html):
        html = html.replace(main[0], BUTTON_CELL.format(main[1])) + FOOT.format(main[2])
    return mark_safe(html)  # made of `mail_html_to_send`, which escapes what people wrote


@register.filter
def shorten(text: str, most: int) -> str:
    """People's own words for a mail: with their line breaks, cut with “…” where they are long."""
    return texts.shorten(text, most)


def _html_of(text: str, paragraph: Callable[[str], str]) -> SafeString:
    # No line breaks between paragraphs: pages keep them (pre-wrap), and they would show.
    parts = re.split(r"\n{2,}", text.replace("\r\n", "\n").strip("\n"))
    html = [_with_heading(part, paragraph) for part in parts]
    buttons = [at for at, part in enumerate(html) if part.startswith(f"<p>{BUTTON}")]
    # The first link with a label is what the mail asks for; several in a row are a choice.
    if buttons and buttons[0] + 1 not in buttons:
        html[buttons[0]] = html[buttons[0]].replace(BUTTON, MAIN_BUTTON)
    return mark_safe("".join(html))


def _with_heading(text: str, paragraph: Callable[[str], str]) -> str:
    heading = HEADING.fullmatch(text.strip())
    if not heading:
        return paragraph(text)
    return f"<h2>{escape(heading[1])}</h2>{paragraph(heading[2]) if heading[2] else ''}"


def _paragraph(text: str) -> str:
    named = NAMED_LINK.fullmatch(text.strip())
    if named and _is_ours(named[2]):
        return _button(named)
    labelled = LABELLED_LINK.fullmatch(text.strip())
    if labelled and _is_ours(labelled[2]):
        return _text_link(labelled)
    facts = [FACT.fullmatch(line) for line in text.strip().split("\n")]
    if len(facts) >= FEWEST_FACTS and all(facts):
        return _facts([(fact[1], fact[2]) for fact in facts if fact])
    if quote := QUOTE.fullmatch(text.strip()):
        return f"{_plain(quote[1]) if quote[1] else ''}<blockquote>{_plain(quote[2])}</blockquote>"
    return _plain(text)


def _facts(facts: list[tuple[str, str]]) -> str:
    rows = (
        f'<tr><th scope="row" align="left" valign="top">{escape(name)}</th>'
        f'<td valign="top">{urlize(value, autoescape=True)}</td></tr>'
        for name, value in facts
    )
    return f'<table class="m-mail-facts">{"".join(rows)}</table>'


def _plain(text: str) -> str:
    """A paragraph with its line breaks; lines that begin with a dash are a list."""
    parts = [(in_list, list(lines)) for in_list, lines in groupby(text.split("\n"), lambda line: line.startswith("- "))]
    return "".join(_list(lines) if in_list else _lines("\n".join(lines)) for in_list, lines in parts)


def _lines(text: str) -> str:
    return linebreaks(urlize(text, autoescape=True), autoescape=False) if text.strip() else ""


def _list(lines: list[str]) -> str:
    return f"<ul>{''.join(f'<li>{urlize(line[2:], autoescape=True)}</li>' for line in lines)}</ul>"


def _paragraph_to_send(text: str) -> str:
    named = NAMED_LINK.fullmatch(text.strip())
    if named and PLACEHOLDER.fullmatch(named[2]):
        return _button(named)
    labelled = LABELLED_LINK.fullmatch(text.strip())
    if labelled and PLACEHOLDER.fullmatch(labelled[2]):
        return _text_link(labelled)
    return PLACEHOLDER.sub(r'<a href="\g<0>">\g<0></a>', _paragraph(text))


def _button(named: re.Match[str]) -> str:
    return f'<p>{BUTTON} href="{escape(named[2])}" rel="nofollow">{escape(named[1].strip())}</a></p>'


def _text_link(labelled: re.Match[str]) -> str:
    return f'<p><a href="{escape(labelled[2])}" rel="nofollow">{escape(labelled[1].strip())}</a></p>'


def _is_ours(address: str) -> bool:
    """Whether an address is ours: people's words in a mail must not hide where a link leads."""
    return address.startswith(settings.SITE_URL.rstrip("/") + "/")

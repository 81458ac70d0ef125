"""From the text of a mail to its HTML."""

import re

from django import template
from django.conf import settings
from django.utils.html import escape, linebreaks, urlize
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

# A paragraph of a few words, a colon, and an address of ours alone on the next line: an answer to a question, a door.
NAMED_LINK = re.compile(r"([^\s:][^\n:]{0,60}):\n(https?://[^\s<>\"]+)")


@register.filter
def mail_html(text: str) -> SafeString:
    """The text with everything in it escaped, paragraphs and breaks kept, and addresses as links.

    A paragraph that names an address, as “Once or twice:” and the address below it, becomes one link with that name.
    """
    html = "\n\n".join(_paragraph(part) for part in re.split(r"\n{2,}", text.replace("\r\n", "\n").strip("\n")))
    # Pages keep line breaks (pre-wrap): the empty lines between paragraphs would show as well.
    return mark_safe(html.replace("</p>\n\n<p>", "</p><p>"))


def _paragraph(text: str) -> str:
    named = NAMED_LINK.fullmatch(text.strip())
    if named and _is_ours(named[2]):
        return f'<p><a class="m-mail-link" href="{escape(named[2])}" rel="nofollow">{escape(named[1])}</a></p>'
    return linebreaks(urlize(text, autoescape=True), autoescape=False)


def _is_ours(address: str) -> bool:
    """Words of people that stand in a mail must not hide where they lead."""
    return address.startswith(settings.SITE_URL.rstrip("/") + "/")

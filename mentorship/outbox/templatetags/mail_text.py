"""From the text of a mail to its HTML."""

from django import template
from django.utils.html import linebreaks, urlize
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.filter
def mail_html(text: str) -> SafeString:
    """The text with everything in it escaped, paragraphs and breaks kept, and addresses as links."""
    html = linebreaks(urlize(text, autoescape=True), autoescape=False)
    # Pages keep line breaks (pre-wrap): the empty lines between paragraphs would show as well.
    return mark_safe(html.replace("</p>\n\n<p>", "</p><p>"))

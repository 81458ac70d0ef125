"""Personal links, kept apart from the words of their mail.

The stored text contains a placeholder for each of them, which pages, files and copies show. The purpose of the link is
stored beside it, unsigned. It is signed as the mail leaves, so that no stored text contains a working link.
"""

import re
from typing import Any

from django.conf import settings
from django.utils.html import escape

from mentorship.core.links import TOKEN, SignedLink, kind_of, meaning_of

OWN_LINK = "(their own link)"
PLACEHOLDER = re.compile(r"\(their own link(?: [0-9]+)?\)")
_ANCHOR = re.compile(rf'<a [^>]*href="({PLACEHOLDER.pattern})"[^>]*>(.*?)</a>')
_ADDRESS = re.compile(r"https?://[^\s<>\"]+")
_ENDS_SENTENCE = ".,;:!?)'’”"

# Placeholder → what stands for it: the parts of an address and what its token is signed for. An address that holds a
# token which we can't read, because the key was changed or its kind is gone, is stored unchanged.
Links = dict[str, Any]
# The kind of link last seen at a path: trying it first saves most of the time.
_seen_at: dict[str, SignedLink] = {}


def take_out(text: str, links: Links) -> str:
    """The text with a placeholder for every personal link; fills `links` with the meaning of each."""
    if "://" not in text:
        return text
    return _ADDRESS.sub(lambda found: _without_token(found[0], links), text)


def put_in(text: str, links: Links, *, html: bool = False) -> str:
    """The text with freshly signed links in place of their placeholders."""
    if OWN_LINK[:-1] not in text:
        return text
    if html:  # such as in a test mail, whose samples are not links
        text = _ANCHOR.sub(lambda found: found[0] if found[1] in links else found[2], text)

    def address(found: re.Match[str]) -> str:
        if found[0] not in links:
            return found[0]
        link = address_of(links[found[0]])
        return escape(link) if html else link

    return PLACEHOLDER.sub(address, text)


def take_out_of(value: Any, links: Links) -> Any:
    """As `take_out`, for every text in lists and dictionaries."""
    return _each_text(value, lambda text: take_out(text, links))


def put_in_to(value: Any, links: Links) -> Any:
    """As `put_in`, for every text in lists and dictionaries."""
    return _each_text(value, lambda text: put_in(text, links))


def address_of(kept: Any) -> str:
    """The whole address, freshly signed."""
    if isinstance(kept, str):
        return kept
    token = kind_of(kept["for"]).sign(*kept["values"])
    return f"{settings.SITE_URL}{kept['before']}{token}{kept['after']}"


def unknown_links(text: str, links: Links) -> list[str]:
    """Placeholders in a text without a stored link."""
    return [name for name in dict.fromkeys(PLACEHOLDER.findall(text)) if name not in links]


def _without_token(address: str, links: Links) -> str:
    token = TOKEN.search(address)
    if token is None:
        return address
    whole = address if address.endswith(token[0]) else address.rstrip(_ENDS_SENTENCE)
    kept = _kept(whole, token)
    if kept is None:
        return address
    name = next((name for name, one in links.items() if one == kept), "")
    if not name:
        name = OWN_LINK if not links else f"{OWN_LINK[:-1]} {len(links) + 1})"
        links[name] = kept
    return name + address[len(whole) :]


def _kept(address: str, token: re.Match[str]) -> Any:
    """The value to store for an address; None if anybody may see it."""
    path = address[: token.start()]
    meaning = meaning_of(token[0], _seen_at.get(path))
    if meaning is None or not address.startswith(f"{settings.SITE_URL}/"):
        return address
    kind, values = meaning
    if len(_seen_at) < 100:  # addresses may contain people's words
        _seen_at[path] = kind
    if not kind.personal:
        return None
    return {
        "for": kind.salt,
        "values": list(values),
        "before": path.removeprefix(settings.SITE_URL),
        "after": address[token.end() :],
    }


def _each_text(value: Any, change: Any) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [_each_text(one, change) for one in value]
    if isinstance(value, dict):
        return {key: _each_text(one, change) for key, one in value.items()}
    return value

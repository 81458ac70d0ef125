"""The address of the client behind the proxies in front of this site.

A proxy is the peer of every connection, so without this all people would share its address. X-Forwarded-For is trusted
only from proxies in the setting TRUSTED_PROXIES: anybody can send the header.
"""

import ipaddress
import re
from collections.abc import Callable, Sequence

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from mentorship.safe_settings import UNIX_SOCKET, Network, parse_proxies

# A peer on a Unix socket has no address; nobody has this one.
NO_ADDRESS = "0.0.0.0"  # noqa: S104 nothing listens there
WITH_PORT = re.compile(r"^(?:\[(?P<six>[^\]]+)\](?::\d+)?|(?P<four>[\d.]+):\d+)$")


class ClientAddressMiddleware:
    """Sets REMOTE_ADDR to the address of the client, for limits, lists of sessions and logs alike."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        peer, proxies = request.META.get("REMOTE_ADDR", ""), parse_proxies(settings.TRUSTED_PROXIES)
        request.META["REMOTE_ADDR"] = client_address(peer, request.headers.get("X-Forwarded-For", ""), proxies)
        return self.get_response(request)


def client_address(peer: str, forwarded: str, proxies: int | Sequence[Network | str]) -> str:
    """The client behind the proxies: the last address in header and peer that is not a proxy's.

    If the header has fewer entries than there are proxies, or an invalid one, the last certain address counts.
    """
    chain = [*(part.strip() for part in forwarded.split(",") if part.strip()), peer]
    known = _clean(peer)
    for hops, entry in enumerate(reversed(chain)):
        address = _clean(entry)
        if hops and address is None:
            break
        known = address or known
        is_proxy = hops < proxies if isinstance(proxies, int) else _is_among(address, proxies)
        if not is_proxy:
            break
    return known or NO_ADDRESS


def _clean(entry: str) -> str | None:
    """An address without port and brackets, mapped IPv4 as IPv4; None if it is invalid."""
    if found := WITH_PORT.match(entry):
        entry = found["six"] or found["four"]
    try:
        address = ipaddress.ip_address(entry)
    except ValueError:
        return None
    return str(getattr(address, "ipv4_mapped", None) or address)


def _is_among(address: str | None, proxies: Sequence[Network | str]) -> bool:
    if address is None:
        return UNIX_SOCKET in proxies
    found = ipaddress.ip_address(address)
    return any(found in network for network in proxies if not isinstance(network, str))

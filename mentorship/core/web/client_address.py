"""The address of the client behind the proxies in front of this site.

A proxy is the peer of every connection, so without this all people would share its address. X-Forwarded-For is trusted
only from proxies in the setting TRUSTED_PROXIES: anybody can send the header.
"""

import ipaddress
import re
from collections.abc import Callable, Sequence
from functools import cache

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse

# A peer on a Unix socket has no address; nobody has this one.
NO_ADDRESS = "0.0.0.0"  # noqa: S104 nothing listens there
UNIX_SOCKET = "unix"
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
WITH_PORT = re.compile(r"^(?:\[(?P<six>[^\]]+)\](?::\d+)?|(?P<four>[\d.]+):\d+)$")


@cache
def parse_proxies(value: str) -> int | tuple[Network | str, ...]:
    """The number of proxies, or their networks and `unix`. Raises ImproperlyConfigured."""
    parts = [part.strip() for part in value.split(",") if part.strip()]
    if len(parts) == 1 and parts[0].isdigit():
        return int(parts[0])
    try:
        found = tuple(part if part == UNIX_SOCKET else ipaddress.ip_network(part, strict=False) for part in parts)
        if any(not isinstance(part, str) and not part.prefixlen for part in found):
            raise ValueError("Everybody is in that network, and could send any address.")
        return found
    except ValueError as error:
        raise ImproperlyConfigured(
            f"TRUSTED_PROXIES is {value!r}. Give the number of proxies in front of this site, such as 1, or their "
            "addresses or networks, comma-separated, such as 10.0.0.5,172.16.0.0/12; for a Unix socket write unix."
        ) from error


class ClientAddressMiddleware:
    """Sets REMOTE_ADDR to the address of the client, for limits, lists of sessions and logs alike."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        parse_proxies(settings.TRUSTED_PROXIES)  # an invalid setting prevents the start

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

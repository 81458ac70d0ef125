"""Refuse to start with settings that would give an installation away.

Django's system checks don't run under gunicorn or Celery. These rules do: `settings.py` calls them while it is loaded.
"""

import ipaddress
import re
from collections.abc import Mapping, Sequence
from functools import cache
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

# The key of a demo and of development. Everybody can read it here.
KNOWN_KEY = "insecure-key-for-development-only"
LOCAL_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
KEY_LENGTH, KEY_VARIETY = 32, 8
# How the keys begin that tools and examples fill in.
KNOWN_STARTS = ("insecure", "django-insecure", "change", "secret", "example", "your-secret", "your_secret")
# Of KEEP_DAYS: what stays as long as this may stay for good; and the most days, a century.
FOR_GOOD, LONG, MOST = "always", 90, 36_525
# The link that confirms a sign-up works for a week: until then its draft is kept.
LEAST = {"drafts": 7}
ROLES = frozenset({"operator", "owner", "coordinator", "viewer", "partner"})
# How often in how many seconds, minutes, hours or days, such as 30/10m.
RATE = re.compile(r"\d+/\d*[smhd]")
UNIX_SOCKET = "unix"
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
MAKE_A_KEY = 'python -c "import secrets; print(secrets.token_urlsafe(50))"'


def refuse_unsafe(
    *,
    debug: bool,
    demo: bool,
    secret_key: str,
    old_keys: Sequence[str],
    hosts: Sequence[str],
    site_url: str,
    proxies: str,
) -> None:
    """Raise ImproperlyConfigured with every fault, and how to mend each."""
    parse_proxies(proxies)
    public = [host for host in (*hosts, urlsplit(site_url).hostname or "") if host and not is_local(host)]
    faults = []
    if demo and public:
        faults.append(
            f"This is a demo, where anybody can read every email, and {public[0]} is not an address of this machine. "
            "Set DEBUG=off and DEMO=off for a real site, or leave ALLOWED_HOSTS and SITE_URL out."
        )
    if debug and public:
        faults.append(
            f"DEBUG=on shows code and settings to anybody, and {public[0]} is not an address of this machine. "
            "Set DEBUG=off."
        )
    if not (debug or demo):
        faults += _weaknesses("SECRET_KEY", secret_key)
        if not hosts:
            faults.append("Set ALLOWED_HOSTS to the host names of this site, separated by commas.")
        if urlsplit(site_url).scheme == "https" and not proxies.strip():
            # This site speaks no TLS itself, so something in front of it does.
            faults.append(
                "Behind the proxy that ends TLS all people would share the limits of one. Set TRUSTED_PROXIES to its "
                "address or network, such as 127.0.0.1, or to the number of proxies, such as 1."
            )
    faults += _address_faults(site_url)
    # An old key still opens every signed link, so it is as good as the key itself.
    for old in old_keys:
        faults += _weaknesses("SECRET_KEY_FALLBACKS", old)
    if faults:
        raise ImproperlyConfigured(" ".join(dict.fromkeys(faults)))


def days_to_keep(usual: Mapping[str, int], changed: Mapping[str, str]) -> dict[str, int | None]:
    """The days for which each class of data is kept; None for good. Raises ImproperlyConfigured for other values.

    Data that ends by itself, or lets somebody sign in, can't be kept for good.
    """
    found: dict[str, int | None] = dict(usual)
    for name, given in changed.items():
        words = given.strip().lower()
        if name not in usual:
            raise ImproperlyConfigured(f"KEEP_DAYS knows no “{name}”. It has {', '.join(sorted(usual))}.")
        if words == FOR_GOOD and usual[name] >= LONG:
            found[name] = None
        elif words.isdecimal() and LEAST.get(name, 1) <= int(words) <= MOST:
            found[name] = int(words)
        else:
            also = f", or {FOR_GOOD}" if usual[name] >= LONG else ""
            raise ImproperlyConfigured(
                f"KEEP_DAYS has {name}={words}. Give a number of days, {LEAST.get(name, 1)} to {MOST}{also}."
            )
    return found


def with_limits(usual: Mapping[str, str], changed: Mapping[str, str]) -> dict[str, str]:
    """The limits, some of them changed. Raises ImproperlyConfigured for a name or a rate that is none."""
    for name, rate in changed.items():
        if name not in usual:
            raise ImproperlyConfigured(f"LIMITS knows no “{name}”. It has {', '.join(sorted(usual))}.")
        if not RATE.fullmatch(rate):
            raise ImproperlyConfigured(f"LIMITS has {name}={rate}. Give a rate, such as 500/h or 30/10m.")
    return {**usual, **changed}


@cache
def parse_proxies(value: str) -> int | tuple[Network | str, ...]:
    """The number of proxies, or their networks and `unix`. Raises ImproperlyConfigured."""
    parts = [part.strip() for part in value.split(",") if part.strip()]
    if len(parts) == 1 and parts[0].isdecimal():
        return int(parts[0])
    try:
        found = tuple(part if part == UNIX_SOCKET else ipaddress.ip_network(part, strict=False) for part in parts)
        if any(not isinstance(part, str) and not part.prefixlen for part in found):
            raise ValueError("Everybody is in that network, and could send any address.")
        return found
    except ValueError as error:
        raise ImproperlyConfigured(
            f"TRUSTED_PROXIES is “{value}”. Give the number of proxies in front of this site, such as 1, or their "
            "addresses or networks, comma-separated, such as 10.0.0.5,172.16.0.0/12; for a Unix socket write unix."
        ) from error


def is_local(host: str) -> bool:
    """Whether a name of ALLOWED_HOSTS, or a host, can only mean the machine itself."""
    name = host.strip("[].").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def _address_faults(site_url: str) -> list[str]:
    """Links in mails begin with the address of the site, so it has to be one."""
    try:
        parts = urlsplit(site_url)
        is_address = parts.scheme in ("http", "https") and bool(parts.hostname) and not (parts.query or parts.fragment)
        _ = parts.port
    except ValueError:
        is_address = False
    return (
        []
        if is_address
        else [f"SITE_URL is “{site_url}”. Give the address of this site, such as https://mentors.example.org."]
    )


def _weaknesses(name: str, key: str) -> list[str]:
    if not key:
        return [f"Set {name} to a long random text, such as the one that this prints: {MAKE_A_KEY}"]
    if key.lower().startswith(KNOWN_STARTS):
        return [f"{name} has a key that is publicly known. Make your own: {MAKE_A_KEY}"]
    if len(key) < KEY_LENGTH or len(set(key)) < KEY_VARIETY:
        return [f"{name} has a key that can be guessed: use at least {KEY_LENGTH} random characters: {MAKE_A_KEY}"]
    return []

"""A product that asks another machine, or a page that fetches from one, fails the tests."""

import socket

import pytest

from mentorship.devtools.testing.walks.crawl import FETCHED


@pytest.mark.asks_outside
@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1", "example.org"])
def test_a_connection_to_another_machine_is_refused_and_noticed(host):
    with pytest.raises(OSError, match="nobody outside"):
        socket.create_connection((host, 80))


def test_a_connection_to_this_machine_is_made():
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        socket.create_connection(server.getsockname()).close()


@pytest.mark.parametrize(
    "fetched",
    [
        '<img alt="" src="https://example.org/a.png">',
        '<script src="//example.org/a.js"></script>',
        '<link href="https://example.org/a.css" rel="stylesheet">',
        '<link rel="icon" href="https://example.org/a.ico">',
    ],
)
def test_what_a_browser_would_fetch_from_elsewhere_is_found(fetched):
    assert FETCHED.search(fetched)


@pytest.mark.parametrize(
    "harmless",
    [
        '<a href="https://example.org/">',
        '<img alt="" src="/static/a.svg">',
        '<link rel="canonical" href="https://example.org/a/">',
        '<input type="url" value="https://example.org/">',
    ],
)
def test_links_that_only_people_follow_are_left_alone(harmless):
    assert not FETCHED.search(harmless)

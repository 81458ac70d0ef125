"""The address of the client behind proxies, with headers as proxies write them and as a real nginx does."""

import http.client
import shutil
import subprocess

import pytest
from django.core.exceptions import ImproperlyConfigured

from mentorship.core.web.client_address import client_address
from mentorship.devtools.testing.servers import free_port, stop, wait_for_port
from mentorship.safe_settings import parse_proxies

CLIENT, PROXY, INNER = "203.0.113.7", "10.0.0.5", "10.0.0.6"


@pytest.mark.parametrize(
    ("peer", "forwarded", "proxies", "expected"),
    [
        (CLIENT, "198.51.100.1", "", CLIENT),  # nothing is trusted: the header is anybody's
        (CLIENT, "198.51.100.1", "10.0.0.0/8", CLIENT),  # somebody who goes round the proxy
        (PROXY, CLIENT, "10.0.0.0/8", CLIENT),
        (PROXY, f"198.51.100.1, {CLIENT}", "10.0.0.0/8", CLIENT),  # what the client made up comes first
        (PROXY, f"198.51.100.1, {CLIENT}", "1", CLIENT),
        (PROXY, f"198.51.100.1,{CLIENT} , {INNER}", "2", CLIENT),
        (PROXY, f"{CLIENT}, {INNER}", "10.0.0.5,10.0.0.6", CLIENT),
        (PROXY, f"{CLIENT}, {INNER}", "10.0.0.5", INNER),  # a proxy that the setting does not name
        (PROXY, "", "10.0.0.0/8", PROXY),
        (PROXY, "", "1", PROXY),
        (PROXY, f"10.0.0.9, {PROXY}", "10.0.0.0/8", "10.0.0.9"),  # somebody inside
        (PROXY, "unknown", "1", PROXY),
        (PROXY, f"{CLIENT}, <script>", "2", PROXY),
        (PROXY, f"{CLIENT}:40312", "1", CLIENT),
        (PROXY, "[2001:db8::7]:443", "1", "2001:db8::7"),
        (PROXY, "2001:db8::7", "1", "2001:db8::7"),
        ("::ffff:10.0.0.5", f"::ffff:{CLIENT}", "10.0.0.5", CLIENT),
        ("", CLIENT, "unix", CLIENT),
        ("", CLIENT, "1", CLIENT),
        ("", CLIENT, "", "0.0.0.0"),
    ],
)
def test_the_first_from_the_end_that_is_no_proxy_of_ours_is_the_client(peer, forwarded, proxies, expected):
    assert client_address(peer, forwarded, parse_proxies(proxies)) == expected


@pytest.mark.parametrize("wrong", ["proxy.example.org", "10.0.0.300", "0.0.0.0/0", "10.0.0.5,::/0"])
def test_a_wrong_setting_says_what_to_write(wrong):
    with pytest.raises(ImproperlyConfigured, match="such as 1, or their addresses or networks"):
        parse_proxies(wrong)


NGINX = """
daemon off; pid {folder}/pid; error_log {folder}/error.log;
events {{ }}
http {{
  access_log off;
  client_body_temp_path {folder}/a; proxy_temp_path {folder}/b; fastcgi_temp_path {folder}/c;
  uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e;
  server {{
    listen 127.0.0.1:{port};
    location / {{
      proxy_pass {site};
      proxy_set_header Host $proxy_host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    }}
  }}
}}
"""


@pytest.fixture
def nginx(site, tmp_path):
    """The port of an nginx in front of this process's own server."""
    found = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
    if found is None:
        pytest.skip("No nginx found: install one (on Debian nginx-light) to run this test.")
    port = free_port()
    (tmp_path / "nginx.conf").write_text(NGINX.format(folder=tmp_path, port=port, site=site))
    process = subprocess.Popen([found, "-c", str(tmp_path / "nginx.conf"), "-p", str(tmp_path)])
    wait_for_port(port, process, tmp_path / "error.log")
    yield port
    stop(process)


@pytest.mark.servers
def test_behind_a_real_nginx_everybody_has_limits_of_their_own(nginx, settings):
    settings.LIMITS = {**settings.LIMITS, "post_by_source": "2/h"}
    settings.TRUSTED_PROXIES = "127.0.0.1"
    token = "x" * 32

    def send(source, claimed):
        connection = http.client.HTTPConnection("127.0.0.1", nginx, source_address=(source, 0), timeout=20)
        headers = {"Cookie": f"csrftoken={token}", "X-CSRFToken": token, "Connection": "close"}
        headers |= {"X-Forwarded-For": claimed} if claimed else {}
        connection.request("POST", "/accounts/login/", body="", headers=headers)
        return connection.getresponse().status

    assert 429 not in [send("127.0.0.2", "") for _ in range(2)]
    assert send("127.0.0.2", "") == 429
    assert send("127.0.0.2", "198.51.100.1") == 429, "another address in the header is no way out"
    assert send("127.0.0.3", "") != 429, "the neighbour is not locked out"

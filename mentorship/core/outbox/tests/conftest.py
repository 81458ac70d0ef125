"""A mail server for tests of sending, whose answers the test sets."""

import pytest

from mentorship.devtools.testing.servers import MailServer, mail_server


@pytest.fixture(scope="module")
def server():
    with mail_server() as running:
        yield running


@pytest.fixture
def box(server: MailServer, settings):
    """The empty mailbox of the server to which the product sends."""
    settings.EMAIL_BACKEND, settings.DEMO = "django.core.mail.backends.smtp.EmailBackend", False
    settings.EMAIL_HOST, settings.EMAIL_PORT = server.host, server.port
    server.box.__init__()
    return server.box

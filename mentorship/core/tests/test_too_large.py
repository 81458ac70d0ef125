"""A form that is too large says so, and not that it made no sense."""

import pytest
from django.test import Client
from django.urls import reverse

FORM = "application/x-www-form-urlencoded"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("limit", "sent"),
    [
        ("DATA_UPLOAD_MAX_MEMORY_SIZE", {"login": "a" * 200}),
        ("DATA_UPLOAD_MAX_NUMBER_FIELDS", {f"field{n}": "1" for n in range(110)}),
    ],
)
def test_a_form_that_is_too_large_is_answered_with_what_to_do(settings, caplog, limit, sent):
    setattr(settings, limit, 100)
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.get(reverse("account_login"))
    data = {"csrfmiddlewaretoken": client.cookies["csrftoken"].value, **sent}
    with caplog.at_level("CRITICAL", logger="django.security"):
        page = client.post(reverse("account_login"), "&".join(f"{k}={v}" for k, v in data.items()), content_type=FORM)
    assert page.status_code == 413
    assert "form is too large" in page.text
    assert "nothing was saved" in page.text

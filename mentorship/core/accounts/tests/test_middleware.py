"""Time zone of the reader, and numbers out of range."""

import pytest
from django.urls import reverse

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("number", ["9" * 30, "9" * 5000])
def test_a_number_out_of_range_is_answered_with_400(client, cast, number):
    client.force_login(cast.coordinator)
    address = reverse("cohorts:enrollment-decide", args=[cast.cohort.slug])
    assert client.post(address, {"pk": number, "to": "accepted"}).status_code < 500

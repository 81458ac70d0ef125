"""Pages with anything about a person are kept by nobody, and tell nobody the address by which somebody acts."""

import pytest
from django.conf import settings
from django.urls import reverse

from checkins.alumni.links import stay_link
from cohorts.calendar.links import calendar_link
from cohorts.models import Cohort

pytestmark = pytest.mark.django_db
UNKEPT = "no-store, private"


def test_pages_are_kept_by_nobody_unless_everybody_reads_the_same(client, cast):
    Cohort.objects.filter(pk=cast.cohort.pk).update(status="enrolling")
    sign_up = reverse("cohorts:signup-create", args=[cast.cohort.slug, "mentor"])
    assert client.get(sign_up)["Cache-Control"] == "private"
    assert "no-store" in client.get(reverse("account_login"))["Cache-Control"]
    assert client.post(sign_up, {"email": "x"})["Cache-Control"] == UNKEPT
    assert client.get("/nothing/here/")["Cache-Control"] == UNKEPT
    feed = calendar_link(cast.mentor).removeprefix(settings.SITE_URL)
    assert client.get(feed)["Cache-Control"] == UNKEPT
    client.force_login(cast.mentor)
    for url in (sign_up, reverse("home"), reverse("account_login"), reverse("accounts:profile")):
        assert client.get(url)["Cache-Control"] == UNKEPT, url


def test_a_page_of_a_signed_link_tells_no_other_page_its_address(client, cast):
    path = stay_link(cast.programme.pk, cast.mentee.pk).removeprefix(settings.SITE_URL)
    for url in (path, f"{reverse('account_login')}?next={path.replace(':', '%3A')}"):
        answer = client.get(url)
        assert answer["Referrer-Policy"] == "strict-origin", url
        assert answer["X-Robots-Tag"] == "noindex"
    assert client.get(reverse("account_login"))["Referrer-Policy"] == "same-origin"

"""The privacy notice is public and says what this installation does; its inventory has every field."""

from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.urls import reverse

from mentorship.devtools.testing.factories import UserFactory
from mentorship.operations.doctor import _privacy
from mentorship.operations.models import PrivacyDetails
from mentorship.operations.privacy.inventory import markdown
from mentorship.operations.privacy.purposes import PURPOSES, purpose_of
from mentorship.operations.retention.classes import CLASSES, KEPT

pytestmark = pytest.mark.django_db
NOTICE, EDIT = "/privacy/", "/privacy-details/"


def test_the_notice_is_public_and_names_purposes_readers_and_times(client, cast):
    page = client.get(NOTICE)
    text = " ".join(page.content.decode().split())
    for purpose in PURPOSES:
        assert purpose.title in text
    for kind in CLASSES:
        assert kind.title in text
        assert kind.kept in text
    assert settings.DEFAULT_FROM_EMAIL.split("<")[1].rstrip(">") in text  # nobody has named a contact
    assert cast.programme.name not in text
    assert "no-store" not in page.get("Cache-Control", "")


def test_it_is_filled_from_settings_details_and_programme(client, cast, settings):
    settings.EMAIL_PROVIDER = "postmark"
    PrivacyDetails(
        responsible="Seeds e.V.", contact_email="dpo@example.org", processors="Host & Co: servers\n\n"
    ).save()
    cast.cohort.status = "enrolling"
    cast.cohort.save()
    text = client.get(reverse("privacy-notice-of-programme", args=[cast.programme.slug])).content.decode()
    for expected in ("Seeds e.V.", "dpo@example.org", "Host &amp; Co", "Postmark: sends", cast.programme.contact_email):
        assert expected in text
    assert client.get(NOTICE + "nothing/").status_code == 404
    assert (
        f"{NOTICE}{cast.programme.slug}/"
        in client.get(reverse("cohorts:signup-create", args=[cast.cohort.slug, "mentor"])).content.decode()
    )


def test_nobody_is_said_to_handle_data_only_where_an_operator_said_so_and_no_mail_server_does(client, settings):
    assert "This is not stated yet" in client.get(NOTICE).content.decode()
    PrivacyDetails(responsible="Seeds e.V.", contact_email="dpo@example.org").save()
    assert "Nobody. The software" in client.get(NOTICE).content.decode()
    settings.EMAIL_BACKEND, settings.EMAIL_HOST = "django.core.mail.backends.smtp.EmailBackend", "smtp.example.net"
    text = client.get(NOTICE).content.decode()
    assert "The mail server smtp.example.net: sends our emails" in text
    assert "Nobody. The software" not in text


def test_a_programme_that_only_plans_is_not_told(client, cast):
    type(cast.cohort).objects.update(status="draft")
    path = reverse("privacy-notice-of-programme", args=[cast.programme.slug])
    assert client.get(path).status_code == 404
    client.force_login(cast.viewer)
    assert client.get(path).status_code == 200


@pytest.mark.parametrize("path", ["/accounts/login/", "/", "/accounts/password/reset/"])
def test_every_page_leads_to_it(client, path):
    assert f'href="{NOTICE}"' in client.get(path).content.decode()


def test_an_operator_completes_it_and_nobody_else(client, cast):
    assert [finding.mend != "" for finding in _privacy()] == [True]
    client.force_login(cast.owner)
    assert client.get(EDIT).status_code == 404
    client.force_login(UserFactory(is_superuser=True))
    assert "Nobody is named as responsible yet" in client.get(NOTICE).content.decode()
    wrong = client.post(EDIT, {"responsible": "Seeds e.V.", "contact_email": "no address"})
    assert (wrong.status_code, "Seeds e.V." in wrong.content.decode()) == (422, True)
    client.post(EDIT, {"responsible": "Seeds e.V.", "contact_email": "dpo@example.org"})
    assert PrivacyDetails.read().contact_email == "dpo@example.org"
    assert [finding.mend for finding in _privacy()] == [""]


def test_every_table_and_every_class_has_its_purpose():
    for model in apps.get_models(include_auto_created=True):
        purpose_of(model._meta.label_lower)
    assert {one.purpose for one in (*CLASSES, *KEPT)} <= {purpose.key for purpose in PURPOSES}


def test_the_documentation_is_made_of_the_rules():
    path = Path(settings.BASE_DIR) / "docs" / "privacy.md"
    assert path.read_text() == markdown(), "Run manage.py personal_data > docs/privacy.md"

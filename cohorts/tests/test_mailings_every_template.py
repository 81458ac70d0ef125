"""Every mail of the product, found on disk: listed, with placeholders, previewed, tried, worded and reset."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse

from mentorship.core.outbox.mail_templates import rendering
from mentorship.core.outbox.mail_templates.catalogue import catalogue
from mentorship.core.outbox.models import MailTemplate, OutboxMessage
from mentorship.devtools.testing.factories import EnrollmentFactory
from mentorship.devtools.testing.pages import SURE

FOLDER = Path(settings.BASE_DIR) / "templates/emails"
MAILS = sorted(f"{path.parent.name}/{path.name}" for path in FOLDER.glob("*/*") if path.is_dir())
HOSTILE = 'Ana {{ site_url }}{link}<img src=x onerror="alert(1)">\r\nBcc: victim@example.org'


@pytest.fixture
def coordinator(client, cast):
    client.force_login(cast.coordinator)
    return client


def url(cast, kind: str) -> str:
    return reverse("cohorts:mail-template-edit", args=[cast.programme.slug, *kind.split("/")])


def test_every_template_folder_is_in_the_catalogue():
    assert len(MAILS) > 30
    assert sorted(catalogue()) == MAILS


@pytest.mark.parametrize("kind", MAILS)
def test_a_mail_has_its_three_files_and_no_code_in_its_words(kind):
    assert {path.name for path in (FOLDER / kind).iterdir()} == {"body.txt", "placeholders.txt", "subject.txt"}
    assert rendering.is_editable(kind)
    words = rendering.default_text(kind)
    known = {p.token for p in words.placeholders}
    used = set(re.findall(r"\{[a-z_]+\}", words.subject + words.body))
    assert used - known - {"{name}", "{dates}"} == set()
    assert all(p.meaning for p in words.placeholders)


@pytest.mark.django_db
def test_every_template_is_listed(coordinator, cast):
    html = coordinator.get(reverse("cohorts:mail-template-list", args=[cast.programme.slug])).content.decode()
    assert [kind for kind in MAILS if url(cast, kind) not in html] == []


@pytest.mark.django_db
def test_every_template_can_be_previewed_and_those_of_each_folder_tested_saved_and_reset(coordinator, cast):
    """As a recipient whose name is an attack: it stays text in the preview and in the test."""
    one = EnrollmentFactory(cohort=cast.cohort, user__full_name=HOSTILE[:80], title=HOSTILE)
    firsts = {kind.partition("/")[0]: kind for kind in reversed(MAILS)}.values()
    for kind in MAILS:
        default = rendering.default_text(kind)
        typed = {"subject": f"Own: {default.subject}"[:200], "body": f"Own words.\n\n{default.body}", "as": one.pk}

        answer = coordinator.post(url(cast, kind), {**typed, "preview": "1"})
        html = answer.content.decode()
        assert (kind, answer.status_code) == (kind, 200), re.findall(r"invalid-feedback.*", html)
        assert "Own words." in html
        assert "<img src=x" not in html
        assert not MailTemplate.objects.filter(kind=kind).exists(), "a preview saves nothing"
        if kind not in firsts:
            continue

        before = set(OutboxMessage.objects.values_list("pk", flat=True))
        coordinator.post(url(cast, kind), {**typed, "test": "1"})
        test = OutboxMessage.objects.exclude(pk__in=before).get()
        assert test.to == [cast.coordinator.email]
        assert "\n" not in test.subject
        assert "Own words." in test.full_text
        assert "<img src=x" not in test.full_html
        assert settings.SITE_URL not in test.subject

        assert coordinator.post(url(cast, kind), typed).status_code == 302
        assert rendering.mail_text(kind, workspace_id=cast.programme.workspace_id).body.startswith("Own words.")
        assert coordinator.post(url(cast, kind), {"reset": "1", **SURE}).status_code == 302
        assert rendering.mail_text(kind, workspace_id=cast.programme.workspace_id) == default

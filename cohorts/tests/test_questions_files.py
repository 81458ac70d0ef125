"""Files in sign-up forms: kept while the form is corrected, checked, and deleted when nobody needs them."""

from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from cohorts.models import PendingSignup, SignupFile
from cohorts.questions import files
from cohorts.signup.services import confirm_signup
from cohorts.signup_form import services as form_services
from cohorts.tests.signup_form_helpers import MENTOR, PDF, ask, form, url
from mentorship.devtools.testing.factories import EnrollmentFactory
from mentorship.operations.retention.classes import find_class
from mentorship.operations.retention.services import delete_some

pytestmark = pytest.mark.django_db


@pytest.fixture
def cohort(cast):
    cast.cohort.status = "enrolling"
    cast.cohort.signup_closes_at = None
    cast.cohort.save()
    return cast.cohort


def test_a_file_survives_an_error_elsewhere_and_is_read_by_coordinators_only(client, cohort, cast):
    question = ask(cohort, cast, "Your paper", "file", required=True)
    name = f"q_{question.key}"
    wrong = client.post(url(cohort), {**MENTOR, "full_name": "", name: SimpleUploadedFile("paper.pdf", PDF)})
    assert wrong.status_code == 422
    page = wrong.content.decode()
    assert "paper.pdf" in page
    kept = page.split(f'name="{name}-kept" value="')[1].split('"')[0]
    assert client.post(url(cohort), {**MENTOR, f"{name}-kept": kept}).status_code == 302
    enrollment = confirm_signup(signup=PendingSignup.objects.get())
    file = SignupFile.objects.get(enrollment=enrollment)
    download = reverse("cohorts:answer-file-download", args=[cohort.slug, file.pk])
    assert client.get(download).status_code == 302
    client.force_login(cast.stranger)
    assert client.get(download).status_code == 404
    client.force_login(cast.coordinator)
    answer = client.get(download)
    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Type"] == "application/octet-stream"
    assert "attachment" in answer["Content-Disposition"]


def test_files_of_invalid_sign_ups_are_drafts_that_take_up_little_and_are_swept(
    client, cohort, cast, monkeypatch, django_capture_on_commit_callbacks
):
    monkeypatch.setattr(files, "DRAFT_SPACE", 3 * 1024)
    name = f"q_{ask(cohort, cast, 'Your paper', 'file').key}"
    blobs = cohort.files.model._meta.get_field("file").storage

    def stored():
        return len(blobs.listdir("sign-up")[1]) if blobs.exists("sign-up") else 0

    before = stored()
    for _ in range(10):
        upload = SimpleUploadedFile("paper.pdf", PDF.ljust(1024))
        assert client.post(url(cohort), {**MENTOR, "full_name": "", name: upload}).status_code == 422
    assert (SignupFile.objects.count(), stored() - before) == (3, 3)
    tomorrow = timezone.now() + files.DRAFT_FOR + timedelta(minutes=1)
    with time_machine.travel(tomorrow, tick=False), django_capture_on_commit_callbacks(execute=True):
        assert delete_some(find_class("drafts"), tomorrow) == 3
    assert stored() == before


def test_another_file_takes_the_place_of_the_draft_and_a_draft_that_was_swept_is_asked_again(client, cohort, cast):
    name = f"q_{ask(cohort, cast, 'Your paper', 'file').key}"
    wrong = {**MENTOR, "full_name": ""}
    page = client.post(url(cohort), {**wrong, name: SimpleUploadedFile("first.pdf", PDF)}).content.decode()
    first = page.split(f'name="{name}-kept" value="')[1].split('"')[0]
    again = {**wrong, f"{name}-kept": first, name: SimpleUploadedFile("second.pdf", PDF)}
    assert "second.pdf" in client.post(url(cohort), again).content.decode()
    assert [file.name for file in SignupFile.objects.all()] == ["second.pdf"]
    lost = client.post(url(cohort), {**MENTOR, f"{name}-kept": first})
    assert "Choose your file again" in str(lost.context["form"].errors[name])


def test_the_preview_a_closed_form_and_a_question_that_is_not_asked_store_no_file(client, cohort, cast):
    first = ask(cohort, cast, "Have you a paper?", "yes_no")
    name = f"q_{ask(cohort, cast, 'Your paper', 'file', shown_if=first.key, shown_if_value='yes').key}"
    client.post(url(cohort), {**MENTOR, name: SimpleUploadedFile("a.pdf", PDF)})
    client.force_login(cast.coordinator)
    said = {**MENTOR, f"q_{first.key}": "yes"}
    preview = reverse("cohorts:signup-form-preview", args=[cohort.slug, "mentor"])
    assert client.post(preview, {**said, name: SimpleUploadedFile("a.pdf", PDF)}).context["fits"]
    cohort.signup_closes_at = timezone.now() - timedelta(hours=1)
    cohort.save()
    client.logout()
    assert client.post(url(cohort), {**said, name: SimpleUploadedFile("a.pdf", PDF)}).status_code == 422
    assert not SignupFile.objects.exists()


def test_a_file_that_is_replaced_in_a_sign_up_is_deleted(cohort, cast, django_capture_on_commit_callbacks):
    question = ask(cohort, cast, "Your paper", "file")
    enrollment = EnrollmentFactory(cohort=cohort, role="mentor", status="applied")
    for name in ("old.pdf", "new.pdf"):
        draft = files.keep_draft(cohort=cohort, upload=SimpleUploadedFile(name, PDF))
        with django_capture_on_commit_callbacks(execute=True):
            form_services.save_own_answers(enrollment=enrollment, answers={question.key: str(draft.pk)})
    assert [(f.name, f.enrollment, f.draft_until) for f in SignupFile.objects.all()] == [("new.pdf", enrollment, None)]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("run.exe", b"MZ", "Choose a PDF"),
        ("paper.pdf", b"<html>", "isn’t a PDF file"),
        ("notes.txt", b"a\0b", "isn’t a TXT file"),
        ("big.txt", b"x" * (files.MAX_FILE + 1), "5 MB or less"),
    ],
)
def test_a_file_that_is_not_safe_is_refused(client, cohort, cast, name, content, words):
    question = ask(cohort, cast, "Your paper", "file", required=True)
    answer = client.post(url(cohort), {**MENTOR, f"q_{question.key}": SimpleUploadedFile(name, content)})
    assert answer.status_code == 422
    assert words in str(answer.context["form"].errors[f"q_{question.key}"])
    assert not SignupFile.objects.exists()


def test_nobody_takes_the_file_of_somebody_else(cohort, cast):
    question = ask(cohort, cast, "Your paper", "file", required=True)
    file = SignupFile.objects.create(cohort=cohort, name="theirs.pdf")
    found = form(cohort, **{f"q_{question.key}-kept": str(file.pk)})
    assert list(found.errors) == [f"q_{question.key}"]


def test_unconfirmed_signups_and_their_files_are_deleted_after_30_days(cohort, django_capture_on_commit_callbacks):
    file = SignupFile(cohort=cohort, name="a.pdf")
    file.file.save("a.pdf", SimpleUploadedFile("a.pdf", PDF))
    PendingSignup.objects.create(cohort=cohort, role="mentor", email="x@example.org", answers={})
    assert delete_some(find_class("drafts"), timezone.now()) == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert delete_some(find_class("drafts"), timezone.now() + timedelta(days=31)) == 2
    assert not file.file.storage.exists(file.file.name)

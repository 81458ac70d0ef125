"""Files that applicants upload."""

from datetime import timedelta
from typing import Any

from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext

from cohorts.models import Cohort, SignupFile

MAX_FILE = 5 * 1024 * 1024
SAFE_FILES = {"pdf": b"%PDF-", "png": b"\x89PNG\r\n", "jpg": b"\xff\xd8\xff", "jpeg": b"\xff\xd8\xff", "txt": b""}
DRAFT_FOR = timedelta(days=1)
DRAFT_SPACE = 50 * 1024 * 1024
FILE_SALT = "cohorts.signup.file"


class FileRefusedError(ValueError):
    """The file is too large or of an unsafe kind; the text tells the applicant."""


def sign_file_id(file_id: Any) -> str:
    """The signed id of a kept file, so that nobody can submit somebody else's file."""
    return signing.dumps(str(file_id), salt=FILE_SALT)


def file_of_token(token: Any) -> SignupFile | None:
    """The kept file of a signed id; None if the token was tampered with."""
    try:
        return SignupFile.objects.filter(pk=signing.loads(str(token or ""), salt=FILE_SALT)).first()
    except signing.BadSignature:
        return None


def check_upload(upload: UploadedFile) -> None:
    """Raise FileRefusedError if an upload is too large or its content does not match its name. Stores nothing."""
    ending = _ending(upload)
    if ending not in SAFE_FILES:
        raise FileRefusedError(gettext("Choose a PDF, an image (PNG or JPEG) or a plain text file."))
    if (upload.size or 0) > MAX_FILE:
        raise FileRefusedError(gettext("Choose a file of 5 MB or less."))
    head = upload.read(4096)
    upload.seek(0)
    if not head.startswith(SAFE_FILES[ending]) or (ending == "txt" and b"\0" in head):
        words = gettext("This isn’t a {kind} file, although its name says so. Choose another file.")
        raise FileRefusedError(words.format(kind=ending.upper()))


def keep_draft(*, cohort: Cohort, upload: UploadedFile, instead_of: SignupFile | None = None) -> SignupFile:
    """Store a checked upload for a day, until the sign-up arrives; it replaces an earlier draft.

    The drafts of a cohort take up at most DRAFT_SPACE together: the oldest are deleted first.
    """
    drafts = SignupFile.objects.filter(cohort=cohort, draft_until__isnull=False)
    if instead_of and instead_of.draft_until:
        delete_file(instead_of)
    size = upload.size or 0
    taken = drafts.aggregate(total=Sum("size"))["total"] or 0
    for oldest in drafts.order_by("created_at"):
        if taken + size <= DRAFT_SPACE:
            break
        taken -= oldest.size
        delete_file(oldest)
    kept = SignupFile(cohort=cohort, name=_base_name(upload), size=size, draft_until=timezone.now() + DRAFT_FOR)
    kept.file.save(f"{kept.pk}.{_ending(upload)}", upload, save=False)
    kept.save()
    return kept


def delete_file(file: SignupFile) -> None:
    """Delete a file with its row; call it on commit for a file whose row must survive a rollback."""
    file.file.delete(save=False)
    file.delete()


def _base_name(upload: UploadedFile) -> str:
    return str(upload.name or "file").replace("\\", "/").rsplit("/", 1)[-1][-200:]


def _ending(upload: UploadedFile) -> str:
    name = _base_name(upload)
    return name.rsplit(".", 1)[-1].lower() if "." in name else ""

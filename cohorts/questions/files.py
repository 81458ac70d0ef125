"""Files that applicants upload."""

from typing import Any

from django.core import signing
from django.core.files.uploadedfile import UploadedFile

from cohorts.models import Cohort, SignupFile

MAX_FILE = 5 * 1024 * 1024
SAFE_FILES = {"pdf": b"%PDF-", "png": b"\x89PNG\r\n", "jpg": b"\xff\xd8\xff", "jpeg": b"\xff\xd8\xff", "txt": b""}
FILE_SALT = "cohorts.signup.file"


class FileRefusedError(ValueError):
    """The file is too large or not of a safe kind; the text tells the applicant."""


def sign_file_id(file_id: Any) -> str:
    """The id of a kept file, signed, so that nobody can submit the id of a file that is not theirs."""
    return signing.dumps(str(file_id), salt=FILE_SALT)


def file_of_token(token: Any) -> SignupFile | None:
    """The kept file of a signed id; None where it was tampered with."""
    try:
        return SignupFile.objects.filter(pk=signing.loads(str(token or ""), salt=FILE_SALT)).first()
    except signing.BadSignature:
        return None


def keep_file(*, cohort: Cohort, upload: UploadedFile) -> SignupFile:
    """Store an uploaded file. Raises FileRefusedError where it is too large or not what its name says."""
    name = str(upload.name or "file").replace("\\", "/").rsplit("/", 1)[-1][-200:]
    ending = name.rsplit(".", 1)[-1].lower() if "." in name else ""
    if ending not in SAFE_FILES:
        raise FileRefusedError("Give a PDF, an image (PNG or JPEG) or a plain text.")
    if (upload.size or 0) > MAX_FILE:
        raise FileRefusedError("The file is larger than 5 MB.")
    head = upload.read(4096)
    upload.seek(0)
    if not head.startswith(SAFE_FILES[ending]) or (ending == "txt" and b"\0" in head):
        raise FileRefusedError(f"This is no {ending.upper()} file, whatever its name says.")
    kept = SignupFile(cohort=cohort, name=name)
    kept.file.save(f"{kept.pk}.{ending}", upload, save=False)
    kept.save()
    return kept

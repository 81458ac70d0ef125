"""Certificates as PDF, drawn by typst. What people typed goes in as data, never as source."""

import io
import zipfile
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings
from django.utils.text import slugify

from checkins.models import Graduation

SOURCE = Path(__file__).with_name("certificate.typ")


def certificate_pdf(graduation: Graduation) -> bytes:
    """One certificate as PDF/A. The same graduation gives the same certificate."""
    import typst  # takes a while to load, and few requests need it

    cohort = graduation.enrollment.cohort
    pdf = typst.compile(
        SOURCE.read_bytes(),
        sys_inputs={
            "name": graduation.name,
            "project": graduation.enrollment.title,
            "programme": cohort.programme.name,
            "cohort": cohort.name,
            "dates": f"{cohort.starts_on:%-d %B %Y} to {cohort.ends_on:%-d %B %Y}",
            "decided": f"{graduation.decided_on:%-d %B %Y}",
            "link": settings.SITE_URL + graduation.get_absolute_url(),
            "number": str(graduation.pk),
        },
        pdf_standards=["a-2b"],
    )
    assert isinstance(pdf, bytes)  # noqa: S101  (a list only for other formats)
    return pdf


def file_name(graduation: Graduation) -> str:
    """`certificate-ada-oyelaran-1f2e3d4c.pdf`; the end tells two people of one name apart."""
    return f"certificate-{slugify(graduation.name) or 'person'}-{str(graduation.pk)[:8]}.pdf"


def certificates_zip(graduations: Iterable[Graduation]) -> bytes:
    """All of them in one file; some 60 ms each."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for graduation in graduations:
            archive.writestr(file_name(graduation), certificate_pdf(graduation))
    return file.getvalue()

"""Certificates as PDF, drawn by typst. What people typed goes in as data, never as source."""

import io
import json
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from django.conf import settings
from django.utils.text import slugify

from checkins.models import Graduation, ServiceCertificate

SOURCE = Path(__file__).with_name("certificate.typ")
# Each takes some 60 ms: so many fit well into the time that a web server gives a page.
PART = 150
Certificate = Graduation | ServiceCertificate


def certificate_pdf(certificate: Certificate) -> bytes:
    """One certificate as PDF/A. The same certificate gives the same file but for its moment."""
    return certificates_pdf([certificate])


def certificates_pdf(certificates: Sequence[Certificate]) -> bytes:
    """A certificate a page, in one file to print; some milliseconds a page."""
    import typst  # takes a while to load, and few requests need it

    data = json.dumps([_printed(one) for one in certificates])
    pdf = typst.compile(SOURCE.read_bytes(), sys_inputs={"data": data}, pdf_standards=["a-2b"])
    assert isinstance(pdf, bytes)  # noqa: S101  (a list only for other formats)
    return pdf


def _printed(one: Certificate) -> dict[str, str]:
    cohort = one.enrollment.cohort
    shared = {
        "title": f"Certificate of {one.name}",
        "name": one.name,
        "programme": cohort.programme.name,
        "cohort": cohort.name,
        "dates": f"{cohort.starts_on:%-d %B %Y} to {cohort.ends_on:%-d %B %Y}",
        "decided": f"{one.decided_on:%-d %B %Y}",
        "link": settings.SITE_URL + one.get_absolute_url(),
    }
    if isinstance(one, Graduation):
        own = {"heading": "Certificate", "did": "graduated from", "before_detail": "with the project"}
        return {**shared, **own, "detail": one.enrollment.title}
    given = f"{one.hours} hour{'' if one.hours == 1 else 's'}" if one.hours else ""
    return {
        **shared, "heading": "With our thanks", "did": f"{one.what} in", "before_detail": "and gave", "detail": given,
    }  # fmt: skip


def file_name(certificate: Certificate) -> str:
    """`certificate-ada-oyelaran-1f2e3d4c.pdf`; the end tells two people of one name apart."""
    return f"certificate-{slugify(certificate.name) or 'person'}-{str(certificate.pk)[:8]}.pdf"


def certificates_zip(certificates: Iterable[Certificate]) -> bytes:
    """A file for each, in one; some 60 ms each, so at most PART of them at once."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for certificate in certificates:
            archive.writestr(file_name(certificate), certificate_pdf(certificate))
    return file.getvalue()

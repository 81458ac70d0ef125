"""Certificates as PDF, rendered by typst; people's input is passed as data, never as source."""

import io
import unicodedata
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.urls import reverse

from checkins.models import Graduation, ServiceCertificate
from mentorship.core.papers.compiler import fonts_for, one_child
from mentorship.core.papers.pdf import PaperError, make_pdf
from mentorship.core.text import clean_name, without_accents

SOURCE = Path(__file__).with_name("certificate.typ")
# Each takes some 40 ms: so many of them keep a web server for six seconds.
CERTIFICATES_PER_PART = 150
Certificate = Graduation | ServiceCertificate
Certificates = Sequence[Certificate]


def certificate_pdf(certificate: Certificate) -> bytes:
    """Render one certificate as PDF/A. Raises PaperError."""
    return _render([certificate])


def certificates_pdf(certificates: Certificates) -> tuple[bytes, Certificates]:
    """Render certificates into one file, a page each; also returns those that can't be printed.

    Raises PaperError if none of them can be.
    """
    with one_child():
        try:
            return _render(certificates), []
        except PaperError:
            left_out = _unprintable(certificates)
        return _render([one for one in certificates if one not in left_out]), left_out


def _render(certificates: Certificates) -> bytes:
    if not certificates:
        raise PaperError("None of these certificates can be printed.")
    return make_pdf(SOURCE, {"people": [_printed_words(one) for one in certificates]}, standard="a-2b")


def _unprintable(certificates: Certificates) -> list[Certificate]:
    """Certificates with letters that no font has, found by bisection, since there are usually few."""
    try:
        _render(certificates)
    except PaperError:
        half = len(certificates) // 2
        if not half:
            return list(certificates)
        return [*_unprintable(certificates[:half]), *_unprintable(certificates[half:])]
    return []


def _printed_words(one: Certificate) -> dict[str, Any]:
    cohort = one.enrollment.cohort
    shared = {
        "title": f"Certificate of {one.name}",
        "name": one.name,
        "programme": cohort.programme.name,
        "cohort": cohort.name,
        "dates": f"{cohort.starts_on:%-d %B %Y} to {cohort.ends_on:%-d %B %Y}",
        "decided": f"{one.decided_on:%-d %B %Y}",
        "link": settings.SITE_URL + one.get_absolute_url(),
        "number": one.number,
        "check": settings.SITE_URL + reverse("checkins:certificate-check"),
    }
    if isinstance(one, Graduation):
        own = {"heading": "Certificate", "did": "graduated from", "before_detail": "with the project"}
        return _with_fonts({**shared, **own, "detail": one.enrollment.title}, one.enrollment.country)
    given = f"{one.hours} hour{'' if one.hours == 1 else 's'}" if one.hours else ""
    own = {"heading": "With our thanks", "did": f"{one.what} in", "before_detail": "and gave", "detail": given}
    return _with_fonts({**shared, **own}, one.enrollment.country)


def _with_fonts(words: dict[str, str], country: str) -> dict[str, Any]:
    """A line each, and the fonts of this page: people of several countries can share a file."""
    lines = {key: clean_name(text) for key, text in words.items()}
    return {**lines, "fonts": fonts_for(lines.values(), country)}


def file_name(certificate: Certificate) -> str:
    """`certificate-ada-oyelaran-1f2e3d4c.pdf`, in any script; the suffix distinguishes people of one name."""
    letters = without_accents(certificate.name).lower()
    words = "".join(c if unicodedata.category(c)[0] in "LMN" else " " for c in letters)[:60].split()
    return f"certificate-{'-'.join(words) or 'person'}-{str(certificate.pk)[:8]}.pdf"


def certificates_zip(certificates: Iterable[Certificate]) -> tuple[bytes, Certificates]:
    """Zip a PDF of each certificate, about 40 ms each; also returns those that can't be printed."""
    file, left_out = io.BytesIO(), []
    with one_child(), zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for certificate in certificates:
            try:
                archive.writestr(file_name(certificate), certificate_pdf(certificate))
            except PaperError:
                left_out.append(certificate)
    return file.getvalue(), left_out

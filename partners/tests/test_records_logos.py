"""Logos: the part of an upload that is kept, and its viewers."""

import struct
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from mentorship.core.errors import ServiceError
from partners.models import Partner, PartnerLogo
from partners.records.logos import read_logo
from partners.records.services import save_logo
from partners.reports.services import create_report, publish_report


def chunk(name, content):
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def png(width=64, height=40, *extra):
    rows = zlib.compress(b"".join(b"\0" + b"\x30\x60\x90" * width for _ in range(height)))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = [chunk(b"IHDR", head), *extra, chunk(b"IDAT", rows), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def jpeg(width=64, height=40):
    def part(marker, content):
        return b"\xff" + bytes([marker]) + struct.pack(">H", len(content) + 2) + content

    frame = struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\x00"
    return b"".join(
        [
            b"\xff\xd8",
            part(0xE0, b"JFIF\0" + bytes(9)),
            part(0xE1, b"Exif\0\0 52.5N 13.4E"),
            part(0xFE, b"by Somebody"),
            part(0xC0, frame),
            part(0xDA, b"\x01\x01\x00\x00\x3f\x00"),
            b"\x12\xff\x00\x34",
            b"\xff\xd9",
        ]
    )


def test_an_uploaded_logo_keeps_only_the_picture():
    hidden = png(64, 40, chunk(b"tEXt", b"Author\0Somebody"), chunk(b"eXIf", b"52.5N")) + b"<script>alert(1)</script>"
    found = read_logo(hidden)
    assert (found.kind, found.width, found.height, found.content) == ("image/png", 64, 40, png())
    found = read_logo(jpeg() + b"PK\x03\x04")
    assert (found.kind, found.width, found.height) == ("image/jpeg", 64, 40)
    assert b"JFIF" in found.content
    assert b"\x12\xff\x00\x34\xff\xd9" in found.content
    assert not any(word in found.content for word in (b"Exif", b"Somebody", b"PK"))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"<svg onload='alert(1)'/>", "PNG or JPEG"),
        (b"", "PNG or JPEG"),
        (png(20_000, 2), "pixels"),
        (png(16, 16), "pixels"),
        (png()[:60], "damaged"),
        (b"\x89PNG\r\n\x1a\n" + chunk(b"IEND", b""), "damaged"),
        (jpeg()[:40], "damaged"),
        (png() + bytes(300_000), "300 kB"),
    ],
)
def test_a_file_that_is_no_logo_is_refused_with_a_reason(content, words):
    with pytest.raises(ServiceError, match=words):
        read_logo(content)


@pytest.mark.django_db
def test_a_logo_is_shown_only_as_the_partner_allows(client, cast):
    url = reverse("partners:logo-file", args=[cast.partner.slug])
    change = reverse("partners:logo-edit", args=[cast.partner.slug])
    client.force_login(cast.contact)
    assert client.get(change).status_code == 404
    client.force_login(cast.coordinator)
    assert client.get(url).status_code == 404
    bad = client.post(change, {"file": SimpleUploadedFile("logo.png", b"<svg/>", "image/png")})
    assert bad.status_code == 422
    assert not PartnerLogo.objects.exists()
    client.post(change, {"file": SimpleUploadedFile("x.html", png(), "text/html")})
    answer = client.get(url)
    assert (answer["Content-Type"], answer["X-Content-Type-Options"], answer.content) == ("image/png", "nosniff", png())
    assert "sandbox" in answer["Content-Security-Policy"]
    for naming, official, everybody in (
        ("name", True, 404),
        ("name_and_logo", False, 404),
        ("nothing", True, 404),
        ("name_and_logo", True, 200),
    ):
        Partner.objects.filter(pk=cast.partner.pk).update(naming=naming, official=official)
        client.logout()
        assert client.get(url).status_code == everybody, naming
        client.force_login(cast.contact)
        assert client.get(url).status_code == 200
    client.force_login(cast.coordinator)
    client.post(change, {})
    assert client.get(url).status_code == 404


@pytest.mark.django_db
def test_reports_print_the_logos_that_may_be_printed(client, cast):
    save_logo(partner=cast.partner, content=png(), by=cast.owner)
    plain = {"workspace": cast.programme.workspace, "by": cast.owner, "cohort": cast.cohort, "words": "Hello."}
    versions = [
        publish_report(report=create_report(title="R", partner=partner, **plain), by=cast.owner)
        for partner in (cast.partner, None)
    ]
    client.force_login(cast.coordinator)
    logo = reverse("partners:logo-file", args=[cast.partner.slug])
    sizes = []
    for naming in ("name", "name_and_logo"):
        Partner.objects.filter(pk=cast.partner.pk).update(naming=naming)
        for version in versions:
            page = client.get(version.get_absolute_url())
            assert (logo in page.content.decode()) is (naming == "name_and_logo")
            sizes.append(b"/Subtype/Image" in client.get(version.get_absolute_url() + "?format=pdf").content)
    assert sizes == [False, False, True, True]

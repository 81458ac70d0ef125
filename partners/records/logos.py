"""Read an uploaded logo and strip everything but the picture. Pure; no Django."""

import struct
from dataclasses import dataclass

from mentorship.core.errors import ServiceError

LIMIT = 300_000
LARGEST, SMALLEST = 3000, 32
_PNG = b"\x89PNG\r\n\x1a\n"
# All other chunks of a PNG are metadata: time, place, software and author.
_PNG_CHUNKS = {b"IHDR", b"PLTE", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"pHYs", b"IDAT", b"IEND"}
_JPEG_SIZES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}


@dataclass(frozen=True)
class LogoPicture:
    """A picture: its bytes, content type, and size in pixels."""

    content: bytes
    kind: str
    width: int
    height: int


def read_logo(content: bytes) -> LogoPicture:
    """Read a PNG or JPEG without its metadata. Raises ServiceError for other files, and for unsuitable sizes."""
    if len(content) > LIMIT:
        raise ServiceError(f"A logo has {LIMIT // 1000} kB at most.")
    try:
        if content.startswith(_PNG):
            logo = _png(content)
        elif content.startswith(b"\xff\xd8\xff"):
            logo = _jpeg(content)
        else:
            raise ServiceError("Choose a PNG or JPEG file.")
    except (struct.error, IndexError) as error:
        raise ServiceError("This file is damaged, or is no picture.") from error
    if not all(SMALLEST <= side <= LARGEST for side in (logo.width, logo.height)):
        raise ServiceError(f"A logo is {SMALLEST} to {LARGEST} pixels wide and high.")
    return logo


def _png(content: bytes) -> LogoPicture:
    names: list[bytes] = []
    kept, at = [_PNG], len(_PNG)
    while not names or names[-1] != b"IEND":
        (length,) = struct.unpack_from(">I", content, at)
        name = content[at + 4 : at + 8]
        if at + 12 + length > len(content):
            raise ServiceError("This file is damaged, or is no picture.")
        names.append(name)
        if name in _PNG_CHUNKS:
            kept.append(content[at : at + 12 + length])
        at += 12 + length
    if names[0] != b"IHDR" or b"IDAT" not in names:
        raise ServiceError("This file is damaged, or is no picture.")
    width, height = struct.unpack_from(">II", content, 16)
    return LogoPicture(b"".join(kept), "image/png", width, height)


def _jpeg(content: bytes) -> LogoPicture:
    kept, at, width, height = [b"\xff\xd8"], 2, 0, 0
    while True:
        marker = content[at + 1]
        if content[at] != 0xFF:
            raise ServiceError("This file is damaged, or is no picture.")
        if marker == 0xD9:
            break
        (length,) = struct.unpack_from(">H", content, at + 2)
        end = at + 2 + length
        if marker in _JPEG_SIZES:
            height, width = struct.unpack_from(">HH", content, at + 5)
        if marker == 0xDA:  # the picture data follows, up to the next marker outside it
            while content[end] != 0xFF or content[end + 1] == 0 or 0xD0 <= content[end + 1] <= 0xD7:
                end += 1
        # Programs add camera, place and previews; only JFIF and Adobe's colour information matter.
        if not (0xE1 <= marker <= 0xEF and marker != 0xEE) and marker != 0xFE:
            kept.append(content[at:end])
        at = end
    return LogoPicture(b"".join([*kept, b"\xff\xd9"]), "image/jpeg", width, height)

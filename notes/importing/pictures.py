"""Tells pictures that a mail can show from everything else, before anything is stored."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePosixPath
from warnings import catch_warnings

from PIL import Image

LARGEST_BYTES = 10_000_000
# 40 megapixels take 160 MB once they are unpacked; a file of a few kB can hold thousands.
MOST_PIXELS = 40_000_000
_SUFFIXES = {"JPEG": ".jpg", "PNG": ".png", "WEBP": ".webp", "GIF": ".gif"}


class PictureError(Exception):
    """These bytes can't be a note's picture; the message goes on after the picture's name."""


@dataclass(frozen=True, slots=True)
class CheckedPicture:
    """A picture's bytes, known to be a picture. `file_hash` is Wagtail's: SHA-1 of the file."""

    name: str
    content: bytes
    file_hash: str
    pixels: int


def checked(name: str, content: bytes, most_pixels: int = MOST_PIXELS) -> CheckedPicture:
    """Look at a picture.

    Args:
        name: its file's name; its ending becomes that of what the picture is.
        content: its bytes.
        most_pixels: how many it may have, if that is less than `MOST_PIXELS`.

    Raises:
        PictureError: if it is too large, or no picture that a mail can show.
    """
    most = min(most_pixels, MOST_PIXELS)
    if len(content) > LARGEST_BYTES:
        raise PictureError(f"has more than {LARGEST_BYTES // 1_000_000} MB; make it smaller.")
    try:
        with (
            catch_warnings(action="error", category=Image.DecompressionBombWarning),
            Image.open(BytesIO(content), formats=list(_SUFFIXES)) as image,
        ):
            # Many phones put small pictures behind a JPEG; Pillow calls that MPO.
            suffix = _SUFFIXES.get(str(image.format), ".jpg")
            pixels = image.width * image.height
            if pixels <= most:
                image.load()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        pixels = most + 1
    except (OSError, SyntaxError, ValueError):
        raise PictureError("is damaged or no picture; JPEG, PNG, WebP and GIF are known.") from None
    if pixels > most:
        raise PictureError(f"has more than {most // 1_000_000} million pixels; make it smaller.")
    digest = hashlib.sha1(content, usedforsecurity=False).hexdigest()
    return CheckedPicture(f"{PurePosixPath(name).stem}{suffix}", content, digest, pixels)

"""A picture in the two sizes that a mail shows, each light enough for a phone on the road."""

from __future__ import annotations

from itertools import product

from notes.models import Photo, PhotoRendition

# The column of a mail is 560 CSS pixels wide; dense screens get twice as many. A portrait is
# bounded by its height, so that it does not push the words off the screen.
WIDTH, HEIGHT = 560, 640
HEAVIEST = 200_000
_QUALITIES = (75, 60, 45, 30)
# Where even the poorest quality is too heavy, a picture for dense screens has fewer dots.
_SHARES = (1.0, 0.8, 0.6, 0.4)
_PNG = "format-png"


def renditions(photo: Photo) -> tuple[PhotoRendition, PhotoRendition]:
    """The picture for plain and for dense screens, never larger than it is.

    JPEG, unless it comes in another form and PNG is lighter. Neither has more than `HEAVIEST`
    bytes, but for pictures that no quality makes so small (none of 10,000 random dots does).
    """
    return _light(photo, 1), _light(photo, 2)


def _light(photo: Photo, density: int) -> PhotoRendition:
    if photo.file.name.lower().endswith((".jpg", ".jpeg")):
        return _as_jpeg(photo, density)
    lossless = _of(photo, density, _PNG)
    try:
        made = _as_jpeg(photo, density)
    except OSError:  # JPEG knows no picture of 65,536 greys
        return lossless
    return lossless if lossless.file.size <= min(made.file.size, HEAVIEST) else made


def _as_jpeg(photo: Photo, density: int) -> PhotoRendition:
    """The best that is light enough, or else the lightest."""
    made = []
    for share, quality in product(_SHARES, _QUALITIES):
        made.append(_of(photo, density * share, f"format-jpeg|jpegquality-{quality}"))
        if made[-1].file.size <= HEAVIEST:
            break
    return made[-1]


def _of(photo: Photo, density: float, form: str) -> PhotoRendition:
    """A rendition whose file is there: one that was lost is made anew."""
    filters = f"max-{round(WIDTH * density)}x{round(HEIGHT * density)}|{form}"
    made: PhotoRendition = photo.get_rendition(filters)
    if not made.file.storage.exists(made.file.name):
        made.delete()
        made = photo.get_rendition(filters)
    return made

"""Draws the demo's pictures, so that no photograph has to be shipped or fetched.

The same pictures on every machine: they follow from formulas, not from chance.
"""

from __future__ import annotations

from collections.abc import Callable
from math import cos, exp, pi, sin
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter

WIDTH, HEIGHT = 1200, 675
# Drawn twice as large and reduced: that is how the edges become smooth.
SCALE = 2
JPEG_QUALITY = 82

Colour = tuple[int, int, int]

# From deep water over the shore to the hilltops.
_BANDS: list[Colour] = [
    (78, 132, 150),
    (104, 157, 170),
    (226, 229, 196),
    (207, 217, 174),
    (186, 202, 151),
    (199, 188, 129),
    (187, 160, 102),
    (164, 132, 84),
    (138, 106, 70),
]


def make_pictures(folder: Path) -> list[Path]:
    """Draw all pictures into a folder, under the names that the demo's notes use.

    Args:
        folder: where they go; made if it is not there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    return [_saved(draw(), folder / name) for name, draw in _PICTURES.items()]


def _saved(picture: Image.Image, path: Path) -> Path:
    small = picture.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
    small.save(path, "JPEG", quality=JPEG_QUALITY, optimize=True, progressive=True)
    return path


def _horizons() -> Image.Image:
    """Mountain ridges, one behind the other, under a low sun."""
    picture = _gradient((250, 226, 205), (247, 190, 170))
    _disc(picture, 0.68, 0.36, 0.085, (255, 244, 224), glow=0.5)
    draw = ImageDraw.Draw(picture)
    far, near = (226, 170, 166), (29, 42, 74)
    ridges = 7
    for ridge in range(ridges):
        depth = ridge / (ridges - 1)
        base = 0.40 + 0.082 * ridge
        tall = 0.05 + 0.035 * depth
        line = [
            (x, base - tall * _mountains(x * (2.6 - depth), 1.7 * ridge + 0.4)) for x in _steps(400)
        ]
        _area(draw, line, _mixed(far, near, depth**0.85))
    return picture


def _contours() -> Image.Image:
    """Bands of height around a long lake, as on a map."""
    columns, rows = 160, 90
    grid = Image.new("F", (columns, rows))
    grid.putdata([_height(x / columns, y / rows) for y in range(rows) for x in range(columns)])
    # Enlarged before it is cut into bands: that is what makes their edges smooth.
    heights = grid.resize((WIDTH * SCALE, HEIGHT * SCALE), Image.Resampling.BICUBIC)
    picture = Image.new("RGB", heights.size, _BANDS[0])
    for band, colour in enumerate(_BANDS[1:], start=1):
        threshold = band / len(_BANDS)
        above = heights.point(lambda height, least=threshold: (height - least) * 90_000 + 128)
        picture.paste(colour, mask=above.convert("L"))
    return picture


def _terraces() -> Image.Image:
    """Rounded terraces that rise to the right, a pale disc above them."""
    picture = _gradient((255, 246, 226), (253, 222, 170))
    _disc(picture, 0.23, 0.30, 0.10, (255, 253, 243), glow=0.35)
    draw = ImageDraw.Draw(picture)
    low, high = (242, 181, 92), (146, 38, 45)
    steps = 9
    for step in range(steps):
        left = 0.02 + step / steps
        top = 0.86 - 0.075 * step
        colour = _mixed(low, high, step / (steps - 1))
        box = [
            left * WIDTH * SCALE,
            top * HEIGHT * SCALE,
            1.3 * WIDTH * SCALE,
            1.4 * HEIGHT * SCALE,
        ]
        draw.rounded_rectangle(box, radius=int(0.045 * WIDTH * SCALE), fill=colour)
    return picture


def _orbits() -> Image.Image:
    """Thin tilted rings around a bright centre."""
    picture = _gradient((11, 49, 58), (20, 78, 84))
    _disc(picture, 0.5, 0.5, 0.035, (255, 239, 205), glow=1.0)
    draw = ImageDraw.Draw(picture)
    rings = 9
    for ring in range(rings):
        colour = _mixed((255, 226, 170), (94, 168, 167), ring / (rings - 1))
        line = [_on_ring(ring, 2 * pi * turn) for turn in _steps(720)]
        draw.line(line, fill=colour, width=4, joint="curve")
        if ring % 2 == 0:
            x, y = _on_ring(ring, 0.9 + 2.4 * ring)
            size = (0.0065 + 0.0011 * ring) * picture.width
            draw.ellipse([x - size, y - size, x + size, y + size], fill=colour)
    return picture


def _on_ring(ring: int, angle: float) -> tuple[float, float]:
    wide = (0.11 + 0.047 * ring) * WIDTH * SCALE
    along, across = wide * cos(angle), wide * 0.34 * sin(angle)
    tilt = 0.07 * ring - 0.31
    return (
        WIDTH * SCALE / 2 + along * cos(tilt) - across * sin(tilt),
        HEIGHT * SCALE / 2 + along * sin(tilt) + across * cos(tilt),
    )


_PICTURES: dict[str, Callable[[], Image.Image]] = {
    "horizons.jpg": _horizons,
    "contours.jpg": _contours,
    "terraces.jpg": _terraces,
    "orbits.jpg": _orbits,
}


def _mountains(x: float, phase: float) -> float:
    """A ridge between about -1 and 1: long swells with sharper crests on them."""
    swell = 0.55 * sin(2.1 * x * pi + phase) + 0.3 * sin(4.7 * x * pi + 2.3 * phase)
    crests = 0.35 * (1 - 2 * abs(sin(5.3 * x * pi + 0.7 * phase)))
    return swell + crests + 0.09 * (1 - 2 * abs(sin(17.9 * x * pi + 3.1 * phase)))


def _height(x: float, y: float) -> float:
    """The height of the land at a place of the unit square, about 0 to 1; water lies lowest."""
    lake_middle = 0.40 + 0.09 * sin(4.6 * y + 0.6)
    off, along = (x - lake_middle) / 0.085, (y - 0.5) / 0.42
    lake = exp(-(off**2) - along**4)
    hills = (
        0.5
        + 0.20 * sin(6.3 * x + 2.1 * sin(3.9 * y))
        + 0.17 * cos(7.9 * y - 2.6 * x + 1.1)
        + 0.09 * sin(15.0 * x + 11.0 * y)
    )
    return 0.24 + 0.8 * hills * (1 - 0.6 * lake) - 0.65 * lake


def _gradient(top: Colour, bottom: Colour) -> Image.Image:
    column = Image.new("RGB", (1, 256))
    for y in range(256):
        column.putpixel((0, y), _mixed(top, bottom, y / 255))
    return column.resize((WIDTH * SCALE, HEIGHT * SCALE), Image.Resampling.BICUBIC)


def _disc(
    picture: Image.Image, x: float, y: float, radius: float, colour: Colour, *, glow: float
) -> None:
    """A disc with a glow around it; place and radius are parts of the picture's width."""
    middle = (x * picture.width, y * picture.height)
    size = radius * picture.width

    def box(times: float) -> list[float]:
        reach = size * times
        return [middle[0] - reach, middle[1] - reach, middle[0] + reach, middle[1] + reach]

    light = Image.new("L", picture.size)
    ImageDraw.Draw(light).ellipse(box(1.5), fill=int(255 * min(glow, 1) * 0.8))
    light = light.reduce(8).filter(ImageFilter.GaussianBlur(size / 12)).resize(picture.size)
    picture.paste(Image.new("RGB", picture.size, colour), mask=light)
    ImageDraw.Draw(picture).ellipse(box(1), fill=colour)


def _area(draw: ImageDraw.ImageDraw, line: list[tuple[float, float]], colour: Colour) -> None:
    """Everything below a line, which is given in parts of the picture's width and height."""
    points = [(x * WIDTH * SCALE, y * HEIGHT * SCALE) for x, y in line]
    corners = [(WIDTH * SCALE, HEIGHT * SCALE), (0, HEIGHT * SCALE)]
    draw.polygon([*points, *corners], fill=colour)


def _steps(count: int) -> list[float]:
    return [step / count for step in range(count + 1)]


def _mixed(one: Colour, other: Colour, share: float) -> Colour:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue

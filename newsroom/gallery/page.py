"""The page that shows the gallery: a form after the other, each in every mode, and as text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from jinja2 import FileSystemLoader, Template
from PIL import Image

from rendering.environment import web_environment

# How wide a picture of so many pixels is shown in the row of its form.
_SHOWN = {700: 280, 360: 160}


@dataclass(frozen=True, slots=True)
class Entry:
    """A form on the page: its HTML file, the words of its text part, its pictures by mode.

    `size` is that of the HTML in bytes, before it is put into a message.
    """

    name: str
    title: str
    subject: str
    html: Path
    words: str
    size: int
    shots: dict[str, Path] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Shown:
    mode: str
    address: str
    width: int
    height: int


def index_page(entries: Sequence[Entry], folder: Path) -> str:
    """The page as HTML, to be written into the folder."""
    shown = {
        entry.name: [_shown(mode, file, folder) for mode, file in entry.shots.items()]
        for entry in entries
    }
    addresses = {entry.name: entry.html.relative_to(folder).as_posix() for entry in entries}
    return _template().render(entries=entries, shown=shown, addresses=addresses)


def _shown(mode: str, file: Path, folder: Path) -> _Shown:
    with Image.open(file) as picture:
        width, height = picture.size
    wide = _SHOWN[width]
    return _Shown(mode, file.relative_to(folder).as_posix(), wide, round(height * wide / width))


@cache
def _template() -> Template:
    environment = web_environment(loader=FileSystemLoader(Path(__file__).parent))
    return environment.get_template("index.html")

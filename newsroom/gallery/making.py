"""Makes the gallery: every form as files, as pictures in every mode, and the page that shows them.

Needs no database and no site: contents, pictures and words are all invented here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PIL import Image

from newsroom.demo.pictures import make_pictures
from newsroom.gallery.forms import FORMS, Form, html_beside, reader_copy
from newsroom.gallery.page import Entry, index_page
from newsroom.gallery.shots import Shot, chromium, seen, smaller, take
from newsroom.whole_files import whole_file

# As far as a form is looked at; of three thousand words, the end looks like the middle.
TALLEST = 3000
LARGEST = 300_000
MODES = {
    "700 pixels, light": Shot("700-light", 700, TALLEST),
    "360 pixels, light": Shot("360-light", 360, TALLEST),
    "700 pixels, dark": Shot("700-dark", 700, TALLEST, scheme="dark"),
    "360 pixels, dark": Shot("360-dark", 360, TALLEST, scheme="dark"),
    "360 pixels, inverted": Shot("360-inverted", 360, TALLEST, inverted=True),
}
# A mail that is looked at by itself is looked at to its end. Chromium makes no taller picture.
WHOLE = 16_000


def draw_pictures(folder: Path) -> None:
    """Draw the pictures that the forms show."""
    make_pictures(folder)
    with Image.open(folder / "horizons.jpg") as wide:
        wide.crop((450, 0, 900, 675)).resize((854, 1281)).save(folder / "portrait.jpg")
    with Image.open(folder / "terraces.jpg") as wide:
        wide.resize((560, 315)).save(folder / "small.jpg")


def write_mail(form: Form, folder: Path, pictures: str = "../pictures") -> Entry:
    """Render a form into a folder: its HTML, and its text part beside it.

    Args:
        form: which.
        folder: where the two files go; made if it is not there.
        pictures: the folder with the drawn pictures, as seen from there.

    Raises:
        RenderingError: if a template is broken.
    """
    rendering = form.render()
    folder.mkdir(parents=True, exist_ok=True)
    html = folder / f"{form.name}.html"
    words = reader_copy(rendering.text)
    parts = {html: html_beside(form, rendering, pictures), html.with_suffix(".txt"): words}
    for file, content in parts.items():
        with whole_file(file) as stream:
            stream.write(content)
    return Entry(form.name, form.title, rendering.subject, html, words, len(rendering.html))


def make_gallery(
    folder: Path, forms: Sequence[Form] = FORMS, told: Callable[[str], None] = lambda _: None
) -> Path:
    """Make the gallery of some forms; returns its page.

    Args:
        folder: where it goes; made if it is not there.
        forms: which.
        told: gets the name of each mode as its pictures are begun.

    Raises:
        NoCameraError: if Chromium or what drives it is not installed.
        RenderingError: if a template is broken.
    """
    with chromium() as browser:
        draw_pictures(folder / "pictures")
        entries = [write_mail(form, folder / "mails") for form in forms]
        (folder / "shots").mkdir(exist_ok=True)
        for mode, shot in MODES.items():
            told(mode)
            with seen(browser, shot) as page:
                for form, entry in zip(forms, entries, strict=True):
                    if shot.scheme == "dark" and not form.style_sheets:
                        continue  # only a style sheet can say what is dark
                    file = folder / "shots" / f"{form.name}-{shot.name}.png"
                    file.write_bytes(smaller(take(page, shot, entry.html), LARGEST))
                    entry.shots[mode] = file
    index = folder / "index.html"
    with whole_file(index) as stream:
        stream.write(index_page(entries, folder))
    return index


def shoot(mail: Path | Form, folder: Path) -> list[Path]:
    """Take the pictures of one mail: 700 and 360 pixels wide, light and dark.

    Args:
        mail: its HTML file, or a form, which is written into the folder with its pictures.
        folder: where the pictures go; made if it is not there.

    Raises:
        NoCameraError: if Chromium or what drives it is not installed.
        RenderingError: if a template is broken.
    """
    made = []
    with chromium() as browser:
        folder.mkdir(parents=True, exist_ok=True)
        if isinstance(mail, Form):
            draw_pictures(folder / "pictures")
            mail = write_mail(mail, folder, "pictures").html
        for shot in MODES.values():
            if shot.inverted:
                continue
            with seen(browser, shot) as page:
                file = folder / f"{mail.stem}-{shot.name}.png"
                file.write_bytes(take(page, shot, mail, WHOLE))
                made.append(file)
    return made
